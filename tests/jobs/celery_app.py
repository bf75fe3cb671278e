"""A project's own runner, with Celery: as docs/how-to/run-jobs.md shows it."""

import os

from celery import Celery
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.jobs.settings")

app = Celery("jobs", broker=os.environ.get("POWERCRUD_TEST_BROKER", "redis://127.0.0.1:6379/7"))
app.conf.task_default_queue = "jobs-" + os.environ.get("POWERCRUD_TEST_QUEUE", "test")
# Nothing is left of it in a broker that lives on.
app.conf.task_queues = [Queue(app.conf.task_default_queue, expires=60)]
app.conf.broker_connection_retry_on_startup = True


@app.task
def work(job_id):
    from powercrud_core.jobs import deliver

    deliver(job_id)


def ring(job_id):
    work.delay(job_id)

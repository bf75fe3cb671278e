"""The permission matrix over the screen of background jobs."""

import pytest
from django.http import HttpResponse

from powercrud_core.jobs import controls
from powercrud_core.jobs.models import Job, JobRow
from powercrud_core.jobs.views import JobView
from powercrud_core.roles import Role
from powercrud_core.testing import permission_matrix


@pytest.fixture
def owner(django_user_model):
    return django_user_model.objects.create(username="owner")


@pytest.fixture(autouse=True)
def jobs(owner, django_user_model, settings, route):
    """Somebody else's job that runs, and the owner's, which is over and can be tried again."""
    settings.POWERCRUD_JOB_RUNNER = "worker"
    route(JobView, "jobs/")
    other = django_user_model.objects.create(username="other")
    about = {"kind": "plan", "operation": "lend", "total": 2}
    Job.objects.create(**about, owner=other, label="Runs", state="running", note="", reason="")
    over = Job.objects.create(**about, owner=owner, label="Over", state="partial", failed=1)
    JobRow.objects.create(job=over, key="1", state="failed", code="invalid", reason="It is lent.")


@pytest.fixture
def found(owner):
    """Return a function that walks over a screen of jobs."""

    def walk(view=JobView):
        return permission_matrix(view, users={"the owner": owner})

    return walk


def test_jobs_are_their_owners_and_of_those_with_the_permission(found):
    """
    Also under a policy of the project's own that hides rows or fields.
    """
    matrix = found()

    assert [] == matrix.differences
    assert [] == matrix.notes
    assert {
        "reasons GET of object B",
        "action cancel of object A POST, previewed",
        "action retry of object B POST, previewed",
        "bulk cancel POST, previewed",
    } <= {*matrix.endpoints}


def test_an_endpoint_that_the_matrix_does_not_know_fails(found, route):
    class More(JobView):
        url_base = "more-jobs"
        roles = (JobView.roles[0], Role("log", "log/", {"get": "show_log"}, "view"))
        actions = ()

        def show_log(self, request, *args, **kwargs):
            return HttpResponse("log")

    route(More, "more/")

    assert "role 'log'" in {d.endpoint for d in found(More).differences}


def test_what_is_open_to_all_is_found(found, monkeypatch):
    monkeypatch.setattr(
        JobView, "get_object", lambda self, action="view": Job.objects.get(pk=self.kwargs["pk"])
    )
    monkeypatch.setattr(JobView, "may", lambda self, action, obj: True)
    monkeypatch.setattr(JobView, "get_rows", lambda self, action="view": Job.objects.all())
    monkeypatch.setattr(controls, "_may", lambda user, job: None)

    assert {
        ("reasons GET of object B", "somebody without permissions"),
        ("detail GET of object A", "the owner"),
        ("progress GET", "somebody without permissions"),
        ("action cancel of object A GET", "somebody with only view"),
    } <= {(d.endpoint, d.persona) for d in found().differences}

"""Workers that die anywhere, at random: python -m tests.jobs.chaos --kills 1000

Three workers at once on one job; they die at places in the engine by chance, and from outside.
The database is that of POWERCRUD_TEST_DATABASE; prints counts as JSON.
"""

import argparse
import random
import sys
import time

from tests.jobs.processes import Workers, by_chance, clean, plan, problems, program

from powercrud_core.jobs import submit  # isort: skip - after Django was set up
from tests.jobs.models import Effect, Item  # isort: skip
from tests.jobs.work import tell  # isort: skip

ROWS = 298


def trial(number: int) -> tuple[int, list[str]]:
    """Let workers die over one job; return how many did, and what is wrong afterwards."""
    places = random.sample(range(1, ROWS + 1), 2)
    clean(ROWS, **{f"i{places[0]}": "error", f"i{places[1]}": "invalid"})
    job = submit(plan("bump")) if number % 2 else submit(tell, Item.objects.order_by("pk"))
    workers = Workers(3, by_chance(random.choice([0.01, 0.03, 0.05])))
    over = workers.run(120, kill_every=random.choice([0.3, 0.6, 1]), deaths=25)
    found = problems("partial") if over else [f"it took too long: {job.pk}"]
    if over and not number % 2:
        told = set(Effect.objects.values_list("key", flat=True))
        job.refresh_from_db()
        if len(told) != job.done:
            found.append(f"{job.done - len(told)} effects are lost")
    return workers.deaths, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()

    def chaos() -> dict:
        deaths, bad, trials, began = 0, [], 0, time.monotonic()
        while deaths < options.kills:
            died, found = trial(trials)
            deaths, trials = deaths + died, trials + 1
            bad += found
            print(trials, deaths, found, file=sys.stderr, flush=True)
        seconds = round(time.monotonic() - began, 1)
        return {"trials": trials, "kills": deaths, "bad": bad, "seconds": seconds}

    program({"chaos": chaos}, [])


if __name__ == "__main__":
    main()

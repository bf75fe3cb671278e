"""The permission matrix over all views of the demo, in the demo's own settings.

Started by test_matrix in a process of its own; prints one line of JSON for each view.
"""

import datetime
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def fill() -> None:
    """Put a little into the store: two things of each kind that can be deleted."""
    from store import models

    day = datetime.date(2024, 5, 6)
    noon = datetime.datetime(2024, 5, 6, 12, tzinfo=datetime.UTC)
    artists = [models.Artist.objects.create(name=f"Artist {n}") for n in (1, 2, 3)]
    albums = [models.Album.objects.create(title=f"Album {a.pk}", artist=a) for a in artists]
    genres = [models.Genre.objects.create(name=f"Genre {n}") for n in range(1, 5)]
    kinds = [models.MediaType.objects.create(name=f"Type {n}") for n in range(1, 5)]
    tracks = [
        models.Track.objects.create(
            name=f"Track {n}",
            album=albums[n % 2],
            genre=genres[n % 2],
            media_type=kinds[n % 2],
            composer=f"Composer {n}",
            milliseconds=1000 * n,
            unit_price=n,
        )
        for n in range(1, 5)
    ]
    for track in tracks:
        models.Play.objects.create(track=track, played_at=noon, seconds=60)
    for name in ("One", "Two"):
        models.Playlist.objects.create(name=name).tracks.set(tracks[:2])
    people = [
        models.Employee.objects.create(
            first_name=f"E{n}", last_name="Smith", email=f"e{n}@example.com", hire_date=day
        )
        for n in range(1, 5)
    ]
    customers = [
        models.Customer.objects.create(
            first_name=f"C{n}", last_name="Jones", email=f"c{n}@example.com", support_rep=people[0]
        )
        for n in range(1, 5)
    ]
    for customer in customers[:2]:
        invoice = models.Invoice.objects.create(customer=customer, issued_on=day, total=5)
        models.InvoiceLine.objects.create(invoice=invoice, track=tracks[0], unit_price=1)


def main(names: list[str]) -> None:
    """Walk over the views with these names, or over all."""
    sys.path[:0] = [str(ROOT / "demo"), str(ROOT)]
    os.environ |= {"DJANGO_SETTINGS_MODULE": "demo.settings", "DEMO_DB": ":memory:"}
    import django

    django.setup()
    from django.core.management import call_command

    from powercrud_core.testing import permission_matrix, routed_views

    call_command("migrate", verbosity=0)
    fill()
    for view in routed_views():
        if view.__name__ == "BackgroundView":
            continue  # a job is its owner's, nobody can add one: tests/security/test_jobs does it
        if not names or view.__name__ in names:
            found = permission_matrix(view)
            told = {
                "view": found.view,
                "requests": found.requests,
                "endpoints": len(found.endpoints),
                "personas": len(found.personas),
                "differences": [str(one) for one in found.differences],
                "notes": found.notes,
            }
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

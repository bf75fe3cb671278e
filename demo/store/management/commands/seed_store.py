"""manage.py seed_store: load Chinook and the four people."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from store import people, seed
from store.models import Play


class Command(BaseCommand):
    help = "Load the Chinook store if it is empty, and the four people to sign in as."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer --reset."""
        parser.add_argument(
            "--reset", action="store_true", help="Delete the store's data first, then load it anew."
        )

    def handle(self, *, reset: bool, verbosity: int, **options: Any) -> None:
        """Fill the store and say what was done."""
        if reset:
            seed.clear()
        filled = seed.is_empty()
        if filled:
            seed.seed()
        elif not Play.objects.exists():  # a store from before they were counted
            seed.seed_plays()
        people.create_people()
        if verbosity:
            self.stdout.write("Store loaded." if filled else "The store has its data already.")

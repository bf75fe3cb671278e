"""The screens of the demo, in the order of the navigation."""

from dataclasses import dataclass

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from store import models


@dataclass(frozen=True, slots=True)
class Screen:
    """One model's list and what is worth seeing there."""

    model: type[Model]
    shows: str | Promise

    @property
    def list_name(self) -> str:
        """Return the name of the list's URL."""
        return f"{self.model._meta.model_name}-list"

    @property
    def label(self) -> str:
        """Return the name for navigation."""
        return capfirst(self.model._meta.verbose_name_plural)

    def count(self) -> int:
        """Return how many rows the store has."""
        return self.model._default_manager.count()

    def is_visible_to(self, user: User | AnonymousUser) -> bool:
        """Return whether the user may see the list."""
        options = self.model._meta
        return user.has_perm(f"{options.app_label}.{get_permission_codename('view', options)}")


SCREENS = (
    Screen(models.Track, _("Columns through relations, a computed duration, search and ranges.")),
    Screen(models.Album, _("Counts computed by the database, and a yes-or-no column.")),
    Screen(models.Artist, _("Links out of the store; delete one to see what goes with it.")),
    Screen(models.Play, _("20,000 rows: compute the royalty of all, and watch the job.")),
    Screen(models.Playlist, _("Keys that nobody can guess, and totals over thousands of tracks.")),
    Screen(
        models.Genre, _("One line of code: everything comes from the model. Its key is a slug.")
    ),
    Screen(
        models.MediaType, _("One line of code, too. It cannot be deleted while tracks need it.")
    ),
    Screen(models.Customer, _("Choices, email links, several favourite genres, unknown answers.")),
    Screen(models.Invoice, _("Money, dates, times, states and a filter set of its own.")),
    Screen(
        models.InvoiceLine, _("One line of code over two big relations: pick a track by search.")
    ),
    Screen(models.Employee, _("A relation to itself, and dates that may be empty.")),
)

"""Search: all words must match, each in any of the declared fields, without doubling rows."""

import shlex
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from powercrud_core.formats import kind_of
from powercrud_core.paths import follow

__all__ = ["default_search_fields", "search", "words"]

MAX_WORDS = 12


def words(text: str) -> list[str]:
    """Return the words of a search; a quoted phrase is one word.

    The words are those of a shell's line (shlex), where an apostrophe inside is a letter.
    """
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    try:
        found = list(lexer)
    except ValueError:
        found = text.replace('"', " ").split()
    return [word for word in found if word][:MAX_WORDS]


def search(queryset: "QuerySet[Any]", text: str, fields: Sequence[str]) -> "QuerySet[Any]":
    """Return the rows in which every word occurs in at least one field.

    A field across a to-many relation is asked with EXISTS: a join would double the row.
    """
    for word in words(text):
        condition = Q()
        for field in fields:
            condition |= _occurs(queryset.model, field, word)
        queryset = queryset.filter(condition)
    return queryset


def _occurs(model: type[Model], name: str, word: str) -> Q:
    path = follow(model, name)
    lookup = "__".join([path.lookup, *path.rest]) if path.rest else f"{path.lookup}__icontains"
    if path.to_many:
        rows = model._base_manager.filter(**{lookup: word}, pk=OuterRef("pk"))
        return Q(Exists(rows))
    return Q(**{lookup: word})


def default_search_fields(model: type[Model]) -> list[str]:
    """Return the text fields of a model."""
    return [
        f.name
        for f in model._meta.fields
        if f.get_internal_type() in ("CharField", "SlugField", "EmailField", "TextField")
        and kind_of(f) != "choice"
        and not f.name.startswith("password")
    ]

"""ListParams: the query string of a list and its state, both ways."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote_plus

from django.http import QueryDict

__all__ = ["ListParams", "Spec"]

PAGE, SIZE, SORT, SEARCH = "page", "page_size", "sort", "q"
MAX_LENGTH = 2000
MAX_SORT_KEYS = 8


@dataclass(frozen=True, slots=True)
class Spec:
    """What a list's query string may hold.

    sort_keys: names that `sort` may list, with or without `-`.
    filters: the parameter names of the filter form.
    several: those of them that take several values, whose order means nothing.
    page_sizes: what `page_size` may be; the first one that is `default_size` is left out of URLs.
    prefix: with one, this list's parameters are `<prefix>-page`, …, so that two share a page.
    """

    sort_keys: Collection[str] = ()
    filters: Collection[str] = ()
    several: Collection[str] = ()
    page_sizes: Sequence[int] = (25,)
    default_size: int = 25
    searchable: bool = True
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class ListParams:
    """The state of one list. Immutable: `url()` makes the address of a changed state.

    Equal states give byte-equal query strings: keys sorted, defaults left out. What could not be
    understood or is not allowed is left out too and named in `dropped`.
    """

    path: str
    spec: Spec
    page: int = 1
    page_size: int = 25
    sort: tuple[str, ...] = ()
    search: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    foreign: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dropped: tuple[str, ...] = ()

    @classmethod
    def parse(cls, path: str, query: QueryDict, spec: Spec) -> Self:
        """Return the state that a query string asks for; a bad value falls back, never fails."""
        params = cls(path=path, spec=spec, page_size=spec.default_size)
        mine = f"{spec.prefix}-" if spec.prefix else ""
        foreign, filters, dropped, known = [], [], [], {}
        for name in sorted(query):
            if name.startswith("_"):
                continue  # of the page that picks a value
            values = tuple(query.getlist(name))
            local = name.removeprefix(mine) if name.startswith(mine) else ""
            if (mine and not local) or (not mine and "-" in name):
                foreign.append((name, values))
            elif local in (PAGE, SIZE, SORT, SEARCH):
                known[local] = values[-1]
            elif local in spec.filters:
                if kept := tuple(v[:MAX_LENGTH] for v in values if v != ""):
                    unordered = local in spec.several
                    filters.append((local, tuple(sorted(set(kept))) if unordered else kept))
            else:
                dropped.append(name)
        state, bad = params._read(known)
        return replace(
            params,
            **state,
            filters=tuple(filters),
            foreign=tuple(foreign),
            dropped=(*dropped, *bad),
        )

    def _read(self, known: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """Return the list's own parameters, and the names of those that made no sense."""
        state: dict[str, Any] = {}
        bad: list[str] = []
        if text := known.get(PAGE, ""):
            page = _whole(text)
            state["page"] = max(page or 1, 1)
            bad += [PAGE] * (page is None or page < 1)
        if text := known.get(SIZE, ""):
            size = _whole(text)
            if size in self.spec.page_sizes:
                state["page_size"] = size
            else:
                bad.append(SIZE)
        if text := known.get(SORT, ""):
            keys = list(dict.fromkeys(k.strip() for k in text.split(",") if k.strip("- ")))
            good = _distinct(k for k in keys if k.removeprefix("-") in self.spec.sort_keys)
            state["sort"] = good[:MAX_SORT_KEYS]
            bad += [SORT] * (len(good[:MAX_SORT_KEYS]) < len(keys))
        if text := known.get(SEARCH, "").replace("\x00", "").strip()[:MAX_LENGTH]:
            if self.spec.searchable:
                state["search"] = text
            else:
                bad.append(SEARCH)
        return state, bad

    def name(self, local: str) -> str:
        """Return a parameter's name as it stands in the URL."""
        return f"{self.spec.prefix}-{local}" if self.spec.prefix else local

    def change(self, **changes: Any) -> Self:
        """Return the state with changes; anything but the page itself leads back to page one."""
        if changes.keys() - {"page"}:
            changes.setdefault("page", 1)
        return replace(self, **changes)

    def without(self, *names: str) -> Self:
        """Return the state without some filters."""
        return self.change(filters=tuple(f for f in self.filters if f[0] not in names))

    def cleared(self) -> Self:
        """Return the state without any filter or search."""
        return self.change(filters=(), search="")

    def pairs(self, *, skip: Collection[str] = ()) -> Iterator[tuple[str, str]]:
        """Yield the query string's names and values, except the local names in `skip`."""
        own: dict[str, tuple[str, ...]] = {n: v for n, v in self.filters if n not in skip}
        if self.page > 1 and PAGE not in skip:
            own[PAGE] = (str(self.page),)
        if self.page_size != self.spec.default_size and SIZE not in skip:
            own[SIZE] = (str(self.page_size),)
        if self.sort and SORT not in skip:
            own[SORT] = (",".join(self.sort),)
        if self.search and SEARCH not in skip:
            own[SEARCH] = (self.search,)
        everything = [(self.name(n), v) for n, v in own.items()] + list(self.foreign)
        for name, values in sorted(everything):
            for value in values:
                yield name, value

    def query_string(self, *, skip: Collection[str] = ()) -> str:
        """Return the canonical query string, without its question mark."""
        return "&".join(
            f"{quote_plus(name, safe='-_')}={quote_plus(value, safe=',/:-_')}"
            for name, value in self.pairs(skip=skip)
        )

    def predicate(self) -> str:
        """Return the part of the query string that decides which rows match, in whatever order."""
        return replace(self, foreign=()).query_string(skip=(PAGE, SIZE, SORT))

    def url(self, **changes: Any) -> str:
        """Return the address of this state, or of a changed one."""
        state = self.change(**changes) if changes else self
        query = state.query_string()
        return f"{self.path}?{query}" if query else self.path

    def filter_data(self) -> QueryDict:
        """Return the filters as the data of a form, named as in the URL."""
        data = QueryDict(mutable=True)
        for name, values in self.filters:
            data.setlist(self.name(name), list(values))
        return data


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _distinct(keys: Iterator[str]) -> tuple[str, ...]:
    """Return sort keys without those whose column was named before."""
    found: dict[str, str] = {}
    for key in keys:
        found.setdefault(key.removeprefix("-"), key)
    return tuple(found.values())

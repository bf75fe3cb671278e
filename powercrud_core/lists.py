"""Lists: what surrounds the rows: headers, sort panel, chips, pages, empty states."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.columns import BoundColumn
from powercrud_core.components import Renderer
from powercrud_core.filters import Condition
from powercrud_core.packs.contract import (
    Button,
    Chip,
    EmptyState,
    FilterChips,
    Header,
    Link,
    Message,
    Pagination,
    Search,
    SortKey,
    SortPanel,
    Status,
)
from powercrud_core.packs.icons import icon
from powercrud_core.params import PAGE, SEARCH, ListParams

__all__ = ["ListFrame"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFrame:
    """Builds the parts of one list from its state; knows neither request nor queryset.

    id: of the list's element; every other id starts with it.
    default_sort: the sort keys that stand for the view's own ordering, for headers to show.
    """

    renderer: Renderer
    params: ListParams
    id: str
    singular: str
    plural: str
    columns: Sequence[BoundColumn]
    default_sort: tuple[str, ...] = ()

    @property
    def sort(self) -> tuple[str, ...]:
        """Return the keys that order the rows, chosen or by default."""
        return self.params.sort or self.default_sort

    def on_page(self, number: int) -> "ListFrame":
        """Return the same frame for the page that is really shown."""
        return (
            self
            if number == self.params.page
            else replace(self, params=self.params.change(page=number))
        )

    def labelled(self) -> dict[str, str]:
        """Return the sortable columns' labels by key."""
        return {c.name: str(c.label) for c in self.columns if c.order}

    def headers(self) -> tuple[Header, ...]:
        """Return the headings of the columns."""
        return tuple(self._header(column) for column in self.columns)

    def plain_headers(self, columns: Sequence[BoundColumn]) -> tuple[Header, ...]:
        """Return the headings of some columns, without ways to sort."""
        unsorted = replace(self, params=self.params.change(sort=()), default_sort=())
        return tuple(unsorted._header(replace(column, order=())) for column in columns)

    def _header(self, column: BoundColumn) -> Header:
        key, label = column.name, str(column.label)
        now = direction(self.sort, key)
        attrs = {
            "scope": "col",
            "data-kind": column.kind or None,
            "data-align": column.align if column.align != "start" else None,
            "data-sort": now or None,
            "aria-sort": now if now and self.sort[0].lstrip("-") == key else None,
            **hooks.part("header"),
        }
        if not column.order:
            return Header(attrs=Attrs(attrs), label=label, help_text=str(column.column.help_text))
        position = [k.lstrip("-") for k in self.sort].index(key) + 1 if now else 0
        return Header(
            attrs=Attrs(attrs),
            label=label,
            help_text=str(column.column.help_text),
            index=str(position) if position and len(self.sort) > 1 else "",
            sort=Link(
                attrs=hooks.bundle(
                    "sort-link",
                    id=f"{self.id}-sort-{_ident(key)}",
                    href=self.params.url(sort=self._alone(key, now)),
                    **hooks.nav(alternative=self.params.url(sort=self._among(key))),
                ),
                label=label,
            ),
        )

    def _alone(self, key: str, now: str) -> tuple[str, ...]:
        """Return the sort that a click leads to: this key alone, in its next direction."""
        following = _signed(key, _next(now))
        return ("-" + key,) if not following and self.default_sort == (key,) else following

    def _among(self, key: str) -> tuple[str, ...]:
        """Return the sort with this key added, turned or taken out, the others kept."""
        now = direction(self.params.sort, key)
        if not now:
            return (*self.params.sort, key)
        changed = _signed(key, _next(now))
        return tuple(
            new
            for old in self.params.sort
            for new in (changed if old.lstrip("-") == key else (old,))
        )

    def sort_panel(self) -> SortPanel | None:
        """Return the panel that orders by several columns with links alone."""
        labels = self.labelled()
        if not labels:
            return None
        keys = [k for k in self.params.sort if k.lstrip("-") in labels]
        add = [k for k in labels if k not in {key.lstrip("-") for key in keys}]
        clear = self._link("sort-clear", _("Default order"), self.params.url(sort=()))
        return SortPanel(
            renderer=self.renderer,
            attrs=hooks.bundle("sort-panel", id=f"{self.id}-sort"),
            label=_("Sort"),
            active=str(len(keys)) if keys else "",
            keys=tuple(self._sort_key(keys, i, labels) for i in range(len(keys))),
            add_label=_("Add to sort"),
            add=tuple(
                self._link(f"sort-add-{_ident(k)}", labels[k], self.params.url(sort=(*keys, k)))
                for k in add
            ),
            clear=clear if keys else None,
        )

    def _sort_key(self, keys: list[str], i: int, labels: dict[str, str]) -> SortKey:
        key = keys[i].lstrip("-")
        label, id = labels[key], _ident(key)
        down = keys[i].startswith("-")
        turned = [*keys[:i], key if down else f"-{key}", *keys[i + 1 :]]
        rest = [*keys[:i], *keys[i + 1 :]]
        named = {"label": label}

        def link(what: str, text: str, order: list[str]) -> Link:
            url = self.params.url(sort=tuple(order))
            return self._link(f"sort-{what}-{id}", text % named, url, what)

        return SortKey(
            attrs=hooks.bundle("sort-key"),
            label=label,
            direction=_("descending") if down else _("ascending"),
            toggle=link(
                "turn",
                _("Sort %(label)s ascending") if down else _("Sort %(label)s descending"),
                turned,
            ),
            earlier=link("earlier", _("Sort by %(label)s earlier"), moved(keys, i, -1))
            if i
            else None,
            later=link("later", _("Sort by %(label)s later"), moved(keys, i, 1))
            if i < len(keys) - 1
            else None,
            remove=link("remove", _("Do not sort by %(label)s"), rest),
        )

    def _link(self, id: str, label: str, url: str, key: str = "", **attrs: Any) -> Link:
        hook = {"id": f"{self.id}-{id}", "href": url, **hooks.nav(), **attrs}
        return Link(attrs=Attrs(hook), label=label, icon=icon(self.renderer, key))

    def notices(self) -> tuple[Message, ...]:
        """Return what has to be said about the address: parts of it that were left out."""
        if not self.params.dropped:
            return ()
        names = ", ".join(self.params.dropped)
        dismiss = self._link("dismiss", _("Dismiss"), self.params.url(), "remove")
        return (
            Message(
                renderer=self.renderer,
                attrs=hooks.bundle("notice", role="status", data_pc_tone="warning"),
                text=_("Parts of the address could not be used and were left out: %(names)s.")
                % {"names": names},
                tone="warning",
                dismiss=dismiss,
            ),
        )

    def chips(self, applied: Iterable[Condition]) -> FilterChips | None:
        """Return a chip for every applied condition; the search is one of them."""
        chips = [
            self._chip(c.names[0], c.label, c.value, self.params.without(*c.names).url())
            for c in applied
        ]
        if self.params.search:
            without = self.params.url(search="")
            chips.insert(0, self._chip(SEARCH, _("Search"), self.params.search, without))
        if not chips:
            return None
        return FilterChips(
            renderer=self.renderer,
            attrs=hooks.bundle("filter-chips"),
            label=_("Applied filters"),
            chips=tuple(chips),
            clear=self._link(
                "clear", _("Clear all"), self.params.cleared().url(), **hooks.part("clear-filters")
            ),
        )

    def _chip(self, name: str, label: str, value: str, url: str) -> Chip:
        accessible = _("Remove filter: %(label)s %(value)s") % {"label": label, "value": value}
        remove = self._link(f"chip-{_ident(name)}", accessible, url, "remove")
        return Chip(attrs=hooks.bundle("chip"), label=label, value=value, remove=remove)

    def status(self, page: Page[Any] | None, *, ready: bool = True) -> Status:
        """Return the line that tells how many rows there are."""
        if page is None or not ready:
            text = ""
        elif not page.paginator.count:
            text = _("No %(plural)s found") % {"plural": self.plural}
        else:
            text = ngettext(
                "%(start)s–%(stop)s of %(count)s %(plural)s",
                "%(start)s–%(stop)s of %(count)s %(plural)s",
                page.paginator.count,
            ) % {
                "start": localize(page.start_index()),
                "stop": localize(page.end_index()),
                "count": localize(page.paginator.count),
                "plural": self.singular if page.paginator.count == 1 else self.plural,
            }
        attrs = {**hooks.live(f"{self.id}-status"), "role": "status", **hooks.part("status")}
        return Status(attrs=Attrs(attrs), text=text)

    def said(self, text: str, *, whole: bool) -> Status:
        """Return the same line with something to say: all of it, or what comes before the rest."""
        live = hooks.live(f"{self.id}-status", before=not whole)
        return Status(attrs=Attrs({**live, "role": "status", **hooks.part("status")}), text=text)

    def hidden(self) -> tuple[Attrs, ...]:
        """Return the inputs that keep order, page size and other lists when filters are sent."""
        skip = {PAGE, SEARCH, *self.params.spec.filters}
        return tuple(
            Attrs({"type": "hidden", "form": f"{self.id}-filter", "name": name, "value": value})
            for name, value in self.params.pairs(skip=skip)
        )

    def search_box(self) -> Search:
        """Return the search field, which belongs to the filter form wherever it stands."""
        form = f"{self.id}-filter"
        return Search(
            label=_("Search %(plural)s") % {"plural": self.plural},
            label_attrs=Attrs({"for": f"{self.id}-q"}),
            attrs=hooks.bundle(
                "search-input",
                id=f"{self.id}-q",
                type="search",
                name=self.params.name(SEARCH),
                value=self.params.search,
                form=form,
                autocomplete="off",
            ),
            submit=Button(
                attrs=hooks.bundle("search-submit", type="submit", form=form),
                label=_("Search"),
                icon=icon(self.renderer, "search"),
            ),
        )

    def pagination(self, page: Page[Any]) -> Pagination | None:
        """Return the links to the other pages and page sizes."""
        sizes = self.params.spec.page_sizes
        if page.paginator.num_pages < 2 and page.paginator.count <= min(sizes):
            return None
        return Pagination(
            renderer=self.renderer,
            attrs=hooks.bundle(
                "pagination", aria_label=_("Pages of %(plural)s") % {"plural": self.plural}
            ),
            previous=self._page(page.number - 1, _("Previous"), "previous", rel="prev")
            if page.has_previous()
            else None,
            next=self._page(page.number + 1, _("Next"), "next", rel="next")
            if page.has_next()
            else None,
            pages=tuple(self._pages(page)) if page.paginator.num_pages > 1 else (),
            size_label=_("Rows per page"),
            size_attrs=Attrs({"role": "group", "aria-label": _("Rows per page")}),
            sizes=tuple(self._size(size) for size in sizes) if len(sizes) > 1 else (),
        )

    def _pages(self, page: Page[Any]) -> Iterator[Link]:
        numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
        for number in numbers:
            if not isinstance(number, int):
                yield Link(attrs=Attrs(), label=str(number))
            else:
                yield self._page(number, str(number), f"page-{number}", now=page.number)

    def _page(self, number: int, label: str, id: str, *, now: int = 0, rel: str = "") -> Link:
        named = _("Page %(number)s") % {"number": number}
        return self._link(
            id,
            label,
            self.params.url(page=number),
            **{
                "aria-label": named if now else None,
                "aria-current": "page" if number == now else None,
                "rel": rel or None,
                **hooks.part("page-link"),
            },
        )

    def _size(self, size: int) -> Link:
        return self._link(
            f"size-{size}",
            str(size),
            self.params.url(page_size=size),
            **{
                "aria-label": _("%(size)s rows per page") % {"size": size},
                "aria-current": "true" if size == self.params.page_size else None,
                **hooks.part("page-size"),
            },
        )

    def empty(self, kind: str, action: Link | None = None) -> EmptyState:
        """Return why there is nothing: "none", "unmatched", "invalid" or "failed"."""
        if kind == "unmatched":
            action = self._link("clear-empty", _("Clear all filters"), self.params.cleared().url())
        elif kind == "failed":
            action = self._link("retry", _("Try again"), self.params.url())
        return empty_state(self.renderer, kind, self.plural, action)


def empty_state(renderer: Renderer, kind: str, plural: str, action: Link | None) -> EmptyState:
    """Return an empty state; "forbidden", "refused" and "missing" are those of a whole page."""
    title, text, key = {
        "none": (
            _("No %(plural)s yet"),
            _("They will be listed here as soon as there are any."),
            "inbox",
        ),
        "unmatched": (
            _("No %(plural)s match"),
            _("Change or clear the search and the filters to see more."),
            "search",
        ),
        "invalid": (
            _("A filter needs your attention"),
            _("Correct the marked filter to see %(plural)s."),
            "warning",
        ),
        "failed": (
            _("The %(plural)s could not be loaded"),
            _("Nothing was changed. The problem has been logged."),
            "warning",
        ),
        "forbidden": (_("Not allowed"), _("You do not have permission for this."), "lock"),
        "refused": (_("Not possible"), "", "warning"),
        "missing": (
            _("Not found"),
            _("It may have been deleted, or you may not see it."),
            "search",
        ),
    }[kind]
    named = {"plural": plural}
    return EmptyState(
        renderer=renderer,
        attrs=hooks.bundle("empty-state", data_pc_state=kind),
        title=title % named,
        text=text % named,
        icon=icon(renderer, key),
        action=action,
    )


def direction(keys: Sequence[str], key: str) -> str:
    """Return "ascending", "descending" or "" for a key among sort keys."""
    return "ascending" if key in keys else "descending" if f"-{key}" in keys else ""


def moved(keys: Sequence[str], index: int, by: int) -> list[str]:
    """Return the keys with one of them moved."""
    order = list(keys)
    order.insert(index + by, order.pop(index))
    return order


def _next(now: str) -> str:
    return {"": "ascending", "ascending": "descending", "descending": ""}[now]


def _signed(key: str, way: str) -> tuple[str, ...]:
    return {"ascending": (key,), "descending": (f"-{key}",), "": ()}[way]


def _ident(key: str) -> str:
    return key.replace(".", "-").replace("__", "-")

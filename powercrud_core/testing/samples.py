"""Sample states: every component as data, for probes, parity and later the gallery.

Where the core has a builder it makes the sample, so that parts, hooks and references are the real
ones. `samples()` returns them by name, `<component>.<state>`; they are bound to a renderer when
they are drawn.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.safestring import SafeString

from powercrud_core import hooks
from powercrud_core.attrs import Attrs
from powercrud_core.columns import BoundColumn, Column
from powercrud_core.components import Component, Renderer
from powercrud_core.dialogs import confirmation, dialog
from powercrud_core.filters import Condition
from powercrud_core.forms import field_group, hidden
from powercrud_core.lists import ListFrame
from powercrud_core.packs import contract as c
from powercrud_core.packs.icons import Icon
from powercrud_core.params import ListParams, Spec
from powercrud_core.testing.forms import WidgetForm, widget_body
from powercrud_core.testing.samples_bulk import bulk_samples, reasons, selecting_states
from powercrud_core.testing.samples_conflicts import conflict_samples
from powercrud_core.testing.samples_forms import arranged
from powercrud_core.testing.samples_inline import inline_states
from powercrud_core.testing.samples_jobs import job_samples

__all__ = [
    "NOT_TEXT",
    "OPTIONAL",
    "Change",
    "columns",
    "own_parts",
    "rebuilt",
    "samples",
]

Change = Callable[[str, Any], Any]
UNBOUND: Any = None
BARE: dict[str, Any] = {"renderer": UNBOUND}
NOT_TEXT = {"key", "tone"}
# The actions of the core and their icons; a project's own may have none.
ACTIONS = {"Create": "add", "Update": "edit", "Delete": "delete"}

# What a pack prints only in some states: path to the question asked of its component.
OPTIONAL: Mapping[str, Callable[[Any], Any]] = {
    "action_menu.links.label": lambda x: not x.compact,
    "action_menu.more.label": lambda x: not x.compact,
    "bulk_page.after_label": lambda x: x.changes,
    "bulk_page.before_label": lambda x: x.changes,
    "bulk_page.changes_title": lambda x: x.changes,
    "bulk_page.row_label": lambda x: x.changes,
    "delete_page.collateral_title": lambda x: x.collateral,
    "delete_page.protected_title": lambda x: x.protected,
    "field_group.error_attrs": lambda x: x.errors,
    "field_group.help_attrs": lambda x: x.help_text,
    "row.cells.editor.error_attrs": lambda x: any(c.editor and c.editor.errors for c in x.cells),
    "row.cells.editor.help_attrs": lambda x: any(c.editor and c.editor.help_text for c in x.cells),
    "row.cells.editor.form.error_attrs": lambda x: False,
    "row.form.error_attrs": lambda x: x.form and x.form.errors,
    "filter_form.active": lambda x: x.fields,
    "filter_form.apply": lambda x: x.fields,
    "filter_form.details": lambda x: x.fields,
    "filter_form.reset": lambda x: x.fields,
    "filter_form.title": lambda x: x.fields,
    "form_section.help_attrs": lambda x: x.help_text,
    "readonly_field.help_attrs": lambda x: x.help_text,
    "pagination.next": lambda x: x.pages,
    "pagination.previous": lambda x: x.pages,
    "pagination.size_attrs": lambda x: x.sizes,
    "pagination.size_label": lambda x: x.sizes,
    "sort_panel.add_label": lambda x: x.add,
    "sort_panel.clear": lambda x: x.keys,
    "table.headers.sort.label": lambda x: False,  # the header's own label stands for it
}


@dataclass(frozen=True)
class Rows:
    """Rows that are drawn one by one; a table in a view has stamped ones."""

    rows: tuple[c.Row, ...]

    def __iter__(self) -> Iterator[SafeString]:
        return (row.render() for row in self.rows)

    def __html__(self) -> SafeString:
        return SafeString("".join(self))

    __str__ = __html__


def rebuilt(value: Any, change: Change, renderer: Any = None, path: str = "") -> Any:
    """Return a sample with `change(path, leaf)` in the place of every bundle and text.

    A path is the component and the fields that lead to the leaf, `table.headers.sort.attrs`; inside
    another component it follows the path there: `row.actions>action_menu.attrs`.
    """
    if isinstance(value, Attrs | str):
        keep = isinstance(value, SafeString) or path.rpartition(".")[2] in NOT_TEXT
        return value if keep else change(path, value)
    if isinstance(value, tuple):
        return tuple(rebuilt(v, change, renderer, path) for v in value)
    if not is_dataclass(value) or isinstance(value, type | Renderer):
        return value
    start = "".join((path, ">" * bool(path), value.name)) if isinstance(value, Component) else path
    changed = {
        f.name: rebuilt(getattr(value, f.name), change, renderer, f"{start}.{f.name}")
        for f in fields(value)
        if f.name not in ("renderer", "depth")
    }
    return replace(
        value, **changed, **({"renderer": renderer} if isinstance(value, Component) else {})
    )


@cache
def own_parts() -> dict[str, str]:
    """Return the component that each part belongs to, from its own bundles."""
    return {
        str(value["data-pc-part"]): sample.name
        for sample in samples().values()
        for f in fields(sample)
        if isinstance(value := getattr(sample, f.name), Attrs) and "data-pc-part" in value
    }


@cache
def samples() -> dict[str, Component]:
    """Return every sample state by name."""
    rows = inline_states(_row("1"), _table(), Rows)
    chosen = selecting_states(_row("1"), _table(), _results(), Rows)
    made = (*_pieces(), *_lists(), *_pages(), *rows, *_layers(), *conflict_samples())
    made += (*bulk_samples(), *chosen)
    back, menu = _link("Jobs", icon="back"), _menu("detail-actions", "Stop")
    made += tuple(job_samples(reasons(), back, menu, _link("Download the reasons", "download")))
    return {f"{s.name}.{state}": s for state, s in made}


def _part(name: str, /, **attrs: Any) -> Attrs:
    return Attrs({**{k.replace("_", "-"): v for k, v in attrs.items()}, **hooks.part(name)})


def _icon(key: str) -> Icon | None:
    return Icon(**BARE, key=key) if key else None


def _link(label: str, part: str = "", icon: str = "", **more: Any) -> c.Link:
    attrs = {"href": f"/store/{len(label)}/", **more, **(hooks.part(part) if part else {})}
    return c.Link(attrs=Attrs(attrs), label=label, icon=_icon(icon))


def _button(
    label: str, part: str, /, tone: Any = "neutral", icon: str = "", **more: Any
) -> c.Button:
    attrs = _part(part, type="submit", **more)
    return c.Button(attrs=attrs, label=label, icon=_icon(icon), tone=tone)


def _menu(part: str, *labels: str, compact: bool = False) -> c.ActionMenu:
    named = {"title", "aria-label"} if compact else ()
    links = tuple(
        _link(label, f"action-{label.lower()}" if label in ACTIONS else "",
              ACTIONS.get(label, ""), **dict.fromkeys(named, f"{label} it"))
        for label in labels
    )  # fmt: skip
    return c.ActionMenu(attrs=_part(part), links=links, compact=compact, **BARE)


def _message(tone: Any) -> c.Message:
    attrs = _part("message", role="status", data_pc_tone=tone)
    return c.Message(attrs=attrs, text=f"A message of tone {tone}.", tone=tone, **BARE)


def _field(
    name: str, choose: Any = None, errors: Any = None, help_text: str = "", **more: Any
) -> c.FieldGroup:
    form = WidgetForm(auto_id="pc-f-%s")
    if errors:
        form._errors = {name: form.error_class(errors)}  # type: ignore[attr-defined]
    made = field_group(form[name], UNBOUND, choose=choose, **more)
    return replace(made, help_text=help_text or made.help_text)


def _related() -> tuple[c.Link, ...]:
    opens = hooks.opens("dialog", accept="#pc-f-one")
    follow = hooks.follow("/store/{}/edit/", "Edit choice {}")
    return (
        _link("New choice", "related-create", "add", **opens),
        _link(
            "Edit", "related-update", "edit", **{"aria-label": "Edit choice B"}, **opens, **follow
        ),
        c.Link(
            attrs=Attrs({**hooks.part("related-detail"), "hidden": True, **follow}), label="View"
        ),
    )


def columns() -> list[BoundColumn]:
    """Return the columns of the sample lists."""
    told = {"sold": "Is it gone?"}
    return [
        BoundColumn(
            column=Column(name, help_text=told.get(name, "")), label=name.title(), path=None,
            get=attrgetter(name), order=() if name == "sold" else (name,),
            kind="boolean" if name == "sold" else "", align="start", own_link=None,
        )
        for name in ("name", "price", "made", "sold")
    ]  # fmt: skip


def _frame(query: str = "") -> ListFrame:
    spec = Spec(
        sort_keys=["name", "price", "made"], filters=["maker"], page_sizes=(10, 50), default_size=10
    )
    params = ListParams.parse("/store/", QueryDict(query), spec)
    return ListFrame(
        renderer=UNBOUND,
        params=params,
        id="pc-list",
        singular="product",
        plural="products",
        columns=columns(),
    )


def _chips(*labels: str) -> c.FilterChips | None:
    return _frame("q=blue").chips(Condition(label, f"value {label}", (label,)) for label in labels)


def _paged(number: int, count: int = 90) -> c.Pagination | None:
    return _frame(f"page={number}").pagination(Paginator(range(count), 10).page(number))


def _filters(*fields: c.FieldGroup, open: bool = False, active: str = "") -> c.FilterForm:
    return c.FilterForm(
        attrs=_part(
            "filter-form", id="pc-list-filter", method="get", action="/store/", data_pc_swap=True
        ),
        region=Attrs(hooks.region("pc-list-filters")),
        details=Attrs({"id": "pc-list-filter-details", "open": open}),
        title="Filters",
        active=active,
        fields=fields,
        apply=_button("Apply filters", "filter-apply", "primary"),
        reset=_link("Reset", "filter-reset"),
        **BARE,
    )


def _row(key: str, *, full: bool = True, actions: bool = True) -> c.Row:
    mark = Attrs({"data-pc-mark": "yes", "aria-hidden": "true"}) if full else None
    link = Attrs({"href": f"/store/{key}/"}) if full else None
    cells = (
        c.Cell(
            attrs=_part("cell", data_label="Name"), value=f"Product {key}", heading=True, link=link
        ),
        c.Cell(attrs=_part("cell", data_label="Price", data_empty=True), value="—", link=link),
        c.Cell(attrs=_part("cell", data_label="Made"), value="2 May"),
        c.Cell(attrs=_part("cell", data_label="Sold"), value="Yes", mark=mark),
    )
    menu = _menu("row-actions", "Update", "Delete", compact=True) if actions else None
    return c.Row(attrs=_part("row", id=f"pc-row-{key}"), cells=cells, actions=menu, **BARE)


def _table(rows: int = 2, sort: str = "", *, actions: bool = True) -> c.Table:
    region = {"role": "region", "aria_label": "Table of products", "tabindex": "0"}
    return c.Table(
        attrs=_part("table", id="pc-table"),
        scroller=_part("table-scroller", **region),
        caption="Products",
        headers=_frame(f"sort={sort}").headers(),
        actions_label="Actions" if actions else "",
        rows=cast(Any, Rows(tuple(_row(str(i), actions=actions) for i in range(rows)))),
        **BARE,
    )


def _results(**parts: Any) -> c.Results:
    attrs = Attrs({**hooks.region("pc-list-results"), **hooks.part("results")})
    none = dict.fromkeys(("chips", "sort_panel", "table", "empty", "pagination"))
    own = {"attrs": attrs, "notices": (), "hidden": _frame("sort=name&page_size=50").hidden()}
    return c.Results(**{**none, **own, **parts, **BARE})


def _full() -> c.Results:
    return _results(
        notices=(*_frame("bad=1").notices(), _message("info")), chips=_chips("Maker"),
        table=_table(), sort_panel=_frame("sort=name").sort_panel(), pagination=_paged(3),
    )  # fmt: skip


def _pieces() -> Iterator[tuple[str, Any]]:
    """Yield what stands in several pages."""
    for tone in ("info", "success", "warning", "error"):
        yield tone, _message(tone)
    yield "dismiss", _frame("bad=1").notices()[0]
    live = _part("messages", id="pc-messages", data_pc_live=True)
    yield "empty", c.Messages(attrs=live, messages=(), **BARE)
    yield "two", c.Messages(attrs=live, messages=(_message("success"), _message("error")), **BARE)
    yield "list", _menu("list-actions", "Create")
    yield "detail", _menu("detail-actions", "Update", "Delete", "Lend")
    yield "compact", _menu("row-actions", "Update", "Delete", "Lend", compact=True)
    yield "plain", _frame().empty("none")
    yield "action", _frame("q=x").empty("unmatched")
    choose = {"id": "pc-f-text_choose", "icon": "search"}
    yield "plain", _field("number")
    yield "help", _field("text", help_text="Without <b>the</b> cover.")
    yield "errors", _field("text", errors=["Too long.", "Too wide."])
    yield "inline", _field("flag")
    yield "grouped", _field("radio", errors=["Wrong."], help_text="Help.")
    yield "choose", _field("text", _button("Choose a", "choose", formaction="/store/c/", **choose))
    yield "choose-link", _field("text", _link("Choose a", "choose", **choose))
    yield "related", _field("one", related=_related())
    yield "affixes", _field("number", before="€", after="each")
    yield "followed", _field("one", marks={"data-pc-refresh": "", "data-pc-depends": "text"})
    yield from arranged(BARE)


def _lists() -> Iterator[tuple[str, Any]]:
    """Yield the list page and its parts."""
    search = _frame("q=blue").search_box()
    toolbar = c.Toolbar(
        attrs=_part("toolbar"), search=search, actions=_menu("list-actions", "Create"), **BARE
    )
    yield "full", toolbar
    yield "search", replace(toolbar, actions=None)
    yield "empty", replace(toolbar, search=None, actions=None)
    fields = _field("number"), _field("long", _link("Choose maker", "choose"))
    yield "closed", _filters(*fields)
    yield "open", _filters(*fields, open=True, active="2")
    yield "without-fields", _filters()
    yield "one", _chips()
    yield "three", _chips("Maker", "Price")
    yield "empty", _frame().sort_panel()
    yield "one", _frame("sort=-name").sort_panel()
    yield "three", _frame("sort=name,-price,made").sort_panel()
    yield "plain", _row("1")
    yield "bare", _row("2", full=False, actions=False)
    yield "plain", _table()
    yield "sorted", _table(sort="-name")
    yield "sorted-by-two", _table(sort="price,name")
    yield "empty", _table(0)
    yield "without-actions", _table(actions=False)
    yield "first", _paged(1)
    yield "middle", _paged(5)
    yield "last", _paged(9)
    yield "only-sizes", replace(cast(Any, _paged(1)), next=None, pages=())
    yield "without-sizes", replace(cast(Any, _paged(1)), sizes=())
    yield "full", _full()
    yield "empty", _results(empty=_frame("q=x").empty("unmatched"), chips=_chips())
    page = _page("list-page", toolbar=toolbar, filter_form=_filters(*fields, active="1"))
    status = _frame().status(Paginator(range(90), 10).page(1))
    yield "full", c.ListPage(results=_full(), status=status, **page)
    none = _results(empty=_frame().empty("none"))
    yield "empty", c.ListPage(results=none, status=replace(status, text=""), **page)


def _layers() -> Iterator[tuple[str, Any]]:
    """Yield what lies on top of a page; closed as it is printed."""
    yield "mould", dialog(UNBOUND)
    yield "drawer", replace(dialog(UNBOUND), attrs=_part("dialog", data_pc_kind="drawer"))
    yield "plain", confirmation(UNBOUND)


def _page(part: str, **more: Any) -> dict[str, Any]:
    return {"attrs": _part(part), "title": f"The title of {part}", **more, **BARE}


def _body(*, failed: bool = False) -> c.FormBody:
    body = widget_body(UNBOUND, None, failed=failed)
    if body.summary is None:
        return body
    return replace(
        body, summary=replace(body.summary, errors=("Both are wrong.", "So is the day."))
    )


def _pages() -> Iterator[tuple[str, Any]]:
    """Yield the other pages and their parts."""
    back, cancel = _link("Products", icon="back"), _link("Cancel", "cancel")
    menu = _menu("detail-actions", "Update", "Delete")
    mark = Attrs({"data-pc-mark": "no", "aria-hidden": "true"})
    more: list[Any] = [{}, {"link": Attrs({"href": "/x/"})}, {"mark": mark}, {"help_text": "Help."}]
    values = tuple(
        c.DetailField(attrs=_part("detail-field"), label=f"Label {i}", value=f"Value {i}", **m)
        for i, m in enumerate(more)
    )
    yield "full", c.DetailPage(back=back, actions=menu, fields=values, **_page("detail-page"))
    yield "bare", c.DetailPage(back=None, actions=None, fields=values[:1], **_page("detail-page"))
    yield "plain", _body()
    yield "errors", _body(failed=True)
    layout = SafeString(forms.TextInput().render("l", "x"))
    yield "layout", replace(_body(), fields=(), layout=layout)
    refresh = _button("Update choices", "refresh", name="_refresh")
    status = c.Status(attrs=_part("form-status", id="pc-status", role="status"), text="Updated.")
    tabs = tuple(s for state, s in arranged(BARE) if state == "three")
    yield "arranged", replace(_body(), fields=tabs, refresh=refresh, status=status)
    form = _part("form", id="pc-form", method="post", action="/store/new/", novalidate=True)
    saves = _button("Save", "save", "primary", name="_save"), _button("Save, add", "save_another")
    note = "Fields marked with * are required."
    page = c.FormPage(
        back=back, form=form, body=_body(failed=True), note=note, buttons=saves, cancel=cancel,
        **_page("form-page"),
    )  # fmt: skip
    yield "full", page
    yield "bare", replace(page, back=None, body=_body(), note="", buttons=saves[:1])
    group = c.RelatedGroup(
        attrs=_part("related"), label="2 copies", names=("One", "Two"), more="and 3 more"
    )
    few = replace(group, more="", label="2 notes")
    taken = group, few, replace(group, names=(), more="", label="9 loans")
    titles: dict[str, Any] = {"question": "Delete it?"}
    titles |= {"collateral_title": "With it", "protected_title": "Kept by"}
    confirm = _button("Delete", "confirm", "danger")
    delete = c.DeletePage(
        back=back, form=form, hidden=hidden([("next", "/")]), confirm=confirm, cancel=cancel,
        collateral=taken, protected=(), **titles, **_page("delete-page"),
    )  # fmt: skip
    yield "collateral", delete
    yield "protected", replace(delete, collateral=(), protected=taken, confirm=None)
    yield "bare", replace(delete, collateral=(), back=None)
    turns = [_button(t, "choice-page-link", name="_page") for t in ("Previous", "Next")]
    choice = c.ChoicePage(
        form=_part("choice-form", method="post", action="/store/new/"), hidden=hidden([("a", "1")]),
        search=replace(_frame().search_box(), submit=_button("Search", "search-submit")),
        status=c.Status(attrs=_part("status", role="status"), text="2 found"),
        choices=(_button("One", "choice", value="1"), _button("Two", "choice", value="2")),
        previous=turns[0], next=turns[1], cancel=_button("Cancel", "cancel"),
        **_page("choice-page"),
    )  # fmt: skip
    yield "full", choice
    yield "empty", replace(choice, choices=(), previous=None, next=None)
    yield "plain", c.NoticePage(state=_frame().empty("failed"), **_page("notice-page"))

"""Scenes: pages of the kit's store, asked for over HTTP with one pack or another."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import setup_databases, teardown_databases

from powercrud_core.testing.work import HELD, JOBS, PAGE, begin

__all__ = ["SCENES", "SETTINGS", "STORE", "Scene", "fill_store", "store_database"]

STORE = "powercrud_core.testing.store"
SETTINGS: Mapping[str, Any] = {
    "ROOT_URLCONF": "powercrud_core.testing.urls",
    "ALLOWED_HOSTS": ["*"],
    "MESSAGE_STORAGE": "django.contrib.messages.storage.cookie.CookieStorage",
    "POWERCRUD_CHOICES_LIMIT": 4,
    "POWERCRUD_JOB_RUNNER": "worker",
    "USE_TZ": True,
    "MIDDLEWARE": [
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
}
TOKEN = re.compile(r'name="(_seen)" value="([^"]*)"')
FORM = {"name": "Saw", "maker": "2", "kind": "toy", "weight": "5", "checked": "unknown"}


@dataclass(frozen=True, slots=True)
class Scene:
    """One page. `post` is what is sent, with the token of the page at that address unless it is to
    be `stale`; redirects are followed.

    job: the state of a background job that is there, of work.STATES; it needs the app of jobs.
    """

    meaning: str
    path: str
    post: Mapping[str, Any] | None = None
    status: int = 200
    stale: bool = field(default=False, kw_only=True)
    component: str = field(default="list_page", kw_only=True)
    job: str = field(default="", kw_only=True)

    @property
    def needs(self) -> str:
        """Return the optional app of ours that it needs."""
        return JOBS if self.job else ""

    def html(self, pack: str) -> str:
        """Return the page as a pack draws it; nothing stays in the database."""
        with override_settings(**SETTINGS), transaction.atomic():
            fill_store()
            if self.job:
                begin(self.job)
            client = Client(headers={"X-Powercrud-Pack": pack})
            ask = (
                client.get(self.path)
                if self.post is None
                else client.post(self.path, {**self.post, **self.token(client)}, follow=True)
            )
            transaction.set_rollback(True)
        if ask.status_code != self.status:
            raise RuntimeError(f"{self.path} answered {ask.status_code} instead of {self.status}.")
        return ask.content.decode()

    def token(self, client: Client) -> dict[str, str]:
        """Return what the page at the address remembers of an object."""
        shown = "" if self.stale else client.get(self.path).content.decode()
        return dict(TOKEN.findall(shown))


LIST, ONE = "/products/", "/products/1/"
GOODS, CHOSEN = "/goods/", {"pk": ["1", "2"], "_step": "preview"}
WORK, AT_WORK = "/at-work/", f"/at-work/{HELD[0]}/"
STOCK, CELL, ROW = "/stock/", "/stock/2/row/edit/", "/shelf/3/row/edit/"
SCENES: Mapping[str, Scene] = {
    "list": Scene("A list on its first page.", LIST),
    "list.page": Scene("Its second page.", f"{LIST}?page=2"),
    "list.size": Scene("A larger page.", f"{LIST}?page_size=50"),
    "list.sort": Scene("Sorted by two columns.", f"{LIST}?sort=-price,name"),
    "list.search": Scene("A search.", f"{LIST}?q=product+1"),
    "list.filter": Scene(
        "Five filters at once.", f"{LIST}?maker=2&kind=toy&price_min=1&sold=true&tags=1&tags=2"
    ),
    "list.unmatched": Scene("Nothing matches.", f"{LIST}?q=nothing"),
    "list.filter.error": Scene("A filter with a wrong value.", f"{LIST}?price_min=x"),
    "list.notice": Scene("An address with a part that means nothing.", f"{LIST}?nonsense=1"),
    "list.forbidden": Scene(
        "A list that is not allowed.", "/tags/", status=403, component="notice_page"
    ),
    "detail": Scene("An object.", ONE, component="detail_page"),
    "detail.missing": Scene(
        "An object that is not there.", "/products/999/", status=404, component="notice_page"
    ),
    "form.follows": Scene(
        "A form with fields that follow another.", "/lots/2/edit/", component="form_page"
    ),
    "form.follows.updated": Scene(
        "The same after its choices were updated.",
        "/lots/2/edit/",
        {**FORM, "_refresh": "kind"},
        component="form_page",
    ),
    "create": Scene("An empty form.", "/products/new/", component="form_page"),
    "create.error": Scene(
        "A form with errors.",
        "/products/new/",
        {"name": "", "weight": "x"},
        422,
        component="form_page",
    ),
    "create.refill": Scene(
        "A form with what was typed before.",
        "/products/new/",
        {**FORM, "_refill": "1"},
        component="form_page",
    ),
    "update": Scene("The form of an object.", f"{ONE}edit/?next=/products/", component="form_page"),
    "update.saved": Scene("The list after saving.", f"{ONE}edit/", FORM),
    "update.conflict": Scene(
        "Fields that somebody else has changed.",
        f"{ONE}edit/?next=/products/",
        FORM,
        409,
        stale=True,
        component="conflict_page",
    ),
    "choose.filter": Scene(
        "Choices for a filter.", f"{LIST}choices/maker/?kind=toy", component="choice_page"
    ),
    "choose.form": Scene(
        "Choices for a form.",
        f"{LIST}choices/maker/",
        {**FORM, "_origin": f"{ONE}edit/"},
        component="choice_page",
    ),
    "inline.list": Scene("A list whose cells are edited.", STOCK),
    "inline.list.rows": Scene("A list whose rows are edited.", "/shelf/"),
    "inline.cell": Scene(
        "The editor of a cell.",
        f"{CELL}?_field=price&next=/stock/%3Fpage%3D2",
        component="row_page",
    ),
    "inline.cell.choice": Scene(
        "The editor of a choice.", f"{CELL}?_field=kind", component="row_page"
    ),
    "inline.cell.box": Scene("The editor of a box.", f"{CELL}?_field=sold", component="row_page"),
    "inline.cell.error": Scene(
        "An editor with an error.",
        CELL,
        {"_field": "price", "price": "x"},
        422,
        component="row_page",
    ),
    "inline.saved": Scene(
        "The list after a cell was saved.", CELL, {"_field": "price", "price": "7"}
    ),
    "inline.row": Scene("The editors of a row.", ROW, component="row_page"),
    "inline.row.error": Scene(
        "A row with an error.", ROW, {"price": "x"}, 422, component="row_page"
    ),
    "inline.row.saved": Scene(
        "A row after it was saved.",
        ROW,
        {"price": "9", "kind": "toy", "_row": "1"},
        component="row_page",
    ),
    "inline.row.moved": Scene(
        "A row that no longer matches the filters.",
        CELL,
        {"_field": "kind", "kind": "toy", "_row": "1", "next": f"{STOCK}?kind=tool"},
        component="row_page",
    ),
    "inline.locked": Scene(
        "A row that cannot be edited.", f"{STOCK}4/row/edit/", status=403, component="notice_page"
    ),
    "bulk.list": Scene(
        "A list whose rows can be chosen, one of them not.", f"{GOODS}?page_size=50"
    ),
    "bulk.nothing": Scene(
        "Nothing was chosen.", f"{GOODS}bulk/update/", {}, 400, component="notice_page"
    ),
    "bulk.edit": Scene(
        "The form for several rows.",
        f"{GOODS}bulk/update/?kind=toy",
        {"pk": ["1", "3"]},
        component="form_page",
    ),
    "bulk.edit.error": Scene(
        "The same with an error.",
        f"{GOODS}bulk/update/",
        {**CHOSEN, "mode-price": "set", "price": "x"},
        422,
        component="form_page",
    ),
    "bulk.preview": Scene(
        "What would become of several rows.",
        f"{GOODS}bulk/update/",
        {**CHOSEN, "mode-price": "set", "price": "2", "mode-kind": "set", "kind": "tool"},
        component="bulk_page",
    ),
    "bulk.preview.matching": Scene(
        "What would become of all that match.",
        f"{GOODS}bulk/update/?kind=tool",
        {"all": "1", "_step": "preview", "mode-price": "set", "price": "2"},
        component="bulk_page",
    ),
    "bulk.delete": Scene(
        "The deletion of rows of which one is needed.",
        f"{GOODS}bulk/delete/",
        {"pk": ["1", "2", "3"]},
        component="bulk_page",
    ),
    "bulk.delete.typed": Scene(
        "The deletion of so many rows that their number is to be typed.",
        f"{GOODS}bulk/delete/",
        {"pk": ["2", "3", "5", "6"]},
        component="bulk_page",
    ),
    "bulk.action": Scene(
        "The question before an action.",
        f"{GOODS}bulk/sell/",
        {"pk": ["2", "6"]},
        component="bulk_page",
    ),
    "action.row": Scene(
        "The same for one row.",
        f"{GOODS}2/do/sell/?next=/goods/%3Fkind%3Dtool",
        component="bulk_page",
    ),
    "action.form": Scene("An action's form.", f"{GOODS}2/do/note/", component="form_page"),
    "action.form.error": Scene(
        "The same with an error.",
        f"{GOODS}2/do/note/",
        {"_step": "apply", "note": "x" * 21},
        422,
        component="form_page",
    ),
    "action.refused": Scene(
        "An action that cannot be done now.",
        f"{GOODS}1/do/sell/",
        status=422,
        component="notice_page",
    ),
    "action.detail": Scene("An object with actions.", f"{GOODS}2/", component="detail_page"),
    "action.list": Scene(
        "The question before an action of the list.",
        f"{GOODS}bulk/count/",
        component="bulk_page",
    ),
    "job.list": Scene("A list with rows that a job is changing.", WORK, job="running"),
    "job.over": Scene("A list when a job is over.", WORK, job="partial"),
    "job.page": Scene("The page of a job that runs.", PAGE, job="running", component="job_page"),
    "job.page.over": Scene(
        "The page of a job that is over, with rows that did not change.",
        PAGE,
        job="partial",
        component="job_page",
    ),
    "job.all": Scene("The list of jobs.", "/jobs/", job="further"),
    "job.progress": Scene(
        "What the script is told of jobs.", "/jobs/progress/", job="running", component="jobs"
    ),
    "job.stop": Scene(
        "The question before a job is stopped.",
        f"{PAGE}do/cancel/",
        job="running",
        component="bulk_page",
    ),
    "job.offer": Scene(
        "The question before what can be left to a job.",
        f"{WORK}bulk/check/",
        {"pk": ["1", "3"]},
        job="running",
        component="bulk_page",
    ),
    "job.offer.held": Scene(
        "The same for rows of which a job has one.",
        f"{WORK}bulk/update/",
        {"pk": ["1", "2"], "_step": "preview", "mode-price": "set", "price": "9"},
        job="running",
        component="bulk_page",
    ),
    "job.held": Scene(
        "A form whose object a job is changing.",
        f"{AT_WORK}edit/",
        FORM,
        409,
        job="running",
        component="form_page",
    ),
    "job.held.cell": Scene(
        "The editor of a cell in such a row.",
        f"{AT_WORK}row/edit/",
        {"_field": "price", "price": "7"},
        409,
        job="running",
        component="row_page",
    ),
    "job.held.delete": Scene(
        "The deletion of such an object.",
        f"{AT_WORK}delete/",
        {},
        409,
        job="running",
        component="delete_page",
    ),
    "delete": Scene(
        "The question before a deletion.", "/products/2/delete/", component="delete_page"
    ),
    "delete.protected": Scene(
        "A deletion that is not possible.", f"{ONE}delete/", component="delete_page"
    ),
    "delete.stale": Scene(
        "The question again, about an object that may have changed.",
        "/products/2/delete/",
        {},
        409,
        stale=True,
        component="delete_page",
    ),
    "delete.done": Scene("The list after a deletion.", "/products/2/delete/", {}),
    "delete.collateral": Scene(
        "A deletion that takes others along.", "/makers/3/delete/", component="delete_page"
    ),
}


def fill_store() -> None:
    """Make the same objects every time, with the same keys."""
    maker, tag, product, order = (
        apps.get_model("powercrud_store", n) for n in ("Maker", "Tag", "Product", "Order")
    )
    maker.objects.bulk_create([maker(pk=i, name=f"Maker {i} <b>&") for i in range(1, 7)])
    tag.objects.bulk_create([tag(pk=i, name=f"Tag {i}") for i in range(1, 4)])
    product.objects.bulk_create(
        product(
            pk=i,
            name=f'Product {i} "><i>' if i > 1 else "Product 1",
            maker_id=i % 6 + 1,
            kind="toy" if i % 2 else "tool",
            price=i or None,
            made=date(2024, 1, i) if i % 3 else None,
            sold=bool(i % 2),
            checked=(None, True, False)[i % 3],
            homepage="https://example.com/" if i == 1 else "",
            notes="Two\nlines" if i == 1 else "",
        )
        for i in range(1, 13)
    )
    product.objects.get(pk=1).tags.set([1, 2])
    order.objects.bulk_create([order(pk=i, product_id=1) for i in range(1, 9)])


@contextmanager
def store_database() -> Iterator[None]:
    """Give the store its tables: those of the test database that is there, or of a new one."""
    if (
        apps.get_app_config("powercrud_store").get_model("Product")._meta.db_table
        in connection.introspection.table_names()
    ):
        yield
        return
    config = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(config, verbosity=0)

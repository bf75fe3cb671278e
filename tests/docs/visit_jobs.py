"""Run in the tutorial's project: look at the jobs as the reader does, print JSON."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path.cwd()))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django

django.setup()

from django.contrib.auth import get_user_model
from django.test import Client

from tests.views.pages import Page


def leave(client: Client) -> dict[str, Any]:
    """Leave the books of one author to the background."""
    from library.models import Author

    state = f"author={Author.objects.get(name='Many Hands').pk}"
    asked = client.post(f"/books/bulk/raise_price/?{state}", {"all": "1", "state": state})
    page = Page(asked)
    client.post("/books/bulk/raise_price/", {**page.sent("operation-form"), "_step": "apply"})
    shown = Page(client.get(f"/books/?{state}"))
    return {
        "button": page.text("defer"),
        "state": shown.one("job").get("data-pc-state"),
        "row": " ".join(shown.rows()[0]),
    }


def watch(client: Client) -> dict[str, Any]:
    """Ask how far the job is until it has begun; return what two answers say."""
    bars: list[int] = []
    end = time.monotonic() + 30
    while len(bars) < 2 and time.monotonic() < end:
        page = Page(client.get("/jobs/progress/"))
        bar = page.one("job-bar")
        if (value := int(bar.get("value") or 0)) and value not in bars:
            bars.append(value)
        time.sleep(0.05)
    return {"bars": bars, "max": int(bar.get("max"))}


def stopped(client: Client) -> dict[str, Any]:
    """Look at the job that nobody works on, and at the books."""
    from library.models import Book

    page = Page(client.get("/jobs/progress/"))
    told = int(page.one("job-bar").get("value") or 0)
    state = page.one("job").get("data-pc-state")
    return {"state": state, "told": told, "raised": Book.objects.filter(price=6).count()}


def over(client: Client) -> dict[str, Any]:
    """Look at the job's own page."""
    from library.models import Book

    (url,) = {e.get("href") for e in Page(client.get("/books/")).all("job-link")}
    page = Page(client.get(url))
    hands = Book.objects.filter(author__name="Many Hands")
    return {
        "facts": [" ".join("".join(e.itertext()).split()) for e in page.all("fact")],
        "reasons": page.text("bulk-groups"),
        "retry": page.has("action-retry"),
        "prices": sorted({str(price) for price in hands.values_list("price", flat=True)}),
    }


client = Client(SERVER_NAME="localhost")
client.force_login(get_user_model().objects.get(username="librarian"))
steps = {step.__name__: step for step in (leave, watch, stopped, over)}
print(json.dumps(steps[sys.argv[1]](client)))

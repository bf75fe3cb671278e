"""Run in the tutorial's project: do what it tells the reader to do in the browser, print JSON."""

import json
import os
import re
import sys
from pathlib import Path

import html5lib

sys.path.insert(0, str(Path.cwd()))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django

django.setup()

from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.test import Client

XHTML = "{http://www.w3.org/1999/xhtml}"


def page(client: Client, url: str) -> str:
    """Return the HTML of a page that must be there."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def texts(html: str, xpath: str) -> list[str]:
    """Return the texts of some elements."""
    tree = html5lib.parse(html)
    return [" ".join("".join(e.itertext()).split()) for e in tree.iterfind(xpath)]


def names(html: str) -> list[str]:
    """Return what stands in the row headings of the list."""
    return texts(html, f".//{XHTML}tbody//{XHTML}th")


def first(client: Client) -> dict[str, object]:
    """Look at the inferred screens and add some data."""
    location = Client(SERVER_NAME="localhost").get("/authors/").headers["Location"]
    found: dict[str, object] = {"stranger": location, "empty": page(client, "/authors/")}
    found["created"] = client.post("/authors/new/", {"name": "Ursula K. Le Guin"}).status_code
    client.post("/authors/new/", {"name": "Jorge Luis Borges"})
    found["authors"] = page(client, "/authors/")
    book = {"title": "", "author": "1", "status": "published", "price": "9.50"}
    found["without title"] = client.post("/books/new/", book).status_code
    client.post("/books/new/", {**book, "title": "The Lathe of Heaven"})
    draft = {**book, "status": "draft", "price": "7"}
    client.post("/books/new/", {**draft, "title": "The Dispossessed"})
    client.post("/books/new/", {**draft, "title": "Fictions", "author": "2"})
    found["books"] = " ".join(texts(page(client, "/books/"), f".//{XHTML}thead//{XHTML}th"))
    return found


def second(client: Client) -> dict[str, object]:
    """Look at the declared view."""
    html = page(client, "/books/")
    links = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
    filtered = page(client, "/books/?status=published")
    return {
        "books": html,
        "found": names(page(client, "/books/?q=guin")),
        "sorted": names(page(client, "/books/?sort=-author,-price")),
        "filtered": names(filtered),
        "chips": " ".join(texts(filtered, ".//*[@data-pc-part='chip']")),
        "missing files": [link for link in links if not finders.find(link)],
    }


client = Client(SERVER_NAME="localhost")
client.force_login(get_user_model().objects.get(username="librarian"))
print(json.dumps({"first": first, "second": second}[sys.argv[1]](client)))

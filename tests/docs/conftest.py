"""A page of the documentation as a small project: its modules, its templates, its URLs."""

import copy
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import include, path

import tests.library.models
from powercrud_core import CRUDView, crud_urls
from tests.docs.blocks import DOCS, Block, blocks
from tests.library.models import Author, Book, Copy, Genre, Loan

PAGE_MODULES = ("library", "library.views", "library.forms", "library.policies")


@dataclass
class Example:
    """A page whose blocks have been executed one after the other, as in one module."""

    folder: Path
    module: ModuleType
    views: list[type[CRUDView]] = field(default_factory=list)

    def execute(self, block: Block) -> list[type[CRUDView]]:
        """Run a block of Python; return the views it defines."""
        before = set(map(id, vars(self.module).values()))
        exec(compile(block.text, str(block), "exec"), vars(self.module))
        found = [
            value
            for value in vars(self.module).values()
            if isinstance(value, type)
            and issubclass(value, CRUDView)
            and value.__module__ == self.module.__name__
            and id(value) not in before
        ]
        self.views += found
        return found

    def write(self, block: Block) -> None:
        """Save a template where the page says."""
        file = self.folder / block.caption.removeprefix("templates/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text)

    def route(self, *views: type[CRUDView]) -> None:
        """Let the project consist of some views, and of inferred ones for the other models."""
        used = {view.get_url_base() for view in views}
        others = [m for m in (Author, Book, Copy, Genre, Loan) if m._meta.model_name not in used]
        urls = ModuleType("docs_urls")
        urls.urlpatterns = [  # type: ignore[attr-defined]
            *(path(f"{v.get_url_base()}s/", include(v.get_urls())) for v in views),
            *(path(f"{m._meta.model_name}s/", include(crud_urls(m))) for m in others),
        ]
        settings.ROOT_URLCONF = urls

    def __getitem__(self, name: str) -> Any:
        return vars(self.module)[name]


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Example]:
    """
    The page that the test names by `request.param`, with its templates in a project's folder.
    """
    page = request.param if isinstance(request.param, Path) else DOCS / request.param
    module = ModuleType("library")
    stand_ins = dict.fromkeys(PAGE_MODULES, module) | {"library.models": tests.library.models}
    found = Example(tmp_path, module)
    for block in blocks(page):
        if block.language == "html+django" and block.caption:
            found.write(block)
    patch = pytest.MonkeyPatch()
    for name, value in stand_ins.items():
        patch.setitem(sys.modules, name, value)
    # New app configs: those of the packs keep the templates that they have found.
    with override_settings(
        TEMPLATES=with_folder(tmp_path),
        INSTALLED_APPS=list(settings.INSTALLED_APPS),
        ROOT_URLCONF="tests.urls",
    ):
        yield found
    patch.undo()


def with_folder(folder: Path) -> list[dict[str, Any]]:
    """Return the project's TEMPLATES with one folder of its own."""
    engine = copy.deepcopy(settings.TEMPLATES[0])
    engine["DIRS"] = [folder]
    return [engine]


@pytest.fixture
def library(db: None) -> Book:
    """A book with an author, a genre, a copy and a loan."""
    author = Author.objects.create(name="Ursula K. Le Guin", born="1929-10-21")
    book = Book.objects.create(title="The Dispossessed", author=author, price=7, pages=341)
    book.genres.add(Genre.objects.create(code="sf", name="Science fiction"))
    Copy.objects.create(book=book, shelf="a-1")
    Loan.objects.create(reader="librarian", number=1, returned=False)
    return book


@pytest.fixture
def librarian(db: None) -> Client:
    """A client of somebody who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("librarian"))
    return client


@pytest.fixture
def reader(db: None) -> Client:
    """A client of somebody without any permission."""
    client = Client()
    client.force_login(User.objects.create_user("reader"))
    return client

"""The German catalogue keeps us honest: a text that cannot be translated is noticed here."""

import ast
import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest

import powercrud_core

ROOT = Path(powercrud_core.__file__).parent
PACKS = sorted((ROOT.parent / "packs").glob("*/powercrud_*"))
NAMES = {"_", "gettext", "gettext_lazy", "ngettext"}
TOOLS = {"testing", "authoring", "management", "contrib"}


def catalogue(folder: Path) -> gettext.GNUTranslations:
    """Return the compiled German catalogue of a package."""
    with (folder / "locale" / "de" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def texts(folder: Path) -> Iterator[str]:
    """Yield every text that the core's code marks for translation."""
    for path in folder.rglob("*.py"):
        if TOOLS & set(path.relative_to(folder).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in NAMES:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield first.value


def translated(catalogue: gettext.GNUTranslations, text: str) -> bool:
    """Say whether a catalogue knows a text, alone or with a plural."""
    known = catalogue._catalog  # type: ignore[attr-defined]
    return text in known or (text, 0) in known


def test_every_text_of_the_core_is_translated():
    german = catalogue(ROOT)
    found = sorted(set(texts(ROOT)))

    assert 70 < len(found)
    assert [] == [text for text in found if not translated(german, text)]


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.name)
def test_a_packs_own_texts_are_translated(pack):
    german = catalogue(pack)

    assert "Zum Inhalt springen" == german.gettext("Skip to content")


@pytest.mark.parametrize("folder", [ROOT, *PACKS], ids=lambda path: path.name)
def test_the_compiled_catalogue_is_that_of_the_source(folder):
    """
    Every translation of the .po file stands in the .mo file that is installed.
    """
    source = (folder / "locale" / "de" / "LC_MESSAGES" / "django.po").read_text()
    known = catalogue(folder)._catalog.values()

    lines = [line for line in source.splitlines() if line.startswith(("msgstr ", "msgstr["))]
    wanted = [ast.literal_eval(line.split(" ", 1)[1]) for line in lines[1:]]
    assert wanted
    assert [] == [text for text in wanted if text not in known]


@pytest.mark.django_db
def test_a_german_page_is_german(admin_client):
    page = admin_client.get("/books/", headers={"accept-language": "de"}).content.decode()

    assert "Noch keine books" in page
    assert "Filter anwenden" in page
    assert "Zum Inhalt springen" in page

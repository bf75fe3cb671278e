"""The compiled stylesheet fits the templates and sources beside it; saying so needs no npm."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

PACK = Path(__file__).resolve().parent.parent


def load_build(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("daisyui_build", root / "build" / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The pack's build and package in a place where they may be changed."""
    for name in ("build", "powercrud_daisyui"):
        shutil.copytree(PACK / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules"))
    return tmp_path


class TestCompiledStylesheet:
    def test_it_was_made_from_the_sources_as_they_are(self):
        """
        A template with a new class needs the stylesheet rebuilt, or the class does nothing.
        """
        assert load_build(PACK).is_fresh(), "Run: python3 packs/daisyui/build/build.py"

    @pytest.mark.parametrize(
        "source",
        [
            "powercrud_daisyui/templates/cotton/powercrud_daisyui/row.html",
            "powercrud_daisyui/templates/powercrud_daisyui/widgets/select.html",
            "powercrud_daisyui/tailwind.css",
            "build/powercrud.css",
            "build/package.json",
        ],
    )
    def test_any_changed_source_makes_it_stale(self, copy: Path, source: str):
        with (copy / source).open("a", encoding="utf-8") as changed:
            changed.write("\n")

        assert not load_build(copy).is_fresh()

    def test_a_new_template_makes_it_stale(self, copy: Path):
        template = copy / "powercrud_daisyui/templates/cotton/powercrud_daisyui/ui/new.html"
        template.write_text('<p class="underline"></p>', encoding="utf-8")

        assert not load_build(copy).is_fresh()

    def test_it_asks_for_nothing_that_a_strict_policy_refuses(self):
        """
        Under `default-src 'self'` a data: URL or a foreign address would be a violation.
        """
        css = load_build(PACK).TARGET.read_text(encoding="utf-8")

        assert "data:" not in css
        assert "@import" not in css
        assert "//" not in css.replace("https://tailwindcss.com", "")

    def test_both_schemes_are_in_it(self):
        css = load_build(PACK).TARGET.read_text(encoding="utf-8")

        assert "[data-theme=light]" in css
        assert "[data-theme=dark]" in css
        assert "prefers-color-scheme:dark" in css

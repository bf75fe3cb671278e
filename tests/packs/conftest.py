"""The wrong packs, written once and installed while these tests run."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from tests.packs.broken import write_packs


@pytest.fixture(scope="module")
def wrong_packs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Install a blank pack and the broken ones."""
    folder = tmp_path_factory.mktemp("packs")
    apps = write_packs(folder)
    sys.path.insert(0, str(folder))
    with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, *apps]):
        yield
    sys.path.remove(str(folder))
    for app in apps:
        sys.modules.pop(f"{app}.apps", None)
        sys.modules.pop(app, None)


@pytest.fixture
def odd_pack(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Install the odd pack."""
    monkeypatch.syspath_prepend(str(Path(__file__).with_name("odd")))
    with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, "powercrud_odd"]):
        yield "odd"

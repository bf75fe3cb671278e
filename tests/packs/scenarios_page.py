"""Writes docs/reference/conformance-scenarios.md: python -m tests.packs.scenarios_page"""

import os
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from powercrud_core.testing.catalogue import page

    folder = Path(__file__).parents[2] / "docs/reference"
    (folder / "conformance-scenarios.md").write_text(page())

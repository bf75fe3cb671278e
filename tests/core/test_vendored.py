"""What was vendored is what was checked, and keeps its licence."""

import hashlib
import re

from tests.vendoring.tom_select import HOME, VERSION

SHA256 = "926e8e8165ee3b6dcc82c1693a72c5755e34e6c3a2c16ce650c40f5ee21c05db"


class TestTomSelect:
    source = (HOME / "tom-select.js").read_text(encoding="utf-8")

    def test_it_is_the_file_that_was_made_by_our_changes(self):
        """
        Nobody edits it by hand: `python -m tests.vendoring.tom_select` makes it.
        """
        assert SHA256 == hashlib.sha256(self.source.encode()).hexdigest()

    def test_it_names_its_version_and_licence(self):
        assert f"Tom Select v{VERSION}" in self.source
        assert "Apache License" in (HOME / "LICENSE").read_text(encoding="utf-8")

    def test_it_never_parses_text_as_html(self):
        """
        Neither a policy for Trusted Types is needed, nor care for what a label holds.
        """
        sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"

        assert [] == re.findall(sinks, self.source)

"""The stored copy of the contract: no change of it goes unseen, and none breaks packs unsaid."""

from copy import deepcopy
from typing import Any

import pytest

from powercrud_core.components import Component
from powercrud_core.testing.kit import drawn_components
from powercrud_core.testing.obligations import obligations
from powercrud_core.testing.samples import samples
from tests.packs.contract_copy import additions, breaks, facts, now, stored

AGAIN = "python -m tests.packs.contract_copy"


class TestCopy:
    def test_no_change_breaks_a_pack(self) -> None:
        """
        A breaking change needs another contract number; the copy is then written again.
        """
        assert [] == breaks(stored(), now()), f"breaking: raise CONTRACT, then {AGAIN}"

    def test_the_copy_is_current(self) -> None:
        """
        Additions are welcome; the copy shows them in review.
        """
        assert [] == additions(stored(), now()), f"additions: {AGAIN}"
        assert stored() == now(), f"words have changed: {AGAIN}"

    @pytest.mark.parametrize(
        ("path", "value", "additive"),
        [
            (("components", "new"), {"properties": {}, "required": []}, True),
            (("components", "row", "properties", "id"), {"type": "string"}, True),
            (("components", "row", "properties", "attrs", "description"), "Else.", True),
            (("components", "message", "parts"), ["message", "more", "notice"], True),
            (("components", "row", "properties", "cells"), {"type": "string"}, False),
            (("components", "row"), None, False),
            (("components", "row", "parts"), ["cell"], False),
            (("components", "row", "states"), ["row.plain"], False),
            (("components", "pagination", "aria"), {}, False),
            (("components", "row", "required"), ["actions", "attrs", "cells"], False),
            (("$defs", "Link", "properties", "tone"), {"enum": ["neutral", "loud"]}, False),
        ],
        ids=str,
    )
    def test_what_breaks_and_what_adds(self, path: Any, value: Any, additive: bool) -> None:
        changed = deepcopy(stored())
        *way, last = path
        place = changed
        for step in way:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value

        assert additive == (not breaks(stored(), changed))


class TestObligations:
    def test_every_component_has_states(self) -> None:
        assert set(drawn_components()) == obligations().keys()
        assert set(samples()) == {s for o in obligations().values() for s in o["states"]}

    def test_parts_and_aria_of_a_component(self) -> None:
        told = obligations()["table"]

        assert {"table", "table-scroller", "header", "sort-link"} <= set(told["parts"])
        assert ["role", "aria-label", "tabindex"] == sorted(
            told["aria"]["scroller"], key=["role", "aria-label", "tabindex"].index
        )
        assert ["aria-sort"] == told["aria"]["headers.attrs"]

    def test_the_copy_names_everything(self) -> None:
        assert set(Component.registry) <= facts(stored()).keys() | {"icon"}

"""The tables of faults, held against the tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, ROOT

PAGE = DOCS / "explanation/jobs-that-can-be-trusted.md"
ROWS = re.findall(r"^\| ([RA]\d+) \| (.+?) \| (.+?) \|$", PAGE.read_text(), re.MULTILINE)
PROOFS = [(number, name) for number, _, names in ROWS for name in re.findall(r"`(.+?)`", names)]


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return the tests of a file, or the parts that a program of the tests runs."""
    tree = ast.parse(path.read_text())
    if not path.name.startswith("test_"):
        found = {
            name.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("PARTS", "parts")
            for name in ast.walk(node.value)
            if isinstance(name, ast.Name)
        }
        return frozenset(found & {f.name for f in tree.body if isinstance(f, ast.FunctionDef)})
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inside = [f.name for f in node.body if isinstance(f, ast.FunctionDef)]
            found |= {f"{node.name}.{name}" for name in inside if name.startswith("test_")}
    return frozenset(n for n in found if n.startswith(("test_", "Test")))


def test_every_fault_is_there_once() -> None:
    """
    35 faults of the catalogue, 32 failures that were seen.
    """
    assert [f"R{n}" for n in range(1, 36)] + [f"A{n}" for n in range(1, 33)] == [r[0] for r in ROWS]


@pytest.mark.parametrize(("number", "name"), PROOFS)
def test_what_proves_it_is_a_test(number: str, name: str) -> None:
    """
    A name leads to a test, or to a part that is run.
    """
    first, *rest = name.split(".")
    place = ROOT / "tests/jobs" if not (ROOT / "tests" / first).is_dir() else ROOT / "tests" / first
    module, *rest = [first, *rest] if place.name == "jobs" else rest

    assert ".".join(rest) in names_in(place / f"{module}.py"), f"{number}: {name}"


@pytest.mark.parametrize(("number", "_", "names"), ROWS)
def test_nothing_is_without_proof(number: str, _: str, names: str) -> None:
    """
    Not even one of them.
    """
    assert re.findall(r"`(.+?)`", names), number

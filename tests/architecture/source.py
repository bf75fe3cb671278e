"""Reads the core's own source: what the architecture tests look at."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "powercrud_core"
SOURCE_FOLDERS = (
    ROOT,
    *(ROOT / "packs" / name for name in ("plain", "bootstrap5", "daisyui")),
)
NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


# What writes and tests packs: no page that a user sees needs it.
TOOLS = {CORE / name for name in ("authoring", "contrib", "management", "testing")}


def core_files(*, tools: bool = True) -> list[Path]:
    """Return the core's Python files, with or without the tools for authors of packs."""
    files = sorted(CORE.rglob("*.py"))
    return [path for path in files if tools or not TOOLS & set(path.parents)]


def name_of(path: Path) -> str:
    """Return a file's name as one would write it: `powercrud_core/views/base.py`."""
    return path.relative_to(ROOT).as_posix()


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """Return the string nodes that stand alone as a statement."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every string of the source that is not a docstring."""
    tree = ast.parse(source)
    apart = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in apart:
            yield node.lineno, node.value


def lines_of_code(source: str) -> int:
    """Return how many lines hold code: not blank, not a comment, not a docstring."""
    prose: set[int] = set()
    for node in docstrings(ast.parse(source)):
        prose.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))  # type: ignore[attr-defined]
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NOT_CODE:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - prose)

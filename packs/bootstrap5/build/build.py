"""Builds `static/powercrud_bootstrap5/bootstrap.min.css` from Bootstrap's own Sass.

    python3 packs/bootstrap5/build/build.py           write the stylesheet
    python3 packs/bootstrap5/build/build.py --check   say whether it is up to date (status 1: no)

It needs Node 20 or newer with npm; users of the pack need neither. The versions of Bootstrap and of
the compiler are pinned by package-lock.json and installed into a temporary directory, so that the
same sources always give the same bytes. To update: change package.json, then
`npm install --package-lock-only --omit-lockfile-registry-resolved`, then run this file.

`bootstrap.scss` chooses the parts and the colours. What is done to the result: left and right
become start and end, so that one stylesheet serves both writing directions. The small images it
refers to lie beside it.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "powercrud_bootstrap5/static/powercrud_bootstrap5/bootstrap.min.css"
SOURCES = ("package.json", "package-lock.json", "bootstrap.scss")

SIDES = {"left": "start", "right": "end"}
CORNERS = {
    "top-left": "start-start",
    "top-right": "start-end",
    "bottom-left": "end-start",
    "bottom-right": "end-end",
}
DEPRECATED = "import,global-builtin,color-functions,if-function,abs-percent,slash-div"


def compile_sass() -> str:
    """Return Bootstrap's CSS, minified."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found: install Node 20 or newer.")
    with tempfile.TemporaryDirectory() as folder:
        for name in SOURCES:
            shutil.copy(HERE / name, folder)
        install = [npm, "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([*install, "--silent"], cwd=folder, check=True)  # noqa: S603
        sass = [
            *("node", "node_modules/sass/sass.js", "--style=compressed", "--no-source-map"),
            *("--load-path=node_modules", "--quiet-deps", f"--silence-deprecation={DEPRECATED}"),
            *("--no-charset", "bootstrap.scss"),
        ]
        done = subprocess.run(sass, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
        sys.stderr.write(done.stderr)
        return done.stdout


def logical(css: str) -> str:
    """Return the CSS with physical sides spelled as logical ones."""
    start = r"(?<=[{;])"
    css = re.sub(
        rf"{start}(margin|padding|border)-(left|right)(?=[:-])",
        lambda m: f"{m[1]}-inline-{SIDES[m[2]]}",
        css,
    )
    css = re.sub(rf"{start}(left|right):", lambda m: f"inset-inline-{SIDES[m[1]]}:", css)
    css = re.sub(
        rf"{start}border-(top|bottom)-(left|right)-radius",
        lambda m: f"border-{CORNERS[f'{m[1]}-{m[2]}']}-radius",
        css,
    )
    css = re.sub(
        rf"{start}(text-align|float):(left|right)",
        lambda m: f"{m[1]}:{'inline-' if m[1] == 'float' else ''}{SIDES[m[2]]}",
        css,
    )
    return re.sub(
        rf"{start}(margin|padding):([^\s;}}]+) ([^\s;}}]+) ([^\s;}}]+) ([^\s;}}]+)(?=[;}}])",
        r"\1-block:\2 \4;\1-inline:\5 \3",
        css,
    )


def main() -> int:
    """Write the stylesheet, or compare it with what its sources give."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    css = logical(compile_sass())
    if "data:" in css:
        sys.exit("The stylesheet holds a data: URL, which a strict policy forbids: name a file.")
    name = TARGET.name
    if not check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(css, encoding="utf-8")
        sys.stdout.write(f"{name}: {len(css.encode()):,} bytes\n")
        return 0
    fresh = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == css
    sys.stdout.write(f"{name} is {'up to date' if fresh else 'stale: run build.py'}\n")
    return 0 if fresh else 1


if __name__ == "__main__":
    sys.exit(main())

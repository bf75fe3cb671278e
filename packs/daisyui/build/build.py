"""Builds `static/powercrud_daisyui/daisyui.css` from Tailwind, daisyUI and the pack's templates.

    python3 packs/daisyui/build/build.py           write the stylesheet
    python3 packs/daisyui/build/build.py --check   say whether it is up to date (status 1: no)

Writing needs Node 20 or newer with npm; users of the pack need neither, and --check does not. The
versions are pinned by package-lock.json and installed into a temporary directory, so that the same
sources always give the same bytes. To update: change package.json, then
`npm install --package-lock-only --omit-lockfile-registry-resolved`, then run this file.

The first line of the result names the sources it was made from by a hash over the templates, whose
classes decide what is in it, the CSS sources and the versions. --check compares that hash alone.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PACKAGE = ROOT / "powercrud_daisyui"
TARGET = PACKAGE / "static/powercrud_daisyui/daisyui.css"
HEADER = "/*! powercrud-daisyui; made by build/build.py from sources {digest} */\n"


def sources() -> list[Path]:
    """Return every file that the stylesheet depends on, in a fixed order."""
    fixed = [HERE / name for name in ("package.json", "package-lock.json", "powercrud.css")]
    return [*fixed, PACKAGE / "tailwind.css", *sorted((PACKAGE / "templates").rglob("*.html"))]


def digest() -> str:
    """Return the hash of the sources: their places and what they hold."""
    found = hashlib.sha256()
    for path in sources():
        text = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(ROOT).as_posix()
        found.update(f"{name} {len(text)}\n".encode() + text)
    return found.hexdigest()


def is_fresh() -> bool:
    """Say whether the stylesheet was made from the sources as they are now."""
    if not TARGET.is_file():
        return False
    with TARGET.open(encoding="utf-8") as stylesheet:
        return stylesheet.readline() == HEADER.format(digest=digest())


def compile_css() -> str:
    """Return the stylesheet, minified."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found: install Node 20 or newer.")
    with tempfile.TemporaryDirectory() as folder:
        for path in sources():
            copy = Path(folder, path.relative_to(ROOT))
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        build = Path(folder, HERE.name)
        # Not `npm ci`: it wants the compilers of all platforms in the lock, also unavailable ones.
        install = [npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([*install, "--silent"], cwd=build, check=True)  # noqa: S603
        # The imported tailwind.css lies outside of the folder with the modules.
        Path(folder, "node_modules").symlink_to(build / "node_modules")
        tailwind = ["node", "node_modules/@tailwindcss/cli/dist/index.mjs", "--minify"]
        done = subprocess.run(  # noqa: S603
            [*tailwind, "--input", "powercrud.css", "--output", "out.css"],
            cwd=build,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(done.stderr)
        return Path(build, "out.css").read_text(encoding="utf-8")


def main() -> int:
    """Write the stylesheet, or say whether it is stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    if parser.parse_args().check:
        fresh = is_fresh()
        sys.stdout.write(f"{TARGET.name} is {'up to date' if fresh else 'stale: run build.py'}\n")
        return 0 if fresh else 1
    css = compile_css()
    if "data:" in css:
        sys.exit("The stylesheet holds a data: URL, which a strict policy forbids: name a file.")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(HEADER.format(digest=digest()) + css, encoding="utf-8")
    sys.stdout.write(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

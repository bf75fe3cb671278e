"""Vendors Tom Select: takes the pinned version from npm and changes what our rules do not allow.

    python -m tests.vendoring.tom_select            write the file and its licence
    python -m tests.vendoring.tom_select --check    say whether they are up to date (status 1: no)

Needs npm and the network; nobody else does. To update: change VERSION and INTEGRITY (`npm view
tom-select@X dist.integrity`), run this, run tests/browser/test_selects.py.

What is changed, and why:

- The code reaches pages as `powercrud.TomSelect`, so that a project's own Tom Select of another
  version stays what it is.
- No text is ever parsed as HTML: elements are made from the few tags the code itself spells. That
  works under `require-trusted-types-for 'script'` without a policy, and leaves no way for a label.
- The source map, which is not vendored, is not named: Django's manifest storage would look for it.
"""

import argparse
import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "2.6.2"
INTEGRITY = (
    "sha512-eiXIkk82XzzUTOVQDFpy+ZGejuqdTvMukyUyeZBQaKn"
    "qW42UoTiTZnrod/eX0rkqJEc4rZY9DZ3zdjV07i29wQ=="
)
HOME = (
    Path(__file__).resolve().parents[2] / "powercrud_core/static/powercrud_core/vendor/tom-select"
)
SOURCE, LICENCE = "package/dist/js/tom-select.base.min.js", "package/LICENSE"

ELEMENT = (
    r"const[,n,a,x]=t.trim().match(/^<(\w+)((?:\s+[\w-]+=\"[^\"]*\")*)\s*\/?>(?:([^<]*)<\/\w+>)?$/),"
    r"d=s=>s.replace(/&(lt|gt|quot|amp);/g,(_,k)=>({lt:'<',gt:'>',quot:'\"',amp:'&'})[k]),"
    r"e=document.createElement(n);"
    r"for(const[,k,v]of a.matchAll(/([\w-]+)=\"([^\"]*)\"/g))e.setAttribute(k,d(v));"
    "if(x)e.textContent=d(x);return e"
)
CHANGES = (
    (
        '"object"==typeof exports&&"undefined"!=typeof module?module.exports=e():'
        '"function"==typeof define&&define.amd?define(e):'
        '(t="undefined"!=typeof globalThis?globalThis:t||self).TomSelect=e()',
        "(globalThis.powercrud??={}).TomSelect=e()",
    ),
    (
        'var e=document.createElement("template")\n'
        "return e.innerHTML=t.trim(),e.content.firstChild",
        ELEMENT,
    ),
    ('O.innerHTML=""', "O.replaceChildren()"),
    ("innerHTML:a.innerHTML", "children:Array.from(a.children,e=>e.cloneNode(!0))"),
    ("t.input.innerHTML=e.innerHTML", "t.input.replaceChildren(...e.children)"),
    ("\nvar tomSelect=function(t,e){return new TomSelect(t,e)}", ""),
    ("\n//# sourceMappingURL=tom-select.base.min.js.map", ""),
)
HEAD = "// Changed for PowerCRUD by tests/vendoring/tom_select.py, which says how and why.\n"


def fetched() -> tuple[str, str]:
    """Return the source and the licence of the pinned version, from npm."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found: install Node 20 or newer.")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [npm, "pack", f"tom-select@{VERSION}", "--silent"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        (archive,) = Path(folder).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != INTEGRITY:
            sys.exit(f"{archive.name} is not the file that INTEGRITY names.")
        with tarfile.open(archive) as package:
            return tuple(package.extractfile(n).read().decode() for n in (SOURCE, LICENCE))  # type: ignore[return-value,union-attr]


def changed(source: str) -> str:
    """Return the source with our changes; each must fit exactly once."""
    for old, new in CHANGES:
        if source.count(old) != 1:
            sys.exit(f"{old!r} stands {source.count(old)} times in Tom Select {VERSION}.")
        source = source.replace(old, new)
    if "innerHTML" in source:
        sys.exit("There is an innerHTML left.")
    return HEAD + source.strip() + "\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Vendor Tom Select.")
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    source, licence = fetched()
    wanted = {"tom-select.js": changed(source), "LICENSE": licence}
    if options.check:
        same = all((HOME / name).read_text() == text for name, text in wanted.items())
        print(f"Tom Select {VERSION} is {'up to date' if same else 'out of date'}.")
        return int(not same)
    HOME.mkdir(parents=True, exist_ok=True)
    for name, text in wanted.items():
        (HOME / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

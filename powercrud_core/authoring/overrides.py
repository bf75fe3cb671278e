"""Overrides: where a component's templates come from, and how a project gets one of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from django.apps import apps
from django.template import engines
from django.template.backends.django import DjangoTemplates

from powercrud_core.authoring.schema import changes, stamp_of
from powercrud_core.components import Component
from powercrud_core.exceptions import ComponentNotFound
from powercrud_core.packs.app import PackConfig

__all__ = [
    "Candidate",
    "Override",
    "Stray",
    "candidates",
    "default_folder",
    "overrides",
    "pack_file",
    "strays",
    "write_override",
]

STAMP = re.compile(r"\{# powercrud (\w+) contract=(\d+) (.*?) ?#\}")
ANY = "powercrud"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place where a component's template may stand; `path` is None where there is no file."""

    name: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class Override:
    """A project's own template for a component. `pack` is "" when it is for every pack."""

    path: Path
    component: str
    pack: str

    @property
    def known(self) -> bool:
        """Say whether the contract has such a component."""
        return self.component in Component.registry

    @property
    def nearest(self) -> str:
        """Return the component that was probably meant, or nothing."""
        return next(iter(get_close_matches(self.component, Component.registry, n=1)), "")

    def drift(self) -> list[str]:
        """Return what changed in the contract since a stamped copy was made."""
        found = STAMP.search(self.path.read_text(encoding="utf-8"))
        if found is None or not self.known:
            return []
        stamped = dict(part.split(":", 1) for part in found[3].split())
        return changes(self.component, stamped)


@dataclass(frozen=True, slots=True)
class Stray:
    """A folder of overrides for a pack that is not installed. `nearest` is "" when none is near."""

    path: Path
    nearest: str
    installed: tuple[str, ...]


def candidates(config: PackConfig, component: str) -> list[Candidate]:
    """Return where a pack's component is looked for, nearest first, with the file that is there."""
    _check(component)
    return [Candidate(name, _file(name)) for name in config.template_names(component)]


def overrides() -> Iterator[Override]:
    """Yield the templates that stand in the place of a pack's own."""
    packs = _packs()
    for folder in _project_folders():
        for app in (ANY, *packs):
            for path in sorted((folder / "cotton" / app).glob("*.html")):
                yield Override(path, path.stem, "" if app == ANY else packs[app].pack.name)


def strays() -> Iterator[Stray]:
    """Yield the folders whose name should be a pack's, or nearly is, and whose pack is not there.

    A project may keep components of its own beside them, in a folder named as it likes.
    """
    packs, taken = _packs(), {ANY, *(c.label for c in apps.get_app_configs())}
    for folder in _project_folders():
        for path in sorted((folder / "cotton").glob("*/")):
            if path.name in packs.keys() | taken:
                continue
            meant = get_close_matches(path.name, (ANY, *packs), n=1, cutoff=0.8)
            claims = path.name.startswith(ANY) and _draws_components(path)
            if claims or (meant and any(path.glob("*.html"))):
                yield Stray(path, next(iter(meant), ""), tuple(packs))


def write_override(
    config: PackConfig, component: str, *, wrap: bool, every_pack: bool, folder: Path
) -> Path:
    """Write a stamped copy of a component's template, or one that wraps it; return its path.

    Raises ComponentNotFound for an unknown component and FileExistsError for an existing file.
    """
    _check(component)
    app = ANY if every_pack else config.name
    path = folder / "cotton" / app / f"{component}.html"
    if path.exists():
        raise FileExistsError(f"{path} exists already.")
    if wrap:
        # Without a stamp: it copies nothing, so no later contract can leave it behind.
        text = f"<c-vars {component} />\n{{{{ {component}.inherited }}}}\n"
    else:
        source = pack_file(config, component).read_text(encoding="utf-8")
        body = STAMP.sub("", source).lstrip("\n")
        text = f"{stamp_of(component)}\n{body}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def default_folder() -> Path | None:
    """Return the first folder of the project's own templates, or None without one."""
    return next((Path(d) for engine in _engines() for d in engine.engine.dirs), None)


def pack_file(config: PackConfig, component: str) -> Path:
    """Return the file with which a pack draws a component, whatever a project puts before it."""
    for owner in config.chain():
        path = Path(owner.path) / "templates" / "cotton" / owner.name / f"{component}.html"
        if path.is_file():
            return path
    raise ComponentNotFound(
        f"The template pack {config.pack.name!r} has no file for the component {component!r}."
    )


def _packs() -> dict[str, PackConfig]:
    return {c.name: c for c in apps.get_app_configs() if isinstance(c, PackConfig)}


def _project_folders() -> Iterator[Path]:
    """Yield the folders of templates that are no pack's own."""
    own = {Path(config.path) / "templates" for config in _packs().values()}
    return (folder for folder in _folders() if folder not in own)


def _draws_components(folder: Path) -> bool:
    return any(path.stem in Component.registry for path in folder.glob("*.html"))


def _check(component: str) -> None:
    if component not in Component.registry:
        close = get_close_matches(component, Component.registry, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ComponentNotFound(f"There is no component {component!r}.{hint}")


def _engines() -> list[DjangoTemplates]:
    return [engine for engine in engines.all() if isinstance(engine, DjangoTemplates)]


def _folders() -> list[Path]:
    """Return the folders that hold templates, those of the project first."""
    dirs = [Path(folder) for engine in _engines() for folder in engine.engine.dirs]
    return [*dirs, *(Path(c.path) / "templates" for c in apps.get_app_configs())]


def _file(name: str) -> Path | None:
    """Return the file that the template loaders find first, without asking their memory."""
    for engine in _engines():
        for loader in engine.engine.template_loaders:
            for inner in getattr(loader, "loaders", [loader]):
                for origin in inner.get_template_sources(name):
                    if Path(str(origin.name)).is_file():
                        return Path(str(origin.name))
    return None

"""`manage.py powercrud …`: the tools of people who write packs and overrides."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from powercrud_core.authoring import overrides, schema
from powercrud_core.authoring.pages import visit
from powercrud_core.authoring.starter import REFERENCE, folder_for, start_pack
from powercrud_core.packs import PackConfig, get_pack
from powercrud_core.testing import command as conformance
from powercrud_core.testing.obligations import obligations


class Command(BaseCommand):
    """Tells and writes what packs and overrides are made of."""

    help = "Tools for template packs: the contract, where a component comes from, overrides."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        tools = parser.add_subparsers(dest="tool", required=True, metavar="TOOL")
        contract = tools.add_parser("contract", help="what every component is made of")
        contract.add_argument("--json", action="store_true", help="as one JSON document")
        which = tools.add_parser("which", help="the file that draws a component")
        which.add_argument("component", nargs="?", help="a component's name")
        which.add_argument("--url", help="every component on this page")
        which.add_argument("--user", help="as this user sees it; default is a superuser")
        which.add_argument("--pack", help="default is the project's pack")
        conform = tools.add_parser("conform", help="whether a pack draws the contract")
        conformance.add_arguments(conform)
        start = tools.add_parser("startpack", help="write an installable pack of your own")
        start.add_argument("name", help="its name, as in POWERCRUD_TEMPLATE_PACK")
        start.add_argument("dir", nargs="?", type=Path, help="default is ./powercrud-<name>")
        start.add_argument("--extends", help="begin with one component, the rest from this pack")
        override = tools.add_parser("override", help="put a component into your project")
        override.add_argument("component")
        override.add_argument("--wrap", action="store_true", help="around the pack's own")
        override.add_argument("--pack", help="for this pack only; default is for every pack")
        override.add_argument("--dir", type=Path, help="default is the first of DIRS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one tool; a wrong name or setting is told in a line."""
        try:
            getattr(self, options["tool"])(options)
        except (ImproperlyConfigured, FileExistsError) as error:
            raise CommandError(str(error)) from error

    def contract(self, options: dict[str, Any]) -> None:
        """Print the contract."""
        whole = schema.contract(obligations())
        if options["json"]:
            self.stdout.write(json.dumps(whole, indent=2, default=str))
            return
        for name, component in whole["components"].items():
            self.stdout.write(self.style.MIGRATE_HEADING(name))
            self.stdout.write(f"  {component['description']}")
            for field, meaning in component["properties"].items():
                self.stdout.write(f"    {field}: {meaning['description']}")
            for asked in ("parts", "states"):
                self.stdout.write(f"  {asked}: {', '.join(component.get(asked, ())) or 'none'}")
            for bundle, names in component.get("aria", {}).items():
                self.stdout.write(f"  aria of {bundle}: {', '.join(names)}")

    def conform(self, options: dict[str, Any]) -> None:
        """Print what the conformance kit says about a pack; exit code 1 if it does not conform."""
        told, report = conformance.run(options)
        self.stdout.write(told)
        if not report.ok:
            raise CommandError(f"The pack {report.pack!r} does not conform.")

    def which(self, options: dict[str, Any]) -> None:
        """Print the files that draw a component, or all those of a page."""
        if options["url"] and options["component"]:
            raise CommandError("Name a component or give --url, not both.")
        if options["url"]:
            self.which_url(options)
        elif options["component"]:
            self.show(get_pack(options["pack"]), options["component"])
        else:
            raise CommandError("Name a component, or give --url.")

    def which_url(self, options: dict[str, Any]) -> None:
        """Print the component of a page that each file draws."""
        page = visit(options["url"], options["user"])
        said = "" if page.status == 200 else f" (status {page.status})"
        self.stdout.write(f"{options['url']}{said} is drawn by the pack {page.pack.pack.name!r}:")
        for name in page.components:
            self.show(page.pack, name)

    def show(self, pack: PackConfig, component: str) -> None:
        """Print a component's file, and the other places it is looked for."""
        found = overrides.candidates(pack, component)
        first = next((c for c in found if c.path), None)
        drawn = first.path if first else self.style.ERROR("nothing draws it")
        self.stdout.write(f"{self.style.MIGRATE_HEADING(component)}  {drawn}")
        for candidate in found:
            if candidate is not first:
                there = "also there, not used" if candidate.path else "not there"
                self.stdout.write(f"    {candidate.name}  ({there})")

    def override(self, options: dict[str, Any]) -> None:
        """Write an override into the project."""
        folder = options["dir"] or overrides.default_folder()
        if folder is None:
            raise CommandError("The project has no template folder: add one to DIRS or use --dir.")
        pack = get_pack(options["pack"])
        path = overrides.write_override(
            pack,
            options["component"],
            wrap=options["wrap"],
            every_pack=options["pack"] is None,
            folder=folder,
        )
        self.stdout.write(f"Wrote {path}.")
        first = next(c.path for c in overrides.candidates(pack, options["component"]) if c.path)
        if first.resolve() == path.resolve():
            self.stdout.write("It is used from now on; edit it.")
        elif first.is_relative_to(pack.path):
            text = f"It is not used yet: add {folder} to DIRS in TEMPLATES."
            self.stdout.write(self.style.WARNING(text))
        else:
            self.stdout.write(self.style.WARNING(f"It is not used: {first} stands before it."))

    def startpack(self, options: dict[str, Any]) -> None:
        """Write a new pack."""
        name = options["name"]
        folder = options["dir"] or folder_for(name)
        parent = get_pack(options["extends"]) if options["extends"] else None
        reference = None if parent else get_pack(REFERENCE)
        files = start_pack(name, folder, parent=parent, reference=reference)
        self.stdout.write(f"Wrote {len(files)} files into {folder}. Next:")
        self.stdout.write(f"  cd {folder}")
        self.stdout.write('  python -m pip install -e ".[tests]"')
        self.stdout.write("  python -m pytest")


__all__ = ["Command"]

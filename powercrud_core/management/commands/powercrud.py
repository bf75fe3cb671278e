"""`manage.py powercrud …`: the tools of people who write packs and overrides."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.test import RequestFactory
from django.urls import Resolver404, resolve

from powercrud_core.authoring import overrides, schema
from powercrud_core.authoring.starter import REFERENCE, start_pack
from powercrud_core.packs import PackConfig, get_pack


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
        which.add_argument("--user", help="as seen by this user; default is a superuser")
        which.add_argument("--pack", help="default is the project's pack")
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
        whole = schema.contract()
        if options["json"]:
            self.stdout.write(json.dumps(whole, indent=2, default=str))
            return
        for name, component in whole["components"].items():
            self.stdout.write(self.style.MIGRATE_HEADING(name))
            self.stdout.write(f"  {component['description']}")
            for field, meaning in component["properties"].items():
                self.stdout.write(f"    {field}: {meaning['description']}")

    def which(self, options: dict[str, Any]) -> None:
        """Print the files that draw a component, or all those of a page."""
        if options["url"]:
            self.which_url(options)
        elif options["component"]:
            self.show(get_pack(options["pack"]), options["component"])
        else:
            raise CommandError("Name a component, or give --url.")

    def which_url(self, options: dict[str, Any]) -> None:
        """Print the component of a page that each file draws."""
        pack, names = self.visit(options["url"], options["user"])
        self.stdout.write(f"{options['url']} is drawn by the pack {pack.pack.name!r}:")
        for name in names:
            self.show(pack, name)

    def visit(self, url: str, username: str | None) -> tuple[PackConfig, list[str]]:
        """Return the pack of a page and the components on it, in order of their first use."""
        try:
            match = resolve(url.split("?")[0])
        except Resolver404 as error:
            raise CommandError(f"No view answers {url}.") from error
        view_class = getattr(match.func, "view_class", None)
        if view_class is None or not hasattr(view_class, "get_template_pack"):
            raise CommandError(f"The view of {url} is not a CRUDView.")
        request = RequestFactory().get(url)
        request.user = self.user(username)
        request.session = {}  # type: ignore[assignment]
        request.resolver_match = match
        view = view_class(**match.func.view_initkwargs)  # type: ignore[attr-defined]
        view.setup(request, *match.args, **match.kwargs)
        used: dict[str, None] = {}
        find = view.pack.component_templates

        def record(name: str) -> Any:
            used[name] = None
            return find(name)

        view.pack.component_templates = record
        try:
            view.dispatch(request, *match.args, **match.kwargs).render()
        finally:
            del view.pack.component_templates
        return view.pack, list(used)

    def user(self, username: str | None) -> Any:
        """Return the user to look as."""
        users = get_user_model()._default_manager.all()
        if username is None:
            user = users.filter(is_superuser=True).first()
        else:
            user = users.filter(**{get_user_model().USERNAME_FIELD: username}).first()
        if user is None:
            raise CommandError("There is no such user; name one with --user.")
        return user

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
        path = overrides.write_override(
            get_pack(options["pack"]),
            options["component"],
            wrap=options["wrap"],
            every_pack=options["pack"] is None,
            folder=folder,
        )
        self.stdout.write(f"Wrote {path}. It is used from now on; edit it.")

    def startpack(self, options: dict[str, Any]) -> None:
        """Write a new pack."""
        name = options["name"]
        folder = options["dir"] or Path(f"powercrud-{name}")
        parent = get_pack(options["extends"]) if options["extends"] else None
        files = start_pack(name, folder, parent=parent, reference=get_pack(REFERENCE))
        self.stdout.write(f"Wrote {len(files)} files into {folder}. Next:")
        self.stdout.write(f'  cd {folder} && pip install -e ".[tests]" && pytest')


__all__ = ["Command"]

"""Nothing public is undocumented, and nothing is documented that does not exist."""

import inspect
import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

import pytest
from django.core.management import call_command

from powercrud_core import (
    CRUDView,
    InlineEdit,
    crud_urls,
    exceptions,
    packs,
    permissions,
    roles,
    testing,
)
from powercrud_core.bulk import (
    BulkDelete,
    BulkOperation,
    BulkUpdate,
    Outcome,
    Plan,
    Preview,
    Run,
)
from powercrud_core.bulk.forms import LABELS
from powercrud_core.bulk.plans import Code
from powercrud_core.columns import Column
from powercrud_core.conf import PREFIX, Conf
from powercrud_core.packs import pieces
from powercrud_core.packs.app import CONTRACT, PackConfig, TemplatePack
from powercrud_core.params import MAX_SORT_KEYS, PAGE, SEARCH, SIZE, SORT
from powercrud_core.permissions import Policy
from powercrud_core.roles import INLINE_ROLES, STANDARD_ROLES, Role
from powercrud_core.search import MAX_WORDS
from powercrud_core.selection import Selection
from powercrud_core.testing import (
    LEVELS,
    Difference,
    Finding,
    PackConformance,
    PermissionMatrix,
    Report,
    Visit,
)
from powercrud_core.testing.kit import BROWSER
from tests.docs import contract_page
from tests.docs.blocks import DOCS, ROOT

REFERENCE = DOCS / "reference"
CHECKED = (
    "checks.py",
    "problems.py",
    "form_problems.py",
    "bulk_problems.py",
    "inline.py",
    "jobs/checks.py",
)
CODE = re.compile(r"`([^`]+)`")
CALL = re.compile(r"(?P<name>\w+)(?:\((?P<parameters>.*)\))?")


def section(page: str, heading: str) -> str:
    """Return the text under a heading, up to the next one of its level or above."""
    text = (REFERENCE / page).read_text()
    level = heading.split()[0]
    found = re.search(
        rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{len(level)}}} |\Z)",
        text,
        re.MULTILINE | re.DOTALL,
    )
    assert found, f"{page} has no heading {heading!r}"
    return found[1]


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of the rows of all tables in a text."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def named(text: str) -> list[str]:
    """Return the code in the first column of all tables: what they document."""
    return [name for row in rows(text) for name in CODE.findall(row[0])]


def headings(text: str) -> list[str]:
    """Return the code in the headings of the second level."""
    return re.findall(r"^## `(\w+)`$", text, re.MULTILINE)


def own_members(cls: type) -> dict[str, Any]:
    """Return the public names that PowerCRUD's classes give to a class."""
    return {
        name: value
        for base in reversed(cls.__mro__)
        if base.__module__.startswith("powercrud_core")
        for name, value in vars(base).items()
        if not name.startswith("_")
    }


def attributes(cls: type) -> set[str]:
    """Return the names of a class's annotated attributes."""
    bases = [b for b in cls.__mro__ if b.__module__.startswith("powercrud_core")]
    return {n for b in bases for n in vars(b).get("__annotations__", ()) if not n.startswith("_")}


class TestView:
    def test_every_attribute_is_there(self) -> None:
        """
        What a subclass may set is in the tables of attributes, and nothing else is.
        """
        assert attributes(CRUDView) == set(named(section("view.md", "## Attributes")))

    def test_every_method_and_property_is_there(self) -> None:
        """
        What a subclass may override or read is in the tables of hooks, handlers and components.
        """
        headings = ("## Hooks", "## Handlers", "## What a request knows", "## Components of a page")
        documented = [n for h in headings for n in named(section("view.md", h))]
        names = [CALL.fullmatch(n)["name"] for n in documented]

        assert sorted(own_members(CRUDView).keys() - attributes(CRUDView)) == sorted(names)

    def test_methods_take_what_the_page_says(self) -> None:
        """
        A parameter that was renamed is renamed in the page too.
        """
        views, policies = (REFERENCE / "view.md").read_text().split("## Permission policies")
        for cls, text in ((CRUDView, views), (Policy, policies)):
            for call in map(CALL.fullmatch, named(text)):
                if call["parameters"] is not None:
                    assert signature(cls, call["name"]) == call["parameters"], call["name"]

    def test_the_standard_roles_are_the_default(self) -> None:
        """
        "The six standard roles" are six.
        """
        assert 6 == len(CRUDView.roles) == len(STANDARD_ROLES)

    def test_policies(self) -> None:
        """
        Every policy class is there, and every question a policy answers.
        """
        documented = named(section("view.md", "## Permission policies"))
        classes = set(permissions.__all__)
        members = {CALL.fullmatch(n)["name"] for n in documented} - classes

        assert classes <= set(documented)
        assert own_members(Policy).keys() | {"model"} == members

    def test_crud_urls_takes_attributes(self) -> None:
        """
        Its signature is written in roles-and-urls.
        """
        assert ["model", "base", "attributes"] == list(inspect.signature(crud_urls).parameters)
        page = (REFERENCE / "roles-and-urls.md").read_text()
        assert "`crud_urls(model, base=CRUDView, **attributes)`" in page


def signature(cls: type, name: str) -> str:
    """Return a method's parameters as the pages write them."""
    found = getattr(inspect.getattr_static(cls, name), "__func__", getattr(cls, name))
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    written = []
    for parameter in list(inspect.signature(found).parameters.values())[1:]:
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        written.append(f"{marks.get(parameter.kind, '')}{parameter.name}{default}")
    return ", ".join(written).replace("'", '"')


class TestDataclasses:
    @pytest.mark.parametrize(
        ("cls", "page", "heading"),
        [
            (Column, "columns.md", "## `Column`"),
            (Role, "roles-and-urls.md", "## `Role`"),
            (InlineEdit, "inline.md", "## `InlineEdit`"),
            (TemplatePack, "packs.md", "## `TemplatePack`"),
        ],
    )
    def test_every_field_is_there(self, cls: Any, page: str, heading: str) -> None:
        """
        The fields of what a project declares, in their order.
        """
        names = [f.name for f in fields(cls)]

        assert names == named(section(page, heading))[: len(names)]

    @pytest.mark.parametrize(
        ("cls", "page", "heading"), [(TemplatePack, "packs.md", "## `TemplatePack`")]
    )
    def test_defaults(self, cls: Any, page: str, heading: str) -> None:
        """
        A default in code is the default in the table.
        """
        for row, field in zip(list(rows(section(page, heading)))[1:], fields(cls), strict=True):
            if field.default is not MISSING:
                assert repr(field.default).replace("'", '"') == row[1].strip("`"), field.name

    def test_role_methods(self) -> None:
        """
        Beside its fields, the methods of a role.
        """
        documented = {
            CALL.fullmatch(n)["name"] for n in named(section("roles-and-urls.md", "## `Role`"))
        }

        assert own_members(Role).keys() | {f.name for f in fields(Role)} == documented

    def test_kinds_of_values(self) -> None:
        """
        Each kind that the formats know is described.
        """
        from powercrud_core.formats import KINDS

        known = {kind for _, kind in KINDS} | {"choice", "relation", "many"}

        assert known == set(named(section("columns.md", "## Values")))


class TestBulk:
    @pytest.mark.parametrize(
        ("cls", "heading"),
        [
            (Selection, "## Selection"),
            (Plan, "## Plan"),
            (Preview, "## Preview"),
            (Outcome, "## Outcome"),
        ],
    )
    def test_every_field_is_there_with_its_default(self, cls: Any, heading: str) -> None:
        """
        What travels between request, page and worker.
        """
        table = list(rows(section("bulk.md", heading)))[1:]

        for row, field in zip(table, fields(cls), strict=False):
            default = row[1].strip("`")
            assert field.name == row[0].strip("`")
            if field.default is not MISSING:
                assert repr(field.default).replace("'", '"') == default
            else:
                made = "{}" if field.default_factory is not MISSING else ""
                assert made == default

    @pytest.mark.parametrize(
        ("cls", "heading"), [(Selection, "## Selection"), (Plan, "## Plan"), (Run, "## Run")]
    )
    def test_every_method_is_there(self, cls: Any, heading: str) -> None:
        """
        Beside the fields, methods and properties, with their parameters.
        """
        documented = [CALL.fullmatch(n) for n in named(section("bulk.md", heading))]
        known = own_members(cls).keys() | {f.name for f in fields(cls)} if cls is not Run else None

        assert (known or own_members(cls).keys()) == {call["name"] for call in documented}
        for call in documented:
            if call["parameters"]:
                parameters = ", ".join(call["parameters"].split(", "))
                assert signature(cls, call["name"]).removeprefix("cls, ") == parameters

    @pytest.mark.parametrize(
        ("cls", "base"),
        [(BulkOperation, object), (BulkUpdate, BulkOperation), (BulkDelete, BulkOperation)],
    )
    def test_every_option_is_there_with_its_default(self, cls: Any, base: type) -> None:
        """
        What a subclass sets, or whoever declares an operation.
        """
        text = section("bulk.md", f"## `{cls.__name__}`")
        options = {n: getattr(cls, n) for n in inspect.get_annotations(cls)}
        written = {r[0].strip("`"): r[1].strip("`") for r in rows(text)}

        for name, default in options.items():
            assert repr(default).replace("'", '"') == written[name]

    def test_every_method_of_an_operation_is_there(self) -> None:
        """
        What a subclass overrides.
        """
        text = section("bulk.md", "## `BulkOperation`")
        documented = {CALL.fullmatch(n)["name"] for n in named(text)}

        assert own_members(BulkOperation).keys() | attributes(BulkOperation) == documented

    def test_every_code_and_mode_is_there(self) -> None:
        """
        What a note says in one word, and what may happen to a field.
        """
        assert set(get_args(Code)) == set(named(section("bulk.md", "## Outcome"))) - {
            f.name for f in fields(Outcome)
        }
        assert set(LABELS) <= set(named(section("bulk.md", "## `BulkUpdate`")))


class TestRoles:
    def test_the_table_is_the_code(self) -> None:
        """
        Name, pattern, handlers and permission of each standard role.
        """
        table = list(rows(section("roles-and-urls.md", "## Standard roles")))[1:]
        table += list(rows(section("roles-and-urls.md", "## Roles of features")))[1:]

        for role, row in zip((*STANDARD_ROLES, *INLINE_ROLES), table, strict=True):
            written = [cell.strip("`") for cell in row]
            handlers = [role.handlers.get("get", ""), role.handlers.get("post", "")]
            assert [role.name, role.pattern or '""', *handlers, role.permission] == written[:5]


class TestParameters:
    def test_the_list_s_own_parameters(self) -> None:
        """
        The four fixed names, which users' links rely on.
        """
        assert [PAGE, SIZE, SORT, SEARCH] == named(
            section("filters-and-parameters.md", "## Query parameters")
        )

    def test_limits(self) -> None:
        """
        The numbers of sort keys and words.
        """
        text = (REFERENCE / "filters-and-parameters.md").read_text()

        assert f"at most {MAX_SORT_KEYS}" in text
        assert f"At most {MAX_WORDS} words" in text


class TestComponents:
    def test_the_page_is_the_contract(self) -> None:
        """
        Every component and piece with its fields, types, defaults and meanings, and no other.
        """
        text = contract_page.PAGE.read_text()
        again = "python -m tests.docs.contract_page"

        assert contract_page.reference() == text[text.index(contract_page.START) :], again

    def test_every_field_has_a_meaning(self) -> None:
        """
        A pack's author finds out from the page alone what to print.
        """
        table = rows(contract_page.reference())

        assert [] == [row for row in table if not row[-1]]

    def test_tones(self) -> None:
        """
        The closed sets of words.
        """
        table = dict(list(rows(section("components.md", "## Tones")))[1:])

        assert list(get_args(pieces.Tone)) == CODE.findall(table["`Tone`"])
        assert list(get_args(pieces.MessageTone)) == CODE.findall(table["`MessageTone`"])

    def test_the_contract_s_version(self) -> None:
        """
        Both pages that name the version name this one.
        """
        for page in ("components.md", "packs.md"):
            assert f"this is contract {CONTRACT}." in (REFERENCE / page).read_text()


class TestFloors:
    def test_the_table_is_what_is_enforced(self) -> None:
        """
        The floors of the explanation are the layers of the import contract that exist.
        """
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
        layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
        core = ROOT / "powercrud_core"
        enforced = [
            [m for m in re.findall(r"powercrud_core\.(\w+)", layer) if exists(core, m)]
            for layer in layers
        ]
        table = list(rows((DOCS / "explanation/floors.md").read_text()))[1:]

        assert [sorted(layer) for layer in enforced if layer] == [
            sorted(CODE.findall(row[0])) for row in table
        ]


def exists(package: Path, module: str) -> bool:
    """Say whether a package has a module with code in it."""
    return (package / f"{module}.py").is_file() or (package / module / "__init__.py").is_file()


class TestPacks:
    def test_members_of_a_pack(self) -> None:
        """
        What a pack's AppConfig offers beside Django's.
        """
        documented = {
            CALL.fullmatch(n)["name"] for n in named(section("packs.md", "## `PackConfig`"))
        }

        assert own_members(PackConfig).keys() - {"default"} | {"pack"} == documented

    def test_functions(self) -> None:
        """
        What `powercrud_core.packs` offers.
        """
        documented = {CALL.fullmatch(n)["name"] for n in named(section("packs.md", "## Functions"))}

        assert set(packs.__all__) - {"PackConfig", "TemplatePack"} == documented

    def test_exceptions(self) -> None:
        """
        Everything that is raised on purpose.
        """
        assert set(exceptions.__all__) == set(named(section("packs.md", "## Exceptions")))


class TestSettings:
    def test_every_setting_with_its_default(self) -> None:
        """
        The fields of the frozen object are the settings.
        """
        text = (REFERENCE / "settings.md").read_text().split("## ")[0]
        documented = {row[0].strip("`"): row[1].strip("`") for row in list(rows(text))[1:]}

        assert documented == {
            PREFIX + f.name.upper(): repr(f.default).replace("'", '"') for f in fields(Conf)
        }


class TestChecks:
    def test_every_id_of_the_code_and_no_other(self) -> None:
        """
        The page's rows are the ids that the code prints, each with a meaning and a remedy.
        """
        table = [row for row in rows((REFERENCE / "checks.md").read_text()) if row[0] != "Id"]
        code = "".join((ROOT / "powercrud_core" / name).read_text() for name in CHECKED)
        ids = {f"powercrud.{id}" for id in re.findall(r'"([EW]\d{3})"', code)}

        assert ids == {row[0].strip("`") for row in table}
        assert all(row[1].strip() for row in table)


class TestTesting:
    @pytest.mark.parametrize(
        "cls", [PackConformance, Report, Finding, PermissionMatrix, Difference]
    )
    def test_every_member_is_there(self, cls: type) -> None:
        """
        The classes of the kit, as far as a pack's author meets them.
        """
        documented = {
            CALL.fullmatch(n)["name"]
            for row in rows(section("testing.md", f"## `{cls.__name__}`"))
            for n in CODE.findall(row[0])
        }

        assert own_members(cls).keys() | attributes(cls) == documented

    def test_every_member_of_a_visit_is_there(self) -> None:
        """
        What a walk of a project's own finds, and what the matrix can be told.
        """
        documented = {CALL.fullmatch(n)["name"] for n in named(section("testing.md", "## `Visit`"))}
        made = set(inspect.signature(Visit.__init__).parameters) - {"self"}
        page = section("testing.md", "## `permission_matrix`")
        given = set(inspect.signature(testing.permission_matrix).parameters) - {"view_class"}

        assert own_members(Visit).keys() | made | {"first", "canaries", "oracle"} == documented
        assert given == set(named(page))

    def test_every_level_is_there(self) -> None:
        """
        The levels in the order in which they run.
        """
        assert [*LEVELS, BROWSER] == named(section("testing.md", "## Levels"))

    def test_everything_that_can_be_imported_is_named(self) -> None:
        """
        The kit's public names.
        """
        text = (REFERENCE / "testing.md").read_text()

        assert all(name in text for name in testing.__all__)


class TestCommands:
    @pytest.mark.parametrize("tool", headings((REFERENCE / "commands.md").read_text()))
    def test_every_argument_is_there(self, tool: str, capsys: pytest.CaptureFixture[str]) -> None:
        """
        What `--help` says of a tool, the page says.
        """
        with pytest.raises(SystemExit):
            call_command("powercrud", tool, "--help")
        known = re.findall(r"^  (--[\w-]+|\w+)\b", capsys.readouterr().out, re.MULTILINE)

        assert set(known) == set(named(section("commands.md", f"## `{tool}`")))

    def test_every_tool_is_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        """
        The page's headings are the command's tools.
        """
        with pytest.raises(SystemExit):
            call_command("powercrud", "--help")
        listed = re.search(r"TOOL$(.*?)^\S", capsys.readouterr().out, re.MULTILINE | re.DOTALL)[1]
        page = (REFERENCE / "commands.md").read_text()

        assert set(re.findall(r"^ {4}(\w+)", listed, re.MULTILINE)) == set(headings(page))


class TestEvents:
    STATIC = ROOT / "powercrud_core/static/powercrud_core"
    SCRIPT = STATIC / "powercrud.js"

    def test_every_event_is_there(self) -> None:
        """
        What the script announces, by the names that it uses.
        """
        scripts = "".join(path.read_text() for path in self.STATIC.glob("*.js"))
        used = set(re.findall(r'"(pc:[a-z-]+)"', scripts))

        assert used == set(named(section("events.md", "## Events")))

    def test_every_attribute_is_there(self) -> None:
        """
        What Python writes and the script reads or writes.
        """
        python = "".join(p.read_text() for p in core_files("*.py"))
        used = set(re.findall(r'"(data-[a-z-]+[a-z])"', python))
        keywords = re.findall(r"\b(data_[a-z_]+[a-z])=", python)
        used |= {name.replace("_", "-") for name in keywords}
        scripts = "".join(path.read_text() for path in self.STATIC.glob("*.js"))
        script = set(re.findall(r"data-pc-[a-z-]+[a-z]", scripts))
        documented = set(named((REFERENCE / "events.md").read_text()))

        assert used | script == {name for name in documented if name.startswith("data-")}


def core_files(pattern: str) -> Iterator[Path]:
    """Yield the core's files, without its testing kit."""
    core = ROOT / "powercrud_core"
    return (p for p in core.rglob(pattern) if core / "testing" not in p.parents)


class TestPublicNames:
    def test_what_can_be_imported_from_the_package(self) -> None:
        """
        The reference's index names all three.
        """
        import powercrud_core

        text = (REFERENCE / "index.md").read_text()

        assert all(f"`{name}`" in text for name in powercrud_core.__all__)

    def test_imports_in_the_pages_work(self) -> None:
        """
        Names that a page imports from `roles` exist; the examples' test imports the rest.
        """
        assert {"STANDARD_ROLES", "Role"} <= set(roles.__all__)

"""The conformance kit: it lets the three packs pass, and names what is wrong in wrong ones."""

from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from powercrud_core.attrs import Attrs
from powercrud_core.packs import contract
from powercrud_core.testing import Finding, conform
from powercrud_core.testing.kit import Kit, case_names, drawn_components, kit_for
from powercrud_core.testing.lint import lint_others
from powercrud_core.testing.samples import NOT_TEXT, rebuilt, samples
from powercrud_core.testing.tree import differences, outline
from tests.packs.broken import BLANK, BREAKS, Break
from tests.settings import PACKS


def findings(kit: Kit, component: str) -> list[Finding]:
    """Return what the kit finds in the cases that are about one component."""
    cases = [c for c in case_names() if c.partition(":")[2].split(".")[0] == component]
    return [f for case in cases for f in kit.findings(case)]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PACKS)
def test_an_installed_pack_draws_every_component(name: str) -> None:
    """
    That it conforms is what the pack's own tests say, case by case.
    """
    report = conform(name, levels=["static"])

    assert report.ok, str(report)
    assert drawn_components() == list(report.drawn_by)


@pytest.mark.long
@pytest.mark.django_db
def test_an_odd_pack_conforms_without_exceptions(odd_pack: str) -> None:
    """
    Cards and definition lists, actions before content, no icons, other headings: a pack's affair.
    """
    report = conform(odd_pack)

    assert report.ok, str(report)
    assert {odd_pack} == set(report.drawn_by.values())
    assert {} == report.excepted == report.absent


@pytest.mark.usefixtures("wrong_packs")
class TestWrongPacks:
    @pytest.mark.parametrize("item", BREAKS, ids=lambda item: item.name)
    def test_a_break_is_found_and_its_component_named(self, item: Break) -> None:
        """
        Exactly the broken component is accused, and by the checks that are about the mistake.
        """
        found = findings(kit_for(item.pack), item.component)

        assert {item.component} == {f.component for f in found}
        for check in item.checks:
            assert any(f.scenario.startswith(check) for f in found), [f.key for f in found]

    def test_a_break_inside_a_page_is_told_of_the_part_that_has_it(self) -> None:
        """
        The table is wrong, not the list page around it; the hint leads to plain's table.
        """
        found = kit_for("broken_caption_dropped").findings("parity:list_page.full")

        assert ["table/parity.list_page.full"] == [f.key for f in found]
        assert "table “Products”" in found[0].expected
        assert found[0].file.endswith("table.html")
        assert "powercrud_plain/table.html" in found[0].hint

    @pytest.mark.django_db
    def test_a_break_is_found_over_http(self) -> None:
        report = conform("broken_row_header_lost", levels=["http"])

        assert {"row"} == {f.component for f in report.findings}

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("no_region", "jobs/behaviour.job.region"),
            ("end_of_jobs_not_told", "jobs/behaviour.job.region.status"),
            ("bar_is_a_picture", "job_progress/behaviour.job.region.bar"),
            ("state_of_job_dropped", "job_progress/behaviour.job.region.running"),
            ("notice_of_job_dropped", "job_progress/behaviour.job.region.notice"),
            ("no_stop", "job_progress/behaviour.job.stop"),
            ("no_retry", "action_menu/behaviour.job.retry"),
            ("log_of_job_dropped", "job_page/behaviour.job.page"),
            ("reasons_of_job_dropped", "job_page/behaviour.job.page.reasons"),
            ("note_of_row_dropped", "row/behaviour.job.held.note"),
            ("box_of_no_form", "bulk_page/behaviour.job.leave"),
        ],
    )
    def test_what_a_visitor_misses_of_jobs_is_found(self, name: str, key: str) -> None:
        scenario = key.partition(".")[2]
        report = conform(f"broken_{name}", levels=["behaviour"], only=scenario)

        assert [key] == [f.key for f in report.findings], str(report)

    @pytest.mark.django_db
    def test_a_blank_pack_fails_in_every_component(self) -> None:
        report = conform(BLANK)

        accused = defaultdict(set)
        for finding in report.findings:
            accused[finding.component].add(finding.scenario.split(".")[0])
        assert not report.ok
        for component in drawn_components():
            assert {"attrs", "parity"} <= accused[component], component
        assert {BLANK} == set(report.drawn_by.values())

    def test_a_report_says_what_is_inherited(self) -> None:
        drawn_by = conform("broken_onclick", levels=["static"]).drawn_by

        assert "broken_onclick" == drawn_by["filter_form"]
        assert {"plain"} == {pack for name, pack in drawn_by.items() if name != "filter_form"}

    def test_an_exception_covers_its_finding(self) -> None:
        key = "filter_form/static.inline"
        report = conform("broken_onclick", levels=["static"], exceptions={key: "reviewed"})

        assert report.ok
        assert {key: "reviewed"} == report.excepted

    def test_an_exception_that_covers_nothing_fails(self) -> None:
        report = conform("plain", levels=["static"], exceptions={"row/static.safe": "once"})

        assert ("row/static.safe",) == report.unneeded
        assert not report.ok


class TestSamples:
    def test_every_field_of_the_contract_is_set_somewhere(self) -> None:
        """
        A field that no sample sets is one that no pack is asked to draw.
        """
        seen: set[str] = set()
        kinds = {getattr(contract, name) for name in contract.__all__}

        def note(value: object) -> None:
            if type(value) in kinds:
                for f in fields(value):  # type: ignore[arg-type]
                    held = getattr(value, f.name)
                    if held or isinstance(held, Attrs):
                        seen.add(f"{type(value).__name__}.{f.name}")
                    note(held)
            elif isinstance(value, tuple | list):
                for item in value:
                    note(item)
            elif hasattr(value, "rows"):
                note(value.rows)

        for sample in samples().values():
            note(sample)
        wanted = {f"{k.__name__}.{f.name}" for k in kinds for f in fields(k)}
        wanted = {name for name in wanted if name.split(".")[1] not in ("renderer", "depth")}
        assert set() == wanted - seen

    def test_a_rebuilt_sample_keeps_what_is_no_text(self) -> None:
        table = rebuilt(samples()["action_menu.list"], lambda path, leaf: leaf and "x")

        assert {"key", "tone"} == NOT_TEXT
        assert ("x", "add") == (table.links[0].label, table.links[0].icon.key)


class TestTree:
    @pytest.mark.parametrize(
        "other",
        [
            '<div><p class="x"><a class="b" href="/a/"><b>Go</b></a></p></div>',
            '<ul><li><a href="/a/" title="tip">Go<svg aria-hidden="true"></svg></a></li></ul>',
            '<section><a href="/a/" aria-label="Go">→</a></section>',
        ],
    )
    def test_wrappers_and_looks_mean_nothing(self, other: str) -> None:
        assert outline('<a href="/a/">Go</a>') == outline(other)

    @pytest.mark.parametrize(
        "other",
        [
            '<button href="/a/">Go</button>',
            '<a href="/b/">Go</a>',
            '<a href="/a/" aria-current="page">Go</a>',
            '<a href="/a/" data-pc-swap>Go</a>',
            '<a href="/a/">Go on</a>',
            '<a href="/a/">Go</a> now',
            '<nav><a href="/a/">Go</a></nav>',
        ],
    )
    def test_what_means_something_counts(self, other: str) -> None:
        assert outline('<a href="/a/">Go</a>') != outline(other)

    def test_heading_levels_do_not_count(self) -> None:
        assert outline("<h1>A</h1>") == outline("<h3>A</h3>")

    def test_a_label_names_its_control_wherever_it_stands(self) -> None:
        before = '<label for="a">Name</label><input id="a" name="a">'
        after = '<input id="a" name="a" type="text"><label for="a"><b>Name</b></label>'

        assert outline(before) == outline(after)
        assert ["textbox “Name” id='a' name='a' type='text'"] == [str(x) for x in outline(before)]

    def test_hidden_inputs_may_stand_anywhere_in_their_form(self) -> None:
        first = '<form><input type="hidden" name="a"><input name="b"></form>'
        last = '<form><p><input name="b"></p><input type="hidden" name="a"></form>'

        assert outline(first) == outline(last)

    def test_a_pack_may_draw_cards_for_a_table(self) -> None:
        """
        The contract allows it, so both are read with the same loose roles.
        """
        table = (
            '<table data-pc-part="table"><tr data-pc-part="row">'
            '<th scope="row" data-pc-part="cell">A</th><td data-pc-part="cell">B</td></tr></table>'
        )
        cards = (
            '<ul data-pc-part="table"><li data-pc-part="row">'
            '<h3 data-pc-part="cell">A</h3><p data-pc-part="cell">B</p></li></ul>'
        )

        assert not list(differences(outline(table, cards=True), outline(cards)))

    def test_actions_may_stand_before_what_they_act_on(self) -> None:
        before = '<div><p data-pc-part="row-actions"><a href="/a/">Go</a></p>One <b>two</b></div>'
        after = '<div>One two <p data-pc-part="row-actions"><a href="/a/">Go</a></p></div>'
        between = '<div>One <p data-pc-part="row-actions"><a href="/a/">Go</a></p> two</div>'

        assert outline(before) == outline(after) == outline(between)

    def test_a_section_without_a_name_is_no_region(self) -> None:
        assert outline('<div data-pc-part="x">A</div>') == outline(
            '<section data-pc-part="x">A</section>'
        )
        assert outline('<div data-pc-part="x">A</div>') != outline(
            '<section data-pc-part="x" aria-label="B">A</section>'
        )

    def test_a_difference_shows_both_sides_and_where(self) -> None:
        page = '<div data-pc-part="toolbar"><p data-pc-part="x">{}</p></div>'
        (hunk,) = differences(outline(page.format("one")), outline(page.format("two")))

        assert ("text one", "text two") == (hunk.expected.strip(), hunk.found.strip())
        assert ("x", "toolbar") == hunk.parts


class TestFiles:
    @pytest.mark.parametrize(
        ("path", "text", "key"),
        [
            ("static/x.css", "a { margin-left: 1px }", "static/x.css/static.physical"),
            ("static/x.css", "a { text-align: right }", "static/x.css/static.physical"),
            ("static/x.css", "a { left: 0 }", "static/x.css/static.physical"),
            ("templates/x/ui/i.html", "<c-vars name />{{ name }}", "x/ui/i/static.cotton"),
            ("templates/x/ui/i.html", '<c-vars a="1" />{{ b }}', "x/ui/i/static.fields"),
            ("templates/x/ui/i.html", '<c-vars a="x > y" />', "x/ui/i/static.cotton"),
            ("templates/x/ui/i.html", '<c-x :a="{{ b }}" />', "x/ui/i/static.cotton"),
            ("templates/x/ui/i.html", "<!-- <c-x /> -->", "x/ui/i/static.cotton"),
            ("templates/x/base.html", "<p>Hello</p>", "x/base/static.literal"),
            ("templates/x/base.html", '<p title="Hello"></p>', "x/base/static.literal"),
            ("templates/x/widgets/a.html", "{{ widget.value|safe }}", "x/widgets/a/static.safe"),
            ("templates/x/widgets/a.html", "<a href={{ x }}>", "x/widgets/a/static.quotes"),
        ],
    )
    def test_a_file_that_draws_no_component_is_read_too(
        self, path: str, text: str, key: str, tmp_path: Path
    ) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True)
        file.write_text(text)

        found = list(lint_others(cast(Any, SimpleNamespace(path=tmp_path))))

        assert key in {f.key for f in found}
        assert f"{file}:1" == found[0].file

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("static/x.css", "a { margin-inline-start: 1px; inset-inline-start: 0 } /* left: 0 */"),
            ("static/vendor/x.css", "a { left: 0 }"),
            ("static/x.min.css", "a{left:0}"),
            ("templates/x/ui/i.html", '<c-vars a="" b="1" />{# Hello #}{{ a }}: {{ b }}'),
            (
                "templates/x/base.html",
                '{% load i18n %}<p title="{% translate "Hello" %}">&nbsp;*</p>',
            ),
        ],
    )
    def test_what_is_right_is_let_alone(self, path: str, text: str, tmp_path: Path) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True)
        file.write_text(text)

        assert [] == list(lint_others(cast(Any, SimpleNamespace(path=tmp_path))))

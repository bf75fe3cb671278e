"""Exports without a view: reading rows, writing files."""

import csv
import datetime
import io
import json
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone

from powercrud_core.columns import Column
from powercrud_core.config import bind_columns, joins_for
from powercrud_core.exports import FORMATS, Export, Reader, harmless
from tests.library.models import Author, Book, Genre


@pytest.fixture
def shelf(db):
    """Return two books: one with everything, one with nothing that can be left out."""
    ana, bo = Author.objects.create(name="Ana"), Author.objects.create(name="=Bo")
    genres = [Genre.objects.create(code=c, name=n) for c, n in (("z", "Art"), ("a", "Zoo"))]
    full = Book.objects.create(
        title='Say "no", twice',
        author=ana,
        price=Decimal("12.50"),
        published=datetime.date(2024, 2, 29),
        status="published",
        notes="two\nlines",
    )
    full.genres.set(genres)
    return full, Book.objects.create(title="=1+1", author=bo, in_print=False)


def reader(*columns, raw=False):
    bound = bind_columns(columns, Book, frozenset())
    return Reader(Book, bound, raw=raw, load=joins_for(Book, bound).apply)


def rows(*columns, raw=False):
    return list(reader(*columns, raw=raw).rows(Book.objects.order_by("pk")))


def written(name, data, names=("a",), header=("A",), escape=True):
    return b"".join(FORMATS[name].write(data, names=names, header=header, escape=escape))


class TestReading:
    def test_values_read_as_on_the_list(self, shelf):
        assert [
            ['Say "no", twice', "Ana", ["Art", "Zoo"], "Published", "12.50", "Yes"],
            ["=1+1", "=Bo", [], "Draft", None, "No"],
        ] == rows("title", "author", "genres", "status", "price", "in_print")

    def test_raw_values_are_what_is_stored(self, shelf):
        full, _bare = shelf
        expected = [full.author_id, ["z", "a"], "published", Decimal("12.50"), True]

        assert expected == rows("author", "genres", "status", "price", "in_print", raw=True)[0]

    def test_paths_are_followed(self, shelf):
        assert [["Ana"], ["=Bo"]] == rows("author__name")

    def test_what_only_python_can_tell_is_told(self, shelf):
        shout = Column("shout", accessor=lambda obj: obj.title.upper())

        assert [['SAY "NO", TWICE', "A"], ["=1+1", "="]] == rows(shout, "author_initial")

    def test_a_format_of_the_column_is_kept(self, shelf):
        assert [["€ 12.50"], [None]] == rows(Column("price", format=lambda v: f"€ {v}"))

    def test_instances_give_the_same_as_tuples(self, shelf):
        columns = ("title", "author", "status", "price", "published", "in_print", "pages")
        whole = [row[:-1] for row in rows(*columns, "shouted")]

        assert whole == rows(*columns)

    def test_queries_do_not_grow_with_the_rows(self, shelf, django_assert_num_queries):
        author = Author.objects.get(name="Ana")
        Book.objects.bulk_create(Book(title=str(i), author=author) for i in range(300))
        with django_assert_num_queries(4):  # rows, authors, pairs of genres, genres
            assert 302 == len(rows("title", "author", "genres"))
        with django_assert_num_queries(2):  # rows with their authors; genres
            assert 302 == len(rows("title", "author", "genres", "shouted"))

    def test_a_label_names_the_time_zone_of_points_in_time(self, shelf):
        column = Column("stamp", accessor="published", kind="datetime", label="Stamp")
        with timezone.override("Europe/Berlin"):
            assert ["Title", "Stamp (Europe/Berlin)"] == reader("title", column).header()


class TestWriting:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    def test_a_formula_becomes_a_text(self, text):
        assert f"'{text}" == harmless(text)

    def test_csv_neutralises_cells_and_headings_but_no_numbers(self):
        data = written("csv", [["=1+1", -5, Decimal("-1.5"), "-5", ["@a", "b"]]], header=["=H"])
        found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))

        assert [["'=H"], ["'=1+1", "-5", "-1.5", "'-5", "'@a, b"]] == found

    def test_neutralising_can_be_switched_off(self):
        assert b"=1+1" in written("csv", [["=1+1"]], escape=False)
        assert b"'=" not in written("csv", [["=1+1"]], escape=False)

    def test_csv_keeps_quotes_lines_and_letters(self):
        data = written("csv", [['a "b", c\nd', "ż日\ud800"]]).decode("utf-8-sig")

        assert [["A"], ['a "b", c\nd', "ż日?"]] == list(csv.reader(io.StringIO(data)))

    def test_json_is_one_list_of_objects_with_types(self):
        moment = datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.UTC)
        values = [1, True, None, "=x", ["a"], {"k": 1}, Decimal("1.10"), moment]
        names = list("abcdefgh")
        found = json.loads(written("json", [values], names=names))

        expected = [1, True, None, "=x", ["a"], {"k": 1}, "1.10", "2024-01-02T03:04:00Z"]
        assert [dict(zip(names, expected, strict=True))] == found
        assert [] == json.loads(written("json", []))

    def test_xlsx_keeps_types_and_runs_nothing(self):
        values = [
            "=1+1",
            5,
            Decimal("1.5"),
            True,
            datetime.date(2024, 2, 29),
            "http://x",
            10**20 + 1,
        ]
        data = written("xlsx", [values], header=[*"abcdefg"])
        first = openpyxl.load_workbook(io.BytesIO(data)).active[2]

        expected = [
            "=1+1",
            5,
            1.5,
            True,
            datetime.datetime(2024, 2, 29),
            "http://x",
            "100000000000000000001",
        ]
        assert expected == [cell.value for cell in first]
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")

    def test_ods_holds_texts_and_numbers(self):
        data = written("ods", [["=1+1", 5]], header=["a", "b"])
        content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode()

        assert ">=1+1</text:p>" in content and 'office:value="5"' in content
        assert "table:formula" not in content

    def test_files_come_in_pieces(self):
        pieces = FORMATS["csv"].write(
            ([str(n)] for n in range(2000)), names=["a"], header=["A"], escape=True
        )

        assert 5 == len(list(pieces))


class TestDeclaring:
    def test_the_smaller_limit_counts(self):
        assert 10 == Export(max_rows=10).limit_of(FORMATS["ods"])
        assert 20_000 == Export(max_rows=10**9).limit_of(FORMATS["ods"])
        assert Export().limit_of(FORMATS["csv"]) is None

    def test_a_format_without_its_library_is_not_offered(self, monkeypatch):
        monkeypatch.setattr("powercrud_core.exports.writing.find_spec", lambda name: None)

        assert ["csv", "json"] == [f.name for f in Export().available()]

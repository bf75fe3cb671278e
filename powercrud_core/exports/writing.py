"""Writing: rows become the bytes of a file, a piece at a time.

The libraries that write spreadsheets are imported when a file is asked for.
"""

import csv
import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec
from tempfile import TemporaryFile
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.encoding import force_str
from django.utils.module_loading import import_string

__all__ = ["FORMATS", "ExportFormat", "harmless"]

Rows = Iterable[Sequence[Any]]
BLOCK = 1 << 16
# What a spreadsheet takes for the beginning of a formula, in full width too (OWASP).
FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
SHEET_ROWS = 1_048_575
CELL_LENGTH = 32_767


class Write(Protocol):
    """Turns rows into bytes: `names` are for programs, `header` is for people."""

    def __call__(
        self, rows: Rows, *, names: Sequence[str], header: Sequence[str], escape: bool
    ) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """A kind of file.

    write: yields the file's bytes while rows are read, as far as the format allows it.
    requires: the module that must be installed; "" for none. `package` is its name on PyPI.
    max_rows: what the format, or memory, allows; None for no limit.
    """

    name: str
    label: str
    content_type: str
    write: Write
    requires: str = ""
    package: str = ""
    max_rows: int | None = None

    @property
    def installed(self) -> bool:
        """Say whether files of this kind can be written here."""
        return not self.requires or find_spec(self.requires) is not None


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: `'` goes before what looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_text(value: Any) -> str:
    """Return a value as text: lists joined, dates as ISO 8601, true and false in lower case."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | set):
        return ", ".join(as_text(each) for each in value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return force_str(value, errors="replace")


class Pieces:
    """A file that gives away what was written to it."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        """Take a text."""
        self.parts.append(text)
        return len(text)

    def take(self) -> bytes:
        """Return everything since the last time."""
        data = "".join(self.parts).encode(errors="replace")
        self.parts.clear()
        return data


def write_csv(
    rows: Rows, *, names: Sequence[str], header: Sequence[str], escape: bool
) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8 with the mark that makes spreadsheets read it as such."""
    pieces = Pieces()
    writer = csv.writer(pieces)
    guard: Callable[[str], str] = harmless if escape else as_it_is
    pieces.write("\ufeff")
    writer.writerow([guard(text) for text in header])
    write = writer.writerow
    for count, row in enumerate(rows, 1):
        # A number is never a formula, nor is nothing; the writer knows how to print both.
        write(
            [v if type(v) in NUMBERS else guard(v if type(v) is str else as_text(v)) for v in row]
        )
        if not count % 500:
            yield pieces.take()
    yield pieces.take()


def as_it_is(text: str) -> str:
    """Return the text."""
    return text


NUMBERS = frozenset({int, float, Decimal, type(None)})


def write_json(
    rows: Rows, *, names: Sequence[str], header: Sequence[str], escape: bool
) -> Iterator[bytes]:
    """Yield a JSON list of objects whose keys are the columns' names."""
    encode = DjangoJSONEncoder(ensure_ascii=False).encode
    between, part = "[\n", []
    for count, row in enumerate(rows, 1):
        part.append(between + encode(dict(zip(names, map(plain, row), strict=True))))
        between = ",\n"
        if not count % 500:
            yield "".join(part).encode(errors="replace")
            part.clear()
    part.append("[]\n" if between == "[\n" else "\n]\n")
    yield "".join(part).encode(errors="replace")


def plain(value: Any) -> Any:
    """Return what JSON can hold."""
    known = (str, int, float, bool, Decimal, datetime.date, datetime.time, datetime.timedelta)
    if value is None or isinstance(value, known):
        return value
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    return value if isinstance(value, dict) else as_text(value)


def write_xlsx(
    rows: Rows, *, names: Sequence[str], header: Sequence[str], escape: bool
) -> Iterator[bytes]:
    """Yield an Excel file: rows go to disk as they come, the file follows when all are there."""
    workbook_class = import_string("xlsxwriter.Workbook")
    with TemporaryFile() as file:
        # Without these a text that begins with `=` or `http:` would be more than a text.
        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = workbook_class(file, {"constant_memory": True, "default_date_format": DATE, **safe})
        moment = book.add_format({"num_format": MOMENT})
        clock = book.add_format({"num_format": "hh:mm:ss"})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, text in enumerate(header):
            sheet.write_string(0, place, text)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                _write_cell(sheet, number, place, value, moment, clock)
        book.close()
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


DATE, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def _write_cell(sheet: Any, number: int, place: int, value: Any, moment: Any, clock: Any) -> None:
    """Write one cell with its type."""
    if value is None or value == "":
        return
    if type(value) is str:
        sheet.write_string(number, place, value[:CELL_LENGTH])
    elif isinstance(value, bool):
        sheet.write_boolean(number, place, value)
    elif isinstance(value, int | float | Decimal) and _fits(value):
        sheet.write_number(number, place, value)
    elif isinstance(value, datetime.datetime) and value.year >= 1900:
        sheet.write_datetime(number, place, value.replace(tzinfo=None), moment)
    elif isinstance(value, datetime.time) and value.tzinfo is None:
        sheet.write_datetime(number, place, value, clock)
    elif (
        isinstance(value, datetime.date)
        and not isinstance(value, datetime.datetime)
        and (value.year >= 1900)
    ):
        sheet.write_datetime(number, place, value)
    else:
        sheet.write_string(number, place, as_text(value)[:CELL_LENGTH])


def _fits(value: Any) -> bool:
    """Say whether a spreadsheet holds a number without changing it: it has 15 digits."""
    if isinstance(value, float):
        return value - value == 0  # neither infinite nor "not a number"
    return len(str(value).strip("-0.").replace(".", "")) <= 15


def write_ods(
    rows: Rows, *, names: Sequence[str], header: Sequence[str], escape: bool
) -> Iterator[bytes]:
    """Yield an OpenDocument file; its library holds the whole table in memory."""
    data = import_string("tablib.Dataset")(headers=list(header))
    for row in rows:
        data.append([v if isinstance(v, int | float | Decimal) else as_text(v) for v in row])
    content: bytes = data.export("ods")
    for start in range(0, len(content), BLOCK):
        yield content[start : start + BLOCK]


FORMATS = {
    one.name: one
    for one in (
        ExportFormat(
            name="csv", label="CSV", content_type="text/csv; charset=utf-8", write=write_csv
        ),
        ExportFormat(
            name="xlsx",
            label="Excel (XLSX)",
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write=write_xlsx,
            requires="xlsxwriter",
            package="XlsxWriter",
            max_rows=SHEET_ROWS,
        ),
        ExportFormat(name="json", label="JSON", content_type="application/json", write=write_json),
        ExportFormat(
            name="ods",
            label="OpenDocument (ODS)",
            content_type="application/vnd.oasis.opendocument.spreadsheet",
            write=write_ods,
            requires="odf",
            package="tablib[ods]",
            max_rows=20_000,
        ),
    )
}

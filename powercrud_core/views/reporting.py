"""Reporting: files that come after an operation."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core import signing
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from powercrud_core.bulk import File, PlanError, RowNote
from powercrud_core.exports import FORMATS

__all__ = ["NOTES", "attachment", "notes_file", "notes_token", "saved_notes"]

NOTES = "_notes"
SALT = "powercrud.notes"
MOST = 5000


def notes_token(notes: Sequence[RowNote]) -> str:
    """Return why rows were not changed as one signed text, for the file; no more than 5,000."""
    rows = [(n.key, n.label, n.state, n.reason) for n in notes[:MOST]]
    return signing.dumps(rows, salt=SALT, compress=True)


def saved_notes(data: Any) -> list[list[str]]:
    """Return the notes of such a text; raises PlanError."""
    try:
        return list(signing.loads(data.get(NOTES, ""), salt=SALT))
    except signing.BadSignature as error:
        raise PlanError("user", _("This is not valid any more. Please choose again.")) from error


def notes_file(label: str, notes: Sequence[Sequence[str]]) -> StreamingHttpResponse:
    """Return the rows that were not changed as a CSV file, each with its reason."""
    header = [_("Key"), _("Row"), _("State"), _("Reason")]
    format_ = FORMATS["csv"]
    content = format_.write(iter(notes), names=header, header=header, escape=True)
    return attachment(File(f"{slugify(label) or 'rows'}.csv", content, format_.content_type))


def attachment(file: File) -> StreamingHttpResponse:
    """Return a file as a download."""
    response = StreamingHttpResponse(_encoded(file), content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _encoded(file: File) -> Iterator[bytes]:
    content = [file.content] if isinstance(file.content, bytes | str) else file.content
    for part in content:
        yield part.encode() if isinstance(part, str) else part

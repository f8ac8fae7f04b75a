"""Which kind of file somebody sent, told by its content and never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from eventsys.exchange import frab
from eventsys.exchange.agenda_table import document_of_table
from eventsys.exchange.document import Document
from eventsys.exchange.event_file import read_event_file
from eventsys.exchange.node import Node, opened
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.queries import Whole
from eventsys.kernel.tables import FileRefused, read_table

# An import holds the one writing lock of SQLite, and what overlaps is sought: several times the largest that is known.
MOST_SESSIONS = 5_000

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Format(StrEnum):
    """What can be brought in."""

    EVENT_FILE = "event"
    FRAB_XML = "frab-xml"
    FRAB_JSON = "frab-json"
    TABLE = "table"


@dataclass(frozen=True)
class Opened:
    """A file whose syntax is right; what it says is not yet judged."""

    filename: str
    format: Format
    content: Any


def open_file(data: bytes, filename: str) -> Opened:
    """Raises FileRefused for an empty file and for what is neither JSON, XML nor a table."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.strip(b"\0"):
        raise FileRefused(filename, _("the file is empty"), line=1)
    if head.startswith(b"<") or (data.startswith(_UTF16) and b"<" in data[2:4]):
        return Opened(filename, Format.FRAB_XML, frab.read_frab_xml(data, filename))
    if head.startswith((b"{", b"[")):
        return _opened_json(opened(data, filename), filename)
    return Opened(filename, Format.TABLE, read_table(data, filename, most_rows=MOST_SESSIONS))


def _opened_json(root: Node, filename: str) -> Opened:
    root.an_object()
    if root.has("schedule"):
        return Opened(filename, Format.FRAB_JSON, frab.read_frab_json(root))
    if not root.has("format"):
        root.refuse(_("this JSON is neither an event file (“format” is missing) nor a frab schedule"))
    return Opened(filename, Format.EVENT_FILE, root)


def read_document(file: Opened, given: Overrides, into: Whole | None) -> Document:
    """The event that an opened file describes. `into` is the event named by whoever imports, which tables need."""
    if file.format == Format.EVENT_FILE:
        return read_event_file(file.content, given)
    if file.format in (Format.FRAB_XML, Format.FRAB_JSON):
        return frab.document_of(file.content, given)
    if into is None:
        reason = _("an agenda table is imported into an event that exists: name it with --slug")
        raise FileRefused(file.filename, reason, line=1)
    return document_of_table(file.content, into, given)

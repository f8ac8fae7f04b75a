"""What a workbook unpacks to, looked at before the library that reads it: it builds a tree of whatever it finds."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from typing import IO
from xml.parsers import expat

from flask_babel import gettext as _

from eventsys.kernel.tables.cells import FileRefused

MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 2_000
# As many rows as a sheet can have; nothing else in a workbook has more entries side by side.
MOST_SIBLINGS = 2**20
MOST_ELEMENTS = 16 * 1024 * 1024
MOST_DEPTH = 100
_CHUNK = 64 * 1024
# These are read entry by entry, all other parts as one tree.
_LONG_PARTS = ("xl/worksheets/", "xl/sharedstrings")


class _TooMuch(Exception):
    """There are more elements than a table needs."""


class _Entities(Exception):
    """The part declares a document type."""


def refuse_bombs(data: bytes, filename: str) -> None:
    """Refuse archives that unpack to far more than a table needs, and parts that define entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise _TooMuch
            left = MOST_ELEMENTS
            for part in parts:
                is_long = part.filename.lower().startswith(_LONG_PARTS)
                with archive.open(part) as opened:
                    left -= _elements(opened, most=left if is_long else min(left, MOST_SIBLINGS))
    except _TooMuch as error:
        raise FileRefused(filename, _("this workbook unpacks to more than a table may hold")) from error
    except _Entities as error:
        raise FileRefused(filename, _("this workbook defines entities, which a table never needs")) from error
    except Exception as error:
        # A damaged archive fails in zipfile, zlib or struct, each with exceptions of its own.
        raise FileRefused(filename, _("this workbook is damaged or protected")) from error


def _elements(part: IO[bytes], *, most: int) -> int:
    """How many elements a part has, as far as it is XML; pictures and what is damaged end where they cannot be read."""
    counts = [0]
    total = 0

    def begin(_name: str, _attributes: list[str]) -> None:
        nonlocal total
        total += 1
        counts[-1] += 1
        if total > most or counts[-1] > MOST_SIBLINGS or len(counts) > MOST_DEPTH:
            raise _TooMuch
        counts.append(0)

    def end(_name: str) -> None:
        counts.pop()

    def doctype(*_declared: object) -> None:
        raise _Entities

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.StartDoctypeDeclHandler = doctype
    # What is no XML (any more) holds no further elements: whoever reads the workbook says what is wrong with it.
    with suppress(expat.ExpatError):
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)
    return total

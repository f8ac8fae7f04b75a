"""Joins the PDF files of several batches, so that ten thousand badges need no more memory than one batch.

General PDF libraries lose the tags that make a document accessible (PDF/UA-1) or hold every object in memory. What
typst writes is plain: a classical cross-reference table (ISO 32000-1, 7.5.4), no object streams, generation 0
throughout. This room reads just that and stops at anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO

# A literal string is matched first and left alone: what looks like a reference inside it is text.
_REFERENCE = re.compile(rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|\b(\d+) 0 R\b", re.DOTALL)
_STRUCTURE_KEY = re.compile(rb"/(StructParents?) (\d+)")
_PAGE_COUNT = re.compile(rb"<xmpTPg:NPages>\d+</xmpTPg:NPages>")


class ForeignPdf(RuntimeError):
    """The file is not of the plain kind that typst writes: a program error, never a person's."""


@dataclass(frozen=True)
class _Part:
    """One batch as read: its objects by number, and the numbers of those that are joined instead of copied."""

    objects: dict[int, bytes]
    size: int
    catalog: int
    info: int
    pages: int
    structure: int
    document: int
    dropped: frozenset[int]
    identity: bytes


@dataclass
class Joiner:
    """Writes parts to `out` one after the other; `close` writes the joined page list, structure tree and table."""

    out: BinaryIO
    _first: _Part | None = None
    _position: int = 0
    _size: int = 0
    _offsets: dict[int, int] = field(default_factory=dict)
    _kids: list[bytes] = field(default_factory=list)
    _elements: list[bytes] = field(default_factory=list)
    _parents: list[bytes] = field(default_factory=list)

    def add(self, pdf: bytes) -> None:
        """Copy one part, its objects renumbered behind those that are there."""
        part = _read(pdf)
        base, pages_before = self._size, len(self._kids)
        first = self._first
        if first is None:
            self._first = first = part
            self._write(pdf[: pdf.index(b"1 0 obj")])
        joined = {part.pages: first.pages, part.structure: first.structure, part.document: first.document}
        renumber = _Renumbering(base, joined, pages_before)
        for number, body in part.objects.items():
            if number in joined or (part is not first and number in part.dropped):
                continue
            written = renumber.body(body)
            self._object(base + number, _at_actual_size(written) if number == part.catalog else written)
        self._kids += _references(renumber, part.objects[part.pages], b"Kids")
        self._elements += _references(renumber, part.objects[part.document], b"K")
        self._parents += _references(renumber, part.objects[part.structure], b"Nums")
        self._size += part.size

    def close(self) -> int:
        """Finish the file and give the number of its pages."""
        first = self._first
        if first is None:
            raise ForeignPdf("no part was added")
        pages = len(self._kids)
        numbered = b" ".join(b"%d %s" % pair for pair in enumerate(self._parents))
        structure = _with_list(first.objects[first.structure], b"Nums", numbered)
        structure = re.sub(rb"/ParentTreeNextKey \d+", b"/ParentTreeNextKey %d" % pages, structure)
        page_list = _with_list(first.objects[first.pages], b"Kids", b" ".join(self._kids))
        self._object(first.pages, re.sub(rb"/Count \d+", b"/Count %d" % pages, page_list))
        self._object(first.document, _with_list(first.objects[first.document], b"K", b" ".join(self._elements)))
        self._object(first.structure, structure)
        self._table(first)
        return pages

    def _object(self, number: int, body: bytes) -> None:
        self._offsets[number] = self._position
        self._write(b"%d 0 obj\n%s\nendobj\n\n" % (number, body))

    def _table(self, first: _Part) -> None:
        start = self._position
        free = b"0000000000 65535 f\r\n"
        rows = (b"%010d 00000 n\r\n" % self._offsets[n] if n in self._offsets else free for n in range(self._size))
        self._write(b"xref\n0 %d\n%s" % (self._size, b"".join(rows)))
        trailer = (self._size, first.catalog, first.info, first.identity, start)
        self._write(b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID%s>>\nstartxref\n%d\n%%%%EOF" % trailer)

    def _write(self, data: bytes) -> None:
        self.out.write(data)
        self._position += len(data)


@dataclass(frozen=True)
class _Renumbering:
    """How the references of one part become those of the whole."""

    base: int
    joined: dict[int, int]
    pages_before: int

    def body(self, body: bytes) -> bytes:
        """Renumber the object's own text; the data of a stream stay as they are."""
        head, mark, data = body.partition(b"stream\n")
        head = _STRUCTURE_KEY.sub(self._later_key, self.references(head))
        if b"/Type/Metadata" in head:
            # The count of pages there is that of the first part; blanks keep the length that the stream declares.
            data = _PAGE_COUNT.sub(lambda found: b" " * len(found[0]), data)
        return head + mark + data

    def references(self, text: bytes) -> bytes:
        return _REFERENCE.sub(self._moved, text)

    def _moved(self, found: re.Match[bytes]) -> bytes:
        if found[1] is None:
            return found[0]
        number = int(found[1])
        return b"%d 0 R" % self.joined.get(number, self.base + number)

    def _later_key(self, found: re.Match[bytes]) -> bytes:
        return b"/%s %d" % (found[1], int(found[2]) + self.pages_before)


def _at_actual_size(catalog: bytes) -> bytes:
    """Ask print dialogs not to fit pages to the paper (ISO 32000-1, 12.2): a badge has the size it has."""
    return catalog.replace(b"/ViewerPreferences<<", b"/ViewerPreferences<</PrintScaling/None", 1)


def _read(pdf: bytes) -> _Part:
    try:
        start = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
        objects = _objects(pdf, start)
        trailer = pdf[pdf.rindex(b"trailer") :]
        catalog, info = _reference(trailer, b"Root"), _reference(trailer, b"Info")
        pages = _reference(objects[catalog], b"Pages")
        structure = _reference(objects[catalog], b"StructTreeRoot")
        found = re.search(rb"/K\[(\d+) 0 R\]", objects[structure])
        identity = re.search(rb"/ID(\[.*?\])", trailer, re.DOTALL)
        if found is None or identity is None:
            raise ForeignPdf("no single root of the structure, or no identity")
        extra = [
            _reference(objects[catalog], name) for name in (b"Metadata", b"Outlines") if b"/" + name in objects[catalog]
        ]
        dropped = frozenset((catalog, info, *extra))
        size = max(objects) + 1
        return _Part(objects, size, catalog, info, pages, structure, int(found[1]), dropped, identity[1])
    except (ValueError, IndexError, KeyError) as error:
        raise ForeignPdf(str(error)) from error


def _objects(pdf: bytes, start: int) -> dict[int, bytes]:
    """Read the cross-reference table and cut the file at the places it names."""
    word, begin, count = pdf[start : start + 40].split()[:3]
    if word != b"xref" or begin != b"0":
        raise ForeignPdf("no classical cross-reference table")
    rows = pdf[start : pdf.rindex(b"trailer")].split(b"\n", 2)[2].split()
    offsets = {number: int(rows[3 * number]) for number in range(int(count)) if rows[3 * number + 2] == b"n"}
    ends = sorted([*offsets.values(), start])
    following = dict(pairwise(ends))
    return {number: _body(pdf[offset : following[offset]], number) for number, offset in offsets.items()}


def _body(text: bytes, number: int) -> bytes:
    head = b"%d 0 obj" % number
    if not text.startswith(head):
        raise ForeignPdf(f"object {number} is not where the table says")
    return text[len(head) : text.rindex(b"endobj")].strip(b"\r\n")


def _reference(text: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", text)
    if found is None:
        raise ForeignPdf(f"{name.decode()} is missing")
    return int(found[1])


def _references(renumber: _Renumbering, text: bytes, name: bytes) -> list[bytes]:
    found = re.search(rb"/" + name + rb"\[([^\]]*)\]", text)
    if found is None:
        raise ForeignPdf(f"{name.decode()} is missing")
    return re.findall(rb"\d+ 0 R", renumber.references(found[1]))


def _with_list(text: bytes, name: bytes, items: bytes) -> bytes:
    return re.sub(rb"/" + name + rb"\[[^\]]*\]", b"/" + name + b"[" + items + b"]", text, count=1)

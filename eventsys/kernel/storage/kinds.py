"""What a file is, judged by its content and never by what its sender claims, and the names it may be saved under."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote
from zipfile import BadZipFile, ZipFile

from eventsys.kernel.text import clean_line, search_key

HEAD = 64 * 1024
# The list of contents of a real document is far smaller; a made one must not fill the memory.
_LARGEST_CONTENTS = 4 * 1024 * 1024


@dataclass(frozen=True)
class FileType:
    """A media type we hand out; `is_shown` when a browser may show it in place instead of saving it."""

    media_type: str
    is_shown: bool = False


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut where the head ends; anything wrong before that is not UTF-8.
        return error.start >= HEAD - 4
    return True


_ZIP = _begins(b"PK\x03\x04", b"PK\x05\x06")
OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_TYPES: dict[str, tuple[FileType, Callable[[bytes], bool]]] = {
    "pdf": (FileType("application/pdf", True), _begins(b"%PDF-")),
    "png": (FileType("image/png", True), _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": (FileType("image/jpeg", True), _begins(b"\xff\xd8\xff")),
    "jpeg": (FileType("image/jpeg", True), _begins(b"\xff\xd8\xff")),
    "gif": (FileType("image/gif", True), _begins(b"GIF87a", b"GIF89a")),
    "webp": (FileType("image/webp", True), _is_webp),
    "mp4": (FileType("video/mp4", True), _is_mp4),
    "m4v": (FileType("video/mp4", True), _is_mp4),
    "m4a": (FileType("audio/mp4", True), _is_mp4),
    "webm": (FileType("video/webm", True), _begins(b"\x1a\x45\xdf\xa3")),
    "mp3": (FileType("audio/mpeg", True), _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "ogg": (FileType("audio/ogg", True), _begins(b"OggS")),
    "pptx": (FileType(OPEN_XML + "presentationml.presentation"), _ZIP),
    "docx": (FileType(OPEN_XML + "wordprocessingml.document"), _ZIP),
    "xlsx": (FileType(OPEN_XML + "spreadsheetml.sheet"), _ZIP),
    "odp": (FileType(OPEN_DOCUMENT + "presentation"), _ZIP),
    "odt": (FileType(OPEN_DOCUMENT + "text"), _ZIP),
    "ods": (FileType(OPEN_DOCUMENT + "spreadsheet"), _ZIP),
    "zip": (FileType("application/zip"), _ZIP),
    "ppt": (FileType("application/vnd.ms-powerpoint"), _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    "doc": (FileType("application/msword"), _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    "xls": (FileType("application/vnd.ms-excel"), _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    "txt": (FileType("text/plain; charset=utf-8"), _is_text),
    "md": (FileType("text/plain; charset=utf-8"), _is_text),
    "csv": (FileType("text/csv; charset=utf-8"), _is_text),
    "srt": (FileType("text/plain; charset=utf-8"), _is_text),
    "vtt": (FileType("text/vtt; charset=utf-8"), _is_text),
}
# What must lie inside a zip that calls itself an Office file; OpenDocument says its type in its first entry.
_INSIDE = {"pptx": "ppt/", "docx": "word/", "xlsx": "xl/", "odp": "mimetype", "odt": "mimetype", "ods": "mimetype"}

ENDINGS = tuple(_TYPES)


def kind_of(filename: str, head: bytes, file: IO[bytes]) -> FileType | None:
    """The type of a file by ending and content together; what the uploader's browser claims is not asked.

    `head` holds the first 64 KiB of `file`. None for what is not what its name says, and for what we do not know.
    """
    ending = filename.rpartition(".")[2].lower()
    known = _TYPES.get(ending)
    if known is None or not known[1](head) or (ending in _INSIDE and not _holds(file, ending, known[0])):
        return None
    return known[0]


def is_shown(media_type: str) -> bool:
    """Whether a browser may show this type in place."""
    return any(kind.media_type == media_type and kind.is_shown for kind, _ in _TYPES.values())


class _Sparing:
    """A file that a ZipFile may look into, but not read in one gulp."""

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self._file = file.seek, file.tell, file

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size if 0 <= size <= _LARGEST_CONTENTS else _LARGEST_CONTENTS)

    def seekable(self) -> bool:
        return True


def _holds(file: IO[bytes], ending: str, kind: FileType) -> bool:
    """Whether a container is what it says. Nothing is unpacked but the few bytes in which OpenDocument says it."""
    file.seek(0)
    try:
        with ZipFile(_Sparing(file)) as archive:
            if _INSIDE[ending] != "mimetype":
                return any(name.startswith(_INSIDE[ending]) for name in archive.namelist())
            with archive.open("mimetype") as said:
                return said.read(200).decode("ascii", "replace").strip() == kind.media_type
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, ValueError, zlib.error, EOFError):
        # Damaged, encrypted or packed in a way nobody uses: none of it is a document we know.
        return False


def safe_filename(filename: str) -> str:
    """The last part of a name people may save: no folders, no controls, at most 150 characters, its ending kept."""
    last = clean_line(filename.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    stem, dot, ending = last.rpartition(".")
    return f"{(stem or ending)[:140]}{dot}{ending[:9]}" if stem else (last[:150] or "file")


def disposition(kind: str, filename: str) -> str:
    """A Content-Disposition that old and new clients read (RFC 6266, with the UTF-8 form of RFC 8187)."""
    stem, dot, ending = filename.rpartition(".")
    plain = (search_key(stem or ending).replace(" ", "-") or "file") + (dot + search_key(ending) if stem else "")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"

"""What a material may be, and who may have it."""

from __future__ import annotations

from typing import IO
from urllib.parse import urlsplit

from eventsys.kernel.storage import kinds
from eventsys.kernel.storage.kinds import HEAD, FileType, disposition, is_shown, safe_filename
from eventsys.kernel.text import clean_line
from eventsys.materials.errors import AddressNotTaken, TypeNotTaken
from eventsys.materials.models import Material
from eventsys.registration.models import Audience
from eventsys.registration.rules import Viewer, may_see

__all__ = ["HEAD", "disposition", "is_shown", "safe_filename"]

ACCEPTED = ",".join(f".{ending}" for ending in kinds.ENDINGS)
NAMES = {
    "application/pdf": "PDF",
    "application/zip": "ZIP",
    "application/vnd.ms-powerpoint": "PowerPoint",
    "application/msword": "Word",
    "application/vnd.ms-excel": "Excel",
    kinds.OPEN_XML + "presentationml.presentation": "PowerPoint",
    kinds.OPEN_XML + "wordprocessingml.document": "Word",
    kinds.OPEN_XML + "spreadsheetml.sheet": "Excel",
    kinds.OPEN_DOCUMENT + "presentation": "OpenDocument",
    kinds.OPEN_DOCUMENT + "text": "OpenDocument",
    kinds.OPEN_DOCUMENT + "spreadsheet": "OpenDocument",
    "text/csv; charset=utf-8": "CSV",
}


def type_of(filename: str, head: bytes, file: IO[bytes]) -> FileType:
    """The type of a file by its content (see `kinds.kind_of`). Raises TypeNotTaken."""
    found = kinds.kind_of(filename, head, file)
    if found is None:
        raise TypeNotTaken(filename=clean_line(filename)[:80], field="file")
    return found


def checked_address(url: str) -> str:
    """An outside address that may be linked: http or https with a host. Raises AddressNotTaken."""
    url = clean_line(url)
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname)
    except ValueError:
        raise AddressNotTaken(field="url") from None
    if parts.scheme not in ("http", "https") or not has_host or " " in url or len(url) > 2000:
        raise AddressNotTaken(field="url")
    return url


def is_listed(material: Material, viewer: Viewer) -> bool:
    """Whether a page may name it to this viewer. What is for the team alone is not even named to others."""
    return material.audience != Audience.STAFF or may_see(material.audience, viewer)


def kind_of_file(media_type: str) -> str:
    """What people call a type: `PDF`, `PowerPoint`, `MP4`; empty where the name of the file says enough."""
    if media_type in NAMES:
        return NAMES[media_type]
    sort, _, name = media_type.partition("/")
    return name.upper() if sort in ("image", "video", "audio") else ""

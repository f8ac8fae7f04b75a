"""Pictures on badges: logos and grounds that organisers upload, made anew by us and kept under the hash of the result.

Nothing of an upload is kept but its pixels: no metadata, no second file hidden behind the first, no script of an SVG.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from eventsys.badges.errors import PictureDamaged, PictureIsDrawing, PictureMissing, PictureTooLarge
from eventsys.kernel import storage

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_MEGABYTES = 6
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
# A packed file of a few kilobytes may unfold into gigabytes of pixels.
MOST_MILLION_PIXELS = 25
# Six inches at 400 dots: more than any badge shows, and a hall's printer is done with it in a second.
LONGEST_SIDE = 2400
# Of what is kept: a run of badges hands each picture over as text. What is larger is made smaller step by step.
_MOST_KEPT = 2 * 1024 * 1024
_STEP = 0.75
# Unfolded, one takes a hundred megabytes.
_one_at_a_time = Lock()
FOLDER = "badges"
_ID = re.compile(r"[0-9a-f]{32}")
_GRACE = timedelta(days=1)


@dataclass(frozen=True)
class Picture:
    """A picture that is kept: its id, and its size in pixels as it was made."""

    id: str
    width: int
    height: int


def is_id(text: str) -> bool:
    """Whether this is what an id of a picture looks like: 32 digits of hexadecimal."""
    return _ID.fullmatch(text) is not None


def keep(event_id: int, data: bytes) -> Picture:
    """Judge, remake and store a PNG or JPEG; the same pixels always get the same id.

    Raises PictureTooLarge, PictureIsDrawing (SVG) and PictureDamaged.
    """
    made, width, height = _remade(data)
    found = hashlib.sha256(made).hexdigest()[:32]
    storage.put(_key(event_id, found), BytesIO(made))
    return Picture(found, width, height)


def read(event_id: int, picture: str) -> bytes:
    """The file: PNG or JPEG (see `media_type`). Raises PictureMissing."""
    if not is_id(picture):
        raise PictureMissing
    try:
        return b"".join(storage.read(_key(event_id, picture), 0, MOST_BYTES * 8))
    except storage.FileMissing as missing:
        raise PictureMissing from missing


def media_type(data: bytes) -> str:
    """`image/png` or `image/jpeg`: we make no other."""
    return "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"


def all_read(event_id: int, pictures: Iterable[str]) -> dict[str, bytes]:
    """Those of `pictures` that are kept, by id."""
    found = {}
    for picture in sorted(set(pictures)):
        try:
            found[picture] = read(event_id, picture)
        except PictureMissing:
            continue
    return found


def copy(pictures: Iterable[str], *, of_event: int, to_event: int) -> None:
    """Give another event the same pictures; one that is missing is left out."""
    for picture, data in all_read(of_event, pictures).items():
        storage.put(_key(to_event, picture), BytesIO(data))


def remove_orphans(named: Mapping[int, Collection[str]], *, now: datetime) -> int:
    """Remove what no design names any more; `named` holds ids by event, and no entry for an event that is gone.

    What came within a day may belong to a design that is just being drawn. Returns how many were removed.
    """
    removed = 0
    for key, stored_at in list(_kept()):
        event_id, picture = key.split("/")[1:]
        if stored_at < now - _GRACE and picture not in named.get(int(event_id), ()):
            storage.remove(key)
            removed += 1
    return removed


def _kept() -> Iterator[tuple[str, datetime]]:
    for batch in storage.listed(FOLDER):
        yield from batch


def _key(event_id: int, picture: str) -> str:
    return f"{FOLDER}/{event_id}/{picture}"


def _remade(data: bytes) -> tuple[bytes, int, int]:
    if len(data) > MOST_BYTES:
        raise PictureTooLarge(field="file", most=MOST_MEGABYTES, pixels=MOST_MILLION_PIXELS)
    if b"<svg" in data[:4096].lower():
        raise PictureIsDrawing(field="file")
    with _one_at_a_time:
        image, is_photograph = _unfolded(data)
        made = _written(image, is_photograph)
        while len(made) > _MOST_KEPT:
            image.thumbnail((int(image.width * _STEP), int(image.height * _STEP)))
            made = _written(image, is_photograph)
    return made, image.width, image.height


def _unfolded(data: bytes) -> tuple[Image, bool]:
    """The pixels, at most LONGEST_SIDE wide and high, and whether they are a photograph's."""
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_MILLION_PIXELS * 1_000_000:
                raise PictureTooLarge(field="file", most=MOST_MEGABYTES, pixels=MOST_MILLION_PIXELS)
            is_photograph = opened.format == "JPEG"
            ImageOps.exif_transpose(opened, in_place=True)
            # Smaller first: what is not kept need not be held twice.
            opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return opened.convert("RGB" if is_photograph else "RGBA"), is_photograph
    except Image.DecompressionBombError as bomb:
        raise PictureTooLarge(field="file", most=MOST_MEGABYTES, pixels=MOST_MILLION_PIXELS) from bomb
    except (OSError, ValueError, SyntaxError) as broken:
        raise PictureDamaged(field="file") from broken


def _written(image: Image, is_photograph: bool) -> bytes:
    out = BytesIO()
    if is_photograph:
        image.save(out, "JPEG", quality=90)
    else:
        image.save(out, "PNG", optimize=True)
    return out.getvalue()

"""Pictures on badges: nothing of what was sent is kept but its pixels, and what no design names goes."""

from __future__ import annotations

import random
import zlib
from datetime import timedelta
from io import BytesIO
from struct import pack
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from eventsys.badges import actions, jobs, pictures
from eventsys.badges.designs import built_in, said_design
from eventsys.badges.errors import PictureDamaged, PictureIsDrawing, PictureMissing, PictureTooLarge
from eventsys.kernel import clock, storage
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import Refusal
from tests.factories import make_event


def picture(format: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 120).save(out, format, **options)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """The head of a PNG that says it is huge, without its pixels."""
    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR" + head) + _chunk(b"IDAT" + zlib.compress(b"\0"))


def _chunk(body: bytes) -> bytes:
    return pack(">I", len(body) - 4) + body + pack(">I", zlib.crc32(body))


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_a_picture_is_kept_without_what_hid_in_it(session: Session, format: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Home address of the photographer"
    sent = picture(format, exif=exif) + b"<?php and a second file"
    kept = pictures.keep(7, sent)
    found = pictures.read(7, kept.id)
    assert [b"photographer" in data or b"php" in data for data in (sent, found)] == [True, False]
    with Image.open(BytesIO(found)) as image:
        assert (image.format, image.size, len(image.getexif())) == (format, (40, 20), 0)
    assert pictures.media_type(found) == f"image/{format.lower()}"


def test_the_same_pixels_get_the_same_id_and_belong_to_one_event(session: Session) -> None:
    one, other = pictures.keep(7, picture()), pictures.keep(7, picture() + b"trailing")
    assert one == other
    with pytest.raises(PictureMissing):
        pictures.read(8, one.id)
    pictures.copy([one.id, "0" * 32], of_event=7, to_event=8)
    assert pictures.read(8, one.id) == pictures.read(7, one.id)
    assert list(pictures.all_read(8, [one.id, "f" * 32, "../../secret"])) == [one.id]


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGBA", "P", "I;16", "1"])
def test_every_kind_of_pixel_becomes_one_that_prints(session: Session, mode: str) -> None:
    kept = pictures.keep(7, picture("JPEG" if mode == "CMYK" else "PNG", mode=mode))
    with Image.open(BytesIO(pictures.read(7, kept.id))) as image:
        assert image.mode == ("RGB" if mode == "CMYK" else "RGBA")


def test_a_large_one_is_made_smaller(session: Session) -> None:
    kept = pictures.keep(7, picture(size=(4800, 1200)))
    assert (kept.width, kept.height) == (2400, 600)


def test_what_is_kept_stays_small_however_little_it_can_be_packed(session: Session) -> None:
    noise = Image.frombytes("RGB", (1400, 1400), random.Random(1).randbytes(3 * 1400 * 1400))
    out = BytesIO()
    noise.save(out, "PNG")
    kept = pictures.keep(7, out.getvalue())
    assert len(pictures.read(7, kept.id)) <= 2 * 1024 * 1024
    assert 700 < kept.width == kept.height < 1400


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
         PictureIsDrawing),
        (b"", PictureDamaged),
        (b"GIF89a" + b"\0" * 40, PictureDamaged),
        (picture()[:60], PictureDamaged),
        (bomb(60_000, 60_000), PictureTooLarge),
        (bomb(5_001, 5_000), PictureTooLarge),
        (b"\x89PNG" + b"\0" * pictures.MOST_BYTES, PictureTooLarge),
    ],
    ids=["drawing", "empty", "gif", "cut", "bomb", "many pixels", "many bytes"],
)  # fmt: skip
def test_what_is_no_picture_to_print_is_refused(session: Session, sent: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        pictures.keep(99, sent)
    assert list(storage.listed("badges/99")) == []


def test_what_no_design_names_any_more_is_removed_after_a_day(session: Session) -> None:
    pictures.remove_orphans({}, now=clock.now() + timedelta(days=2))
    named, unnamed = pictures.keep(7, picture()), pictures.keep(7, picture(size=(3, 3)))
    gone = pictures.keep(8, picture())
    assert pictures.remove_orphans({7: {named.id}}, now=clock.now()) == 0
    assert pictures.remove_orphans({7: {named.id}}, now=clock.now() + timedelta(days=2)) == 2
    assert pictures.read(7, named.id)
    for event, one in ((7, unnamed), (8, gone)):
        with pytest.raises(PictureMissing):
            pictures.read(event, one.id)


def test_the_worker_keeps_what_a_design_shows(session: Session) -> None:
    event = make_event()
    shown, unshown = pictures.keep(event.id, picture()), pictures.keep(event.id, picture(size=(3, 3)))
    document = said_design(built_in("a6"))
    logo = {"id": "logo", "kind": "image", "x": 5, "y": 5, "width": 20, "height": 10, "image": shown.id}
    document["sides"]["back"] = [logo]
    with transaction() as writing:
        actions.keep_design(writing, event.id, key=None, name="Card", design=document, now=clock.now())
    jobs.remove_orphans(clock.now() + timedelta(days=2))
    assert list(pictures.all_read(event.id, [shown.id, unshown.id])) == [shown.id]

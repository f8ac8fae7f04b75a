"""Badges as they leave for a printer or a screen: as one PDF of many, and as a picture of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO

from eventsys.badges import drawing
from eventsys.badges.designs import FORMATS, Design, built_in
from eventsys.badges.designs.formats import FRONT
from eventsys.badges.errors import NothingToDraw
from eventsys.badges.faces import BadgeFace
from eventsys.badges.joining import Joiner
from eventsys.badges.sheets import typesetting

BADGE_LAYOUTS = tuple(FORMATS)

_NO_PICTURES: Mapping[str, bytes] = {}


def badge_pdf(faces: Iterable[BadgeFace], *, layout: str = "a6") -> bytes:
    """Draw the badges in a built-in design; raises LayoutUnknown, NothingToDraw and FontsMissing."""
    return design_pdf(built_in(layout), faces)


def write_badges(faces: Iterable[BadgeFace], out: BinaryIO, *, layout: str = "a6") -> int:
    """Draw the badges in a built-in design into `out`, and give the number of badges; raises as `write_design`, and
    LayoutUnknown."""
    return write_design(built_in(layout), faces, out)


def design_pdf(
    design: Design, faces: Iterable[BadgeFace], *, pictures: Mapping[str, bytes] = _NO_PICTURES, first_label: int = 1
) -> bytes:
    """Draw the badges as `write_design` does, and give the PDF."""
    out = BytesIO()
    write_design(design, faces, out, pictures=pictures, first_label=first_label)
    return out.getvalue()


def write_design(
    design: Design,
    faces: Iterable[BadgeFace],
    out: BinaryIO,
    *,
    pictures: Mapping[str, bytes] = _NO_PICTURES,
    first_label: int = 1,
) -> int:
    """Draw the badges into `out`, batch by batch as the faces come, and give the number of badges.

    A badge takes a page for each side that something stands on, the back after its front; on sheets of labels a place,
    from `first_label` (from 1, row by row) of the first sheet on; a folded one takes one page. `pictures` are PNG or
    JPEG files by their id. Title and language of the document are those of the first face. Raises NothingToDraw and
    FontsMissing; nothing is written then.
    """
    joiner = Joiner(out)
    badges = 0
    # Typst works without the interpreter's lock: while one batch is set, the next is read and fitted.
    with ThreadPoolExecutor(max_workers=1) as setting:
        waiting: Future[bytes] | None = None
        for sheet in _sheets(design, faces, pictures, first_label):
            following = setting.submit(_set, sheet, pictures)
            if waiting:
                joiner.add(waiting.result())
            waiting, badges = following, badges + len(sheet["faces"])
        if waiting is None:
            raise NothingToDraw()
        joiner.add(waiting.result())
    joiner.close()
    return badges


def _sheets(
    design: Design, faces: Iterable[BadgeFace], pictures: Mapping[str, bytes], first_label: int
) -> Iterator[dict[str, Any]]:
    """What typst is to set, batch by batch."""
    head: dict[str, Any] | None = None
    offset, rest = first_label_of(design, first_label) - 1, iter(faces)
    while batch := list(islice(rest, batch_size(design) - offset)):
        head = head or _head(design, batch[0], pictures) | {"only": None}
        yield head | {"faces": [drawing.badge_data(design, face) for face in batch], "first": offset}
        offset = 0


def _set(sheet: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    pdf = typesetting.typeset("design", sheet, pictures=pictures)
    typesetting.forget_pages()
    return pdf


def design_png(
    design: Design,
    face: BadgeFace,
    *,
    side: str = FRONT,
    ppi: float = 96,
    pictures: Mapping[str, bytes] = _NO_PICTURES,
    as_printed: bool = False,
) -> bytes:
    """Draw one side of one badge as PNG, as it is read; `as_printed` as it goes through the printer, which takes the
    labels of a roll upright. Raises FontsMissing."""
    sheet = _head(design, face, pictures) | {
        "faces": [drawing.badge_data(design, face, sides=(side,))],
        "only": side,
        "as_printed": as_printed and design.form.is_turned,
    }
    return typesetting.pictured("design", sheet, ppi=ppi, pictures=pictures)


def _head(design: Design, first: BadgeFace, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """What all badges of a run share."""
    return drawing.badge_document(first) | {
        "design": drawing.design_data(design, pictures),
        "programme": drawing.programme_data(design, first),
        "more": drawing.more_words(),
    }


def sheet_pages(design: Design, badges: int, *, first_label: int = 1) -> int:
    """How many pages (or labels of a roll, or sheets) so many badges take."""
    if design.sheet:
        places = badges + first_label_of(design, first_label) - 1
        return -(-places // design.sheet.labels)
    return badges if design.form.is_fold else badges * len(design.drawn_sides)


def first_label_of(design: Design, wanted: int) -> int:
    """The first free label there can be: from 1 to as many as a sheet has, and 1 where there are no sheets."""
    return min(max(wanted, 1), design.sheet.labels) if design.sheet else 1


def batch_size(design: Design) -> int:
    """Badges a run of typst: whole sheets, and fewer where a badge takes several pages. A folded one has four, but a
    programme that is fitted anew for each run."""
    if design.sheet:
        return max(typesetting.PAGES_A_BATCH // design.sheet.labels, 1) * design.sheet.labels
    weight = 2 if design.form.is_fold else len(design.drawn_sides)
    return max(typesetting.PAGES_A_BATCH // weight, 1)

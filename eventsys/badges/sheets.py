"""The sheets that leave for a printer: badges and certificates in bulk, and one ticket, as tagged PDF (PDF/UA-1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from flask_babel import gettext as _

from eventsys.badges.codes import qr_print_svg
from eventsys.badges.colours import ground, readable_on
from eventsys.badges.errors import LayoutUnknown, NothingToDraw
from eventsys.badges.faces import BadgeFace, CertificateFace, TicketFace
from eventsys.badges.fonts import print_fonts
from eventsys.badges.joining import Joiner
from eventsys.badges.writing import direction, drawable, font_families, has_piled_marks

if TYPE_CHECKING:
    from typst import Compiler

T = TypeVar("T")

LAYOUT_FOLDER = Path(__file__).resolve().parent / "layouts"

# Every layout here takes badge faces; adding a format is adding its file and its name.
BADGE_LAYOUTS = ("a6",)

# The memory of one typst run grows with its pages: 250 stay near 110 MB, 1,000 pass 300.
PAGES_A_BATCH = 250

_RUNS_REMEMBERED = 10

# The compiler keeps its fonts and layouts between tickets, and serves one thread at a time.
_ticket_lock = Lock()


def badge_pdf(faces: Iterable[BadgeFace], *, layout: str = "a6") -> bytes:
    """Draw one page a face; raises LayoutUnknown, NothingToDraw and FontsMissing."""
    out = BytesIO()
    write_badges(faces, out, layout=layout)
    return out.getvalue()


def write_badges(faces: Iterable[BadgeFace], out: BinaryIO, *, layout: str = "a6") -> int:
    """Draw one page a face into `out`, batch by batch as the faces come, and give the number of pages.

    Title and language of the document are those of the first face. Nothing is written when it is refused.
    """
    if layout not in BADGE_LAYOUTS:
        raise LayoutUnknown(layout=layout, known=", ".join(BADGE_LAYOUTS))
    joiner = Joiner(out)
    first: BadgeFace | None = None
    for batch in _batches(faces, PAGES_A_BATCH):
        first = first or batch[0]
        joiner.add(_compiled(_new_compiler(), layout, _badge_sheet(first, batch)))
        _forget_pages()
    if first is None:
        raise NothingToDraw()
    return joiner.close()


def write_certificates(faces: Iterable[CertificateFace], out: BinaryIO) -> int:
    """Draw one page a face into `out`, batch by batch, and give the number of pages; raises NothingToDraw."""
    joiner = Joiner(out)
    pages = 0
    for batch in _batches(faces, PAGES_A_BATCH):
        sheet = _document(_("Certificate of attendance: %(event)s", event=batch[0].event_title), batch[0].language)
        sheet |= {"faces": [_certificate(face) for face in batch]}
        joiner.add(_compiled(_new_compiler(), "certificate", sheet))
        pages += len(batch)
        _forget_pages()
    if not pages:
        raise NothingToDraw(_("There is nobody to draw a certificate for."))
    return joiner.close()


def ticket_pdf(face: TicketFace) -> bytes:
    """Draw one ticket, A5 portrait, with captions in the locale in force; raises FontsMissing."""
    sheet = _ticket_sheet(face)
    with _ticket_lock:
        return _compiled(_kept_compiler(), "ticket", sheet)


def _compiled(compiler: Compiler, layout: str, sheet: dict[str, Any]) -> bytes:
    """Run typst over a layout of ours; what people wrote reaches it as JSON, never as its own source."""
    from typst import TypstError

    source, inputs = str(LAYOUT_FOLDER / f"{layout}.typ"), {"data": json.dumps(sheet)}
    try:
        pdf = compiler.compile(source, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])
    except TypstError:
        # One sign that no font draws after all must not keep a thousand people waiting: still tagged, not vouched for.
        pdf = compiler.compile(source, format="pdf", sys_inputs=inputs)
    assert isinstance(pdf, bytes)
    return pdf


def _forget_pages() -> None:
    """Make typst free the pages it has laid out: it keeps, at 0.2 MB a page, what one of the last ten runs used."""
    from typst import Compiler

    blank = Compiler(b"", font_paths=print_fonts(), ignore_system_fonts=True)
    for _run in range(_RUNS_REMEMBERED + 1):
        blank.compile(b"", format="svg")


def _new_compiler() -> Compiler:
    from typst import Compiler

    return Compiler(root=str(LAYOUT_FOLDER), font_paths=print_fonts(), ignore_system_fonts=True)


@cache
def _kept_compiler() -> Compiler:
    return _new_compiler()


def _batches(faces: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(faces)
    while batch := list(islice(rest, size)):
        yield batch


def _badge_sheet(first: BadgeFace, batch: list[BadgeFace]) -> dict[str, Any]:
    title = _("Badges: %(event)s", event=first.event_title) if first.event_title else _("Badges")
    return _document(title, first.language) | {"faces": [_badge(face) for face in batch]}


def _document(title: str, language: str) -> dict[str, Any]:
    side = "rtl" if language.split("-", maxsplit=1)[0] in ("ar", "fa", "he", "ur", "yi") else "ltr"
    return {
        "title": drawable(title),
        "lang": language.split("-", maxsplit=1)[0],
        "dir": side,
        "fonts": font_families("", language=language),
    }


def _badge(face: BadgeFace) -> dict[str, Any]:
    colour = ground(face.sector_colour)
    texts = {
        "name": drawable(face.name) or face.short_code,
        "affiliation": face.affiliation,
        "country": face.country,
        "sector": face.sector_label,
        "type": face.type_label,
        "event": face.event_title,
        "facts": " · ".join(part for part in (face.event_dates, face.venue) if part),
    }
    return {
        **{key: _text(text, language=face.language) for key, text in texts.items()},
        "mark": face.type_key,
        "colour": colour,
        "on_colour": readable_on(colour),
        "qr": qr_print_svg(face.code),
        "short_code": drawable(face.short_code),
    }


def _certificate(face: CertificateFace) -> dict[str, Any]:
    texts = {
        "heading": _("Certificate of attendance"),
        "certify": _("This is to certify that"),
        "name": face.name,
        "affiliation": face.affiliation,
        "took-part": _("took part in"),
        "event": face.event_title,
        "organisers": face.organisers,
        "issued": face.issued,
        "check": _("Check this certificate at"),
    }
    return {
        **{key: _text(text, language=face.language) for key, text in texts.items()},
        "lines": [_text(line, language=face.language) for line in (face.event_when, face.where, face.days) if line],
        "code": drawable(face.code),
        "address": face.address,
    }


def _ticket_sheet(face: TicketFace) -> dict[str, Any]:
    return _document(_("Ticket: %(event)s", event=face.event_title), face.language) | {
        "name": _text(face.name, language=face.language),
        "affiliation": _text(face.affiliation, language=face.language),
        "event": _text(face.event_title, language=face.language),
        "site": _text(face.site_name, language=face.language),
        "state": _text(face.state_label, language=face.language),
        "is_valid": face.is_valid,
        "qr": qr_print_svg(face.code),
        "short_code": drawable(face.short_code),
        "show": _text(_("Show this at the door"), language=face.language),
        "facts": [_fact(face, caption, lines) for caption, lines in _ticket_facts(face) if any(lines)],
        "link": {
            "caption": _text(_("Change or cancel your registration"), language=face.language),
            "address": face.link,
        },
    }


def _ticket_facts(face: TicketFace) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (_("When"), face.when),
        (_("Where"), face.where),
        (_("How you take part"), (face.mode_label,)),
        (_("Good to know"), face.notes),
    ]


def _fact(face: TicketFace, caption: str, lines: tuple[str, ...]) -> dict[str, Any]:
    language = face.language
    return {
        "caption": _text(caption, language=language),
        "lines": [_text(line, language=language) for line in lines if line],
    }


def _text(text: str, *, language: str) -> dict[str, Any]:
    words = drawable(text)
    return {
        "text": words,
        "dir": direction(words),
        "tall": has_piled_marks(words),
        "fonts": font_families(words, language=language),
    }

"""Certificates of attendance, one a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from flask_babel import gettext as _

from eventsys.badges.drawing import document, text_data
from eventsys.badges.errors import NothingToDraw
from eventsys.badges.faces import CertificateFace
from eventsys.badges.joining import Joiner
from eventsys.badges.sheets import typesetting
from eventsys.badges.writing import drawable


def write_certificates(faces: Iterable[CertificateFace], out: BinaryIO) -> int:
    """Draw one page a face into `out`, batch by batch, and give the number of pages; raises NothingToDraw."""
    joiner = Joiner(out)
    pages = 0
    for batch in typesetting.batches(faces, typesetting.PAGES_A_BATCH):
        sheet = document(_("Certificate of attendance: %(event)s", event=batch[0].event_title), batch[0].language)
        sheet |= {"faces": [_certificate(face) for face in batch]}
        joiner.add(typesetting.typeset("certificate", sheet))
        pages += len(batch)
        typesetting.forget_pages()
    if not pages:
        raise NothingToDraw(_("There is nobody to draw a certificate for."))
    return joiner.close()


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
        **{key: text_data(text, language=face.language) for key, text in texts.items()},
        "lines": [text_data(line, language=face.language) for line in (face.event_when, face.where, face.days) if line],
        "code": drawable(face.code),
        "address": face.address,
    }

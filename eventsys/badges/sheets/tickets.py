"""One ticket: what a person carries to the door."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from eventsys.badges.codes import qr_print_svg
from eventsys.badges.drawing import document, text_data
from eventsys.badges.faces import TicketFace
from eventsys.badges.sheets.typesetting import typeset_at_once
from eventsys.badges.writing import drawable


def ticket_pdf(face: TicketFace) -> bytes:
    """Draw one ticket, A5 portrait, with captions in the locale in force; raises FontsMissing."""
    return typeset_at_once("ticket", _ticket_sheet(face))


def _ticket_sheet(face: TicketFace) -> dict[str, Any]:
    return document(_("Ticket: %(event)s", event=face.event_title), face.language) | {
        "name": text_data(face.name, language=face.language),
        "affiliation": text_data(face.affiliation, language=face.language),
        "event": text_data(face.event_title, language=face.language),
        "site": text_data(face.site_name, language=face.language),
        "state": text_data(face.state_label, language=face.language),
        "is_valid": face.is_valid,
        "qr": qr_print_svg(face.code),
        "short_code": drawable(face.short_code),
        "show": text_data(_("Show this at the door"), language=face.language),
        "facts": [_fact(face, caption, lines) for caption, lines in _ticket_facts(face) if any(lines)],
        "link": {
            "caption": text_data(_("Change or cancel your registration"), language=face.language),
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
        "caption": text_data(caption, language=language),
        "lines": [text_data(line, language=language) for line in lines if line],
    }

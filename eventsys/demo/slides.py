"""Small PDF files for the demo's materials: decks of two pages, drawn like everything printed."""

from __future__ import annotations

import json
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from eventsys.agenda.models import AgendaSession, Talk
from eventsys.badges.fonts import print_fonts
from eventsys.events.models import Event
from eventsys.kernel.locale import say_day

LAYOUT = Path(__file__).with_name("slides.typ")
POINTS = (
    "Used by the service that asked for it, every week.",
    "What it costs in the second year is known, and somebody pays it.",
    "Two things failed; both are described in the report.",
    "Training takes half a day and needs no expert.",
    "The data stay where they arise.",
    "Ask us for the checklist: it is one page.",
)


def deck(event: Event, entry: AgendaSession, talk: Talk) -> BytesIO:
    """The slides of one talk."""
    speakers = [role.person for role in talk.roles] or [role.person for role in entry.roles]
    first = talk.id % len(POINTS)
    said = {
        "title": talk.title,
        "project": talk.project or entry.title,
        "speaker": ", ".join(f"{person.name} – {person.affiliation}" for person in speakers),
        "event": event.title,
        "when": say_day(entry.starts_at, event.zone),
        "points": [POINTS[(first + step) % len(POINTS)] for step in range(3)],
    }
    pdf = _compiler().compile(str(LAYOUT), format="pdf", sys_inputs={"data": json.dumps(said)}, pdf_standards=["ua-1"])
    return BytesIO(pdf)


@lru_cache(maxsize=1)
def _compiler() -> Any:
    from typst import Compiler

    return Compiler(root=str(LAYOUT.parent), font_paths=print_fonts(), ignore_system_fonts=True)

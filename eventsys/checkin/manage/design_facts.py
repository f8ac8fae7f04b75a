"""What the designer in the browser must know: formats, kinds of elements with their fields, questions to show."""

from __future__ import annotations

from dataclasses import MISSING, asdict, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.badges.designs import FORMATS, KINDS, Element
from eventsys.badges.designs.formats import KNOWN_SHEETS, PAPERS
from eventsys.badges.drawing import document
from eventsys.events.models import Event
from eventsys.registration.models import Question, QuestionType

# What a new element measures, in millimetres; a bar is as wide as the badge.
_SIZES: dict[str, tuple[float, float]] = {
    "text": (60, 10), "qr": (34, 34), "code": (32, 5), "image": (30, 15), "bar": (400, 12), "mark": (10, 10),
    "consent": (30, 8), "access": (30, 9), "agenda": (70, 50), "sessions": (70, 30), "programme": (80, 100),
    "line": (60, 0), "box": (40, 20),
}  # fmt: skip
_UNSHOWN = (QuestionType.SECTION, QuestionType.FILE)


def questions_to_show(session: Session, event_id: int) -> list[Question]:
    """Those whose answers may stand on a badge: nothing sensitive, no files."""
    query = select(Question).where(
        Question.event_id == event_id,
        Question.retired_at.is_(None),
        Question.is_sensitive.is_(False),
        Question.type.not_in(_UNSHOWN),
    )
    return list(session.scalars(query.order_by(Question.position, Question.id)))


def statements(questions: list[Question]) -> list[Question]:
    """Those that a mark of consent can rest on."""
    return [question for question in questions if question.type == QuestionType.STATEMENT]


def facts_of(event: Event, questions: list[Question]) -> dict[str, Any]:
    """Formats, papers, sheets and kinds as values of JSON; lengths in millimetres."""
    agreed = statements(questions)
    kinds = {name: _kind(kind, question=agreed[0].key if agreed else "") for name, kind in KINDS.items()}
    return {
        # `x` counts from where the badge begins to be read.
        "direction": document("", event.language)["dir"],
        "formats": {
            key: {"width": form.width, "height": form.height, "sides": list(form.sides), "is_sheet": form.is_sheet}
            for key, form in FORMATS.items()
        },
        "papers": {key: list(size) for key, size in PAPERS.items()},
        "sheets": {name: asdict(sheet) for name, sheet in KNOWN_SHEETS.items()},
        "kinds": kinds,
    }


def _kind(kind: type[Element], *, question: str) -> dict[str, Any]:
    width, height = _SIZES[kind.kind]
    given = {"text": "{name}", "size": 14.0, "question": question}
    place = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(height)}
    known = [found for found in fields(kind) if found.name != "id"]
    new = {found.name: found.default if found.default is not MISSING else given.get(found.name) for found in known}
    new = {name: list(value) if isinstance(value, tuple) else value for name, value in new.items()}
    if kind.kind == "bar":
        new["text"] = "{sector}"
    return {
        "least": list(kind.least),
        "fields": [found.name for found in known],
        "new": {"kind": kind.kind, **new, **place},
    }

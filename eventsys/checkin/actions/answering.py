"""What a scan is answered: the outcome, a sentence to read aloud, whom the screen shows, and when they were let in."""

from __future__ import annotations

from typing import Any

from eventsys.checkin.actions.settling import said_admittance
from eventsys.checkin.models import Outcome
from eventsys.checkin.queries import gate
from eventsys.checkin.queries.gate import Desk, Person
from eventsys.checkin.rules import Entry, Passage
from eventsys.checkin.wording import Words


def answer(
    desk: Desk, entry: Entry, person: Person | None, refusal: Outcome | None, truth: Passage, words: Words
) -> dict[str, Any]:
    """The answer as the contract writes it; `truth` is the scan beside the others of its day, where nothing refuses."""
    outcome, first = refusal or Outcome(truth.outcome), truth.first
    message = words.sentence(
        outcome,
        first=first,
        place=desk.place(entry.point),
        point=entry.point,
        state=person.holder.state if person else "",
        at=entry.at,
    )
    return {
        "id": entry.id,
        "outcome": outcome.value,
        "message": message,
        "attendee": attendee(person, words) if person and person.holder.event_id == desk.event_id else None,
        "first": said_admittance(first),
    }


def attendee(person: Person, words: Words) -> dict[str, Any]:
    """Whom the screen shows: names as people write them, keys for programs and labels for people."""
    return {
        "name": person.name,
        "organisation": person.organisation,
        "sector": person.sector,
        "sector_label": words.sector(person.sector),
        "mode": person.holder.mode,
        "type": person.type,
        "type_label": words.type(person.type),
        "notes": gate.lines_of(person.notes),
    }

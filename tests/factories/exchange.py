"""Event files, schedules and tables for tests, and the shortest way to bring them in and take them out."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest

from eventsys.accounts.models import User
from eventsys.events.queries import find_event
from eventsys.exchange import actions
from eventsys.exchange.exporting import ExportFormat, exported
from eventsys.exchange.opening import open_file
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.queries import whole_event
from eventsys.exchange.summary import Summary
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.tables import Cell, Sheet, write_csv, write_xlsx

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

# The example of the contract, with every name filled in.
EXAMPLE: dict[str, Any] = {
    "format": "eventsys-event/1", "slug": "ceris-fct-2026", "kind": "workshop", "title": "FCT projects meet practice",
    "summary": "Two days in Brussels", "description": "*Why* we meet", "status": "published",
    "timezone": "Europe/Brussels", "starts_at": "2026-12-03T09:00", "ends_at": "2026-12-04T17:30",
    "venue": {"name": "BAO", "address": "Rue Félix Hap 11", "city": "Brussels", "country": "BE"}, "themes": ["FCT"],
    "organisers": ["DG HOME"], "contact": "desk@example.org",
    "privacy": {"controller": "DG HOME", "notice": "We keep *little*."},
    "seats": {"onsite": 50, "online": None}, "waiting_list": True, "approval": False,
    "registration": {
        "opens_at": "2026-10-01T09:00", "closes_at": "2026-12-01T18:00",
        "questions": [
            {"key": "diet", "label": "Dietary needs", "type": "choice", "choices": ["none", "vegan"],
             "required": False, "erase_after_days": 14},
        ],
    },
    "rooms": [{"key": "a", "name": "Room A", "seats": 80}, {"key": "b", "name": "Room B"}],
    "tracks": [{"key": "fct", "name": "Fighting crime", "colour": "#0b5394"}],
    "people": [
        {"key": "p1", "name": "Ioanna Papadaki", "affiliation": "KEMEA", "biography": "Leads.",
         "links": ["https://example.org/ioanna"]},
        {"key": "p2", "name": "Jan Novák"},
    ],
    "sessions": [
        {"key": "s1", "kind": "panel", "title": "From pilots to practice", "abstract": "Three projects.",
         "starts_at": "2026-12-03T10:15", "ends_at": "2026-12-03T11:30", "status": "confirmed", "room": "a",
         "track": "fct", "language": "en", "seats": None, "people": [{"person": "p1", "role": "chair"}],
         "talks": [{"key": "t1", "title": "Results", "minutes": 12, "project": "STARLIGHT",
                    "people": [{"person": "p2", "role": "presenter"}]}],
         "stream": {"url": "https://video.example/secret-one", "audience": "registered"}},
        {"key": "s2", "kind": "break", "title": "Coffee", "starts_at": "2026-12-03T11:30",
         "ends_at": "2026-12-03T12:00"},
    ],
    "streams": [{"room": "b", "url": "https://video.example/secret-two", "audience": "registered",
                 "opens_minutes_before": 15}],
}  # fmt: skip


def example(**changes: Any) -> dict[str, Any]:
    """The example with some names changed."""
    return copy.deepcopy(EXAMPLE) | changes


def as_json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def bring(
    data: bytes | dict[str, Any],
    name: str = "file.json",
    *,
    owner: User | None = None,
    publish: bool = False,
    **given: Any,
) -> Summary:
    """Import in a transaction of its own, as the command does."""
    content = data if isinstance(data, bytes) else as_json(data)
    overrides = Overrides(**{"zone_of": lambda _slug: "Europe/Brussels"} | given)
    with transaction() as session:
        return actions.import_file(
            session, open_file(content, name), overrides, owner=owner, publish=publish, now=clock.now()
        )


def taken_out(slug: str, format: str = "event") -> bytes:
    """The event in a format."""
    session = reading()
    session.rollback()
    session.expire_all()
    event = find_event(session, slug)
    assert event is not None
    return exported(whole_event(session, event), ExportFormat(format))


def table(columns: list[str], *rows: list[Cell], format: str = "csv") -> bytes:
    """An agenda as somebody types it."""
    out = io.BytesIO()
    if format == "csv":
        write_csv(out, columns, rows)
    else:
        write_xlsx(out, Sheet("Agenda", columns, rows))
    return out.getvalue()


def given_data(name: str) -> bytes:
    """A real file beside the repository; the test is skipped where it is absent."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{path.name} is not here: it belongs into {path.parent.name}/ beside the repository")
    return path.read_bytes()

"""Whatever comes in goes out as the same, and whatever is broken is refused in one sentence that changes nothing."""

from __future__ import annotations

import copy
import json
import random
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, SessionKind
from eventsys.kernel.tables import FileRefused
from eventsys.kernel.text import clean_line
from tests.factories.exchange import as_json, bring, example, taken_out

pytestmark = pytest.mark.usefixtures("session")

LINES = (
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
    .map(clean_line)
    .filter(bool)
)
KEYS = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,5}[a-z0-9])?", fullmatch=True)


DAYS = st.dates(date(2026, 3, 1), date(2026, 4, 9)).map(date.isoformat)
TIMES = st.datetimes(datetime(2026, 4, 1), datetime(2026, 4, 9)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0).isoformat(timespec="minutes")
)


@st.composite
def points(draw: st.DrawFn, sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Check-in points of every kind; of sessions where there are any."""
    kinds = ["door", "day", "item", *(["session"] if sessions else [])]
    made = []
    for key in draw(st.lists(KEYS, unique=True, max_size=4)):
        kind = draw(st.sampled_from(kinds)) if key != "entrance" else "door"
        point = {
            "key": key, "name": draw(LINES), "kind": kind, "states": ["confirmed", *draw(some("waiting", "applied"))],
            "modes": draw(some("onsite", "online", least=1)), "types": draw(some("speaker", "staff", "press")),
            "asks_day": draw(st.booleans()), "repeats": draw(st.sampled_from(["daily", "once", "always"])),
            "two_way": draw(st.booleans()), "seats": draw(st.none() | st.integers(1, 900)),
        }  # fmt: skip
        if kind == "day":
            point["day"] = draw(DAYS)
        if kind == "session":
            point["session"] = draw(st.sampled_from(sessions))["key"]
        window = sorted(draw(st.lists(TIMES, unique=True, min_size=2, max_size=2)))
        for name, at in zip(("opens_at", "closes_at"), window, strict=True):
            if draw(st.booleans()):
                point[name] = at
        made.append(point)
    return made


def some(*names: str, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, min_size=least)


@st.composite
def event_files(draw: st.DrawFn) -> dict[str, Any]:
    """Event files of every shape, small."""
    rooms, tracks, people = (draw(st.lists(KEYS, unique=True, max_size=3)) for _ in range(3))
    people_roles = st.lists(
        st.fixed_dictionaries({"person": st.sampled_from(people), "role": st.sampled_from(["chair", "host"])}),
        unique_by=lambda role: (role["person"], role["role"]), max_size=3,
    ) if people else st.just([])  # fmt: skip
    start = datetime(2026, 3, 1, 6)  # noqa: DTZ001
    sessions = []
    for key in draw(st.lists(KEYS, unique=True, max_size=4)):
        # Every quarter of an hour of a week around the change of the clocks, but for the hour that is skipped.
        starts = start + timedelta(days=draw(st.integers(20, 34)), minutes=15 * draw(st.integers(0, 60)))
        talks = [
            {"key": talk, "title": draw(LINES), "minutes": draw(st.none() | st.integers(1, 90)), "abstract": "",
             "project": draw(LINES), "people": draw(people_roles)}
            for talk in draw(st.lists(KEYS, unique=True, max_size=2))
        ]  # fmt: skip
        sessions.append({
            "key": key, "kind": draw(st.sampled_from([str(kind) for kind in SessionKind])), "title": draw(LINES),
            "subtitle": draw(LINES), "abstract": draw(LINES), "starts_at": starts.isoformat(timespec="minutes"),
            "ends_at": (starts + timedelta(minutes=45)).isoformat(timespec="minutes"),
            "status": draw(st.sampled_from(["tentative", "confirmed", "cancelled"])),
            "room": draw(st.none() | st.sampled_from(rooms)) if rooms else None,
            "track": draw(st.none() | st.sampled_from(tracks)) if tracks else None,
            "language": draw(st.sampled_from(["", "en"])), "seats": draw(st.none() | st.integers(0, 9)),
            "people": draw(people_roles), "talks": talks,
        })  # fmt: skip
    return example(
        points=draw(points(sessions)),
        rooms=[{"key": key, "name": draw(LINES), "seats": draw(st.none() | st.integers(0, 9))} for key in rooms],
        tracks=[{"key": key, "name": draw(LINES), "colour": "#0b5394"} for key in tracks],
        people=[{"key": key, "name": draw(LINES), "affiliation": draw(LINES)} for key in people],
        sessions=sessions,
        streams=[{"room": rooms[0], "url": "https://video.example/x", "audience": "online"}] if rooms else [],
        starts_at="2026-03-01T09:00",
    )


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=event_files(), newer=event_files())
def test_whatever_comes_in_goes_out_and_comes_in_as_the_same(content: dict[str, Any], newer: dict[str, Any]) -> None:
    slug = f"event-{uuid.uuid4().hex}"
    for state in (content, newer):
        bring(state | {"slug": slug})
        out = json.loads(taken_out(slug))
        wanted = {entry["key"]: entry for entry in state["sessions"]}
        found = {entry["key"]: entry for entry in out["sessions"]}
        assert {key: {name: found[key][name] for name in entry} for key, entry in wanted.items()} == wanted
        assert {entry["status"] for key, entry in found.items() if key not in wanted} <= {"cancelled"}
        # An entrance stays where a newer file lists points without it.
        assert [one for one in out["points"] if one["key"] != "entrance"] == [
            one for one in state["points"] if one["key"] != "entrance"
        ]
        assert not bring(out).has_changed
        bring(out | {"slug": f"{slug}-copy"})
        assert json.loads(taken_out(f"{slug}-copy")) | {"slug": slug} == out
        with_streams = [entry for entry in out["sessions"] if "stream" in entry]
        assert with_streams == []


POINTS = [
    {"key": "entrance", "name": "Way in", "opens_at": "2026-12-03T07:00", "closes_at": None},
    {"key": "day-2", "name": "Second day", "kind": "day", "day": "2026-12-04", "asks_day": False},
    {"key": "panel", "name": "Panel", "kind": "session", "session": "s1", "seats": 80, "repeats": "always"},
    {"key": "lunch", "name": "Lunch", "kind": "item", "types": ["speaker"], "modes": ["onsite"], "two_way": False,
     "states": ["confirmed", "waiting"]},
]  # fmt: skip
NONSENSE: list[Any] = [
    None, True, -1, 10**25, 1.5, "", "x" * 200_000, "\u202e\u0000", [], [[]], {}, {"key": []}, "2026-13-45T99:99",
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for step, part in inside for place in places(part, (*path, step)))]


def refusal_of(data: bytes, **given: str) -> str | None:
    """What is said when the file is refused; None when it is taken. Anything else that is raised is a failure."""
    try:
        bring(data, **given)
    except FileRefused as refusal:
        return str(refusal)
    return None


def with_nonsense(place: tuple[Any, ...], nonsense: Any) -> bytes:
    content: Any = example(points=copy.deepcopy(POINTS))
    inner = content
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = nonsense
    return as_json(content)


def test_nonsense_anywhere_is_taken_whole_or_refused_in_one_sentence(session: Session) -> None:
    bring(example())
    chance = random.Random(11)
    cases = [(place, nonsense) for place in places(example(points=POINTS))[1:] for nonsense in NONSENSE]
    refused = 0
    before = taken_out("ceris-fct-2026")
    for place, nonsense in chance.sample(cases, 160):
        said = refusal_of(with_nonsense(place, nonsense))
        if said is None:
            before = taken_out("ceris-fct-2026")
            continue
        refused += 1
        assert said.startswith("file.json")
        assert "\n" not in said
        assert len(said) < 500
        assert taken_out("ceris-fct-2026") == before
    assert refused > 60
    assert (session.scalar(select(func.count()).select_from(AgendaSession)) or 0) >= 2


def _flipped(data: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(data)
    for _time in range(3):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


@pytest.mark.parametrize("damage", [_flipped, _cut])
@pytest.mark.parametrize("format", ["event", "frab-xml", "frab-json", "csv", "xlsx"])
def test_damaged_files_are_taken_whole_or_refused(format: str, damage: Callable[[bytes, random.Random], bytes]) -> None:
    bring(example())
    data = taken_out("ceris-fct-2026", format)
    chance = random.Random(format)
    for _time in range(12):
        before = taken_out("ceris-fct-2026")
        said = refusal_of(damage(data, chance), slug="ceris-fct-2026")
        assert said is None or "\n" not in said
        assert said is None or taken_out("ceris-fct-2026") == before

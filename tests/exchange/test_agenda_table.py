# ruff: noqa: E501  Sentences are told whole.
"""The agenda as a table: tolerant of how people write, exact in what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event
from eventsys.exchange.agenda_table import template_csv, template_xlsx
from eventsys.exchange.agenda_table.cells import day_in, length_in, time_in
from eventsys.kernel.tables import Cell, FileRefused
from tests.factories import make_event
from tests.factories.exchange import bring, example, table, taken_out

SLUG = "ceris-fct-2026"
FIRST = date(2026, 12, 3)


@pytest.fixture
def event(session: Session) -> Event:
    return make_event(slug=SLUG)


def sessions(session: Session) -> list[AgendaSession]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(AgendaSession).order_by(AgendaSession.starts_at, AgendaSession.id)))


@pytest.mark.parametrize(
    "written",
    ["2026-12-03", "3/12/2026", "03.12.2026", "3-12-26", "3/12", "3.12.", "3 December 2026", "Thu 3 Dec", "3. Dezember 2026",
     "jeudi 3 décembre 2026", "Day 1", date(2026, 12, 3), datetime(2026, 12, 3), 46359, 46359.0],  # noqa: DTZ001
)  # fmt: skip
def test_days_are_understood(written: Cell) -> None:
    assert day_in(written, FIRST) == FIRST


@pytest.mark.parametrize("written", ["13/25/2026", "31/2/2026", "soon", "", "2026", 7, True])
def test_what_is_no_day_is_no_day(written: Cell) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        day_in(written, FIRST)


@pytest.mark.parametrize(
    "written",
    ["9:30", "09:30", "09.30", "9h30", "9 h 30", "9:30 am", "09:30:00", time(9, 30), timedelta(hours=9, minutes=30),
     datetime(1899, 12, 30, 9, 30), 9.5 / 24],  # noqa: DTZ001
)  # fmt: skip
def test_times_are_understood(written: Cell) -> None:
    assert time_in(written) == timedelta(hours=9, minutes=30)


@pytest.mark.parametrize(("written", "hours"), [("24:00", 24), ("9h", 9), ("2 pm", 14), ("12 am", 0), ("12:00 PM", 12)])
def test_hours_alone_and_of_both_halves_are_understood(written: str, hours: int) -> None:
    assert time_in(written) == timedelta(hours=hours)


@pytest.mark.parametrize("written", ["25:00", "9:75", "noon", "", "13 pm", "24:01", "-1"])
def test_what_is_no_time_is_no_time(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        time_in(written)


@pytest.mark.parametrize(
    ("written", "minutes"), [("45", 45), (45, 45), ("1:30", 90), ("45 min", 45), (time(1, 30), 90)]
)
def test_lengths_are_understood(written: Cell, minutes: int) -> None:
    assert length_in(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_secretary_s_table_becomes_a_programme(session: Session, event: Event, format: str) -> None:
    day: Cell = "3/12/2026" if format == "csv" else date(2026, 12, 3)
    content = table(
        ["Day", "From", "Until", "Room", "Session title", "Type", "Speakers", "Project", "Remarks"],
        [
            day,
            "9h30",
            "10:15",
            "Plenary hall",
            "Opening",
            "Opening",
            "Ioanna Papadaki (KEMEA (GR)) – chair; Jean-Luc Picard",
            "",
            "x",
        ],
        [None, "10.15", "10:45", "", "Coffee break", "", "", "", ""],
        ["", "", "", "", "First results", "talk", "Jan Novák – speaker", "STARLIGHT", ""],
        ["4.12.2026", "22:00", "01:30", "Plenary Hall", "Dinner", "social", "", "", ""],
        format=format,
    )
    summary = bring(content, f"agenda.{format}", slug=SLUG)
    assert summary.notes == ["the column “Remarks” is not known and was left out"]
    opening, coffee, dinner = sessions(session)
    assert (opening.starts_at, opening.ends_at) == (
        datetime(2026, 12, 3, 8, 30, tzinfo=UTC), datetime(2026, 12, 3, 9, 15, tzinfo=UTC)
    )  # fmt: skip
    assert [(role.person.name, role.person.affiliation, role.role) for role in opening.roles] == [
        ("Ioanna Papadaki", "KEMEA (GR)", "chair"), ("Jean-Luc Picard", "", "presenter")
    ]  # fmt: skip
    assert (coffee.kind, coffee.room, [(talk.title, talk.project) for talk in coffee.talks]) == (
        "break", None, [("First results", "STARLIGHT")]
    )  # fmt: skip
    assert (dinner.kind, dinner.ends_at - dinner.starts_at) == ("social", timedelta(hours=3, minutes=30))
    assert dinner.room_id == opening.room_id
    assert not bring(content, f"agenda.{format}", slug=SLUG).sessions.changed


def test_a_break_is_known_by_its_name(session: Session, event: Event) -> None:
    columns = ["day", "start", "duration", "title", "kind"]
    bring(
        table(columns, ["2026-12-03", "10:00", "30", "Coffee break", ""], ["", "12:00", "60", "Lunch", ""]), slug=SLUG
    )
    assert [entry.kind for entry in sessions(session)] == ["break", "meal"]


def test_talks_may_stand_in_one_cell(session: Session, event: Event) -> None:
    cell = "First \\| best | 12 | STARLIGHT | Jan Novák (CTU) – presenter\nSecond"
    bring(
        table(["day", "start", "end", "title", "talks"], ["2026-12-03", "10:00", "11:00", "Results", cell]), slug=SLUG
    )
    talks = sessions(session)[0].talks
    assert [(talk.title, talk.minutes, talk.project, [role.person.name for role in talk.roles]) for talk in talks] == [
        ("First | best", 12, "STARLIGHT", ["Jan Novák"]), ("Second", None, "", [])
    ]  # fmt: skip


def test_rows_without_a_key_meet_their_sessions_again(session: Session, event: Event) -> None:
    columns = ["day", "start", "end", "title"]
    bring(
        table(columns, ["2026-12-03", "10:00", "10:30", "Coffee"], ["2026-12-03", "15:00", "15:30", "Coffee"]),
        slug=SLUG,
    )
    before = {entry.starts_at: entry.id for entry in sessions(session)}
    summary = bring(
        table(columns, ["2026-12-03", "08:00", "08:30", "Coffee"], ["2026-12-03", "10:00", "10:30", "Coffee"],
              ["2026-12-03", "15:15", "15:45", "Coffee"]), slug=SLUG,
    )  # fmt: skip
    assert str(summary.sessions) == "1 added, 1 updated, 0 withdrawn, 1 unchanged"
    after = {entry.id: entry.starts_at for entry in sessions(session)}
    assert after[before[datetime(2026, 12, 3, 9, tzinfo=UTC)]] == datetime(2026, 12, 3, 9, tzinfo=UTC)


def test_columns_that_a_table_lacks_stay_as_they_are(session: Session) -> None:
    bring(example())
    columns = ["key", "day", "start", "end", "title"]
    row: list[Cell] = ["s1", "2026-12-03", "10:20", "11:30", "From pilots to practice"]
    summary = bring(table(columns, row), slug=SLUG)
    assert str(summary.sessions) == "0 added, 1 updated, 1 withdrawn, 0 unchanged"
    out = json.loads(taken_out(SLUG))
    (one,) = (entry for entry in out["sessions"] if entry["key"] == "s1")
    assert one["starts_at"] == "2026-12-03T10:20"
    assert (one["abstract"], one["room"], one["stream"]["url"]) == (
        "Three projects.",
        "a",
        "https://video.example/secret-one",
    )
    assert (len(one["talks"]), out["people"][0]["biography"], out["rooms"][0]["seats"]) == (1, "Leads.", 80)


@pytest.mark.parametrize(
    ("columns", "row", "sentence"),
    [
        (["day", "start", "title"], ["3/12/2026", "9:00", "T"], "line 2, column “end”: a session needs an end or a duration"),
        (["day", "start", "end"], ["3/12/2026", "9:00", "10:00"], "line 1: the column “title” is missing; known are: key, day, start, end, duration, room, track, kind, title, subtitle, abstract, people, talks, project, language, status, seats"),
        (["day", "date", "start", "title"], ["3/12/2026", "", "9:00", "T"], "line 1, column “date”: “day” and “date” are the same column"),
        (["Date", "start", "end", "title"], ["12/31/2026", "9:00", "10:00", "T"], "line 2, column “Date”: “12/31/2026” is no day; write 2026-12-03 or 3/12/2026 (day first)"),
        (["day", "start", "end", "title"], ["", "9:00", "10:00", "T"], "line 2, column “day”: the first session needs a day"),
        (["day", "start", "end", "title"], ["3/12/2026", "nine", "10:00", "T"], "line 2, column “start”: “nine” is no time; write 9:30, 09.30 or 9h30"),
        (["day", "start", "end", "title"], ["3/12/2026", "", "10:00", "T"], "line 2, column “start”: a session needs a start (the row of a talk has the kind “talk”)"),
        (["day", "start", "end", "title"], ["3/12/2026", "9:00", "9:00", "T"], "line 2, column “end”: the end must come after the start"),
        (["day", "start", "end", "title"], ["29/3/2026", "2:30", "4:00", "T"], "line 2, column “start”: 2026-03-29 02:30 does not exist in Europe/Brussels: the clocks go forward then. Choose another time."),
        (["day", "start", "end", "title"], ["3/12/2026", "9:00", "10:00", ""], "line 2, column “title”: this row has no title"),
        (["day", "start", "end", "title", "kind"], ["3/12/2026", "9:00", "10:00", "T", "rave"], "line 2, column “kind”: “rave” is no kind; kinds are: opening, keynote, panel, talks, breakout, workshop, demonstration, poster, visit, break, meal, social, closing"),
        (["day", "start", "end", "title", "people"], ["3/12/2026", "9:00", "10:00", "T", "Ada – king"], "line 2, column “people”: “king” is no role; roles are: chair, moderator, keynote, panellist, presenter, rapporteur, facilitator, interpreter, host"),
        (["day", "start", "end", "title", "seats"], ["3/12/2026", "9:00", "10:00", "T", "many"], "line 2, column “seats”: “many” is no number of seats"),
        (["day", "start", "end", "title", "key"], ["3/12/2026", "9:00", "10:00", "T", "../x"], "line 2, column “key”: “../x” cannot be a key: use letters, digits, “.”, “_” and “-”, at most 100."),
        (["day", "start", "end", "title", "kind"], ["", "", "", "T", "talk"], "line 2, column “kind”: a talk needs the row of its session above it"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_line_and_column(
    session: Session, event: Event, columns: list[str], row: list[Cell], sentence: str
) -> None:
    with pytest.raises(FileRefused) as caught:
        bring(table(columns, row), "agenda.csv", slug=SLUG)
    assert str(caught.value) == f"agenda.csv, {sentence}"
    assert sessions(session) == []


def test_the_second_of_two_rows_with_one_key_is_refused(event: Event) -> None:
    row: list[Cell] = ["k", "3/12/2026", "9:00", "10:00", "T"]
    with pytest.raises(FileRefused) as caught:
        bring(table(["key", "day", "start", "end", "title"], row, row), "agenda.csv", slug=SLUG)
    assert str(caught.value) == "agenda.csv, line 3, column “key”: the key “k” is on line 2 already"


def test_a_table_needs_an_event_that_is_there(session: Session) -> None:
    content = table(["day", "start", "end", "title"], ["3/12/2026", "9:00", "10:00", "T"])
    for given, reason in (
        ({}, "a.csv, line 1: an agenda table is imported into an event that exists: name it with --slug"),
        ({"slug": "nowhere"}, "a.csv: there is no event “nowhere”"),
    ):
        with pytest.raises(FileRefused) as caught:
            bring(content, "a.csv", **given)
        assert str(caught.value) == reason


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_exported_table_comes_back_as_the_same(session: Session, format: str) -> None:
    content = example()
    content["people"] += [{"key": "p3", "name": "Anna (Ania) Nowak", "affiliation": "A (B)"}]
    content["sessions"][0]["people"] += [{"person": "p3", "role": "host"}]
    content["sessions"][1] |= {"title": "=1+1", "abstract": "+a\n@b", "ends_at": "2026-12-05T12:00"}
    bring(content)
    before = taken_out(SLUG)
    assert not bring(taken_out(SLUG, format), f"a.{format}", slug=SLUG).has_changed
    assert taken_out(SLUG) == before


def test_no_cell_of_an_export_is_a_formula(session: Session) -> None:
    content = example()
    content["sessions"][0] |= {"title": '=HYPERLINK("https://x.example")', "abstract": "@SUM(1)", "subtitle": "-1+1"}
    content["rooms"][0]["name"] = "=A1"
    bring(content)
    lines = taken_out(SLUG, "csv").decode().splitlines()
    assert '"\'=HYPERLINK(""https://x.example"")"' in lines[1]
    assert [cell for line in lines for cell in line.split(",") if cell.strip('"')[:1] in tuple("=+-@")] == []
    book = load_workbook(BytesIO(taken_out(SLUG, "xlsx")))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


@pytest.mark.parametrize("write", [template_csv, template_xlsx])
def test_the_template_can_be_filled_in_and_sent_back(
    session: Session, event: Event, write: Callable[[], bytes]
) -> None:
    summary = bring(write(), "template", slug=SLUG)
    assert str(summary.sessions) == "1 added, 0 updated, 0 withdrawn, 0 unchanged"
    (entry,) = sessions(session)
    assert (entry.title, entry.kind, [role.role for role in entry.roles]) == (
        "From pilots to practice", "panel", ["chair", "panellist"]
    )  # fmt: skip

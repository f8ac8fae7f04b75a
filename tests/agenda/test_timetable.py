"""Where sessions stand on the page: exact to the minute, nothing over another, whatever the day is like."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsys.agenda import timetable
from eventsys.agenda.models import AgendaSession, Room

BRUSSELS = ZoneInfo("Europe/Brussels")
NINE = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
ROOMS = [Room(id=number, key=f"r{number}", name=f"Room {number}") for number in (1, 2, 3)]
numbers = count(1)


def a_session(begins: int, lasts: int, room: int | None = None, kind: str = "talks", **values: Any) -> AgendaSession:
    """`begins` counts minutes from 09:00 in Brussels."""
    start = NINE + timedelta(minutes=begins)
    return AgendaSession(
        id=next(numbers), kind=kind, room_id=room, starts_at=start, ends_at=start + timedelta(minutes=lasts), **values
    )


def cells(*sessions: AgendaSession, rooms: list[Room] | None = None) -> dict[int, timetable.Cell]:
    ordered = sorted(sessions, key=lambda one: one.starts_at)
    table = timetable.laid_out(ordered, ROOMS if rooms is None else rooms, BRUSSELS)
    return {cell.entry.id: cell for slot in table.slots for cell in slot.cells}


def covers(cell: timetable.Cell) -> set[tuple[int, int]]:
    return {
        (row, column)
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }


@given(
    st.lists(
        st.tuples(
            st.integers(0, 500), st.integers(1, 240), st.sampled_from([None, 1, 2, 3]),
            st.sampled_from(["talks", "break", "meal"]),
        ),
        min_size=1, max_size=25,
    )
)  # fmt: skip
def test_no_session_ever_stands_over_another(plan: list[tuple[int, int, int | None, str]]) -> None:
    found = cells(*(a_session(*one) for one in plan))
    assert len(found) == len(plan)
    assert [pair for pair in combinations(found.values(), 2) if covers(pair[0]) & covers(pair[1])] == []


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 240), st.sampled_from([1, 2, 3])), min_size=1, max_size=25)
)
def test_rows_tell_the_time_exactly(plan: list[tuple[int, int, int]]) -> None:
    entries = sorted((a_session(*one) for one in plan), key=lambda one: one.starts_at)
    table = timetable.laid_out(entries, ROOMS, BRUSSELS)
    at = {tick.row: tick.at for tick in table.ticks}
    for slot in table.slots:
        for cell in slot.cells:
            assert (at[cell.row], at[cell.row + cell.rows]) == (cell.entry.starts_at, cell.entry.ends_at)


def test_a_break_spans_all_rooms() -> None:
    pause = a_session(60, 30, kind="break")
    found = cells(a_session(0, 60, 1), a_session(0, 60, 2), pause)
    assert (found[pause.id].column, found[pause.id].columns) == (2, 2)


def test_a_break_leaves_the_room_in_which_something_goes_on() -> None:
    pause = a_session(60, 30, kind="break")
    found = cells(a_session(0, 120, 1), a_session(0, 60, 2), a_session(0, 60, 3), pause)
    assert (found[pause.id].column, found[pause.id].columns) == (3, 2)


def test_parallel_sessions_in_one_room_stand_side_by_side() -> None:
    one, other = a_session(0, 60, 1), a_session(30, 60, 1)
    found = cells(one, other)
    assert found[one.id].column + found[one.id].columns == found[other.id].column


def test_few_rooms_stay_equally_wide_when_two_sessions_share_one() -> None:
    table = timetable.laid_out([a_session(0, 60, 1), a_session(0, 60, 1), a_session(0, 60, 2)], ROOMS, BRUSSELS)
    assert [head.columns for head in table.heads] == [2, 2]
    assert table.size == "few"


def test_sessions_without_a_room_beside_others_get_a_column_of_their_own() -> None:
    lone = a_session(0, 60)
    table = timetable.laid_out([a_session(0, 60, 1), lone], ROOMS, BRUSSELS)
    assert [head.room and head.room.key for head in table.heads] == ["r1", None]


def test_an_event_without_rooms_has_one_column() -> None:
    table = timetable.laid_out([a_session(0, 60), a_session(60, 30, kind="break")], [], BRUSSELS)
    assert (table.width, [head.room for head in table.heads]) == (1, [None])


def test_an_empty_day_has_an_empty_table() -> None:
    table = timetable.laid_out([], ROOMS, BRUSSELS)
    assert (table.slots, table.ticks, table.is_list) == ([], [], False)


def test_an_empty_stretch_is_folded() -> None:
    table = timetable.laid_out([a_session(0, 30, 1), a_session(240, 30, 1)], ROOMS, BRUSSELS)
    assert [tick.kind for tick in table.ticks] == ["begin", "gap", "begin", "end"]


def test_more_moments_than_rows_make_a_list() -> None:
    table = timetable.laid_out([a_session(2 * number, 1, 1) for number in range(200)], ROOMS, BRUSSELS)
    assert table.is_list
    assert sum(len(slot.cells) for slot in table.slots) == 200


def test_more_parallel_sessions_than_columns_make_a_list() -> None:
    assert timetable.laid_out([a_session(0, 60, 1) for _ in range(100)], ROOMS, BRUSSELS).is_list


def test_after_midnight_belongs_to_the_day_it_begins_on() -> None:
    party, night = a_session(14 * 60, 180), a_session(15 * 60 + 30, 30)
    assert timetable.days_of([party, night], BRUSSELS) == [date(2026, 12, 3), date(2026, 12, 4)]
    assert timetable.sessions_on([party, night], date(2026, 12, 3), BRUSSELS) == [party]
    assert timetable.sessions_on([party, night], date(2026, 12, 4), BRUSSELS) == [night]


def test_the_day_is_that_of_the_event_and_not_of_utc() -> None:
    late = a_session(14 * 60 + 30, 30)
    assert late.starts_at.date() == date(2026, 12, 3)
    assert timetable.days_of([late], ZoneInfo("Asia/Tokyo")) == [date(2026, 12, 4)]


def test_what_runs_through_several_days_is_on_each_of_them() -> None:
    exhibition = a_session(0, 2 * 24 * 60 + 60)
    assert timetable.days_of([exhibition], BRUSSELS) == [date(2026, 12, day) for day in (3, 4, 5)]
    assert timetable.laid_out([exhibition], ROOMS, BRUSSELS).through == [exhibition]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_on_which_clocks_change_have_their_true_length(day: date, hours: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=BRUSSELS).astimezone(UTC)
    entries = [
        AgendaSession(
            id=next(numbers), kind="talks", room_id=1, starts_at=midnight + timedelta(hours=number),
            ends_at=midnight + timedelta(hours=number + 1),
        )
        for number in range(hours + 1)
    ]  # fmt: skip
    on_day = timetable.sessions_on(entries, day, BRUSSELS)
    assert len(on_day) == hours
    table = timetable.laid_out(on_day, ROOMS, BRUSSELS)
    assert len(table.ticks) == 2 * hours + 1


def test_a_phone_groups_what_begins_together() -> None:
    table = timetable.laid_out(
        [a_session(0, 60, 1), a_session(0, 30, 2), a_session(60, 30, kind="meal")], ROOMS, BRUSSELS
    )
    assert [(len(slot.cells), slot.parallel) for slot in table.slots] == [(2, 2), (1, 0)]

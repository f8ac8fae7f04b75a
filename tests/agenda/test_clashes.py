"""Which sessions cannot all happen as planned, found in one pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from eventsys.agenda.rules import Slot, clashes

START = datetime(2026, 12, 3, 9, tzinfo=UTC)
ROOM, OTHER = ("room", 1, "Plenary"), ("room", 2, "Bruegel")
ADA, BO = ("person", 1, "Ada"), ("person", 2, "Bo")


def slot(number: int, begin: int, end: int, *subjects: tuple[str, int, str], status: str = "confirmed") -> Slot:
    """A session from one minute of the morning to another."""
    times = (START + timedelta(minutes=begin), START + timedelta(minutes=end))
    return Slot(number, f"s{number}", f"Session {number}", status, *times, subjects)


def told(*slots: Slot) -> list[tuple[int, int, str]]:
    return [(clash.first.id, clash.second.id, clash.name) for clash in clashes(slots)]


def test_one_room_holds_one_session_at_a_time() -> None:
    assert told(slot(1, 0, 60, ROOM), slot(2, 30, 90, ROOM)) == [(1, 2, "Plenary")]
    assert told(slot(1, 0, 60, ROOM), slot(2, 60, 90, ROOM)) == []
    assert told(slot(1, 0, 60, ROOM), slot(2, 30, 90, OTHER)) == []
    assert told(slot(1, 0, 60), slot(2, 30, 90)) == []


def test_one_person_is_in_one_session_at_a_time() -> None:
    assert told(slot(1, 0, 60, ROOM, ADA), slot(2, 30, 90, OTHER, BO, ADA)) == [(1, 2, "Ada")]
    assert told(slot(1, 0, 60, ROOM, ADA), slot(2, 60, 90, OTHER, ADA)) == []


def test_what_is_cancelled_is_out_of_the_way() -> None:
    assert told(slot(1, 0, 60, ROOM), slot(2, 30, 90, ROOM, status="cancelled")) == []
    assert told(slot(1, 0, 60, ROOM), slot(2, 30, 90, ROOM, status="tentative")) == [(1, 2, "Plenary")]


def test_a_long_session_clashes_with_all_that_lie_in_it() -> None:
    assert told(slot(1, 0, 180, ROOM), slot(2, 10, 20, ROOM), slot(3, 30, 40, ROOM), slot(4, 180, 200, ROOM)) == [
        (1, 2, "Plenary"), (1, 3, "Plenary"),
    ]  # fmt: skip


SLOTS = st.lists(
    st.tuples(
        st.integers(0, 60), st.integers(1, 60), st.sampled_from([(ROOM,), (OTHER,), (ROOM, ADA), (OTHER, ADA), ()])
    ),
    max_size=12,
)


@given(SLOTS)
@settings(max_examples=200, deadline=None)
def test_every_session_that_clashes_is_named_and_no_other(
    drawn: list[tuple[int, int, tuple[tuple[str, int, str], ...]]],
) -> None:
    slots = [slot(number, begin, begin + length, *subjects) for number, (begin, length, subjects) in enumerate(drawn)]
    truly = set()
    for one, other in combinations(slots, 2):
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
            for subject in set(one.subjects) & set(other.subjects):
                truly |= {(one.id, subject), (other.id, subject)}
    named = set()
    for clash in clashes(slots):
        subject = next(s for s in (ROOM, OTHER, ADA) if s[2] == clash.name)
        named |= {(clash.first.id, subject), (clash.second.id, subject)}
    assert named == truly


class Moment(datetime):
    """A moment that counts how often any is compared with another."""

    compared = 0

    def __lt__(self, other: datetime) -> bool:
        Moment.compared += 1
        return super().__lt__(other)

    def __gt__(self, other: datetime) -> bool:
        Moment.compared += 1
        return super().__gt__(other)


def moment(minutes: int) -> Moment:
    return Moment.fromtimestamp((START + timedelta(minutes=minutes)).timestamp(), UTC)


def test_a_big_programme_asks_no_more_than_its_length_and_a_sort() -> None:
    def comparisons(count: int) -> int:
        slots = [
            Slot(number, f"s{number}", "S", "confirmed", moment(number // 2), moment(number // 2 + 5000), (ROOM,))
            for number in reversed(range(count))
        ]
        Moment.compared = 0
        assert len(clashes(slots)) == count - 1
        return Moment.compared

    few, many = comparisons(500), comparisons(4000)
    # Pairs of eight times as many would be asked 64 times as often; a sort asks 8 × log 4000 / log 500, some 11 times.
    assert (few > 500, many < 12 * few) == (True, True)

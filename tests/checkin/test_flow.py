"""What past events say of the next hour: the shape of arrivals, and the queue they make."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eventsys.checkin.rules.flow import FIRST, LAST, LONGEST_WAIT, PastEvent, habit_of, queue_of

MINUTES = st.dictionaries(st.integers(-240, 400), st.integers(1, 40), min_size=1, max_size=30)


def test_without_a_past_six_of_ten_come_in_the_last_half_hour() -> None:
    habit = habit_of([])
    assert habit.events == 0
    assert round(habit.by(0) - habit.by(-30), 2) == 0.6
    assert (habit.by(FIRST - 1), habit.by(LAST)) == (0.0, 1.0)


def test_each_event_of_the_past_weighs_the_same_and_small_ones_nothing() -> None:
    early, late = PastEvent(100, {-60: 50}), PastEvent(1000, {10: 1000})
    habit = habit_of([early, late, PastEvent(30, {0: 19})])
    assert (habit.events, habit.by(-60), habit.by(9), habit.by(10)) == (2, 0.5, 0.5, 1.0)
    assert habit.show == 1050 / 1100


@given(past=st.lists(MINUTES, max_size=4))
def test_the_curve_never_falls_and_ends_with_everybody(past: list[dict[int, int]]) -> None:
    habit = habit_of([PastEvent(sum(came.values()), came) for came in past])
    assert all(before <= after + 1e-12 for before, after in zip(habit.shares, habit.shares[1:], strict=False))
    assert habit.shares[-1] == 1.0


def test_what_is_seen_corrects_what_was_expected() -> None:
    habit = habit_of([PastEvent(100, dict.fromkeys(range(-60, 0), 1))])
    few = queue_of(habit, minute=-31, registered=600, came=60, desks=4)
    many = queue_of(habit, minute=-31, registered=600, came=260, desks=4)
    assert few.total < 360 * 0.7 < many.total


def test_the_queue_is_longest_when_more_come_than_desks_can_take() -> None:
    habit = habit_of([])
    one = queue_of(habit, minute=-60, registered=600, came=70, desks=1, pace=8)
    enough = queue_of(habit, minute=-60, registered=600, came=70, desks=one.needed, pace=8)
    assert one.wait > LONGEST_WAIT >= enough.wait
    assert one.people > 50
    assert 55 <= one.in_minutes <= 75
    assert queue_of(habit, minute=-60, registered=600, came=70, desks=one.needed - 1, pace=8).wait > LONGEST_WAIT


def test_nobody_is_expected_after_everybody_came_or_at_an_empty_event() -> None:
    habit = habit_of([])
    assert queue_of(habit, minute=500, registered=600, came=400, desks=2).needed == 0
    empty = queue_of(habit, minute=-10, registered=0, came=0, desks=0)
    assert (empty.people, empty.wait, empty.needed, sum(empty.arrivals)) == (0, 0.0, 0, 0.0)

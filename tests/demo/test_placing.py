"""When the demo's events lie."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventsys.demo import placing

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-21T11:00", "2026-11-21T08:30"),
        ("2027-02-03T16:59", "2027-02-03T08:30"),
        ("2027-02-03T07:00", "2027-02-03T05:00"),
        ("2027-02-03T00:10", "2027-02-03T00:00"),
        ("2027-02-03T20:10", "2027-02-03T12:00"),
        ("2027-02-03T23:59", "2027-02-03T14:00"),
    ],
)
def test_the_event_of_today_goes_on_whenever_somebody_looks(now: str, begins: str) -> None:
    document = placing.event_file(placing.TODAY)
    moved = placing.moved(document, placing.shift_to_now(placing.first_day(document), at(now), BRUSSELS))
    assert datetime.fromisoformat(moved["starts_at"]) == at(begins)


def test_an_event_to_come_keeps_its_weekday_and_its_hours_across_summer_time() -> None:
    document = placing.event_file("coming-1-drs-webinar-early-warnings")
    moved = placing.moved(document, placing.whole_weeks_since_written(date(2027, 5, 12)))
    start = datetime.fromisoformat(moved["starts_at"]).astimezone(BRUSSELS)
    assert (start.strftime("%a %H:%M"), start.date()) == ("Wed 10:00", date(2027, 5, 26))


def test_a_time_that_clocks_skip_is_no_reason_to_fail() -> None:
    document = {"timezone": "Europe/Brussels", "starts_at": "2027-03-27T02:30"}
    assert placing.moved(document, timedelta(days=1))["starts_at"] == "2027-03-28T01:30:00+00:00"


def test_there_are_events_from_2014_to_next_year() -> None:
    starts = [placing.event_file(name)["starts_at"][:4] for name in placing.names()]
    assert (len(starts) >= 14, min(starts), max(starts)) == (True, "2014", str(placing.WRITTEN_ON.year + 1))

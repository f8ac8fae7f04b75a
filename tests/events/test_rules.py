"""Times where clocks change, addresses that are none."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from eventsys.events.errors import SlugMalformed, TimeSkipped, TimezoneUnknown
from eventsys.events.rules import instant_of, local_of, refuse_unless_slug, zone_named

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-12-03T09:00", datetime(2026, 12, 3, 8, 0, tzinfo=UTC)),
        ("2026-07-03T09:00", datetime(2026, 7, 3, 7, 0, tzinfo=UTC)),
        ("2026-03-29T01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        # 02:30 comes twice on the last Sunday of October: the first one is meant.
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_instant(local: str, instant: datetime) -> None:
    assert instant_of(at(local), BRUSSELS) == instant


@pytest.mark.parametrize("local", ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59"])
def test_a_time_the_clocks_skip_is_refused_by_name(local: str) -> None:
    with pytest.raises(TimeSkipped) as refusal:
        instant_of(at(local), BRUSSELS, field="starts_at")
    assert refusal.value.details == {"time": local.replace("T", " "), "zone": "Europe/Brussels"}
    assert refusal.value.field == "starts_at"


def test_a_zone_of_half_hours_goes_there_and_back() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    assert instant_of(at("2026-12-03T09:00"), kathmandu) == datetime(2026, 12, 3, 3, 15, tzinfo=UTC)
    assert local_of(datetime(2026, 12, 3, 3, 15, tzinfo=UTC), kathmandu) == at("2026-12-03T09:00")


@pytest.mark.parametrize("name", ["", "Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "Europe/brussels"])
def test_only_known_zones_are_zones(name: str) -> None:
    with pytest.raises(TimezoneUnknown):
        zone_named(name)


@pytest.mark.parametrize("slug", ["ceris-2026", "a", "2026", "a" * 100])
def test_an_address_in_small_letters_is_taken(slug: str) -> None:
    refuse_unless_slug(slug)


@pytest.mark.parametrize("slug", ["", "Ceris", "a--b", "-a", "a-", "a/b", "..", "é", "a b", "new", "a" * 101, "a\n"])
def test_what_cannot_stand_in_an_address_is_refused(slug: str) -> None:
    with pytest.raises(SlugMalformed):
        refuse_unless_slug(slug)

"""The forecast: what the past of each sector says, how far to overbook, and how little it asks of the database."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Device, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import Mode, Registration
from eventsys.reports.arrivals import events_like, past_arrivals
from eventsys.reports.forecasting import Past, Spread, forecast
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.registration import make_registration

NOW = clock.now()


def make_past(
    session: Session, came: int, stayed_away: int, *, sector: str = "police", kind: str = "workshop", days: int = 30
) -> Event:
    """An event that is over, with so many who came in at the entrance and so many who did not."""
    start = NOW - timedelta(days=days)
    event = make_event(starts_at=start, ends_at=start + timedelta(hours=8), kind=kind)
    people = [
        make_registration(event, sector=sector, by_organiser=True, now=start - timedelta(days=9))
        for _ in range(came + stayed_away)
    ]
    with transaction() as writing:
        device = Device(event_id=event.id, name="Desk", token_hash=event.uid, created_at=start, expires_at=NOW)
        writing.add(device)
        writing.flush()
        for one in people[:came]:
            _admit(writing, event, one, device)
    return event


def _admit(session: Session, event: Event, person: Registration, device: Device) -> None:
    scan = Scan(
        event_id=event.id, scan_id=f"scan-{person.id}", device_id=device.id, point_key="entrance", direction="in",
        registration_id=person.id, at=event.starts_at, received_at=event.starts_at, outcome="admitted", answer={},
    )  # fmt: skip
    session.add(scan)
    session.flush()
    # A second day counts the same person once.
    for day in (0, 1):
        session.execute(
            insert(Admission).values(
                event_id=event.id, registration_id=person.id, point_key="entrance", first_scan_id=scan.id,
                day=(event.starts_at + timedelta(days=day)).date(), first_at=event.starts_at, last_at=event.starts_at,
                is_inside=True,
            )
        )  # fmt: skip


def test_the_spread_is_the_beta_binomial() -> None:
    """Against figures worked out by hand: with a = b = 1 every number of arrivals is as likely."""
    even = Spread(4, 1.0, 1.0)
    assert (round(even.mean, 9), round(even.variance, 9)) == (2.0, 2.0)
    assert [round(even.risk_of_more_than(number), 9) for number in range(5)] == [0.8, 0.6, 0.4, 0.2, 0.0]
    assert (even.band(0.5), even.band(0.9)) == ((1, 3), (0, 4))


def test_a_long_past_tells_more_than_a_short_one() -> None:
    short, long = (forecast({"police": Past(n, n * 4 // 5)}, {"police": 50}, 50) for n in (10, 150))
    assert short is not None
    assert long is not None
    assert (round(short.expected), round(long.expected)) == (39, 40)
    assert short.high - short.low > long.high - long.low
    assert (short.beyond or 0) < (long.beyond or 0)


def test_the_advice_is_the_most_that_keeps_the_risk_below_five_per_cent() -> None:
    past, confirmed = {"police": Past(200, 160)}, {"police": 40}
    found = forecast(past, confirmed, 50)
    assert found is not None
    assert found.beyond is not None
    assert 0 < found.beyond < 12
    assert found.risk < 0.05
    one_more = forecast(past, {"police": 50 + found.beyond + 1}, 50)
    assert one_more is not None
    assert one_more.risk_now >= 0.05 > found.risk


def test_where_everybody_came_nobody_is_advised_to_overbook_far() -> None:
    found = forecast({"police": Past(200, 200)}, {"police": 50}, 50)
    assert found is not None
    assert (found.beyond, found.risk_now) == (0, 0.0)


def test_a_sector_seldom_seen_is_forecast_as_all() -> None:
    found = forecast({"police": Past(100, 50), "media": Past(2, 2)}, {"police": 10, "media": 10}, None)
    assert found is not None
    assert [(one.key, one.is_as_all, round(one.expected)) for one in found.sectors] == [
        ("media", True, 5), ("police", False, 5),
    ]  # fmt: skip
    assert found.beyond is None


def test_no_past_and_nobody_confirmed() -> None:
    assert forecast({}, {"police": 5}, 10) is None
    found = forecast({"police": Past(10, 8)}, {}, 10)
    assert found is not None
    assert (found.confirmed, found.low, found.high) == (0, 0, 0)


def test_only_events_like_it_count_each_person_once(session: Session) -> None:
    event = make_event(starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10), themes=("FCT",))
    like = make_past(session, 3, 2)
    make_past(session, 4, 4, kind="webinar")
    make_event(starts_at=NOW - timedelta(days=3), ends_at=NOW - timedelta(days=2))
    found = events_like(session, event, NOW)
    assert [one.id for one in found] == [like.id]
    assert past_arrivals(session, [like.id]) == {"police": Past(5, 3)}


def test_the_page_gives_the_figures_and_an_empty_state(session: Session, cast: Cast) -> None:
    event = make_event(
        owner=cast.ada, onsite=5, online=None, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10)
    )
    client, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/forecast"
    assert "There is no past to learn from yet" in html.unescape(client.get(url).get_data(as_text=True))
    make_past(session, 6, 6)
    make_registration(event)
    make_registration(event, mode=Mode.ONLINE)
    page = html.unescape(client.get(url).get_data(as_text=True))
    assert ("6 of 12 (50%)" in page, "Overbook by up to" in page) == (True, True)
    assert cast.browser_of(cast.al).get(url).status_code == 403


@pytest.mark.parametrize("which", ["events", "sectors"])
def test_more_events_and_sectors_cost_the_same_queries(session: Session, cast: Cast, which: str) -> None:
    event = make_event(owner=cast.ada, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10), onsite=9)
    client, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/forecast"
    costs = []
    for sectors in (("police",), ("research", "media", "ngo")):
        for sector in sectors:
            make_past(session, 2, 1, sector=sector if which == "sectors" else "police")
            make_registration(event, sector=sector if which == "sectors" else "police")
        client.get(url)
        with statements() as found:
            assert client.get(url).status_code == 200
        costs.append(len(found))
    assert costs[0] == costs[1]

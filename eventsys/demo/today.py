"""The workshop that goes on today: full on site, busy online, half of the people in the building."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select

from eventsys.checkin.actions import add_device, record_scans
from eventsys.checkin.models import Direction
from eventsys.checkin.queries.gate import desk_of
from eventsys.checkin.rules import ENTRANCE, Entry
from eventsys.demo import placing, shelf
from eventsys.demo.crowd import sector_of
from eventsys.demo.history import Loading, Story, bring_in, fill, of_state, tell
from eventsys.events.models import Event
from eventsys.kernel import tokens
from eventsys.registration import actions as registration
from eventsys.registration.models import Audience, Mode, Registration, RegistrationType, State, Ticket

STORY = Story(file=placing.TODAY, announced=36, has_door=True)
SEATS, ONLINE, WAITING, INSIDE = 180, 600, 23, 96
# Who cancelled while there were seats, and whose seat went to somebody waiting.
EARLY_LEAVERS, LATE_LEAVERS, ONLINE_LEAVERS = 7, 3, 5
_OTHERS = ((RegistrationType.STAFF, 6), (RegistrationType.PRESS, 4), (RegistrationType.GUEST, 3))


def hold(loading: Loading) -> Event:
    """Announce the workshop, fill it, and open its doors."""
    document = placing.event_file(placing.TODAY)
    zone = placing.zone_of(document)
    document = placing.moved(document, placing.shift_to_now(placing.first_day(document), loading.now, zone))
    event = tell(loading, STORY, document)
    _fill(loading, event)
    _show_papers(loading, event)
    _let_in(loading, event)
    return event


def _fill(loading: Loading, event: Event) -> None:
    session, start = loading.session, event.starts_at
    opened, invited = start - timedelta(days=36), start - timedelta(days=30)
    speakers = registration.register_programme_people(session, event, now=invited)
    for one in speakers:
        registration.change_details(session, one, sector=sector_of(one.organisation), now=invited)
    others = _register_others(loading, event, at=invited)
    seated = len(speakers) + len(others)
    early_until, late_since = start - timedelta(days=16), start - timedelta(days=14)
    early = fill(loading, event, onsite=120 - seated, online=20, since=opened, until=early_until)
    bring_in(loading, event, onsite=0, online=ONLINE + ONLINE_LEAVERS - 60, since=opened, until=early_until)
    _leave(loading, early, Mode.ONSITE, EARLY_LEAVERS, at=start - timedelta(days=15))
    _leave(loading, early, Mode.ONLINE, ONLINE_LEAVERS, at=start - timedelta(days=15))
    asked = SEATS - (120 - EARLY_LEAVERS) + WAITING + LATE_LEAVERS
    fill(loading, event, onsite=asked, online=40, since=late_since, until=start - timedelta(days=2))
    _leave(loading, early[40:], Mode.ONSITE, LATE_LEAVERS, at=start - timedelta(days=1))
    lost = next(one for one in reversed(early) if one.state == State.CONFIRMED and one.mode == Mode.ONSITE)
    registration.replace_ticket(session, lost, now=start - timedelta(hours=14))
    registration.add_note(
        session, speakers[0], "Brings her own laptop: room Auditorium, ten minutes before.", now=invited
    )


def _register_others(loading: Loading, event: Event, *, at: datetime) -> list[Registration]:
    crowd = loading.crowd(event)
    entries = [crowd.entry(Mode.ONSITE, type=type) for type, number in _OTHERS for _one in range(number)]
    return registration.add_people(loading.session, event, entries, now=at)[0]


def _leave(loading: Loading, people: list[Registration], mode: Mode, number: int, *, at: datetime) -> None:
    there = [one for one in people if one.mode == mode and one.state == State.CONFIRMED]
    for one in there[::3][:number]:
        registration.cancel(loading.session, one, now=at)


def _show_papers(loading: Loading, event: Event) -> None:
    """Slides that speakers sent before, for those who registered; two links for everyone."""
    sent = event.starts_at - timedelta(days=3)
    shelf.add_decks(loading.session, event, most=5, audience=Audience.REGISTERED, now=sent)
    for title, page in (("How to get there, step-free", "way"), ("House rules and emergency exits", "house")):
        shelf.add_link(
            loading.session, event, kind="document", title=title, address=f"https://venue.example.org/{page}", now=sent
        )


def _let_in(loading: Loading, event: Event) -> None:
    """Two desks scan since the doors opened: most people before the first talk, and some whom the door refuses."""
    random = Random("arrivals")
    devices = [
        add_device(loading.session, event, name, now=event.starts_at - timedelta(hours=2))
        for name in ("Main entrance, left", "Main entrance, right")
    ]
    arrivals = _arrivals(loading, event, random)
    for number, (at, code, direction) in enumerate(arrivals):
        desk = desk_of(loading.session, devices[number % 2][1], slug=event.slug, now=at)
        entry = Entry(
            id=str(UUID(int=random.getrandbits(128), version=4)), code=code, point=ENTRANCE, direction=direction, at=at
        )
        record_scans(loading.session, desk, [entry], now=at)


def _arrivals(loading: Loading, event: Event, random: Random) -> list[tuple[datetime, str, str]]:
    """Instant, code and direction of each scan, in order."""
    codes = _codes(loading, event)
    confirmed = of_state(loading, event, State.CONFIRMED)
    onsite = [one for one in confirmed if one.mode == Mode.ONSITE]
    coming = random.sample(onsite, INSIDE)
    begin, end = _door_times(event, loading.now)
    times = sorted(begin + (end - begin) * random.betavariate(2.2, 3.4) for _one in coming)
    scans = [(at, codes[one.id][-1], Direction.IN) for at, one in zip(times, coming, strict=True)]
    for one in coming[:5]:
        scans.append((begin + (end - begin) * random.uniform(0.8, 0.9), codes[one.id][-1], Direction.IN))
    for one in coming[10:14]:
        scans.append((begin + (end - begin) * random.uniform(0.91, 0.98), codes[one.id][-1], Direction.OUT))
    refused = [codes[one.id][-1] for one in confirmed if one.mode == Mode.ONLINE][:2]
    refused += [codes[one.id][-1] for one in of_state(loading, event, State.CANCELLED)[:1]]
    refused += [kept[0] for kept in codes.values() if len(kept) > 1]
    refused += [tokens.readable(8), "MENU OF THE DAY"]
    scans += [(begin + (end - begin) * (0.3 + 0.08 * step), code, Direction.IN) for step, code in enumerate(refused)]
    return sorted((at, code, str(direction)) for at, code, direction in scans)


def _door_times(event: Event, now: datetime) -> tuple[datetime, datetime]:
    """From half an hour before the event until ninety minutes after it began, or until a minute ago, and all today."""
    end = min(event.starts_at + timedelta(minutes=90), now - timedelta(minutes=1))
    midnight = now.astimezone(event.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(midnight, min(event.starts_at - timedelta(minutes=30), end - timedelta(minutes=40))), max(midnight, end)


def _codes(loading: Loading, event: Event) -> dict[int, list[str]]:
    """The codes of every ticket, the valid one last."""
    found: dict[int, list[str]] = {}
    rows = select(Ticket.registration_id, Ticket.code).where(Ticket.event_id == event.id).order_by(Ticket.id)
    for number, code in loading.session.execute(rows):
        found.setdefault(number, []).append(code)
    return found

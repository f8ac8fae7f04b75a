"""Who came to the events of the last years: not everybody who was registered, and of some sectors fewer than others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select

from eventsys.checkin.actions import add_device, record_scans
from eventsys.checkin.models import Direction
from eventsys.checkin.queries.gate import desk_of
from eventsys.checkin.rules import ENTRANCE, Entry
from eventsys.community.models import Sector
from eventsys.demo.history import Loading
from eventsys.events.models import Event
from eventsys.registration.models import Mode, Registration, State, Ticket
from eventsys.reports.actions import issue_all
from eventsys.reports.queries import attended

# How many of a hundred of those registered on site come: seats are free, and some stay away.
_COMING = {
    Sector.EU_INSTITUTION: 93,
    Sector.POLICY: 74,
    Sector.POLICE: 82,
    Sector.FIRE_RESCUE: 88,
    Sector.BORDER_CUSTOMS: 86,
    Sector.RESEARCH: 90,
    Sector.INDUSTRY: 78,
    Sector.NGO: 84,
    Sector.LOCAL_AUTHORITY: 70,
    Sector.CONSULTANCY: 75,
    Sector.MEDIA: 55,
    Sector.PUBLIC: 50,
}
# Of those who came on the first day, who comes on the next.
_AGAIN = 80
# A door tells at most so many scans at once.
_MOST = 500


def let_in(loading: Loading, event: Event) -> None:
    """One desk scans those who come, on each day from an hour before it begins; it tells us in the evening."""
    random = Random(f"{event.slug} arrivals")
    before = event.starts_at - timedelta(hours=2)
    _device, token = add_device(loading.session, event, "Main entrance", now=before)
    coming = [code for sector, code in _tickets(loading, event) if random.randrange(100) < _COMING[Sector(sector)]]
    for day in _days(event):
        entries = sorted(_scans(random, coming, day), key=lambda entry: entry.at)
        desk = desk_of(loading.session, token, slug=event.slug, now=day)
        for start in range(0, len(entries), _MOST):
            some = entries[start : start + _MOST]
            record_scans(loading.session, desk, some, now=some[-1].at + timedelta(minutes=1))
        coming = [code for code in coming if random.randrange(100) < _AGAIN]


def certify(loading: Loading, event: Event) -> None:
    """Everybody who came has their certificate, three days after."""
    came = select(Registration).where(Registration.id.in_(attended(loading.session, event.id)))
    people = loading.session.scalars(came.order_by(Registration.id)).all()
    issue_all(loading.session, event, people, now=event.ends_at + timedelta(days=3))


def _tickets(loading: Loading, event: Event) -> Sequence[tuple[str, str]]:
    """The sector and the code of everybody confirmed on site."""
    rows = loading.session.execute(
        select(Registration.sector, Ticket.code)
        .join(Ticket, Ticket.registration_id == Registration.id)
        .where(
            Registration.event_id == event.id, Registration.state == State.CONFIRMED,
            Registration.mode == Mode.ONSITE, Ticket.replaced_at.is_(None),
        )
        .order_by(Registration.id)
    )  # fmt: skip
    return [(sector, code) for sector, code in rows]


def _days(event: Event) -> Iterator[datetime]:
    """When the event begins, and the same hour of each day that follows."""
    local = event.starts_at.astimezone(event.zone)
    while local < event.ends_at:
        yield local.astimezone(event.starts_at.tzinfo)
        local += timedelta(days=1)


def _scans(random: Random, codes: Sequence[str], begin: datetime) -> Iterator[Entry]:
    for code in codes:
        at = begin + timedelta(minutes=-60 + 110 * random.betavariate(2.4, 2.6))
        number = str(UUID(int=random.getrandbits(128), version=4))
        yield Entry(id=number, code=code, point=ENTRANCE, direction=str(Direction.IN), at=at)

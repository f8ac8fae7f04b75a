"""Data to measure on, written straight into the tables: what is measured is how it is served, not how it came."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, case, cast, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.agenda.models import AgendaSession, Person, Room, SessionRole, Talk, Track
from eventsys.checkin.models import Device
from eventsys.events.models import Event, Membership
from eventsys.kernel import clock, tokens
from eventsys.kernel.database import Json
from eventsys.registration import actions
from eventsys.registration.models import Answer, Question, Registration, RegistrationSettings, Seat, SeatPool, Ticket

KINDS = ("talks", "panel", "keynote", "workshop", "breakout")
SECTORS = ("police", "research", "industry", "policy", "ngo", "fire-rescue")


def add_event(session: Session, slug: str, *, starts_at: datetime | None = None, **values: Any) -> Event:
    """A published two-day workshop with unlimited seats, going on now unless told otherwise."""
    now = clock.now()
    begins = starts_at or now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    event = Event(
        slug=slug, uid=uuid.uuid4().hex, kind="workshop", status="published", title=f"Measured event {slug}",
        summary="What eleven projects found, and what cities kept.", timezone="Europe/Brussels", starts_at=begins,
        ends_at=begins + timedelta(hours=32), venue_name="BAO Congress Centre", venue_city="Brussels",
        venue_country="BE", created_at=now, updated_at=now, published_at=now,
    )  # fmt: skip
    for name, value in values.items():
        setattr(event, name, value)
    session.add(event)
    session.flush()
    return event


def add_pools(session: Session, event: Event, *, onsite: int | None, waiting_list: str = "automatic") -> None:
    session.add(RegistrationSettings(event_id=event.id, waiting_list=waiting_list))
    session.add(SeatPool(event_id=event.id, key="onsite", mode="onsite", seats=onsite))
    session.add(SeatPool(event_id=event.id, key="online", mode="online", seats=0))
    session.flush()


def add_one_pool(session: Session, event: Event, seats: int) -> None:
    add_pools(session, event, onsite=seats)


def add_four_pools(session: Session, event: Event, seats: int) -> None:
    """Everybody who sends the form of the rows needs a seat in four pools: of their mode, their type, their sector,
    and of their organisation, whose pool the first of them makes."""
    add_pools(session, event, onsite=seats)
    for kind, key in (("type", "participant"), ("sector", "research")):
        session.add(SeatPool(event_id=event.id, kind=kind, key=key, mode="onsite", seats=seats))
    session.execute(
        update(RegistrationSettings)
        .where(RegistrationSettings.event_id == event.id)
        .values(organisation_seats=seats)
        .execution_options(synchronize_session=False)
    )
    session.flush()


def miscounted_pools(session: Session, event_id: int) -> list[str]:
    """Pools that count other seats than people hold, in words."""
    held: Any = (
        select(func.count()).where(Seat.pool_id == SeatPool.id, Seat.state == "taken").correlate(SeatPool)
    ).scalar_subquery()
    rows = session.execute(
        select(SeatPool.kind, SeatPool.key, SeatPool.taken, held).where(SeatPool.event_id == event_id)
    ).all()
    return [f"{kind} {key}: {taken} counted, {found} held" for kind, key, taken, found in rows if taken != found]


def pools_taken(session: Session, event_id: int) -> list[int]:
    """How many seats each pool gave away, but for those where none is offered."""
    query = select(SeatPool.taken).where(SeatPool.event_id == event_id, SeatPool.seats > 0)
    return list(session.scalars(query.order_by(SeatPool.id)))


def add_programme(session: Session, event: Event, count: int) -> None:
    """`count` sessions in five rooms over the event's two days, with people and talks."""
    now = clock.now()
    rooms = [Room(event_id=event.id, key=f"r{n}", name=f"Room {n}", seats=80, position=n) for n in range(5)]
    tracks = [Track(event_id=event.id, key=f"t{n}", name=f"Track {n}", colour="#0b5394", position=n) for n in range(4)]
    people = [
        Person(event_id=event.id, key=f"p{n}", name=f"Ioanna Papadaki {n}", affiliation="Centre for Security Studies")
        for n in range(max(10, count // 2))
    ]
    session.add_all([*rooms, *tracks, *people])
    session.flush()
    half = -(-count // 2)
    for number in range(count):
        day, place = divmod(number, half)
        start = event.starts_at + timedelta(days=day, minutes=20 * (place // len(rooms)))
        entry = AgendaSession(
            event_id=event.id, key=f"s{number}", uid=uuid.uuid4().hex, kind=KINDS[number % len(KINDS)],
            title=f"Project results {number}: from sensors to evidence in crowded places",
            abstract="What was tried, what held, and what the next programme should ask.", starts_at=start,
            ends_at=start + timedelta(minutes=20), room_id=rooms[number % 5].id, track_id=tracks[number % 4].id,
            created_at=now, updated_at=now,
        )  # fmt: skip
        entry.roles = [SessionRole(person_id=people[number % len(people)].id, role="chair", position=0)]
        entry.talks = [Talk(key="t1", title="From sensors to evidence", minutes=12, position=0)]
        session.add(entry)
    session.flush()


def add_registrations(session: Session, event: Event, count: int) -> list[tuple[str, int]]:
    """`count` confirmed people on site with tickets; gives (code, registration id) of each."""
    now = clock.now()
    rows, codes = [], []
    for number in range(count):
        nonce = tokens.new_nonce()
        rows.append(
            {
                "event_id": event.id, "state": "confirmed", "type": "participant", "mode": "onsite",
                "first_name": f"Ioanna {number}", "last_name": f"Papadaki {number % 977}",
                "email": f"p{number}@example.org", "email_key": f"p{number}@example.org",
                "organisation": "Hellenic Centre for Security Studies", "country": "GR",
                "sector": SECTORS[number % len(SECTORS)], "language": "en",
                "search_key": f"ioanna {number} papadaki {number % 977} hellenic centre for security studies",
                "link_nonce": nonce, "link_hash": tokens.hashed(tokens.derived("registration", nonce)),
                "privacy_text_hash": "", "notes": "", "sequence": 0, "registered_at": now, "updated_at": now,
            }
        )  # fmt: skip
    ids: list[int] = []
    for at in range(0, count, 500):
        ids += session.scalars(
            insert(Registration).returning(Registration.id, sort_by_parameter_order=True), rows[at : at + 500]
        ).all()
    tickets = []
    for number in ids:
        code = f"EV1:{tokens.readable(25)}"
        codes.append((code, number))
        tickets.append(
            {
                "registration_id": number,
                "event_id": event.id,
                "code": code,
                "short_code": tokens.readable(8),
                "created_at": now,
            }
        )
    for at in range(0, count, 1000):
        session.execute(insert(Ticket), tickets[at : at + 1000])
    actions.recount(session, event)
    return codes


def add_answers(session: Session, event: Event) -> None:
    """One question, and the answer of everybody registered."""
    question = Question(event_id=event.id, key="diet", label="Dietary needs", is_sensitive=True, purpose="The lunch")
    session.add(question)
    session.flush()
    asked = select(Registration.id, literal(question.id), literal("vegan", Json)).where(
        Registration.event_id == event.id
    )
    session.execute(insert(Answer).from_select(["registration_id", "question_id", "value"], asked))


def vary_registrations(session: Session, event: Event) -> None:
    """Let the people of an event stand in different states, modes and types and come from 700 organisations."""
    n = Registration.id
    state = case((n % 10 == 0, "cancelled"), (n % 10 == 1, "waiting"), (n % 10 == 2, "applied"), else_="confirmed")
    session.execute(
        update(Registration)
        .where(Registration.event_id == event.id)
        .values(
            state=state,
            queue_number=case((n % 10 == 1, n), else_=None),
            mode=case((n % 4 == 0, "online"), else_="onsite"),
            type=case((n % 50 == 0, "speaker"), (n % 50 == 1, "press"), else_="participant"),
            organisation=literal("Organisation ").concat(cast(n % 700, String)),
            search_key=Registration.search_key.concat(" organisation ").concat(cast(n % 700, String)),
        )
        .execution_options(synchronize_session=False)
    )
    mine = select(SeatPool.id).where(SeatPool.event_id == event.id)
    session.execute(delete(Seat).where(Seat.pool_id.in_(mine)).execution_options(synchronize_session=False))
    actions.recount(session, event)


def add_organiser(session: Session, event: Event) -> str:
    """The event's owner, by what their session says of them."""
    user = User(
        email=f"ada-{event.slug}@example.org", name="Ada", role="organiser", stamp="ada", created_at=clock.now()
    )
    session.add(user)
    session.flush()
    session.add(Membership(event_id=event.id, user_id=user.id, role="owner", created_at=clock.now()))
    session.flush()
    return user.get_id()


def add_device(session: Session, event: Event, token: str) -> None:
    now = clock.now()
    session.add(
        Device(
            event_id=event.id, name="Desk", token_hash=tokens.hashed(token), created_at=now,
            expires_at=datetime(2100, 1, 1, tzinfo=UTC),
        )
    )  # fmt: skip
    session.flush()

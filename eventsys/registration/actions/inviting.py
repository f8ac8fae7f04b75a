"""Personal invitations: a seat kept until a deadline for somebody named, who accepts or refuses by their own link.

Whoever invites has the event alone (`pools.have_alone`): the pools are held first, then rows are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.mailing.actions import enqueue
from eventsys.registration import queries, rules
from eventsys.registration.actions import seats
from eventsys.registration.actions.consents import keep_consents
from eventsys.registration.actions.details import change_details
from eventsys.registration.actions.leaving import leave
from eventsys.registration.actions.pools import Held, ensure_organisation, have_alone, hold_all, hold_of
from eventsys.registration.actions.refusing import refusal_of_full
from eventsys.registration.actions.rows import organisations_of, row_of
from eventsys.registration.actions.standing import change_seats, seat_or_queue
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.entries import NewEntry, address_key
from eventsys.registration.errors import AlreadyRegistered, NotPossibleNow, OfferGone, SeatsGone
from eventsys.registration.models import Answer, Mode, PoolKind, Registration, RegistrationType, SeatPool, State

DETAILS = ("first_name", "last_name", "organisation", "country", "sector")
# How often the same invitation may be sent.
PAUSE_SECONDS = 600


@dataclass(frozen=True)
class Invited:
    """What came of inviting one person: their registration, or why there is none."""

    entry: NewEntry
    registration: Registration | None
    refusal: str = ""


def hold_for(session: Session, event: Event, entries: Iterable[NewEntry]) -> Held:
    """Have the event alone, its pools held, those of the organisations of these people included."""
    have_alone(session, event.id)
    settings = queries.settings_of(session, event.id)
    if settings.organisation_seats is not None:
        names = [entry.organisation for entry in entries if entry.mode == Mode.ONSITE]
        keys = organisations_of(session, names).values()
        ensure_organisation(session, event.id, keys, settings.organisation_seats)
    return hold_all(session, event)


def write_invited(
    session: Session, event: Event, entry: NewEntry, *, until: datetime, now: datetime, state: State = State.INVITED
) -> Registration:
    """The row of somebody named, in an event that is ours alone. Raises AddressUnusable, AlreadyRegistered."""
    key = organisations_of(session, [entry.organisation])[entry.organisation]
    values = row_of(event.id, entry, key, now=now)
    if values["email_key"]:
        known = queries.living_registration(session, event.id, values["email_key"])
        if known is not None:
            raise AlreadyRegistered(known.id)
    place = {"state": str(state), "offer_until": until if state == State.INVITED else None}
    registration = Registration(**(values | place))
    session.add(registration)
    session.flush()
    session.add_all(
        Answer(registration_id=registration.id, question_id=question_id, value=value)
        for question_id, value in entry.answers.items()
    )
    session.flush()
    return registration


def wanted_of_entry(session: Session, held: Held, entry: NewEntry) -> list[SeatPool]:
    """The pools in which this person would need a seat."""
    key = organisations_of(session, [entry.organisation])[entry.organisation]
    return rules.pools_for(held.pools.values(), entry.wanted(key))


def invite(
    session: Session,
    event: Event,
    entry: NewEntry,
    *,
    until: datetime,
    now: datetime,
    keeps_seat: bool = True,
    overbook: bool = False,
) -> Registration:
    """Invite one person. Raises AlreadyRegistered, SeatsGone, AddressUnusable, EventOver and EventCancelled."""
    held = hold_for(session, event, [entry])
    return _invite(session, event, entry, held, until=until, now=now, keeps_seat=keeps_seat, overbook=overbook)


def invite_many(
    session: Session,
    event: Event,
    entries: Sequence[NewEntry],
    *,
    until: datetime,
    now: datetime,
    keeps_seat: bool = True,
    overbook: bool = False,
) -> list[Invited]:
    """Invite the people of a list in its order, and say of each what came of it. Who is registered already, and for
    whom no seat can be kept, is passed over. Raises EventOver and EventCancelled."""
    held = hold_for(session, event, entries)
    rules.refuse_unless_running(event, now)
    found = []
    for entry in entries:
        if not entry.email:
            found.append(Invited(entry, None, str(_("an e-mail address is missing"))))
        elif queries.living_registration(session, event.id, address_key(entry.email)):
            found.append(Invited(entry, None, str(_("registered already"))))
        elif keeps_seat and not overbook and (full := _full(wanted_of_entry(session, held, entry))):
            found.append(Invited(entry, None, str(_nothing_to_keep(session, event.id, full))))
        else:
            done = _invite(session, event, entry, held, until=until, now=now, keeps_seat=keeps_seat, overbook=overbook)
            found.append(Invited(entry, done))
    return found


def _nothing_to_keep(session: Session, event_id: int, full: Sequence[SeatPool]) -> SeatsGone:
    if any(pool.kind == PoolKind.MODE for pool in full):
        return SeatsGone(_("No seat is left that could be kept."))
    return refusal_of_full(session, event_id, full)


def _full(wanted: Iterable[SeatPool]) -> list[SeatPool]:
    return [pool for pool in wanted if pool.is_full]


def _invite(
    session: Session,
    event: Event,
    entry: NewEntry,
    held: Held,
    *,
    until: datetime,
    now: datetime,
    keeps_seat: bool,
    overbook: bool,
) -> Registration:
    rules.refuse_unless_running(event, now)
    rules.refuse_unless_offered(queries.seats(session, event.id), entry.mode)
    registration = write_invited(session, event, entry, until=min(until, event.ends_at), now=now)
    is_beyond = keep_seat(session, registration, entry, held, keeps_seat=keeps_seat, overbook=overbook)
    note_fact(session, registration, "invited", now=now, keeps_seat=keeps_seat, is_overbooked=is_beyond)
    if entry.is_mailed:
        tell(session, registration, "invited", now=now)
    return registration


def keep_seat(
    session: Session, registration: Registration, entry: NewEntry, held: Held, *, keeps_seat: bool, overbook: bool
) -> bool:
    """Take the seats of somebody invited, or keep in mind which they would need; whether one is beyond the seats.
    Raises SeatsGone."""
    ids = [pool.id for pool in wanted_of_entry(session, held, entry)]
    if not keeps_seat:
        seats.ask(session, registration, ids)
        return False
    if full := seats.take(session, registration, held, ids, overbook=overbook):
        raise _nothing_to_keep(session, registration.event_id, full)
    return any(row.is_beyond for row in seats.rows_of(session, registration).values())


def accept_invitation(session: Session, registration: Registration, entry: NewEntry, *, now: datetime) -> None:
    """The person completes their details and comes: by the seat that is kept, or as one who registers now.

    Of `entry` all counts but the address and the way to take part, which whoever invited has set. Members of a group
    are decided about where the event decides. Raises OfferGone, SeatsGone, EventOver and EventCancelled.
    """
    settings = queries.settings_of(session, registration.event_id)
    held = hold_for(session, registration.event, [replace(entry, mode=Mode(registration.mode))])
    session.refresh(registration)
    rules.refuse_unless_running(registration.event, now)
    if registration.state != State.INVITED or (registration.offer_until and registration.offer_until <= now):
        raise OfferGone(_("This invitation has ended. Please ask whoever invited you for a new one."))
    _complete(session, registration, entry, held, now=now)
    if settings.has_approval and registration.delegation_id is not None:
        _apply(session, registration, held, now=now)
        return
    seat_or_queue(session, registration, held, what="invitation_accepted", now=now)


def complete(session: Session, registration: Registration, entry: NewEntry, *, now: datetime) -> None:
    """Who was handed a seat says who they are, and accepts the privacy notice. Raises SeatsGone."""
    held = hold_for(session, registration.event, [entry])
    session.refresh(registration)
    rules.refuse_unless_running(registration.event, now)
    rules.refuse_unless_in(registration, State.CONFIRMED)
    _complete(session, registration, entry, held, now=now)
    note_fact(session, registration, "completed", now=now)


def _complete(session: Session, registration: Registration, entry: NewEntry, held: Held, *, now: datetime) -> None:
    key = organisations_of(session, [entry.organisation])[entry.organisation]
    wanted = replace(entry, mode=Mode(registration.mode), type=RegistrationType(registration.type))
    details = {name: getattr(entry, name) for name in DETAILS}
    registration.organisation_key = key
    answers, consents = dict(entry.answers), dict(entry.consents)
    change_details(session, registration, now=now, answers=answers, consents=consents, **details)
    change_seats(session, registration, held, wanted.wanted(key), now=now, overbook=False)
    keep_consents(session, registration.id, replace(entry, consents={}), now=now)
    registration.privacy_accepted_at = now if entry.privacy_text_hash else None
    registration.privacy_text_hash = entry.privacy_text_hash
    # Their link came by mail to this address alone.
    registration.address_confirmed_at = registration.address_confirmed_at or now
    session.flush()


def _apply(session: Session, registration: Registration, held: Held, *, now: datetime) -> None:
    """The seat is given back, if there was one: it is taken when the organisers say yes."""
    leave(session, registration, held, State.APPLIED, now=now)
    note_fact(session, registration, "applied", now=now)
    tell(session, registration, "applied", now=now)


def withdraw_invitation(
    session: Session, registration: Registration, *, now: datetime, actor: str | None = None
) -> None:
    """Whoever invited takes it back; the kept seat goes to who waits for it. Raises NotPossibleNow."""
    held = hold_of(session, registration)
    rules.refuse_unless_in(registration, State.INVITED)
    leave(session, registration, held, State.CANCELLED, now=now)
    note_fact(session, registration, "invitation_withdrawn", now=now, actor=actor)
    tell(session, registration, "invitation_withdrawn", now=now)


def invite_again(session: Session, registration: Registration, *, now: datetime) -> bool:
    """Send the invitation once more, at most once in ten minutes; False when it was just sent."""
    rules.refuse_unless_in(registration, State.INVITED)
    if not registration.email:
        raise NotPossibleNow(_("There is no address to send it to."))
    window = int(now.timestamp() // PAUSE_SECONDS)
    is_sent = enqueue(
        session,
        key=f"registration.invited:{registration.id}:again:{window}",
        maker="registration.invited",
        arguments={"registration_id": registration.id},
        due_at=now,
        event_id=registration.event_id,
    )
    if is_sent:
        note_fact(session, registration, "invited_again", now=now)
    return is_sent


def remind_invited(session: Session, registrations: Sequence[Registration], *, now: datetime) -> int:
    """Remind people of invitations that end soon; how many were told."""
    for registration in registrations:
        until = registration.offer_until.isoformat() if registration.offer_until else ""
        note_fact(session, registration, "invitation_reminded", now=now, actor="system", until=until)
        tell(session, registration, "invitation_reminder", now=now, about=until)
    return len(registrations)

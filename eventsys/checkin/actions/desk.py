"""People at the desk: who comes without a registration, whose name is wrong, who comes instead, whose badge is lost.

Seats are given by the same actions as everywhere; what a desk cannot give it refuses in words. Each deed carries an id
made by the device: a deed that is sent again is found done, and not done twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from eventsys.checkin.actions.scanning import record_scans
from eventsys.checkin.errors import NoSeatAtTheDoor
from eventsys.checkin.models import Device, Direction
from eventsys.checkin.queries.gate import Desk
from eventsys.checkin.rules import Entry
from eventsys.events.models import Event
from eventsys.kernel.facts import Fact
from eventsys.registration import actions
from eventsys.registration import rules as registering
from eventsys.registration.actions.telling import note_fact
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import Registration, RegistrationType, State
from eventsys.registration.queries import current_ticket, registration_of_event

_device = cast(Table, Device.__table__)

HELPED = "registration.helped"


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One act of a desk: `id` is the device's own for it (a UUID), `by` is `device:<id>` or `user:<id>`.

    `came_at` is when the person stood there, for what a device without a network kept until now.
    """

    id: str
    by: str
    now: datetime
    came_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """When it was done, by the desk."""
        return self.came_at or self.now


def found_done(session: Session, desk: Desk, deed: Deed) -> int | None:
    """Whose registration this deed was done for, when it was done before. The same device waits for itself here, so
    that a deed which is sent twice at once is done once."""
    session.execute(select(_device.c.id).where(_device.c.id == desk.device_id).with_for_update(key_share=True))
    done = select(Fact.subject_id).where(
        Fact.kind == HELPED, Fact.event_id == desk.event_id, Fact.data["request"].as_string() == deed.id
    )
    return session.scalar(done.limit(1))


def note_help(session: Session, registration: Registration, deed: Deed, what: str, **data: Any) -> None:
    """One line of the person's timeline, by which the deed is found again."""
    note_fact(session, registration, "helped", now=deed.now, actor=deed.by, deed=what, request=deed.id, **data)


def walk_in(session: Session, desk: Desk, entry: NewEntry, deed: Deed, *, may_wait: bool = False) -> Registration:
    """Register somebody who stands at the desk, with a seat in every pool that counts them.

    Where none is left nobody is registered, unless they said that they wait. Raises NoSeatAtTheDoor, SeatsGone,
    AlreadyRegistered, AddressUnusable, EventOver and EventCancelled.
    """
    if (known := found_done(session, desk, deed)) is not None:
        return registration_of_event(session, desk.event_id, known)
    event = session.get_one(Event, desk.event_id)
    registering.refuse_unless_running(event, deed.at)
    registration = actions.register(session, event, entry, now=deed.now, by_organiser=True)
    if registration.state != State.CONFIRMED and not may_wait:
        raise NoSeatAtTheDoor
    note_help(session, registration, deed, "walk_in")
    return registration


def companion(session: Session, desk: Desk, of: int, entry: NewEntry, deed: Deed) -> Registration:
    """Register who comes with somebody: a guest of their own, seated like everybody, shown together with them."""
    principal = registration_of_event(session, desk.event_id, of)
    entry = replace(entry, type=RegistrationType.GUEST, accompanies_id=principal.id)
    if not entry.organisation:
        entry = replace(entry, organisation=principal.organisation)
    return walk_in(session, desk, entry, deed)


def admit(session: Session, desk: Desk, registration_id: int, deed: Deed, *, point: str) -> dict[str, Any] | None:
    """Scan somebody whom the desk has just helped, with the id of the deed; None for who has no ticket."""
    ticket = current_ticket(session, registration_id)
    if ticket is None:
        return None
    is_kept = deed.came_at is not None
    entry = Entry(
        id=deed.id, code=ticket.code, point=point, direction=Direction.IN, at=deed.at, is_offline=is_kept
    )  # fmt: skip
    return record_scans(session, desk, [entry], now=deed.now)[0]


def correct(session: Session, desk: Desk, number: int, values: dict[str, Any], deed: Deed) -> Registration:
    """Write a name or an organisation anew, without a letter to anybody: the badge printed before is no longer true.

    Raises SeatsGone where seats are counted by what changes.
    """
    registration = registration_of_event(session, desk.event_id, number)
    actions.change_details(session, registration, now=deed.now, **values)
    return registration


def swap(session: Session, desk: Desk, number: int, entry: NewEntry, deed: Deed) -> Registration:
    """Somebody else comes instead: the seat is theirs, and the code of who does not come answers `replaced`."""
    if (known := found_done(session, desk, deed)) is not None:
        return registration_of_event(session, desk.event_id, known)
    registration = registration_of_event(session, desk.event_id, number)
    colleague = actions.substitute(session, registration, entry, now=deed.now, by_organiser=True)
    if entry.organisation and entry.organisation != colleague.organisation:
        actions.change_details(session, colleague, now=deed.now, organisation=entry.organisation)
    note_help(session, colleague, deed, "swap")
    return colleague


def note_down(session: Session, desk: Desk, number: int, words: str, deed: Deed) -> Registration:
    """What every scan of this person shows from now on; nothing takes the note away."""
    registration = registration_of_event(session, desk.event_id, number)
    actions.add_note(session, registration, words, now=deed.now)
    session.flush()
    return registration


def reissue(session: Session, desk: Desk, number: int, deed: Deed) -> Registration:
    """A new code for a badge that was lost: whoever finds the old one is told that it was replaced."""
    registration = registration_of_event(session, desk.event_id, number)
    if found_done(session, desk, deed) is None:
        actions.replace_ticket(session, registration, now=deed.now)
        note_help(session, registration, deed, "reissue")
    return registration


def refuse_without_seat(registration: Registration) -> None:
    """Raises NoSeatAtTheDoor: who came to the desk is let in or told why not, never put into a queue unasked."""
    if registration.state != State.CONFIRMED:
        raise NoSeatAtTheDoor(_("No seat is free for them now. Nothing was changed."))

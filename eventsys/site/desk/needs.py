"""What needs an organiser now: each with how many, why, and where to do it. Most pressing first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda import planning, rules
from eventsys.agenda.manage.readiness import points_of
from eventsys.agenda.queries import count_without_room
from eventsys.agenda.rules import Slot
from eventsys.events.models import Event, EventStatus
from eventsys.kernel import access
from eventsys.kernel.locale import say_instant
from eventsys.mailing import queries as mailing
from eventsys.materials.queries import count_owed
from eventsys.registration.models import Mode, Registration, RegistrationSettings, State
from eventsys.registration.queries import count_unreachable_people, programme_people_missing
from eventsys.registration.rules import Seats
from eventsys.site.desk.people import Counted
from eventsys.streams.queries import has_streams

# An offer that ends within this time is worth a call.
_SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Need:
    """Something that waits for an organiser: what, why, and where to do it. Without `url` somebody else must act."""

    what: str
    why: str
    url: str
    act: str


@dataclass(frozen=True)
class Looked:
    """What the page has read already."""

    event: Event
    settings: RegistrationSettings
    seats: dict[Mode, Seats]
    counted: Counted
    now: datetime

    @property
    def is_over(self) -> bool:
        return self.event.ends_at <= self.now


def needs(session: Session, seen: Looked) -> list[Need]:
    """For whoever runs the event; a cancelled one needs nothing but its mail to leave."""
    found = list(_mail(session, seen.event))
    if seen.event.status == EventStatus.CANCELLED:
        return found
    slots = planning.slots(session, seen.event.id)
    if not seen.is_over:
        found += [*_publication(seen.event, slots), *_people(session, seen), *_programme(session, seen.event, slots)]
    return found + list(_materials(session, seen))


def _publication(event: Event, slots: list[Slot]) -> Iterator[Need]:
    if event.status == EventStatus.DRAFT:
        missing = sum(not point.is_done for point in points_of(event, slots))
        why = ngettext("%(num)s point of the checklist is open.", "%(num)s points of the checklist are open.", missing)
        yield Need(
            _("This event is a draft"),
            why if missing else _("Nobody else sees it until it is published."),
            url_for("agenda_manage.ready", slug=event.slug),
            _("Check and publish"),
        )


def _people(session: Session, seen: Looked) -> Iterator[Need]:
    yield from _decisions(seen)
    yield from _offers(session, seen)
    yield from _free_seats(seen)
    unverified = seen.counted.in_state(State.UNVERIFIED)
    if unverified:
        yield Need(
            ngettext("%(num)s address is not confirmed", "%(num)s addresses are not confirmed", unverified),
            _("They have no seat until they follow the link in our mail."),
            _registrations(seen.event, State.UNVERIFIED),
            _("See"),
        )


def _registrations(event: Event, state: State) -> str:
    return url_for("registration_manage.index", slug=event.slug, state=str(state))


def _decisions(seen: Looked) -> Iterator[Need]:
    applied = seen.counted.in_state(State.APPLIED)
    if applied:
        yield Need(
            ngettext("%(num)s person awaits your decision", "%(num)s people await your decision", applied),
            _("They hear from us as soon as you decide."),
            url_for("registration_manage.applications", slug=seen.event.slug),
            _("Decide"),
        )


def _offers(session: Session, seen: Looked) -> Iterator[Need]:
    mine = (Registration.event_id == seen.event.id, Registration.state == State.OFFERED)
    soon = Registration.offer_until <= seen.now + _SOON
    count, first = session.execute(select(func.count(), func.min(Registration.offer_until)).where(*mine, soon)).one()
    if first is not None:
        yield Need(
            ngettext("%(num)s offered seat lapses soon", "%(num)s offered seats lapse soon", count),
            _("The first: %(when)s", when=say_instant(first, seen.event.zone)),
            _registrations(seen.event, State.OFFERED),
            _("See"),
        )


def _free_seats(seen: Looked) -> Iterator[Need]:
    free = sum(pool.left or 0 for pool in seen.seats.values() if pool.waiting)
    if free:
        waiting = sum(pool.waiting for pool in seen.seats.values())
        yield Need(
            ngettext("%(num)s seat is free while people wait", "%(num)s seats are free while people wait", free),
            ngettext("%(num)s person is on the waiting list.", "%(num)s people are on the waiting list.", waiting),
            _registrations(seen.event, State.WAITING),
            _("See"),
        )


def _programme(session: Session, event: Event, slots: list[Slot]) -> Iterator[Need]:
    url = url_for("agenda_manage.programme", slug=event.slug)
    if not slots:
        yield Need(_("The programme is empty"), _("Add sessions or import them."), url, _("Begin"))
    clashes = rules.clashes(slots)
    if clashes:
        first = clashes[0]
        yield Need(
            ngettext("%(num)s clash in the programme", "%(num)s clashes in the programme", len(clashes)),
            _("%(who)s: “%(one)s” and “%(other)s”", who=first.name, one=first.first.title, other=first.second.title),
            url,
            _("Look"),
        )
    roomless = count_without_room(session, event.id)
    if roomless:
        yield Need(
            ngettext("%(num)s session has no room", "%(num)s sessions have no room", roomless),
            _("Participants see no place for them."),
            url_for("agenda_manage.programme", slug=event.slug, room="-"),
            _("See"),
        )
    yield from _speakers(session, event)


def _speakers(session: Session, event: Event) -> Iterator[Need]:
    mute = count_unreachable_people(session, event.id)
    if mute:
        yield Need(
            ngettext("%(num)s speaker has no e-mail address", "%(num)s speakers have no e-mail address", mute),
            _("Nobody can tell them of a change."),
            url_for("agenda_manage.people", slug=event.slug),
            _("Add"),
        )
    missing = len(programme_people_missing(session, event.id))
    if missing:
        yield Need(
            ngettext("%(num)s speaker is not registered", "%(num)s speakers are not registered", missing),
            _("They have no ticket and no badge yet."),
            url_for("registration_manage.index", slug=event.slug),
            _("Register them"),
        )


def _materials(session: Session, seen: Looked) -> Iterator[Need]:
    event = seen.event
    owed = count_owed(session, event.id, seen.now)
    if owed:
        yield Need(
            ngettext("%(num)s session still owes its slides", "%(num)s sessions still owe their slides", owed),
            _("They are over, and nothing of them is up yet."),
            url_for("materials_manage.index", slug=event.slug),
            _("Add"),
        )
    if not seen.is_over and seen.seats[Mode.ONLINE].is_offered and not has_streams(session, event.id):
        yield Need(
            _("No stream for who takes part online"),
            _("Online seats are offered, but there is no link to watch."),
            url_for("streams_manage.index", slug=event.slug),
            _("Add"),
        )


def _mail(session: Session, event: Event) -> Iterator[Need]:
    failed = mailing.counts(session, event_id=event.id)["failed"]
    if failed:
        may_look = access.is_administrator()
        yield Need(
            ngettext("%(num)s message could not be delivered", "%(num)s messages could not be delivered", failed),
            _("The outbox says why.") if may_look else _("Administrators see why in the outbox."),
            url_for("accounts_manage.outbox", state="failed") if may_look else "",
            _("See"),
        )

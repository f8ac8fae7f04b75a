"""A person's own page: am I in, and what do I need on the day? Composed of everything their link opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from eventsys.badges.codes import qr_svg
from eventsys.community.rules import sector_label
from eventsys.contacts.queries import asked_count
from eventsys.contacts.rules import is_open, may_exchange
from eventsys.events.models import Event, EventStatus
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading
from eventsys.kernel.locale import chosen_language, country_name, say_instant
from eventsys.kernel.pages import absolute
from eventsys.registration import queries, rules
from eventsys.registration.answers import said
from eventsys.registration.faces import state_heading, when_lines, where_lines
from eventsys.registration.models import ENDED, Mode, Registration, State, WaitingList
from eventsys.registration.views.person import registration_of
from eventsys.reports.queries import days_of
from eventsys.reports.rules import may_certify
from eventsys.site.personal.breakouts import breakouts
from eventsys.site.personal.called import called, may_hand_on
from eventsys.site.personal.choices import choices
from eventsys.site.personal.meanwhile import meanwhile
from eventsys.site.personal.own_data import own_data
from eventsys.site.personal.party import party
from eventsys.site.personal.unreached import unreached


@dataclass(frozen=True)
class Standing:
    """Where a person stands, in words, with a sign and a kind of colour (`good`, `warn`, `bad`)."""

    heading: str
    sentence: str
    sign: str
    kind: str


@dataclass(frozen=True)
class Switch:
    """The other way to take part: `is_possible` now, or why not."""

    mode: str
    title: str
    words: str
    label: str
    confirm: str
    is_possible: bool


def personal(token: str) -> str:
    """Everything one person can see and do; opening it lets this browser in where the person may go."""
    registration = registration_of(token)
    event, session = registration.event, reading()
    access.let_in(registration.id)
    access.let_into(event.id)
    is_running = event.status == EventStatus.PUBLISHED and clock.now() < event.ends_at
    ticket = queries.current_ticket(session, registration.id) if registration.state == State.CONFIRMED else None
    is_shown = ticket is not None and registration.mode == Mode.ONSITE and is_running
    return render_template(
        "site/personal.html",
        registration=registration,
        event=event,
        token=token,
        standing=_standing(session, registration, event),
        qr=qr_svg(ticket.code, title=str(_("Your ticket as a QR code"))) if ticket and is_shown else "",
        short_code=rules.spoken(ticket.short_code) if ticket and is_shown else "",
        when=when_lines(event),
        where=where_lines(event) if registration.mode == Mode.ONSITE else (),
        may_join=registration.state == State.CONFIRMED and is_running,
        may_change=registration.state not in (*ENDED, State.INVITED) and is_running,
        may_hand_on=may_hand_on(session, registration, is_running=is_running),
        called=called(session, registration, is_running=is_running),
        breakouts=breakouts(session, registration, is_running=is_running),
        party=party(session, registration),
        choices=choices(session, registration, is_running=is_running),
        is_running=is_running,
        is_held=_is_held(registration) and is_running,
        meanwhile=meanwhile(session, registration, is_running=is_running),
        unreached=unreached(session, registration),
        switch=_switch(session, registration) if is_running else None,
        contacts=_contacts(session, registration),
        pending=queries.pending_email_change(session, registration.id),
        held=_held(session, registration),
        may_certify=may_certify(event, len(days_of(session, [registration.id])), clock.now()),
        own=own_data(session, registration, clock.now()),
        feed=absolute("site.personal_feed", token=token),
    )


def _contacts(session: Session, registration: Registration) -> dict[str, int] | None:
    """The way to the people one met, while badges are scanned; how many wait for an answer."""
    is_there = may_exchange(registration) and registration.mode == Mode.ONSITE
    if not is_there or not is_open(registration.event, clock.now()):
        return None
    return {"asked": asked_count(session, registration.id)}


def _standing(session: Session, registration: Registration, event: Event) -> Standing:
    if event.status == EventStatus.CANCELLED:
        return Standing(_("This event is cancelled"), event.status_note, "x", "bad")
    heading = state_heading(registration)
    if clock.now() >= event.ends_at:
        return Standing(_("This event is over"), _("What was shown there is on its page."), "check", "idle")
    match registration.state:
        case State.CONFIRMED:
            return Standing(heading, "", "check", "good")
        case State.WAITING:
            return Standing(heading, _waiting(session, registration), "hourglass", "warn")
        case State.OFFERED if not _is_held(registration):
            return Standing(_("This offer has ended."), _("The seat goes to the next in line."), "hourglass", "idle")
        case State.OFFERED:
            until = say_instant(registration.offer_until, event.zone) if registration.offer_until else ""
            return Standing(heading, _("Until %(deadline)s. Do you want it?", deadline=until), "hand", "warn")
        case State.APPLIED:
            return Standing(heading, _("They decide who can take part, and tell you by mail."), "hourglass", "warn")
        case State.DECLINED:
            return Standing(heading, _("What was shown is on the event’s page afterwards."), "x", "bad")
        case State.CANCELLED:
            return Standing(heading, _("Your place has been given back."), "x", "bad")
    return Standing(heading, "", "mail", "warn")


def _is_held(registration: Registration) -> bool:
    """Whether an offer can be taken still; the worker gives the seat on a little after the deadline."""
    is_open = registration.offer_until is None or clock.now() < registration.offer_until
    return registration.state == State.OFFERED and is_open


def _waiting(session: Session, registration: Registration) -> str:
    place = queries.place_in_queue(session, registration)
    number = _("You are number %(place)d in line.", place=place) if place > 1 else _("You are the next in line.")
    if queries.settings_of(session, registration.event_id).waiting_list == WaitingList.OFFERS:
        return " ".join((number, _("A freed seat is held for you, and we ask you by mail.")))
    return " ".join((number, _("A freed seat is yours at once, and we tell you by mail.")))


def _switch(session: Session, registration: Registration) -> Switch | None:
    """What the other mode would mean; None where it is not offered or nothing is to switch."""
    seats = queries.seats(session, registration.event_id)
    other = Mode.ONLINE if registration.mode == Mode.ONSITE else Mode.ONSITE
    if registration.state in ENDED or seats[other].seats == 0:
        return None
    is_online = other == Mode.ONLINE
    left = seats[other].left
    if not seats[other].has_room:
        words = _("All places online are taken.") if is_online else _("All seats on site are taken.")
    elif registration.state == State.WAITING:
        words = _("There is room. You leave the waiting list.")
    elif left is None:
        words = _("There is room. Your seat goes to the next in line.")
    else:
        words = ngettext(
            "%(num)d seat left. Yours goes to the next in line.",
            "%(num)d seats left. Yours goes to the next in line.",
            left,
        )
    return Switch(
        mode=str(other),
        title=_("Join online instead") if is_online else _("Come on site instead"),
        words=words,
        label=_("Switch"),
        confirm=_("You take the other seat first; only then is yours given to the next."),
        is_possible=seats[other].has_room,
    )


def _answers(session: Session, registration: Registration) -> list[tuple[str, str]]:
    """What the person answered, in the words they read; what organisers noted for themselves is not among it."""
    language = chosen_language()
    given = [(one.question, one.value) for one in queries.answers_of(session, registration.id)]
    return [
        (rules.in_language(question, language).label, said(value, question, language))
        for question, value in given
        if not question.is_internal
    ]


def _held(session: Session, registration: Registration) -> list[tuple[str, Any]]:
    """What is kept about the person, as the page lists it."""
    mode = rules.MODE_LABELS[Mode(registration.mode)]
    zone = registration.event.zone
    kept = [
        (_("Name"), registration.name),
        (_("E-mail address"), registration.email or ""),
        (_("Organisation"), registration.organisation),
        (_("Country"), country_name(registration.country) if registration.country else ""),
        (_("Sector"), sector_label(registration.sector)),
        (_("How you take part"), mode),
        *_answers(session, registration),
        (_("Registered"), say_instant(registration.registered_at, zone)),
    ]
    if registration.privacy_accepted_at:
        kept.append((_("Privacy notice accepted"), say_instant(registration.privacy_accepted_at, zone)))
    return [(term, value) for term, value in kept if value]

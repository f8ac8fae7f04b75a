"""The letters about one registration: what happened, what it means, what to do; written when the worker sends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from eventsys.badges.sheets import ticket_pdf
from eventsys.events.models import EventStatus
from eventsys.kernel import tokens
from eventsys.kernel.pages import absolute
from eventsys.kernel.text import clean_line, markdown
from eventsys.mailing.letters import Attachment, Letter, Maker, write
from eventsys.registration import callings, phrases, queries, rules
from eventsys.registration.faces import ticket_face, when_lines, where_lines
from eventsys.registration.invitations import calendar_file, contact_of
from eventsys.registration.models import (
    BulkAct,
    Coming,
    DecisionRound,
    EmailChange,
    Mode,
    Registration,
    State,
    Verdict,
)
from eventsys.registration.phrases import About, Words


@dataclass(frozen=True)
class Kind:
    """One kind of letter: what it says, in which state it still makes sense, what goes along."""

    words: Callable[[About], Words]
    states: frozenset[State] = frozenset(State)
    has_ticket: bool = False
    calendar: str = ""
    url: Callable[[Registration], str | None] = lambda _registration: None
    is_wanted: Callable[[Registration], bool] = bool


def _confirmation(registration: Registration) -> str | None:
    """Where an address is confirmed, while it is to be."""
    if registration.state != State.UNVERIFIED:
        return None
    return absolute("registration.confirm", token=queries.confirmation_of(registration))


def _event_page(registration: Registration) -> str | None:
    return absolute("site.event", slug=registration.event.slug)


_CONFIRMED = frozenset({State.CONFIRMED})
_INVITED = frozenset({State.INVITED})
_GONE = frozenset({State.CANCELLED, State.DECLINED})
KINDS = {
    "confirmed": Kind(phrases.confirmed, _CONFIRMED, has_ticket=True, calendar="REQUEST"),
    "promoted": Kind(phrases.promoted, _CONFIRMED, has_ticket=True, calendar="REQUEST"),
    "switched": Kind(phrases.switched, _CONFIRMED, has_ticket=True, calendar="REQUEST"),
    "ticket_replaced": Kind(phrases.ticket_replaced, _CONFIRMED, has_ticket=True),
    "waiting": Kind(phrases.waiting, frozenset({State.WAITING})),
    "applied": Kind(phrases.applied, frozenset({State.APPLIED})),
    "offered": Kind(phrases.offered, frozenset({State.OFFERED})),
    "offer_expired": Kind(phrases.offer_expired, _GONE),
    "declined": Kind(phrases.declined, _GONE),
    "cancelled": Kind(phrases.cancelled, _GONE, calendar="CANCEL"),
    "unverified": Kind(phrases.unverified, frozenset({State.UNVERIFIED}), url=_confirmation),
    "never_verified": Kind(phrases.never_verified, _GONE, url=_event_page),
    "link": Kind(phrases.link, has_ticket=True, url=_confirmation),
    "put_on_list": Kind(phrases.put_on_list, frozenset({State.WAITING})),
    "still_coming": Kind(phrases.still_coming, _CONFIRMED, is_wanted=lambda one: one.coming == Coming.ASKED),
    "let_go": Kind(phrases.let_go, _GONE, calendar="CANCEL"),
    "invited": Kind(callings.invited, _INVITED),
    "invitation_reminder": Kind(callings.invitation_reminder, _INVITED),
    "invitation_expired": Kind(callings.invitation_expired, _GONE),
    "invitation_withdrawn": Kind(callings.invitation_withdrawn, _GONE),
    "named_in_group": Kind(callings.named_in_group),
    "stepped_in": Kind(callings.stepped_in, _CONFIRMED, has_ticket=True, calendar="REQUEST"),
    "given_seat": Kind(callings.given_seat, _CONFIRMED, has_ticket=True, calendar="REQUEST"),
    "seat_not_needed": Kind(callings.seat_not_needed),
    "handed_over": Kind(callings.handed_over, _GONE, calendar="CANCEL"),
}


# Which of the organisers' texts of a round goes into which letter.
_ROUND_TEXTS = {
    "confirmed": Verdict.ACCEPT,
    "waiting": Verdict.WAIT,
    "put_on_list": Verdict.WAIT,
    "declined": Verdict.DECLINE,
}


def _maker(kind: Kind, name: str = "") -> Maker:
    def make(session: Session, arguments: dict[str, Any]) -> Letter | None:
        registration = session.get(Registration, arguments["registration_id"], options=[joinedload(Registration.event)])
        # What has changed since is told by a letter of its own.
        if registration is None or not registration.email or registration.state not in kind.states:
            return None
        if not kind.is_wanted(registration):
            return None
        if registration.event.status == EventStatus.CANCELLED and registration.state not in _GONE:
            return None
        with force_locale(registration.language):
            return _letter(session, registration, kind, said=_round_text(session, arguments.get("round_id"), name))

    return make


def _round_text(session: Session, round_id: int | None, name: str) -> str:
    """What the organisers wrote to everybody who is answered so in a round of decisions."""
    found = session.get(DecisionRound, round_id) if round_id is not None and name in _ROUND_TEXTS else None
    return str(found.texts.get(_ROUND_TEXTS[name], "")) if found is not None else ""


def _letter(session: Session, registration: Registration, kind: Kind, *, said: str = "") -> Letter:
    event = registration.event
    words = kind.words(About(session, registration, event))
    if said:
        words = replace(words, sentences=(*words.sentences, *said.split("\n")))
    return letter_to(
        registration,
        words,
        attachments=tuple(_attachments(session, registration, kind)),
        url=kind.url(registration),
    )


def letter_to(
    registration: Registration,
    words: Words,
    *,
    attachments: tuple[Attachment, ...] = (),
    to: str | None = None,
    url: str | None = None,
) -> Letter:
    """A letter in the one form that all about a registration have; to the person's address unless `to` is given."""
    event = registration.event
    return write(
        "registration/mail/letter",
        to=to or registration.email or "",
        # A title may hold a line break; a header must not.
        subject=clean_line(words.subject),
        attachments=attachments,
        reply_to=contact_of(event),
        words=words,
        prose=markdown(words.prose),
        url=url or absolute("site.personal", token=queries.link_of(registration)),
        name=registration.name,
        event=event,
        when=when_lines(event),
        where=where_lines(event) if registration.mode == Mode.ONSITE else (_("Online"),),
        reason=_("You get this because this address is registered for “%(event)s”.", event=event.title),
    )


def _attachments(session: Session, registration: Registration, kind: Kind) -> list[Attachment]:
    found = []
    ticket = queries.current_ticket(session, registration.id)
    is_valid = registration.state == State.CONFIRMED and registration.mode == Mode.ONSITE
    if kind.has_ticket and is_valid and ticket is not None:
        pdf = ticket_pdf(ticket_face(registration, registration.event, ticket))
        found.append(Attachment(f"ticket-{rules.spoken(ticket.short_code)}.pdf", "application/pdf", pdf))
    if kind.calendar == "REQUEST":
        found.append(calendar_file(registration, registration.event))
    elif kind.calendar == "CANCEL" and ticket is not None:
        # Who never had a seat never got an entry that could be taken out.
        found.append(calendar_file(registration, registration.event, "CANCEL"))
    return found


def _change_maker(words: Callable[[EmailChange], Words], address: Callable[[EmailChange], str | None]) -> Maker:
    def make(session: Session, arguments: dict[str, Any]) -> Letter | None:
        change = session.get(EmailChange, arguments["change_id"])
        if change is None or (to := address(change)) is None:
            return None
        with force_locale(change.registration.language):
            url = None if change.confirmed_at else absolute("registration.new_address", token=_token(change))
            return letter_to(change.registration, words(change), to=to, url=url)

    return make


def _token(change: EmailChange) -> str:
    return tokens.derived(queries.NEW_ADDRESS, change.nonce)


def _new_address(change: EmailChange) -> Words:
    return Words(
        _("Confirm this address: %(event)s", event=change.registration.event.title),
        _("Confirm this address"),
        (
            _("Someone asked us to send everything about a registration for this event to this address from now on."),
            _("If it was you, confirm it within two days. If not, do nothing: it stays as it is."),
        ),
        _("Confirm the address"),
    )


def _address_taken(change: EmailChange) -> Words:
    return Words(
        _("Your registration: %(event)s", event=change.registration.event.title),
        _("This is your address now"),
        (_("Everything about your registration comes to this address. Your personal link is the same as before."),),
        phrases.your_page(),
    )


def _given_up_maker(session: Session, arguments: dict[str, Any]) -> Letter | None:
    change = session.get(EmailChange, arguments["change_id"])
    if change is None or not change.former_email:
        return None
    with force_locale(change.registration.language):
        event = change.registration.event
        words = Words(
            _("Your address was changed: %(event)s", event=event.title),
            _("Your address was changed"),
            (
                _("Mail about your registration goes to another address from now on."),
                _("If it was not you who changed it, please write to the organisers at once."),
            ),
            _("See the event"),
        )
        # The old address may have changed hands: it gets no personal link.
        url = absolute("site.home") if event.is_private else absolute("site.event", slug=event.slug)
        return letter_to(change.registration, words, to=change.former_email, url=url)


def _message_maker(session: Session, arguments: dict[str, Any]) -> Letter | None:
    """What organisers wrote to many, to one of them."""
    registration = session.get(Registration, arguments["registration_id"], options=[joinedload(Registration.event)])
    act = session.get(BulkAct, arguments["act_id"])
    if registration is None or not registration.email or act is None:
        return None
    subject, text = act.before["values"]["subject"], act.before["values"]["text"]
    with force_locale(registration.language):
        return letter_to(registration, Words(subject, subject, (), phrases.your_page(), prose=text))


MAKERS: dict[str, Maker] = {
    "registration.message": _message_maker,
    **{f"registration.{name}": _maker(kind, name) for name, kind in KINDS.items()},
    "registration.new_address": _change_maker(_new_address, lambda one: None if one.confirmed_at else one.email),
    "registration.address_taken": _change_maker(_address_taken, lambda one: one.email),
    "registration.address_given_up": _given_up_maker,
}

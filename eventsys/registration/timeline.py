"""What happened to one registration, in the order it happened: what was done by whom, and which mails left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.queries import names_of
from eventsys.events.models import Event
from eventsys.kernel.facts import Fact
from eventsys.kernel.locale import say_stamp
from eventsys.mailing.models import Delivery, OutboxMessage
from eventsys.registration import queries
from eventsys.registration.models import Question, Registration
from eventsys.registration.wording import Named, fact_words

_MAILS = {
    "confirmed": _l("You are in"),
    "promoted": _l("You have moved up"),
    "switched": _l("You take part the other way"),
    "ticket_replaced": _l("Your new ticket"),
    "waiting": _l("You are on the waiting list"),
    "applied": _l("We have your application"),
    "offered": _l("A seat is held for you"),
    "offer_expired": _l("The held seat has gone to the next"),
    "declined": _l("No place this time"),
    "cancelled": _l("Your registration is cancelled"),
    "link": _l("Your personal link"),
    "message": _l("A message of the organisers"),
    "session_promoted": _l("A seat in a session is free"),
    "session_joined": _l("You are signed up"),
    "session_waited_for": _l("You wait for a seat in a session"),
    "session_left": _l("You have left a session"),
    "asked_again": _l("Are you still coming?"),
    "unverified": _l("Confirm your address"),
    "invited": _l("You are invited"),
}


def steps_of(session: Session, event: Event, registration: Registration) -> list[tuple[str, str]]:
    """Each step as (what, when), oldest first; three queries more than the facts, however many there are."""
    facts = queries.timeline_of(session, registration.id)
    named = Named(names_of(session, (fact.actor for fact in facts)), _questions(session, event, facts))
    steps = [(fact.at, 0, fact_words(fact, named)) for fact in facts]
    steps += [(mail.created_at, 1, _mail_words(mail, event.zone)) for mail in _mails(session, registration)]
    return [(words, say_stamp(at, event.zone)) for at, _rank, words in sorted(steps, key=_first)]


def _first(step: tuple[datetime, int, str]) -> tuple[datetime, int]:
    return step[0], step[1]


def _questions(session: Session, event: Event, facts: Iterable[Fact]) -> dict[int, str]:
    """The labels of the questions whose answers were changed."""
    names = {name for fact in facts for name in fact.data.get("fields", ())}
    ids = [int(name[7:]) for name in names if name.startswith("answer:")]
    rows = session.execute(
        select(Question.id, Question.label).where(Question.event_id == event.id, Question.id.in_(ids))
    )
    return dict(rows.all())


def _mails(session: Session, registration: Registration) -> Sequence[OutboxMessage]:
    is_mine = OutboxMessage.arguments["registration_id"].as_integer() == registration.id
    query = select(OutboxMessage).where(OutboxMessage.event_id == registration.event_id, is_mine)
    return session.scalars(query.order_by(OutboxMessage.id)).all()


def _mail_words(mail: OutboxMessage, zone: ZoneInfo) -> str:
    what = _MAILS.get(mail.maker.rpartition(".")[2], _("about the event"))
    return str(_("Mail “%(what)s”: %(state)s", what=what, state=_delivery(mail, zone)))


def _delivery(mail: OutboxMessage, zone: ZoneInfo) -> str:
    match mail.state:
        case Delivery.SENT:
            return str(_("sent %(when)s", when=say_stamp(mail.sent_at, zone)) if mail.sent_at else _("sent"))
        case Delivery.FAILED:
            return str(_("it could not be delivered"))
        case Delivery.DROPPED:
            return str(_("not sent: it was no longer true"))
    return str(_("leaves %(when)s", when=say_stamp(mail.due_at, zone)))

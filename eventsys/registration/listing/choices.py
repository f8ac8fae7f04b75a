"""What people of an event can be filtered by: the lists that the table offers, each with as much as the event has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.community.rules import SECTOR_LABELS
from eventsys.kernel.locale import country_name, say_day
from eventsys.kernel.text import search_key
from eventsys.registration import rules
from eventsys.registration.listing.catalogue import Catalogue
from eventsys.registration.models import (
    Coming,
    Delegation,
    Invitation,
    Mode,
    PoolKind,
    Question,
    QuestionType,
    Registration,
    RegistrationTag,
    SeatPool,
)

Choice = tuple[str, str]

COMING_LABELS = {
    Coming.UNASKED: _l("not asked"),
    Coming.ASKED: _l("asked, no answer yet"),
    Coming.YES: _l("yes"),
    Coming.NO: _l("no"),
}


@dataclass(frozen=True)
class Choices:
    """One list a filter: its name in the address, what stands before it, and (value, words). `few` are always in
    sight, `more` fold away."""

    few: list[tuple[str, str, list[Choice]]]
    more: list[tuple[str, str, list[Choice]]] = field(default_factory=list)

    def label_of(self, name: str, value: str) -> tuple[str, str]:
        """A filter that is on, in words; what has no list says itself."""
        for one, label, choices in (*self.few, *self.more):
            if one == name:
                return label, dict(choices).get(value, value)
        return name, value


def choices_of(session: Session, event_id: int, known: Catalogue) -> Choices:
    """The lists of an event; those with nothing to choose are left out."""
    few = [
        ("state", _("State"), _worded(_("all states"), rules.STATE_LABELS.items())),
        ("mode", _("Way"), _worded(_("on site and online"), rules.MODE_LABELS.items())),
        ("type", _("Type"), _worded(_("all types"), rules.TYPE_LABELS.items())),
        ("sector", _("Sector"), _worded(_("all sectors"), SECTOR_LABELS.items())),
    ]
    more = [
        ("tag", _("Tag"), _worded(_("all"), ((tag, tag) for tag in tags_of(session, event_id)))),
        ("country", _("Country"), _worded(_("all countries"), _countries(session, event_id))),
        ("pool", _("Seat in"), _worded(_("anywhere"), _pools(session, event_id))),
        ("coming", _("Still coming"), _worded(_("all"), COMING_LABELS.items())),
        ("email", _("E-mail address"), _worded(_("all"), [("yes", _("has one")), ("no", _("has none"))])),
        ("bounced", _("Mail"), _worded(_("all"), [("yes", _("comes back")), ("no", _("arrives"))])),
        ("beyond", _("Beyond the seats"), _yes_or_no()),
        ("doubles", _("May be there twice"), _worded(_("all"), [("yes", _("yes"))])),
        ("delegation", _("Delegation"), _worded(_("all"), _named(session, event_id, Delegation, Delegation.name))),
        ("invitation", _("Invitation"), _worded(_("all"), _invitations(session, event_id))),
        *((name, question.label, _answers(known, question)) for name, question in known.asked_for.items()),
    ]
    return Choices(few, [one for one in more if len(one[2]) > 1])


def _worded(all_of_them: Any, items: Iterable[tuple[Any, Any]]) -> list[Choice]:
    return [("", str(all_of_them)), *((str(key), str(label)) for key, label in items)]


def _yes_or_no() -> list[Choice]:
    return _worded(_("all"), [("yes", _("yes")), ("no", _("no"))])


def _answers(known: Catalogue, question: Question) -> list[Choice]:
    if question.type == QuestionType.STATEMENT:
        return _yes_or_no()
    return _worded(_("all"), ((choice, choice) for choice in known.answers(question)))


def tags_of(session: Session, event_id: int) -> list[str]:
    """The tags that are in use, in their order."""
    query = select(RegistrationTag.tag).where(RegistrationTag.event_id == event_id).distinct()
    return list(session.scalars(query.order_by(RegistrationTag.tag)))


def _countries(session: Session, event_id: int) -> list[Choice]:
    """The countries people come from. Each is one step in the index, not a look at every row."""
    of_event = select(func.min(Registration.country)).where(Registration.event_id == event_id)
    steps = of_event.where(Registration.country > "").cte("step", recursive=True)
    code: Any = next(iter(steps.c))
    after = of_event.where(Registration.country > code).correlate(steps).scalar_subquery()
    steps = steps.union_all(select(after).where(code.is_not(None)))
    found = session.scalars(select(next(iter(steps.c))))
    return sorted(((code, country_name(code)) for code in found if code), key=lambda one: search_key(one[1]))


def _pools(session: Session, event_id: int) -> list[Choice]:
    """The days, sessions and answers that seats are counted by; the rest has a filter of its own."""
    shown = (PoolKind.DAY, PoolKind.SESSION, PoolKind.ANSWER)
    query = (
        select(SeatPool.id, SeatPool.kind, SeatPool.key, SeatPool.mode, AgendaSession.title)
        .outerjoin(
            AgendaSession,
            (SeatPool.kind == PoolKind.SESSION)
            & (AgendaSession.event_id == SeatPool.event_id)
            & (AgendaSession.key == SeatPool.key),
        )
        .where(SeatPool.event_id == event_id, SeatPool.kind.in_(shown))
        .order_by(SeatPool.kind, SeatPool.key, SeatPool.id)
    )
    found = []
    for number, kind, key, mode, title in session.execute(query):
        name = _pool_name(kind, key, title)
        found.append((str(number), f"{name}, {rules.MODE_LABELS[Mode(mode)]}" if mode else name))
    return found


def _pool_name(kind: str, key: str, title: str | None) -> str:
    if kind == PoolKind.DAY:
        return say_day(date.fromisoformat(key))
    return title or key.partition("=")[2] or key


def _named(session: Session, event_id: int, model: Any, name: Any) -> list[Choice]:
    rows = session.execute(select(model.id, name).where(model.event_id == event_id).order_by(name, model.id).limit(500))
    return [(str(number), words) for number, words in rows]


def _invitations(session: Session, event_id: int) -> list[Choice]:
    query = select(Invitation.id, Invitation.label, Invitation.code, Invitation.domain)
    rows = session.execute(query.where(Invitation.event_id == event_id).order_by(Invitation.id).limit(500))
    return [(str(number), label or code or domain or str(number)) for number, label, code, domain in rows]

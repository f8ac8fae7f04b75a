"""The group that a person brings: who has confirmed, and nothing else about them."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.registration import rules
from eventsys.registration.models import ENDED, Registration, State
from eventsys.registration.queries import settings_of
from eventsys.registration.queries.invited import delegation_of, members_of


@dataclass(frozen=True)
class Member:
    """One of a group: their name and where they stand, with a kind of colour."""

    number: int
    name: str
    words: str
    kind: str
    may_act: bool


@dataclass(frozen=True)
class Party:
    """A group as its head sees it."""

    members: list[Member]
    summary: str
    may_bring: bool


_HEADS = (State.CONFIRMED, State.WAITING, State.OFFERED, State.APPLIED)


def party(session: Session, registration: Registration) -> Party:
    delegation = delegation_of(session, registration)
    people = members_of(session, delegation) if delegation else ()
    settings = settings_of(session, registration.event_id)
    now = clock.now()
    is_free = delegation is not None or registration.delegation_id is None
    is_head = is_free and registration.state in _HEADS and rules.is_open(registration.event, settings, now)
    living = sum(one.state not in ENDED for one in people)
    may_act = registration.state in _HEADS and rules.is_running(registration.event, now)
    confirmed = sum(one.state == State.CONFIRMED for one in people)
    summary = ngettext(
        "%(done)d of %(num)d person has confirmed.",
        "%(done)d of %(num)d people have confirmed.",
        living,
        done=confirmed,
    )
    return Party(
        members=[_member(one, may_act=may_act) for one in people],
        summary=str(summary),
        may_bring=is_head and living < settings.group_most,
    )


def _member(person: Registration, *, may_act: bool) -> Member:
    words, kind = _standing(State(person.state))
    return Member(person.id, person.name, words, kind, may_act and person.state == State.INVITED)


def _standing(state: State) -> tuple[str, str]:
    match state:
        case State.CONFIRMED:
            return str(_("Confirmed")), "good"
        case State.INVITED:
            return str(_("Has not answered yet")), "warn"
        case State.CANCELLED | State.DECLINED:
            return str(_("Does not come")), "bad"
        case State.APPLIED:
            return str(_("Awaits a decision")), "warn"
    return str(_("On the waiting list")), "warn"

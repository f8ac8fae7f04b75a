"""What a round of decisions would come to: carried out as it would be, with its letters, and taken back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import access, clock
from eventsys.mailing.letters import find_maker
from eventsys.registration import actions
from eventsys.registration.actions import Decided, Outcome
from eventsys.registration.actions.refusing import pool_label
from eventsys.registration.models import SEATED, Mode, Registration, Seat, SeatPool, SeatState, Verdict
from eventsys.registration.queries import link_of
from eventsys.registration.queries.balance import balances
from eventsys.registration.rules.applying import Balance, Share

TOLD = {
    "confirmed": _l("Accepted, with a seat"),
    "waiting": _l("Accepted, no seat left: waiting list"),
    "put_on_list": _l("Waiting list"),
    "declined": _l("Declined"),
}
WHY = {
    "changed": _l("stands elsewhere by now, or is picked for something else"),
    "opinions": _l("too few organisers have looked at it"),
    "seats": _l("no seat is left, and there is no waiting list"),
    "list": _l("this event has no waiting list"),
}


@dataclass(frozen=True)
class Shown:
    """One letter as it will go, and who else gets one of the kind."""

    kind: str
    label: str
    people: list[tuple[int, str]]
    chosen: int
    language: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What a round would come to."""

    outcome: Outcome
    letters: list[Shown]
    without_mail: int
    moved_up: int
    missing: list[tuple[str, int]]
    whole: Share
    balances: list[Balance]


@dataclass(frozen=True)
class Wish:
    """What the organiser filled in beside the picks."""

    texts: Mapping[str, str]
    beyond: int
    passes_opinions: bool
    shown: Mapping[str, int]


def preview(session: Session, event_id: int, picked: Mapping[int, str], wish: Wish, way: Mode) -> Preview:
    """Carried out as it would be, in a transaction that is taken back."""
    event = session.get_one(Event, event_id)
    outcome = carried_out(session, event, picked, wish)
    whole, *after = balances(session, event_id, way)
    return Preview(
        outcome=outcome,
        letters=_letters(session, outcome, wish),
        without_mail=_without_mail(session, outcome),
        moved_up=_moved_up(session, outcome),
        missing=_missing(session, event_id, outcome),
        whole=whole.shares[0],
        balances=after,
    )


def carried_out(session: Session, event: Event, picked: Mapping[int, str], wish: Wish) -> Outcome:
    return actions.decide(
        session,
        event,
        picked,
        texts=wish.texts,
        beyond=wish.beyond,
        passes_opinions=wish.passes_opinions,
        actor=access.actor(),
        now=clock.now(),
    )


def _letters(session: Session, outcome: Outcome, wish: Wish) -> list[Shown]:
    """One letter a kind, written by the makers that will write all of them."""
    found = []
    for kind, label in TOLD.items():
        told = [one for one in outcome.decided if one.told == kind]
        if told:
            chosen = next((one for one in told if one.id == wish.shown.get(kind)), told[0])
            found.append(_letter(session, outcome.round_id, kind, str(label), told, chosen))
    return found


def _letter(session: Session, round_id: int, kind: str, label: str, told: Sequence[Decided], chosen: Decided) -> Shown:
    people = [(one.id, one.name) for one in told]
    maker = find_maker(f"registration.{kind}")
    letter = maker(session, {"registration_id": chosen.id, "round_id": round_id}) if maker else None
    if letter is None:
        return Shown(kind, label, people, chosen.id)
    return Shown(
        kind,
        label,
        people,
        chosen.id,
        language=session.get_one(Registration, chosen.id).language,
        to=letter.to,
        subject=letter.subject,
        text=_shown(letter.text, session.get_one(Registration, chosen.id)),
        files=tuple(one.filename for one in letter.attachments),
    )


def _shown(text: str, registration: Registration) -> str:
    """The letter without the secret of the personal link, which opens the registration for whoever has it."""
    return re.sub(r"\n{3,}", "\n\n", text.replace(link_of(registration), "…"))


def _without_mail(session: Session, outcome: Outcome) -> int:
    ids = [one.id for one in outcome.decided]
    query = select(func.count()).select_from(Registration)
    return session.scalar(query.where(Registration.id.in_(ids), Registration.email.is_(None))) or 0


def _moved_up(session: Session, outcome: Outcome) -> int:
    """How many of those put on the waiting list get a free seat at once."""
    ids = [one.id for one in outcome.decided if one.is_waiting]
    query = select(func.count()).select_from(Registration)
    return session.scalar(query.where(Registration.id.in_(ids), Registration.state.in_(SEATED))) or 0


def _missing(session: Session, event_id: int, outcome: Outcome) -> list[tuple[str, int]]:
    """Which seats those lack who are accepted and get none."""
    ids = [one.id for one in outcome.decided if one.is_waiting and one.verdict == Verdict.ACCEPT]
    ids += [one.id for one in outcome.skipped if one.why == "seats"]
    if not ids:
        return []
    rows = session.execute(
        select(SeatPool, func.count())
        .join(Seat, Seat.pool_id == SeatPool.id)
        .where(
            SeatPool.event_id == event_id,
            Seat.registration_id.in_(ids),
            Seat.state != SeatState.TAKEN,
            SeatPool.taken >= SeatPool.seats,
        )
        .group_by(SeatPool.id)
        .order_by(func.count().desc(), SeatPool.id)
    ).all()
    return [(pool_label(session, pool), number) for pool, number in rows]

"""Two registrations of one person made one: who stays keeps the seats, who goes frees theirs, nothing is lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.registration import queries, rules
from eventsys.registration.actions.bulk.standing import put_back, standing_of
from eventsys.registration.actions.leaving import leave
from eventsys.registration.actions.pools import Held, ensure_organisation, hold_all
from eventsys.registration.actions.rows import organisations_of
from eventsys.registration.actions.standing import change_seats
from eventsys.registration.actions.telling import note_fact
from eventsys.registration.entries import address_key, door_key
from eventsys.registration.errors import ChangedMeanwhile, NotPossibleNow
from eventsys.registration.models import ENDED, Answer, BulkAct, Registration, RegistrationTag, State

# What may be taken over from the one that goes; the seats, the type and the way are those of the one that stays.
FIELDS = ("first_name", "last_name", "email", "organisation", "country", "sector", "language")


def merge(
    session: Session, stays: Registration, goes: Registration, *, taken: Collection[str], now: datetime
) -> BulkAct:
    """Make two registrations one. `taken` are the fields whose values come from the one that goes.

    Notes, tags and answers that the one that stays lacks are copied. Raises NotPossibleNow where the one that stays
    has ended, SeatsGone where the values taken over need a seat that is not free.
    """
    if stays.id == goes.id or stays.event_id != goes.event_id:
        raise NotPossibleNow
    held = hold_all(session, stays.event)
    session.refresh(stays)
    session.refresh(goes)
    rules.refuse_unless_living(stays)
    known = standing_of(session, goes) | {"stays": stays.id, "was": _values_of(stays)}
    if goes.state not in ENDED:
        leave(session, goes, held, State.CANCELLED, now=now)
    for field in FIELDS:
        if field in taken:
            setattr(stays, field, getattr(goes, field))
    _fold(session, stays)
    known |= {"tags": _copy_tags(session, stays, goes), "answers": _copy_answers(session, stays, goes)}
    if goes.notes and goes.notes not in stays.notes:
        stays.notes = "\n".join(filter(None, (stays.notes, goes.notes)))
    stays.sequence += 1
    stays.updated_at = now
    _sit_again(session, stays, held, now=now)
    known |= {"now": _values_of(stays), "after": goes.state}
    note_fact(session, stays, "merged", now=now, stays=stays.id, goes=goes.id, fields=sorted(taken))
    note_fact(session, goes, "merged", now=now, stays=stays.id, goes=goes.id)
    return _noted(session, stays, goes, known, now=now)


def _noted(
    session: Session, stays: Registration, goes: Registration, known: dict[str, Any], *, now: datetime
) -> BulkAct:
    before = {"values": {"stays": stays.id, "goes": goes.id}, "left": [], "back": [], "refused": [], "told": {}}
    act = BulkAct(
        event_id=stays.event_id,
        kind="merge",
        before=before | {"done": {str(goes.id): known}, "is_pending": False},
        count=1,
        at=now,
        by=session.info.get("actor") or "system",
    )
    session.add(act)
    session.flush()
    return act


def unmerge(
    session: Session, goes: Registration, held: Held, known: dict[str, Any], *, now: datetime, tells: bool
) -> None:
    """Make two of one again, as far as nothing was changed since. Raises ChangedMeanwhile and SeatsGone."""
    stays = session.get(Registration, known["stays"])
    if stays is None or goes.state != known["after"]:
        raise ChangedMeanwhile
    present = _values_of(stays)
    for field, value in known["was"].items():
        # What somebody wrote since is theirs.
        if present[field] == known["now"][field]:
            setattr(stays, field, value)
    _fold(session, stays)
    for tag in known["tags"]:
        if (found := session.get(RegistrationTag, (stays.id, tag))) is not None:
            session.delete(found)
    mine = select(Answer).where(Answer.registration_id == stays.id, Answer.question_id.in_(known["answers"]))
    for answer in session.scalars(mine):
        session.delete(answer)
    stays.updated_at = now
    if stays.state not in ENDED:
        _sit_again(session, stays, held, now=now)
    if known["state"] not in ENDED:
        put_back(session, goes, held, known, now=now, tells=tells)
    note_fact(session, stays, "unmerged", now=now, stays=stays.id, goes=goes.id)


def _values_of(registration: Registration) -> dict[str, Any]:
    return {field: getattr(registration, field) for field in (*FIELDS, "notes")}


def _fold(session: Session, registration: Registration) -> None:
    """What is derived from the values."""
    name = registration.organisation
    registration.email_key = address_key(registration.email) if registration.email else None
    registration.search_key = door_key(registration.first_name, registration.last_name, name)
    registration.organisation_key = organisations_of(session, [name])[name]
    session.flush()


def _copy_tags(session: Session, stays: Registration, goes: Registration) -> list[str]:
    def of(one: Registration) -> set[str]:
        return set(session.scalars(select(RegistrationTag.tag).where(RegistrationTag.registration_id == one.id)))

    missing = sorted(of(goes) - of(stays))
    for tag in missing:
        session.add(RegistrationTag(registration_id=stays.id, tag=tag, event_id=stays.event_id))
    return missing


def _copy_answers(session: Session, stays: Registration, goes: Registration) -> list[int]:
    def of(one: Registration) -> dict[int, Any]:
        rows = session.execute(select(Answer.question_id, Answer.value).where(Answer.registration_id == one.id))
        return dict(rows.all())

    theirs, mine = of(goes), of(stays)
    # A file belongs to one person: erasing one must not take the other's away.
    missing = {key: value for key, value in theirs.items() if key not in mine and not isinstance(value, dict)}
    session.add_all(Answer(registration_id=stays.id, question_id=key, value=value) for key, value in missing.items())
    session.flush()
    return sorted(missing)


def _sit_again(session: Session, registration: Registration, held: Held, *, now: datetime) -> None:
    """Where seats are counted by what has changed, they follow."""
    settings = queries.settings_of(session, registration.event_id)
    if settings.organisation_seats is not None and registration.organisation_key:
        made = ensure_organisation(
            session, registration.event_id, [registration.organisation_key], settings.organisation_seats
        )
        held = Held(held.event_id, held.pools | {pool.id: pool for pool in made.values()})
    change_seats(session, registration, held, queries.wanted_of(session, registration), now=now)

"""What people agreed to: one row a text and giving, with the wording kept, and taken back one by one."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from eventsys.registration import rules
from eventsys.registration.actions.telling import note_fact
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import AcceptedText, Answer, Consent, Registration


def keep_consents(session: Session, registration_id: int, entry: NewEntry, *, now: datetime) -> None:
    """The privacy notice and each statement that was agreed to, with their wording."""
    given: dict[int | None, tuple[str, str]] = {
        question_id: (rules.text_hash(text), text) for question_id, text in entry.consents.items()
    }
    if entry.privacy_text_hash:
        given[None] = (entry.privacy_text_hash, entry.privacy_text)
    if not given:
        return
    for text_hash, text in given.values():
        if text:
            _keep_text(session, text_hash, text, now=now)
    rows = [
        {"registration_id": registration_id, "question_id": question_id, "text_hash": text_hash, "given_at": now}
        for question_id, (text_hash, _text) in given.items()
    ]
    session.connection().execute(_CONSENT, rows)


_CONSENT = insert(cast(Table, Consent.__table__))
_KNOWN = select(AcceptedText.hash).where(AcceptedText.hash == bindparam("of_hash"))


def _keep_text(session: Session, text_hash: str, text: str, *, now: datetime) -> None:
    # Read first: nearly always it is there, and a row that others write at the same time would be waited for.
    if session.connection().execute(_KNOWN, {"of_hash": text_hash}).scalar():
        return
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(upsert(AcceptedText).values(hash=text_hash, text=text, created_at=now).on_conflict_do_nothing())


def give_consent(session: Session, registration: Registration, question_id: int, text: str, *, now: datetime) -> None:
    """Agree to a statement from now on; agreeing to the same words again changes nothing."""
    text_hash = rules.text_hash(text)
    standing = _standing(session, registration.id, question_id)
    if standing is not None and standing.text_hash == text_hash:
        return
    if standing is not None:
        standing.withdrawn_at = now
    _keep_text(session, text_hash, text, now=now)
    session.add(Consent(registration_id=registration.id, question_id=question_id, text_hash=text_hash, given_at=now))
    note_fact(session, registration, "consent_given", now=now, question_id=question_id, text_hash=text_hash)


def withdraw_consent(session: Session, registration: Registration, question_id: int, *, now: datetime) -> bool:
    """Take a consent back, as easily as it was given (GDPR, Article 7(3)); whether there was one."""
    standing = _standing(session, registration.id, question_id)
    if standing is None:
        return False
    standing.withdrawn_at = now
    answer = session.scalar(
        select(Answer).where(Answer.registration_id == registration.id, Answer.question_id == question_id)
    )
    if answer is not None:
        answer.value = False
    registration.updated_at = now
    note_fact(session, registration, "consent_withdrawn", now=now, question_id=question_id)
    return True


def _standing(session: Session, registration_id: int, question_id: int) -> Consent | None:
    return session.scalar(
        select(Consent)
        .where(
            Consent.registration_id == registration_id,
            Consent.question_id == question_id,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.id.desc())
        .limit(1)
    )

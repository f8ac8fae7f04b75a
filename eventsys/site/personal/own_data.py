"""What is held of a person, on their own page: until when, and what they agreed to, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.kernel.locale import chosen_language, say_instant
from eventsys.privacy import queries, rules
from eventsys.privacy.wording import erased_words
from eventsys.registration.models import Registration
from eventsys.registration.queries import settings_of
from eventsys.registration.rules import consent_text, in_language


@dataclass(frozen=True)
class Statement:
    """One statement to agree to: its short words, the wording agreed to (now), and since when."""

    number: int
    label: str
    text: str
    since: str
    may_give: bool


@dataclass(frozen=True)
class OwnData:
    """`countdown` is what is erased when, in words, the earliest first."""

    countdown: list[tuple[str, str]]
    statements: list[Statement]


def own_data(session: Session, registration: Registration, now: datetime) -> OwnData:
    return OwnData(_countdown(session, registration, now), _statements(session, registration))


def _countdown(session: Session, registration: Registration, now: datetime) -> list[tuple[str, str]]:
    event, language = registration.event, chosen_language()
    keep_days = settings_of(session, event.id).keep_days
    apart = [
        (rules.answers_end_at(event, question, keep_days), in_language(question, language).label)
        for question in queries.apart_of(session, registration)
        if not question.is_internal
    ]
    dated = sorted((pair for pair in apart if pair[0] is not None), key=lambda pair: pair[0] or now)
    rest = _("Everything else") if dated else _("Everything")
    lines = [*dated, (rules.people_end_at(event, keep_days), rest)]
    return [(label, erased_words(ends_at, zone=event.zone, now=now)) for ends_at, label in lines]


def _statements(session: Session, registration: Registration) -> list[Statement]:
    language, zone = chosen_language(), registration.event.zone
    found = []
    for one in queries.agreements_of(session, registration):
        asked = in_language(one.question, language)
        since = say_instant(one.given_at, zone) if one.given_at else ""
        text = one.text or consent_text(asked)
        found.append(Statement(one.question.id, asked.label, text, since, one.question.retired_at is None))
    return found

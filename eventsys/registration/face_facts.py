"""What a badge shows beyond who somebody is: answers, consents, tags and their own sessions, read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import PAUSES, AgendaSession, Person, ProgrammeRole, SessionStatus
from eventsys.agenda.queries import Programme, programme
from eventsys.agenda.rules import ROLE_LABELS
from eventsys.badges.designs import Needs
from eventsys.badges.faces import Slot
from eventsys.events.models import Event
from eventsys.kernel.locale import say_day, say_time
from eventsys.registration.answers import said
from eventsys.registration.entries import address_key
from eventsys.registration.models import (
    Answer,
    Consent,
    PoolKind,
    Question,
    QuestionType,
    RegistrationTag,
    Seat,
    SeatPool,
    SeatState,
)

# What no badge shows, whatever a design asks for: files, and headings that ask nothing.
_UNSHOWN = (QuestionType.FILE, QuestionType.SECTION)


class FaceFacts:
    """Reads what the design `needs`: of the event once, of people page by page, in a fixed number of queries."""

    def __init__(self, session: Session, event: Event, needs: Needs) -> None:
        self._session, self._event, self._needs = session, event, needs
        has_lists = needs.has_agenda or needs.has_sessions or needs.has_programme
        self._programme = programme(session, event.id, with_texts=False) if has_lists else Programme([], [], [])
        self._held = [entry for entry in self._programme.sessions if entry.status != SessionStatus.CANCELLED]
        self._questions = self._asked(needs.answers | needs.consents)
        self._slots = {entry.id: self._slot(entry) for entry in self._held}
        self._whole = tuple(self._slots.values()) if needs.has_programme else ()
        self._find_roles()

    def of(self, people: Sequence[Any]) -> dict[int, dict[str, Any]]:
        """What the faces of these registrations take besides, by their id."""
        ids = [person.id for person in people]
        answers, consents, tags = self._answers(ids), self._consents(ids), self._tags(ids)
        signed_up = self._signed_up(ids)
        roles = self._roles(people) if self._needs.has_agenda else {}
        return {
            number: {
                "answers": answers[number],
                "consents": consents[number],
                "tags": frozenset(tags[number]),
                "agenda": self._agenda(roles.get(number, {}), signed_up[number]),
                "sessions": self._sessions(signed_up[number]),
                "programme": self._whole,
            }
            for number in ids
        }

    def _asked(self, keys: Iterable[str]) -> dict[int, Question]:
        """The questions that may be shown: never those with sensitive answers."""
        wanted = set(keys)
        if not wanted:
            return {}
        query = select(Question).where(
            Question.event_id == self._event.id,
            Question.key.in_(wanted),
            Question.is_sensitive.is_(False),
            Question.type.not_in(_UNSHOWN),
        )
        return {question.id: question for question in self._session.scalars(query)}

    def _answers(self, ids: Sequence[int]) -> dict[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = defaultdict(dict)
        shown = [number for number, question in self._questions.items() if question.key in self._needs.answers]
        if shown:
            query = select(Answer.registration_id, Answer.question_id, Answer.value)
            for person, number, value in self._session.execute(
                query.where(Answer.registration_id.in_(ids), Answer.question_id.in_(shown))
            ):
                question = self._questions[number]
                found[person][question.key] = said(value, question, self._event.language)
        return found

    def _consents(self, ids: Sequence[int]) -> dict[int, dict[str, bool]]:
        """Whether each statement stands agreed to: given, and not taken back."""
        found: dict[int, dict[str, bool]] = defaultdict(dict)
        asked = [number for number, question in self._questions.items() if question.key in self._needs.consents]
        if asked:
            query = select(Consent.registration_id, Consent.question_id).where(
                Consent.registration_id.in_(ids), Consent.question_id.in_(asked), Consent.withdrawn_at.is_(None)
            )
            for person, number in self._session.execute(query):
                found[person][self._questions[number or 0].key] = True
        return found

    def _tags(self, ids: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        if self._needs.has_tags:
            query = select(RegistrationTag.registration_id, RegistrationTag.tag)
            for person, tag in self._session.execute(query.where(RegistrationTag.registration_id.in_(ids))):
                found[person].append(tag)
        return found

    def _signed_up(self, ids: Sequence[int]) -> dict[int, set[str]]:
        """The keys of the sessions in which each has a seat."""
        found: dict[int, set[str]] = defaultdict(set)
        if self._needs.has_agenda or self._needs.has_sessions:
            query = (
                select(Seat.registration_id, SeatPool.key)
                .join(SeatPool, SeatPool.id == Seat.pool_id)
                .where(Seat.registration_id.in_(ids), SeatPool.kind == PoolKind.SESSION, Seat.state == SeatState.TAKEN)
            )
            for person, key in self._session.execute(query):
                found[person].add(key)
        return found

    def _find_roles(self) -> None:
        """Which role each person of the programme has in which session; their numbers by key and by address."""
        query = select(Person.id, Person.key, Person.email).where(Person.event_id == self._event.id)
        known = self._session.execute(query).all() if self._needs.has_agenda else []
        self._by_key = {key: number for number, key, _email in known}
        self._by_address = {address_key(email): number for number, _key, email in known if email}
        self._doing: dict[int, dict[int, str]] = defaultdict(dict)
        for entry in self._held if self._needs.has_agenda else ():
            held: list[Any] = [*entry.roles, *(role for talk in entry.talks for role in talk.roles)]
            for role in held:
                self._doing[role.person_id].setdefault(entry.id, str(ROLE_LABELS[ProgrammeRole(role.role)]))

    def _roles(self, people: Sequence[Any]) -> dict[int, dict[int, str]]:
        """What registrations do in the programme: known by its key, else by the address."""
        by_key, by_address, doing = self._by_key, self._by_address, self._doing
        theirs = ((one.id, by_key.get(one.person_key or "") or by_address.get(one.email_key or "")) for one in people)
        return {number: doing[person] for number, person in theirs if person in doing}

    def _agenda(self, roles: dict[int, str], signed_up: set[str]) -> tuple[Slot, ...]:
        if not self._needs.has_agenda or not (roles or signed_up):
            return ()
        return tuple(
            replace(self._slots[entry.id], role=roles[entry.id]) if entry.id in roles else self._slots[entry.id]
            for entry in self._held
            if entry.id in roles or entry.key in signed_up
        )

    def _sessions(self, signed_up: set[str]) -> tuple[Slot, ...]:
        if not self._needs.has_sessions:
            return ()
        return tuple(
            self._slots[entry.id] for entry in self._held if entry.key in signed_up and entry.kind not in PAUSES
        )

    def _slot(self, entry: AgendaSession) -> Slot:
        zone = self._event.zone
        return Slot(
            day=say_day(entry.starts_at, zone),
            time=say_time(entry.starts_at, zone),
            title=entry.title,
            room=entry.room.name if entry.room else "",
        )

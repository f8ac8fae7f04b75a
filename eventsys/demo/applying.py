"""The workshop that people apply for: seats counted by type, sector and organisation, opinions, picks, decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from werkzeug.datastructures import FileStorage

from eventsys.agenda.queries import programme
from eventsys.demo import cast
from eventsys.demo.crowd import sector_of
from eventsys.demo.history import Loading, of_state
from eventsys.demo.slides import deck
from eventsys.events.models import Event, MemberRole
from eventsys.registration import actions as registration
from eventsys.registration import files
from eventsys.registration.actions.tags import add_tag
from eventsys.registration.actions.views import save_view
from eventsys.registration.models import PoolKind, Registration, RegistrationType, State, Verdict
from eventsys.registration.queries import questions_of
from eventsys.registration.rules.applying import Opinion

_POOLS = (
    (PoolKind.TYPE, "press", 4),
    (PoolKind.TYPE, "speaker", 16),
    (PoolKind.SECTOR, "police", 20),
    (PoolKind.SECTOR, "research", 16),
    (PoolKind.SECTOR, "industry", 3),
)
_OF_ONE_ORGANISATION = 3
_NOTES = (
    "Brings a case from the field.",
    "Was here two years ago; asks good questions.",
    "Sells a product. Is there a buyer in the room?",
    "Knows the parcels work package better than we do.",
    "Third application from this house.",
)
_LETTERS = {
    str(Verdict.ACCEPT): "We look forward to your view of the markets.",
    str(Verdict.DECLINE): "There were twice as many applications as seats. The slides will be on the event's page.",
}


def count_seats(loading: Loading, event: Event) -> None:
    """The speakers are in; what seats are left is shared out between types and sectors, few to one organisation."""
    session, at = loading.session, loading.now - timedelta(days=16)
    registration.change_settings(session, event, opinions_needed=2, asks_again_days=7, now=at)
    for one in registration.register_programme_people(session, event, now=at):
        registration.change_details(session, one, sector=sector_of(one.organisation), now=at)
    for kind, key, seats in _POOLS:
        registration.add_pool(session, event, kind, key, seats, mode="onsite", now=at)
    registration.cap_organisations(session, event, _OF_ONE_ORGANISATION, now=at)


def send_papers(loading: Loading, event: Event) -> None:
    """Three of those who offer a case have sent slides with their application."""
    session = loading.session
    asked = {one.key: one for one in questions_of(session, event.id)}
    offering = [one for one in of_state(loading, event, State.APPLIED) if asked["case"].id in _answered(one)]
    talks = [(entry, talk) for entry in programme(session, event.id).sessions for talk in entry.talks]
    for one, (entry, talk) in list(zip(offering, talks, strict=False))[:3]:
        upload = FileStorage(deck(event, entry, talk), filename=f"{one.last_name} case.pdf")
        answer = files.keep(event.id, upload)
        registration.change_details(session, one, answers={asked["paper"].id: answer}, now=one.registered_at)


def _answered(one: Registration) -> set[int]:
    return {answer.question_id for answer in one.answers}


def judge(loading: Loading, event: Event) -> None:
    """Three organisers read: what came first twice, what came then once, the last not at all. Then the first are
    decided, some more are picked, and the rest waits."""
    people, random = of_state(loading, event, State.APPLIED), Random("opinions")
    readers = _readers(loading, event)
    many = len(people)
    first, then = people[: many // 2], people[many // 2 : many - 8]
    at = loading.now - timedelta(days=3)
    for number, one in enumerate(first):
        _read(loading, one, (readers[0], readers[1 + number % 2]), random, at=at + timedelta(minutes=number))
    for number, one in enumerate(then):
        _read(loading, one, (readers[number % 3],), random, at=at + timedelta(hours=20, minutes=number))
    _decide_first(loading, event, first, at=loading.now - timedelta(days=1, hours=3))
    _pick_more(loading, event, then, at=loading.now - timedelta(hours=2))
    _order(loading, event, then)


def _readers(loading: Loading, event: Event) -> list[int]:
    session, at = loading.session, event.created_at + timedelta(hours=1)
    for address in ("cities@example.org", "network@example.org"):
        cast.put_on_team(session, event, loading.users[address], MemberRole.EDITOR, by=loading.organiser, now=at)
    addresses = (cast.ORGANISER.email, "cities@example.org", "network@example.org")
    return [loading.users[address].id for address in addresses]


def _read(loading: Loading, one: Registration, readers: Sequence[int], random: Random, *, at: datetime) -> None:
    score = random.choices((1, 2, 3, 4, 5), (1, 2, 4, 6, 4))[0]
    for reader in readers:
        given = min(5, max(1, score + random.choice((-1, 0, 0, 1))))
        note = random.choice(_NOTES) if random.random() < 0.3 else ""
        registration.review(loading.session, one, reader, Opinion(given, _verdict(given), note), now=at)


def _verdict(score: int) -> Verdict:
    return Verdict.ACCEPT if score > 2 else Verdict.WAIT if score == 2 else Verdict.DECLINE


def _decide_first(loading: Loading, event: Event, people: Sequence[Registration], *, at: datetime) -> None:
    """Who has three points or more comes, as far as seats of their sector go; the lowest are declined."""
    session, me = loading.session, loading.organiser.id
    good = [one.id for one in people if (one.score or 0) >= 3]
    poor = [one.id for one in people if (one.score or 0) < 3]
    registration.pick(session, event.id, good, Verdict.ACCEPT, me, now=at)
    registration.pick(session, event.id, poor, Verdict.DECLINE, me, now=at)
    session.expire_all()
    picks = {number: str(Verdict.ACCEPT) for number in good} | {number: str(Verdict.DECLINE) for number in poor}
    registration.decide(session, event, picks, texts=_LETTERS, actor=f"user:{me}", now=at)


def _pick_more(loading: Loading, event: Event, people: Sequence[Registration], *, at: datetime) -> None:
    session, me = loading.session, loading.organiser.id
    best_first = sorted(people, key=lambda one: -(one.score or 0))
    for verdict, some in (
        (Verdict.ACCEPT, best_first[:8]),
        (Verdict.WAIT, best_first[10:14]),
        (Verdict.DECLINE, best_first[-4:]),
    ):
        registration.pick(session, event.id, [one.id for one in some], verdict, me, now=at)
    session.expire_all()


def _order(loading: Loading, event: Event, people: Sequence[Registration]) -> None:
    """Words on some, and a search kept for the whole team."""
    session, at = loading.session, loading.now - timedelta(hours=1)
    for number, one in enumerate(people[:9]):
        add_tag(session, one, ("call back", "good story", "second row")[number % 3], now=at)
    press = [one for one in of_state(loading, event, State.CONFIRMED) if one.type == RegistrationType.SPEAKER]
    for one in press[:2]:
        add_tag(session, one, "arrives by train", now=at)
    me = loading.organiser.id
    views = (
        ("Police without a decision", "state=applied&sector=police&sort=registered"),
        ("To call back", "tag=call+back"),
    )
    for name, query in views:
        save_view(session, event.id, me, name, query, is_shared=True, now=at)

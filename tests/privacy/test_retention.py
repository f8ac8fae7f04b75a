"""The clock erases what was kept long enough: answers first, then people; batch by batch, whoever is killed."""

from __future__ import annotations

import signal
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock, work
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from eventsys.mailing.models import OutboxMessage
from eventsys.privacy import actions, jobs
from eventsys.privacy.models import RetentionRun
from eventsys.registration.actions import ensure_settings
from eventsys.registration.models import Answer, Registration
from tests.beside import Beside
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.privacy import dying
from tests.privacy.figures import everything, figures
from tests.privacy.test_forgetting import FORGOTTEN, make_quillfeather, scanned


def keep(event: Event, days: int | None) -> None:
    with transaction() as session:
        ensure_settings(session, session.get_one(Event, event.id)).keep_days = days


def answers(session: Session) -> list[object]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Answer.value).order_by(Answer.id)))


def erased(session: Session) -> list[bool]:
    session.rollback()
    session.expire_all()
    return [one.erased_at is not None for one in session.scalars(select(Registration).order_by(Registration.id))]


def runs(session: Session) -> list[tuple[bool, dict[str, int]]]:
    session.rollback()
    session.expire_all()
    found = session.scalars(select(RetentionRun).order_by(RetentionRun.id))
    return [(run.finished_at is not None, {k: v for k, v in run.counts.items() if k != "reached_id"}) for run in found]


def test_answers_go_on_their_day_sensitive_ones_first_and_people_last(session: Session) -> None:
    event = make_event()
    diet = make_question(event, "diet", is_sensitive=True)
    flight = make_question(event, "flight", erase_after_days=90)
    job = make_question(event, "job")
    make_registration(event, answers={diet.id: "vegan", flight.id: "SN 1", job.id: "chief"})
    second, day = timedelta(seconds=1), timedelta(days=1)
    for after, left in (
        (30 * day - second, ["vegan", "SN 1", "chief"]),
        (30 * day, ["SN 1", "chief"]),
        (90 * day - second, ["SN 1", "chief"]),
        (90 * day, ["chief"]),
        (365 * day - second, ["chief"]),
    ):
        jobs.retention(event.ends_at + after)
        assert (answers(session), erased(session)) == (left, [False])
    jobs.retention(event.ends_at + 365 * day)
    assert (answers(session), erased(session)) == ([], [True])
    assert jobs.retention(event.ends_at + 400 * day) == 0
    assert runs(session) == [
        (True, {"answers": 1}), (True, {"answers": 1}), (True, {"answers": 1, "people": 1, "mails": 1})
    ]  # fmt: skip


def test_a_sensitive_question_with_a_day_of_its_own_keeps_to_it(session: Session) -> None:
    event = make_event()
    access = make_question(event, "access", is_sensitive=True, erase_after_days=60)
    make_registration(event, answers={access.id: "a ramp"})
    jobs.retention(event.ends_at + timedelta(days=59))
    assert answers(session) == ["a ramp"]
    jobs.retention(event.ends_at + timedelta(days=60))
    assert answers(session) == []


@pytest.mark.parametrize(("days", "expected"), [(0, [True]), (10, [False]), (None, [False])])
def test_people_go_when_the_organisers_said(session: Session, days: int | None, expected: list[bool]) -> None:
    event = make_event()
    make_registration(event)
    keep(event, days)
    jobs.retention(event.ends_at + timedelta(days=9))
    assert erased(session) == expected


def test_nobody_is_erased_before_the_event_is_over(session: Session) -> None:
    event = make_event()
    make_registration(event, answers={make_question(event, is_sensitive=True, erase_after_days=0).id: "vegan"})
    keep(event, 0)
    assert jobs.retention(event.ends_at - timedelta(seconds=1)) == 0
    assert (answers(session), erased(session), runs(session)) == (["vegan"], [False], [])


def test_an_event_without_settings_keeps_people_for_a_year(session: Session) -> None:
    event = make_event()
    make_registration(event)
    with transaction() as writing:
        writing.delete(ensure_settings(writing, writing.get_one(Event, event.id)))
    jobs.retention(event.ends_at + timedelta(days=364))
    assert erased(session) == [False]
    jobs.retention(event.ends_at + timedelta(days=365))
    assert erased(session) == [True]


@pytest.mark.parametrize("cancelled_after", [-20, 20])
def test_a_cancelled_event_counts_from_its_end_or_its_later_cancellation(
    session: Session, cancelled_after: int
) -> None:
    event = make_event()
    make_registration(event)
    keep(event, 100)
    cancelled_at = event.ends_at + timedelta(days=cancelled_after)
    with transaction() as writing:
        writing.execute(update(Event).where(Event.id == event.id).values(status="cancelled", cancelled_at=cancelled_at))
    due = max(event.ends_at, cancelled_at) + timedelta(days=100)
    jobs.retention(due - timedelta(seconds=1))
    assert erased(session) == [False]
    jobs.retention(due)
    assert erased(session) == [True]


def test_figures_stay_and_no_trace_of_anybody_does(client: FlaskClient, session: Session) -> None:
    event, other = make_event(onsite=20), make_event()
    person = make_quillfeather(event)
    for number in range(3):
        make_registration(event, last_name=f"Quillfeather {number}")
    bo = make_registration(other)
    keep(other, None)
    scanned(client, event, person, session)
    event = session.get_one(Event, event.id, populate_existing=True)
    before = figures(session, event)
    assert jobs.retention(event.ends_at + timedelta(days=365)) > 0
    all_after = everything()
    assert [word for word in FORGOTTEN if word in all_after] == []
    assert figures(session, event) == before
    assert session.get_one(Registration, bo.id).last_name == bo.last_name
    assert [message.event_id for message in session.scalars(select(OutboxMessage))] == [other.id]


def test_a_batch_that_ends_early_is_gone_on_with_and_counted_once(session: Session) -> None:
    event = make_event()
    for _ in range(7):
        make_registration(event)
    now = event.ends_at + timedelta(days=365)
    with transaction() as writing:
        run_id = actions.begin(writing, event.id, now=now)
    with transaction() as writing:
        assert actions.go_on(writing, run_id, now=now, most=3) == 3
    assert erased(session) == [True] * 3 + [False] * 4
    with transaction() as writing:
        assert actions.begin(writing, event.id, now=now) == run_id
    jobs.retention(now)
    assert runs(session) == [(True, {"people": 7, "mails": 7})]


def test_a_worker_that_is_told_to_end_leaves_the_rest_to_the_next(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event()
    make_registration(event)
    now = event.ends_at + timedelta(days=365)
    monkeypatch.setattr(work, "_is_told_to_stop", True)
    assert (jobs.retention(now), erased(session)) == (0, [False])
    monkeypatch.setattr(work, "_is_told_to_stop", False)
    assert (jobs.retention(now) > 0, erased(session)) == (True, [True])


def die_in(environment: dict[str, str], batch: int, now: datetime) -> int:
    """Run the job in a process that kills itself in the midst of this batch, what it did not yet committed."""
    return Beside(dying.work, batch, now, environment=environment).wait()


def test_killed_in_the_midst_of_batches_it_ends_as_if_nothing_had_happened(
    session: Session, environment: dict[str, str]
) -> None:
    event = make_event()
    diet = make_question(event, is_sensitive=True)
    for _ in range(23):
        make_registration(event, answers={diet.id: "vegan"})
    event = session.get_one(Event, event.id, populate_existing=True)
    before, now = figures(session, event), event.ends_at + timedelta(days=365)
    # Batches of five: one of answers, then people; each process gets a little further.
    assert [die_in(environment, batch, now) for batch in (1, 3, 2)] == [-signal.SIGKILL] * 3
    reached = erased(session)
    assert (reached, runs(session)) == ([True] * 10 + [False] * 13, [(False, {"answers": 23, "people": 10})])
    jobs.retention(now)
    assert (erased(session), answers(session)) == ([True] * 23, [])
    assert runs(session) == [(True, {"answers": 23, "people": 23, "mails": 23})]
    noted = select(Fact.subject_id, func.count()).where(Fact.kind == "registration.erased").group_by(Fact.subject_id)
    assert [number for _person, number in session.execute(noted)] == [1] * 23
    assert figures(session, event) == before
    assert clock.now() < now

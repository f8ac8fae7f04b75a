"""Scans arrive in any order, twice and at once: the books end the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Scan
from eventsys.checkin.rules import Passage, told
from eventsys.kernel.database import db, transaction
from tests.factories import make_event
from tests.factories.checkin import AT, Desk, a_scan, make_desk, make_ticket

STEPS = st.lists(st.tuples(st.integers(0, 2 * 24 * 60), st.sampled_from(["in", "in", "out"])), max_size=8, unique=True)


def ends(session: Session, event_id: int) -> tuple[Any, ...]:
    """What the books say in the end: who is in since when, and what each device was told last."""
    session.rollback()
    admissions = session.execute(
        select(Admission.day, Admission.first_at, Scan.scan_id, Admission.is_inside, Admission.last_at)
        .join(Scan, Scan.id == Admission.first_scan_id)
        .where(Admission.event_id == event_id)
        .order_by(Admission.day)
    ).all()
    scans = session.scalars(select(Scan).where(Scan.event_id == event_id).order_by(Scan.scan_id))
    answers = [(scan.scan_id, (scan.corrected_answer or scan.answer)) for scan in scans]
    return admissions, [(key, answer["outcome"], answer["first"], answer["message"]) for key, answer in answers]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), steps=STEPS)
def test_any_order_in_any_batches_ends_the_same(
    client: FlaskClient, session: Session, data: st.DataObject, steps: list[tuple[int, str]]
) -> None:
    event = make_event()
    event_id, code = event.id, make_ticket(event).code
    desks = [make_desk(client, event, f"Desk {n}") for n in (1, 2)]
    scans = [
        a_scan(code, scan_id=f"s{n}", at=AT + timedelta(minutes=minute, milliseconds=n), direction=way)
        for n, (minute, way) in enumerate(steps)
    ]
    found = []
    for order in (scans, data.draw(st.permutations(scans), label="order")):
        waiting = list(order)
        while waiting:
            size = data.draw(st.integers(1, len(waiting)), label="batch")
            batch, waiting = waiting[:size], waiting[size:]
            for number, desk in enumerate(desks):
                mine = [scan for scan in batch if int(scan["id"][1:]) % 2 == number]
                desk.scan(*mine)
                desk.scan(*mine)
        found.append(ends(session, event_id))
        with transaction() as writing:
            writing.execute(delete(Admission))
            writing.execute(delete(Scan))
    assert found[0] == found[1]


@given(steps=STEPS)
def test_nobody_is_told_admitted_twice_without_leaving(steps: list[tuple[int, str]]) -> None:
    passages = [
        Passage(scan_id=str(n), at=AT + timedelta(minutes=minute), order=n, direction=way, device="Desk")
        for n, (minute, way) in enumerate(steps)
    ]
    answered, presence = told(passages)
    flow = [passage.outcome for passage in answered if passage.outcome != "already_in"]
    assert not any(a == b == "admitted" for a, b in pairwise(flow))
    assert presence.is_inside == (flow[-1:] == ["admitted"])


def at_once(app: Flask, calls: list[tuple[Desk, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Each call from a thread of its own, all let go together."""

    def call(pair: tuple[Desk, dict[str, Any]]) -> dict[str, Any]:
        desk, scan = pair
        return desk.through(app.test_client()).scan(scan)[0]

    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(call, calls))
    # What this thread read before belongs to the past.
    db.session.rollback()
    return answers


def test_one_scan_sent_by_eight_at_once_is_kept_once_and_answered_alike(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    event = make_event()
    desk, scan = make_desk(client, event), a_scan(make_ticket(event))
    answers = at_once(app, [(desk, scan)] * 8)
    assert answers == [answers[0]] * 8
    assert answers[0]["outcome"] == "admitted"
    assert session.scalar(select(func.count()).select_from(Scan)) == 1


@pytest.mark.parametrize("code", ["nobody", "another"])
def test_one_id_with_different_codes_at_once_admits_at_most_one(
    app: Flask, client: FlaskClient, session: Session, code: str
) -> None:
    event = make_event()
    desk, ticket, other = make_desk(client, event), make_ticket(event), make_ticket(event, "Cyd Stranger")
    codes = [ticket.code, other.code if code == "another" else code]
    answers = at_once(app, [(desk, a_scan(codes[n % 2], scan_id="same")) for n in range(8)])
    assert answers == [answers[0]] * 8
    admitted = session.scalar(select(func.count()).select_from(Admission))
    assert admitted == (1 if answers[0]["outcome"] == "admitted" else 0)


def test_one_person_at_eight_desks_at_once_is_admitted_by_one(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    event = make_event()
    ticket = make_ticket(event)
    desks = [make_desk(client, event, f"Desk {n}") for n in range(8)]
    answers = at_once(app, [(desk, a_scan(ticket)) for desk in desks])
    assert sorted(answer["outcome"] for answer in answers) == ["admitted"] + ["already_in"] * 7
    assert session.scalar(select(func.count()).select_from(Admission)) == 1


def test_batches_that_overlap_do_not_hold_each_other_up(app: Flask, client: FlaskClient, session: Session) -> None:
    event = make_event()
    codes = [make_ticket(event, f"Person {n}").code for n in range(30)]
    desks = [make_desk(client, event, f"Desk {n}") for n in range(4)]

    def send(number: int) -> list[str]:
        order = codes if number % 2 else codes[::-1]
        desk = desks[number].through(app.test_client())
        return [r["outcome"] for r in desk.scan(*(a_scan(code, at=moment(number)) for code in order))]

    with ThreadPoolExecutor(4) as pool:
        outcomes = [outcome for sent in pool.map(send, range(4)) for outcome in sent]
    assert len(outcomes) == 120
    assert session.scalar(select(func.count()).select_from(Admission)) == 30
    true = session.execute(select(func.coalesce(Scan.corrected_outcome, Scan.outcome))).scalars().all()
    assert sorted(true) == ["admitted"] * 30 + ["already_in"] * 90


def moment(number: int) -> datetime:
    return AT + timedelta(seconds=number)

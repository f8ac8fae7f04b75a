"""Who comes at the same moment is judged together, and each is told what is theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.api import scanning
from eventsys.api.scanning import Asked
from eventsys.checkin.models import Device, Scan
from eventsys.checkin.turnstile import Turnstile
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.factories import make_event
from tests.factories.checkin import a_scan, make_desk, make_ticket


class Gate:
    """Work that begins when the test lets it, and remembers what came together."""

    def __init__(self, answer: Callable[[int], int | Exception] = lambda asked: asked * 10) -> None:
        self.begun, self.goes_on = Event(), Event()
        self.groups: list[list[int]] = []
        self._answer, self._guard = answer, Lock()

    def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        with self._guard:
            self.groups.append(list(asked))
        self.begun.set()
        assert self.goes_on.wait(20)
        return [self._answer(one) for one in asked]


def lined_up(turnstile: Turnstile[Any, Any], way: Any, count: int) -> None:
    """Returns when somebody works for this way, and so many wait."""
    waited = Event()
    for _ in range(4000):
        if way in turnstile._lines and len(turnstile._lines[way]) == count:
            return
        waited.wait(0.005)
    raise AssertionError(f"{count} never stood in line")


def test_those_who_come_while_one_is_served_are_served_together() -> None:
    gate = Gate()
    turnstile: Turnstile[int, int] = Turnstile(gate, most=3)
    with ThreadPoolExecutor(6) as pool:
        asked: list[Future[int]] = [pool.submit(turnstile.through, "east", 0)]
        assert gate.begun.wait(20)
        for number in (1, 2, 3, 4):
            asked.append(pool.submit(turnstile.through, "east", number))
            lined_up(turnstile, "east", number)
        gate.goes_on.set()
        assert [one.result(20) for one in asked] == [0, 10, 20, 30, 40]
    assert gate.groups == [[0], [1, 2, 3], [4]]
    assert turnstile._lines == {}, "a line that is empty is not kept"


def test_another_way_waits_for_nobody() -> None:
    gate = Gate()
    turnstile: Turnstile[int, int] = Turnstile(gate, most=3)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(turnstile.through, "east", 1)
        assert gate.begun.wait(20)
        gate.begun.clear()
        second = pool.submit(turnstile.through, "west", 2)
        assert gate.begun.wait(20), "the second began while the first was not done"
        gate.goes_on.set()
        assert (first.result(20), second.result(20)) == (10, 20)


def test_what_one_is_refused_with_is_theirs_alone() -> None:
    gate = Gate(lambda asked: ValueError("two") if asked == 2 else asked)
    turnstile: Turnstile[int, int] = Turnstile(gate, most=9)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(turnstile.through, "east", 0)]
        assert gate.begun.wait(20)
        for number in (1, 2, 3):
            asked.append(pool.submit(turnstile.through, "east", number))
            lined_up(turnstile, "east", number)
        gate.goes_on.set()
        with pytest.raises(ValueError, match="two"):
            asked[2].result(20)
        assert [asked[n].result(20) for n in (0, 1, 3)] == [0, 1, 3]


def test_what_breaks_the_work_of_all_is_tried_one_by_one() -> None:
    begun, goes_on, groups = Event(), Event(), []

    def work(asked: Sequence[int]) -> list[int]:
        groups.append(list(asked))
        begun.set()
        assert goes_on.wait(20)
        if 2 in asked:
            raise ZeroDivisionError
        return list(asked)

    turnstile: Turnstile[int, int] = Turnstile(work, most=9)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(turnstile.through, "east", 0)]
        assert begun.wait(20)
        for number in (1, 2, 3):
            asked.append(pool.submit(turnstile.through, "east", number))
            lined_up(turnstile, "east", number)
        goes_on.set()
        with pytest.raises(ZeroDivisionError):
            asked[2].result(20)
        assert [asked[n].result(20) for n in (0, 1, 3)] == [0, 1, 3]
    assert groups == [[0], [1, 2, 3], [1], [2], [3]]


def test_desks_that_call_at_once_are_each_told_their_own(app: Flask, client: FlaskClient, session: Session) -> None:
    event, elsewhere = make_event(), make_event(slug="elsewhere")
    people = [make_ticket(event, f"Person {n}") for n in range(3)]
    desks = [make_desk(client, event, f"Desk {n}") for n in range(3)]
    stranger, ended = make_desk(client, elsewhere), make_desk(client, event, "Lost phone")
    with transaction() as writing:
        lost = writing.scalars(select(Device).where(Device.name == "Lost phone")).one()
        lost.revoked_at = clock.now()
    scans = [a_scan(person) for person in people]
    calls = [
        Asked(desks[0].token, event.slug, {"scans": [scans[0]]}),
        Asked(ended.token, event.slug, {"scans": [a_scan(people[1])]}),
        Asked(desks[1].token, event.slug, {"scans": [scans[1], {"id": "x"}]}),
        Asked(stranger.token, event.slug, {"scans": [a_scan(people[1])]}),
        # The same person in the same instant: the id decides who was first, and the other is told.
        Asked(desks[2].token, event.slug, {"scans": [scans[2], scans[0] | {"id": "zz"}]}),
        Asked(desks[2].token, event.slug, {"scans": "none"}),
        Asked(desks[2].token, event.slug, {"scans": [scans[0]]}),
    ]
    told = scanning.judge(calls)
    outcomes = [
        getattr(one, "code", None) or [each["outcome"] for each in one["results"]]  # type: ignore[index]
        for one in told
    ]
    assert outcomes == [
        ["admitted"], "device_unknown", ["admitted", None], "device_elsewhere", ["admitted", "already_in"],
        "body_misread", ["admitted"],
    ]  # fmt: skip
    assert told[4]["results"][1]["first"]["device"] == "Desk 0"  # type: ignore[index]
    made = session.execute(
        select(Scan.scan_id, Device.name).join(Device, Device.id == Scan.device_id).order_by(Device.name, Scan.scan_id)
    ).all()
    assert sorted(map(tuple, made)) == sorted(
        [(scans[0]["id"], "Desk 0"), (scans[1]["id"], "Desk 1"), (scans[2]["id"], "Desk 2"), ("zz", "Desk 2")]
    ), "a scan that two bring is kept once, of whom came first"


def test_a_rush_through_the_door_lets_everybody_in_once(app: Flask, client: FlaskClient, session: Session) -> None:
    """While one call is held up the others come: some twice, some with a token that ended."""
    event = make_event()
    people = [make_ticket(event, f"Person {n}") for n in range(6)]
    desks = [make_desk(client, event, f"Desk {n}") for n in range(6)]
    scans = [a_scan(person) for person in people]
    with ThreadPoolExecutor(12) as pool:
        with transaction() as holding:
            # On SQLite whoever writes holds up all others; on PostgreSQL who holds this person's row.
            holding.execute(select(Scan.id))
            holding.get_one(type(people[0].registration), people[0].registration_id, with_for_update=True)
            first = pool.submit(desks[0].through(app.test_client()).outcomes, scans[0])
            lined_up(scanning._turnstile, (event.slug, "en"), 0)
            rest = [
                pool.submit(desks[n % 6].through(app.test_client()).outcomes, scans[n % 6] | {"id": f"{n}-twice"})
                for n in range(1, 11)
            ]
            lined_up(scanning._turnstile, (event.slug, "en"), 10)
        assert first.result(20) == ["admitted"]
        told = [outcome for one in rest for outcome in one.result(20)]
    assert sorted(told) == ["admitted"] * 5 + ["already_in"] * 5
    assert scanning._turnstile._lines == {}

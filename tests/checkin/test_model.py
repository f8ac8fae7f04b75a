"""The whole door against a model of it: several devices with and without network, lost answers, mistakes taken back,
tickets reissued and people who cancel in between. The books, the answers and what devices learn agree with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.api.scanning import Asked, judge
from eventsys.checkin.models import Admission, Point, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.clock import said_instant
from eventsys.kernel.database import transaction
from eventsys.registration.models import Registration, Ticket
from tests.checkin.door_model import POINTS, Model, Person
from tests.factories import make_event
from tests.factories.checkin import AT, Desk, a_scan, issue, make_desk, make_ticket

PEOPLE, DEVICES = 3, 3

SCAN = st.tuples(
    st.just("scan"),
    st.integers(0, DEVICES - 1),
    st.integers(0, PEOPLE - 1),
    st.sampled_from(["entrance", "entrance", "lunch", "coffee", "room", "room"]),
    st.sampled_from(["in", "in", "in", "out"]),
    # Few instants, so that ties and both sides of midnight are common.
    st.sampled_from([0, 1, 1, 2, 30, 31, 60, 14 * 60, 14 * 60 + 2, 24 * 60]),
    st.sampled_from(["online", "offline", "offline", "full"]),
    st.booleans(),
)
ACT = st.one_of(
    SCAN, SCAN, SCAN,
    st.tuples(st.just("rush"), st.lists(SCAN, min_size=2, max_size=6), st.booleans()),
    st.tuples(st.just("sync"), st.integers(0, DEVICES - 1), st.booleans()),
    st.tuples(st.just("poll"), st.integers(0, DEVICES - 1)),
    st.tuples(st.just("undo"), st.integers(0, 40)),
    st.tuples(st.just("cancel"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("reissue"), st.integers(0, PEOPLE - 1)),
)  # fmt: skip


@dataclass
class Device:
    """A device as the scanner's page is one: it keeps scans until they are acknowledged, and learns what is true."""

    desk: Desk
    name: str
    cursor: str
    unsent: list[dict[str, Any]] = field(default_factory=list)
    knows: dict[str, str] = field(default_factory=dict)

    def send(self, scans: list[dict[str, Any]], model: Model, *, is_lost: bool) -> None:
        """Send a call; where its answer is lost the device knows nothing of it."""
        expected = model.take(scans, self.name)
        answer = self.desk.post("scans", {"scans": scans}).get_json()
        assert outcomes_and_instants(answer) == expected
        if not is_lost:
            self.hear(answer)

    def hear(self, answer: dict[str, Any]) -> None:
        self.knows |= {one["id"]: one["outcome"] for one in answer["results"]}
        self.learn(answer.get("corrections", []))
        self.unsent = [scan for scan in self.unsent if scan["id"] not in self.knows]

    def poll(self) -> None:
        changes = self.desk.get("snapshot", since=self.cursor, only="corrections").get_json()
        self.cursor = changes["cursor"]
        self.learn(changes["corrections"])

    def learn(self, corrections: list[dict[str, Any]]) -> None:
        for one in corrections:
            self.knows[one["id"]] = one["outcome"]


def outcomes_and_instants(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(one["outcome"], one["first"] and one["first"]["at"]) for one in answer["results"]]


@dataclass
class World:
    event: Event
    tickets: list[Ticket]
    devices: list[Device]
    model: Model

    def scan(self, data: st.DataObject, act: tuple[Any, ...]) -> None:
        device, scan = self.read(act)
        if scan["offline"]:
            device.unsent.append(scan)
        else:
            device.send([scan], self.model, is_lost=False)

    def rush(self, data: st.DataObject, act: tuple[Any, ...]) -> None:
        """Several people at several desks in the same moment; one scan may come by two of them."""
        read: list[tuple[Device, dict[str, Any]]] = []
        for number, one in enumerate(act[1]):
            device, scan = self.read(one, number)
            read.append((device, read[0][1] if read and act[2] else scan | {"offline": False}))
        calls = [([scan], device.name) for device, scan in read]
        asked = [Asked(device.desk.token, self.event.slug, {"scans": [scan]}) for device, scan in read]
        answers = judge(asked)
        assert [outcomes_and_instants(answer) for answer in answers] == self.model.take_together(calls)
        for (device, _scan), answer in zip(read, answers, strict=True):
            device.hear(answer)

    def read(self, act: tuple[Any, ...], number_of_rush: int = 0) -> tuple[Device, dict[str, Any]]:
        """The device and the scan that it makes."""
        _name, number, person, point, direction, minute, how, is_old = act
        device, codes = self.devices[number], self.model.people[person].codes
        count = len(self.model.sent) + sum(len(d.unsent) for d in self.devices) + number_of_rush
        scan = a_scan(
            codes[0 if is_old else -1], scan_id=f"s{count}",
            at=said_instant(AT + timedelta(minutes=minute)), point=point, direction=direction, offline=how != "online",
        )  # fmt: skip
        if how == "full" and point == "room" and direction == "in":
            scan["told"] = "full"
        return device, scan

    def sync(self, data: st.DataObject, act: tuple[Any, ...]) -> None:
        """Some of what waits, in any order, one of them perhaps twice."""
        device = self.devices[act[1]]
        if device.unsent:
            some = data.draw(st.lists(st.sampled_from(device.unsent), min_size=1, max_size=6), label="batch")
            device.send(some, self.model, is_lost=act[2])

    def poll(self, data: st.DataObject, act: tuple[Any, ...]) -> None:
        self.devices[act[1]].poll()

    def undo(self, data: st.DataObject, act: tuple[Any, ...]) -> None:
        if self.model.sent:
            scan_id = sorted(self.model.sent)[act[1] % len(self.model.sent)]
            assert self.devices[0].desk.post("undo", {"id": scan_id, "reason": "Mistake"}).status_code == 200
            self.model.sent[scan_id].is_undone = True

    def cancel(self, data: st.DataObject, act: tuple[Any, ...]) -> None:
        """Cancel, or come back."""
        person = self.model.people[act[1]]
        person.is_cancelled = not person.is_cancelled
        with transaction() as writing:
            known = writing.get_one(Registration, self.tickets[act[1]].registration_id)
            known.state = "cancelled" if person.is_cancelled else "confirmed"

    def reissue(self, data: st.DataObject, act: tuple[Any, ...]) -> None:
        with transaction() as writing:
            old = writing.get_one(Ticket, self.tickets[act[1]].id)
            old.replaced_at = clock.now()
            writing.flush()
            new = issue(writing.get_one(Registration, old.registration_id))
            writing.add(new)
        self.tickets[act[1]] = new
        self.model.people[act[1]].codes.append(new.code)


def make_world(client: FlaskClient) -> World:
    event = make_event()
    with transaction() as writing:
        for position, (key, (repeats, is_two_way, seats)) in enumerate(POINTS.items()):
            writing.add(
                Point(event_id=event.id, key=key, name=key, repeats=repeats, is_two_way=is_two_way, seats=seats,
                      position=position)
            )  # fmt: skip
    tickets = [make_ticket(event, f"Person {n}") for n in range(PEOPLE)]
    devices = []
    for number in range(DEVICES):
        desk = make_desk(client, event, f"Desk {number}")
        devices.append(Device(desk, f"Desk {number}", desk.get("snapshot").get_json()["cursor"]))
    return World(event, tickets, devices, Model([Person([ticket.code]) for ticket in tickets]))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), acts=st.lists(ACT, min_size=5, max_size=30))
def test_whatever_happens_at_the_door_ends_as_the_model_says(
    client: FlaskClient, session: Session, data: st.DataObject, acts: list[tuple[Any, ...]]
) -> None:
    world = make_world(client)
    for act in acts:
        getattr(world, act[0])(data, act)
    for device in data.draw(st.permutations(world.devices), label="reconnected"):
        while device.unsent:
            device.send(device.unsent[:5], world.model, is_lost=False)
    for device in world.devices:
        device.poll()
    session.rollback()
    _the_books_agree(session, world)
    _every_device_knows(world)


def _the_books_agree(session: Session, world: World) -> None:
    model = world.model
    stored = {scan.scan_id: scan for scan in session.scalars(select(Scan).where(Scan.event_id == world.event.id))}
    assert set(stored) == set(model.sent), "no scan is lost, and none is made up"
    for scan_id, scan in stored.items():
        assert scan.outcome == model.answers[scan_id][0], "the first answer stays"
        if not model.sent[scan_id].is_undone:
            assert (scan.corrected_outcome or scan.outcome) == model.truth(scan_id)[0]
    people = {ticket.registration_id: number for number, ticket in enumerate(world.tickets)}
    books = {}
    for one in session.scalars(select(Admission).where(Admission.event_id == world.event.id)):
        day = "ever" if POINTS[one.point_key][0] == "once" else one.day.isoformat()
        books[people[one.registration_id], one.point_key, day] = one.first_scan.scan_id, one.is_inside
    assert books == model.admissions()


def _every_device_knows(world: World) -> None:
    for device in world.devices:
        mine = [one for one in world.model.sent.values() if one.device == device.name and not one.is_undone]
        for one in mine:
            assert device.knows[one.scan["id"]] == world.model.truth(one.scan["id"])[0]
    nobody_is_admitted_twice(world.model)


def nobody_is_admitted_twice(model: Model) -> None:
    """Unless they left in between, or the point says any number of times."""
    for book in {one.book for one in model.sent.values() if POINTS[one.scan["point"]][0] != "always"}:
        flow = [model.truth(one.scan["id"])[0] for one in model._passed(book)]
        moved = [outcome for outcome in flow if outcome != "already_in"]
        assert not any(a == b == "admitted" for a, b in pairwise(moved))

"""The server is killed in the middle of 200 registrations: what was answered is true, and no seat is given twice."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.registration.models import Registration, SeatPool
from tests.factories import make_event
from tests.forms import form_fields
from tests.mailing.mailmen import free_port

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, SEATS, KILLED_AFTER, AT_ONCE = 200, 120, 80, 16
PATIENCE = 60


class House:
    """`eventsys serve` with two workers, in a process group of its own that can be killed as a whole."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = {"PATH": os.environ["PATH"], **environment}
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        command = [sys.executable, "-m", "eventsys.commandline", "serve", "--port", str(self.port), "--workers", "2"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        until(lambda: self.process is not None and self.process.poll() is None and self.is_listening())

    def kill(self) -> None:
        """All its processes at once, as when the machine loses power."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None
            until(lambda: not self.is_listening())

    def is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@dataclass
class Visitor:
    """A browser without script: it has loaded the form once and sends it for many people."""

    port: int
    slug: str
    cookie: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def load(self) -> None:
        status, headers, body = self.ask("GET", f"/events/{self.slug}/register")
        assert status == 200
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        self.fields = {name: value for name, value in form_fields(body, having="email").items() if value is not None}

    def register(self, number: int) -> tuple[int, str]:
        """The status and where it leads. Raises OSError or HTTPException when the server goes away."""
        answers = self.fields | {
            "first_name": "Bo", "last_name": f"Berg {number}", "email": f"bo{number}@example.org", "mode": "onsite",
            "privacy_accepted": "y",
        }  # fmt: skip
        status, headers, _body = self.ask("POST", f"/events/{self.slug}/register", urlencode(answers))
        return status, urlsplit(headers.get("Location", "")).path

    def state(self, path: str) -> str:
        """What a personal page says of itself."""
        status, _headers, body = self.ask("GET", path)
        assert status == 200
        [main] = html.fromstring(body).xpath("//main")
        return str(main.get("data-state"))

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@pytest.fixture
def house(environment: dict[str, str]) -> Iterator[House]:
    found = House(environment)
    yield found
    found.kill()


def register_until_it_breaks(visitor: Visitor, enough: threading.Event) -> dict[int, str]:
    """Send 200 registrations; the personal pages that were answered, by number. Sets `enough` in their midst."""
    answered: dict[int, str] = {}
    unexpected: list[tuple[int, int, str]] = []

    def send(number: int) -> None:
        try:
            status, path = visitor.register(number)
        except (OSError, http.client.HTTPException):
            return
        if status != 303 or not path.startswith("/r/"):
            unexpected.append((number, status, path))
            return
        answered[number] = path
        if len(answered) >= KILLED_AFTER:
            enough.set()

    with ThreadPoolExecutor(AT_ONCE) as people:
        list(people.map(send, range(PEOPLE)))
    assert unexpected == []
    return answered


def kept(session: Session, event: Event) -> tuple[int, Counter[str]]:
    """How many seats the pool says are taken, and how many people are in which state."""
    session.rollback()
    taken = session.scalar(select(SeatPool.taken).where(SeatPool.event_id == event.id, SeatPool.mode == "onsite"))
    rows = session.execute(
        select(Registration.state, func.count()).where(Registration.event_id == event.id).group_by(Registration.state)
    )
    return taken or 0, Counter(dict(rows.all()))


def test_killed_in_the_middle_it_loses_no_answer_and_seats_nobody_twice(house: House, session: Session) -> None:
    event = make_event(slug="crowded", onsite=SEATS)
    house.open()
    visitor = Visitor(house.port, event.slug)
    visitor.load()
    enough = threading.Event()
    with ThreadPoolExecutor(1) as crowd:
        sending = crowd.submit(register_until_it_breaks, visitor, enough)
        assert enough.wait(PATIENCE)
        house.kill()
        answered = sending.result(PATIENCE)
    # It happened in the middle: some were answered, some never.
    assert KILLED_AFTER <= len(answered) < PEOPLE

    house.open()
    assert {visitor.state(path) for path in answered.values()} <= {"confirmed", "waiting"}
    taken, states = kept(session, event)
    assert taken == states["confirmed"] <= SEATS
    assert states.total() >= len(answered)

    # Whoever got no answer sends again: a new link, or word that the first one is on its way by mail.
    for number in range(PEOPLE):
        if number not in answered:
            status, path = visitor.register(number)
            assert status == 303
            assert path == f"/events/{event.slug}/register/sent" or visitor.state(path) in ("confirmed", "waiting")
    taken, states = kept(session, event)
    assert (taken, states) == (SEATS, Counter(confirmed=SEATS, waiting=PEOPLE - SEATS))
    numbers = session.scalars(
        select(Registration.queue_number).where(Registration.event_id == event.id, Registration.state == "waiting")
    ).all()
    assert len(set(numbers)) == PEOPLE - SEATS

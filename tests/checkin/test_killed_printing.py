"""A worker that is killed at any step between the desk and the paper: one badge comes out, never two, never none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin.actions import printing as actions
from eventsys.checkin.jobs import print_due
from eventsys.checkin.models import BadgePrint, JobState, PrintJob
from eventsys.checkin.printing.trouble import in_words
from eventsys.checkin.queries.printing import OPEN
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.beside import Beside, command
from tests.checkin.cups import SECONDS_TO_PRINT, PrintServer, print_server, program
from tests.checkin.wires import Wire, wire_to
from tests.factories import make_event
from tests.factories.checkin import make_ticket
from tests.factories.printing import ask, make_printer
from tests.missing import skip_or_fail

pytestmark = pytest.mark.xdist_group("cups")

PATIENCE = 240
STEPS = [
    ("CREATE_JOB", "asked"), ("CREATE_JOB", "answered"), ("SEND_DOCUMENT", "asked"), ("SEND_DOCUMENT", "half"),
    ("SEND_DOCUMENT", "answered"), ("GET_JOB_ATTRIBUTES", "asked"), ("GET_JOB_ATTRIBUTES", "answered"),
]  # fmt: skip


@contextmanager
def _server(*, remembers: bool) -> Iterator[PrintServer]:
    if program() is None:
        skip_or_fail("CUPS is missing: apt-get install cups-daemon cups-client")
    with print_server(remembers=remembers) as server:
        yield server


@pytest.fixture(scope="module")
def remembering() -> Iterator[PrintServer]:
    with _server(remembers=True) as server:
        yield server


@pytest.fixture(scope="module")
def forgetful() -> Iterator[PrintServer]:
    """It forgets a job as soon as it is over."""
    with _server(remembers=False) as server:
        yield server


@pytest.fixture
def event(session: Session) -> Event:
    return make_event()


def killed_at(wire: Wire, step: tuple[str, str], environment: dict[str, str]) -> None:
    """A worker of its own comes as far as this step, and no further."""
    worker = Beside(command, "work", environment=environment)
    wire.interrupt, wire.moment = worker.kill, step
    try:
        assert wire.was_interrupted.wait(PATIENCE), wire.asked
    finally:
        worker.kill()


def carried_on(session: Session, number: int) -> PrintJob:
    """Another worker comes when the lease has ended, and looks until the job is over."""
    deadline, ahead = time.monotonic() + PATIENCE, timedelta(minutes=2)
    while True:
        print_due(clock.now() + ahead)
        session.rollback()
        session.expire_all()
        found = session.get_one(PrintJob, number)
        if found.state not in OPEN:
            return found
        assert time.monotonic() < deadline, f"waited in vain: {found.state} {found.error}"
        ahead += timedelta(seconds=6)


def pages(server: PrintServer) -> int:
    """How many badges came out, once nothing is on its way any more."""
    deadline = time.monotonic() + SECONDS_TO_PRINT
    while server.is_busy() or list(server.shelf.glob("*.part")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return len(server.printed())


@pytest.mark.parametrize("step", STEPS, ids=" ".join)
def test_one_badge_comes_out_wherever_the_worker_is_killed(
    app: Flask,
    session: Session,
    remembering: PrintServer,
    event: Event,
    environment: dict[str, str],
    step: tuple[str, str],
) -> None:
    remembering.clear()
    with wire_to(remembering.port) as wire:
        asked = ask(event, make_ticket(event).registration_id, make_printer(wire.address))
        killed_at(wire, step, environment)
        done = carried_on(session, asked.id)
    assert (done.state, done.error) == (JobState.PRINTED, "")
    assert pages(remembering) == 1
    assert session.scalar(select(func.count()).select_from(BadgePrint)) == 1
    # Whatever was made at the queue on the way was used: nothing waits there for a badge that never comes.
    assert wire.asked.count("CREATE_JOB") == (2 if step == ("CREATE_JOB", "asked") else 1)
    assert remembering.jobs() == ""


@pytest.mark.parametrize("step", [STEPS[1], STEPS[3], STEPS[4], STEPS[6]], ids=" ".join)
def test_a_queue_that_forgets_what_it_printed_prints_no_second_one(
    app: Flask,
    session: Session,
    forgetful: PrintServer,
    event: Event,
    environment: dict[str, str],
    step: tuple[str, str],
) -> None:
    forgetful.clear()
    with wire_to(forgetful.port) as wire:
        asked = ask(event, make_ticket(event).registration_id, make_printer(wire.address))
        killed_at(wire, step, environment)
        pages(forgetful)
        done = carried_on(session, asked.id)
    assert pages(forgetful) == 1
    if step == ("SEND_DOCUMENT", "answered"):
        # Nobody can know it any more: whoever stands there can.
        assert (done.state, done.error) == (JobState.FAILED, "forgotten")
        assert "look whether it came out" in in_words(done.error)
    else:
        assert (done.state, done.error) == (JobState.PRINTED, "")


def test_a_job_that_was_taken_back_at_the_printer_meanwhile_is_said_and_not_sent_again(
    app: Flask, session: Session, remembering: PrintServer, event: Event, environment: dict[str, str]
) -> None:
    remembering.clear()
    with wire_to(remembering.port) as wire:
        asked = ask(event, make_ticket(event).registration_id, make_printer(wire.address))
        killed_at(wire, ("SEND_DOCUMENT", "asked"), environment)
        remembering.cancel_all()
        done = carried_on(session, asked.id)
    assert (done.state, done.error) == (JobState.FAILED, "taken_back")
    assert (pages(remembering), wire.asked.count("CREATE_JOB")) == (0, 1)


def test_one_that_is_cancelled_before_it_was_handed_over_leaves_nothing_at_the_printer(
    app: Flask, session: Session, remembering: PrintServer, event: Event, environment: dict[str, str]
) -> None:
    remembering.clear()
    with wire_to(remembering.port) as wire:
        asked = ask(event, make_ticket(event).registration_id, make_printer(wire.address))
        killed_at(wire, ("SEND_DOCUMENT", "asked"), environment)
        assert remembering.jobs() != ""
        with transaction() as writing:
            actions.cancel_job(writing, writing.get_one(PrintJob, asked.id), now=clock.now())
        print_due(clock.now() + timedelta(minutes=2))
        assert "SEND_DOCUMENT" in wire.asked
    assert (remembering.jobs(), pages(remembering)) == ("", 0)
    assert carried_on(session, asked.id).state == JobState.CANCELLED


def test_a_printer_that_knows_print_job_alone_is_sent_the_badge_at_once(
    app: Flask, session: Session, remembering: PrintServer, event: Event, environment: dict[str, str]
) -> None:
    remembering.clear()
    with wire_to(remembering.port) as wire:
        wire.numbers_first = False
        asked = ask(event, make_ticket(event).registration_id, make_printer(wire.address))
        killed_at(wire, ("PRINT_JOB", "answered"), environment)
        # A lease is longer than a print server keeps in mind what is over.
        remembering.wait_until_put_away(remembering.newest())
        done = carried_on(session, asked.id)
    assert (done.state, pages(remembering)) == (JobState.PRINTED, 1)
    assert {"CREATE_JOB", "SEND_DOCUMENT"} & set(wire.asked) == set()

"""Badges through a real print server: CUPS of the distribution, from being asked for to the paper that comes out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from pyipp import IPP
from pyipp.enums import IppOperation
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.actions import printing as actions
from eventsys.checkin.jobs import print_due
from eventsys.checkin.models import BadgePrint, JobState, PrintJob
from eventsys.checkin.printing import ipp
from eventsys.checkin.printing.trouble import PrinterTrouble, in_words
from eventsys.checkin.rules.printing import read_address
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.models import Registration, Ticket
from tests.checkin.cups import SECONDS_TO_PRINT, PrintServer, print_server, program
from tests.checkin.wires import wire_to
from tests.factories import make_event
from tests.factories.checkin import make_ticket
from tests.factories.printing import ask, make_printer
from tests.mailing.mailmen import free_port
from tests.missing import skip_or_fail

pytestmark = pytest.mark.xdist_group("cups")


@pytest.fixture(scope="module")
def _running() -> Iterator[PrintServer]:
    if program() is None:
        skip_or_fail("CUPS is missing: apt-get install cups-daemon cups-client")
    with print_server() as server:
        yield server


@pytest.fixture
def cups(_running: PrintServer) -> Iterator[PrintServer]:
    """A print server with an empty shelf."""
    _running.clear()
    yield _running
    _running.clear()


@pytest.fixture
def event(session: Session) -> Event:
    return make_event()


def job(session: Session, number: int) -> PrintJob:
    session.rollback()
    session.expire_all()
    found = session.get(PrintJob, number)
    assert found is not None
    return found


def work_until(session: Session, number: int, is_so: Callable[[PrintJob], bool]) -> PrintJob:
    """Let the worker look, as it does every second, until the job is so; its clock runs ahead of ours."""
    deadline = time.monotonic() + SECONDS_TO_PRINT
    ahead = timedelta()
    while not is_so(found := job(session, number)):
        assert time.monotonic() < deadline, f"waited in vain: {found.state} {found.error}"
        ahead += timedelta(seconds=1)
        print_due(clock.now() + ahead)
    return found


def is_over(found: PrintJob) -> bool:
    return found.state in (JobState.PRINTED, JobState.FAILED, JobState.CANCELLED)


def codes_on(pdf: bytes) -> list[str]:
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=203 / 72).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def prints_of(session: Session, ticket: Ticket) -> list[BadgePrint]:
    query = select(BadgePrint).where(BadgePrint.registration_id == ticket.registration_id)
    return list(session.scalars(query))


def test_a_badge_comes_out_of_the_print_server_and_is_noted(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    ticket = make_ticket(event, "Ioánna Papadáki")
    asked = ask(event, ticket.registration_id, make_printer(cups.address))
    done = work_until(session, asked.id, is_over)
    assert (done.state, done.error, done.tries) == (JobState.PRINTED, "", 1)
    assert done.remote_id is not None
    (pdf,) = cups.printed()
    assert codes_on(pdf) == [ticket.code]
    assert b"/PrintScaling/None" in pdf
    (noted,) = prints_of(session, ticket)
    assert (noted.job_id, len(noted.face_hash)) == (asked.id, 32)


def test_its_name_in_the_queue_says_nobodys_name(app: Flask, session: Session, cups: PrintServer, event: Event) -> None:
    (cups.shelf / "empty").touch()
    ticket = make_ticket(event, "Ioanna Papadaki")
    asked = ask(event, ticket.registration_id, make_printer(cups.address))
    work_until(session, asked.id, lambda found: found.remote_id is not None)
    with ThreadPoolExecutor(1) as beside:
        listed = beside.submit(asyncio.run, all_of_jobs(cups.address)).result()
    assert (b"badge %d " % event.id in listed, b"eventsys" in listed) == (True, True)
    assert [name for name in (b"Ioanna", b"Papadaki", b"PAPADAKI") if name in listed] == []


async def all_of_jobs(address: str) -> bytes:
    """What anybody who lists the queue is shown of its jobs."""
    async with IPP(address) as client:
        return await client.raw(IppOperation.GET_JOBS, {"operation-attributes-tag": {"requested-attributes": ["all"]}})


def test_paper_that_runs_out_is_said_and_the_badge_comes_out_when_there_is_some(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    (cups.shelf / "empty").touch()
    ticket = make_ticket(event)
    asked = ask(event, ticket.registration_id, make_printer(cups.address))
    waits = work_until(session, asked.id, lambda found: bool(found.error))
    assert (waits.state, waits.error) == (JobState.SENDING, "media-empty")
    (cups.shelf / "empty").unlink()
    assert work_until(session, asked.id, is_over).state == JobState.PRINTED
    assert len(cups.printed()) == 1


def test_one_that_is_cancelled_is_taken_out_of_the_printers_queue(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    (cups.shelf / "empty").touch()
    ticket = make_ticket(event)
    asked = ask(event, ticket.registration_id, make_printer(cups.address))
    work_until(session, asked.id, lambda found: found.remote_id is not None)
    assert [line for line in cups.jobs().splitlines() if line.startswith("badges-")] != []
    assert len(prints_of(session, ticket)) == 1
    with transaction() as writing:
        actions.cancel_job(writing, job(writing, asked.id), now=clock.now())
    gone = work_until(session, asked.id, lambda found: found.remote_id is None)
    assert gone.state == JobState.CANCELLED
    assert cups.jobs() == ""
    assert prints_of(session, ticket) == []


def test_a_printer_that_gives_up_is_said_and_nothing_counts_as_printed(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    (cups.shelf / "broken").touch()
    ticket = make_ticket(event)
    asked = ask(event, ticket.registration_id, make_printer(cups.address))
    over = work_until(session, asked.id, is_over)
    assert (over.state, over.error) == (JobState.FAILED, "aborted")
    assert prints_of(session, ticket) == []


def test_what_the_queue_is_and_takes_is_read(app: Flask, cups: PrintServer) -> None:
    queue = ipp.ask_queue(read_address("ipp", cups.address))
    assert (queue.format, queue.is_accepting, queue.reasons) == ("application/pdf", True, ())
    assert queue.medium(62, 100) == "custom_badge_62x100mm"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("ipp://127.0.0.1:{port}/printers/nobody", "not_found"),
        ("ipp://127.0.0.1:{closed}/printers/badges", "unreachable"),
        ("http://127.0.0.1:{port}/nowhere", "not_found"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_in_words(app: Flask, cups: PrintServer, address: str, code: str) -> None:
    written = address.format(port=cups.port, closed=free_port())
    with pytest.raises(PrinterTrouble) as trouble:
        ipp.ask_queue(read_address("ipp", written))
    assert trouble.value.code == code


def test_a_queue_that_takes_no_jobs_is_tried_again(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    cups.stop_queue("badges", accepts=False)
    ticket = make_ticket(event)
    asked = ask(event, ticket.registration_id, make_printer(cups.address))
    waits = work_until(session, asked.id, lambda found: bool(found.error))
    assert (waits.state, waits.error) == (JobState.SENDING, "not_accepting")
    cups.start_queue("badges")
    assert work_until(session, asked.id, is_over).state == JobState.PRINTED


def test_a_paused_queue_is_said_and_prints_when_it_goes_on(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    cups.stop_queue("badges")
    asked = ask(event, make_ticket(event).registration_id, make_printer(cups.address))
    waits = work_until(session, asked.id, lambda found: bool(found.error))
    assert (waits.state, waits.error) == (JobState.SENDING, "paused")
    cups.start_queue("badges")
    assert work_until(session, asked.id, is_over).state == JobState.PRINTED
    assert len(cups.printed()) == 1


def test_a_server_that_is_gone_with_the_badge_is_said_and_not_asked_for_ever(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    (cups.shelf / "empty").touch()
    ticket, other = make_ticket(event), make_ticket(event, "Cy Cole")
    with wire_to(cups.port) as wire:
        printer = make_printer(wire.address)
        asked, unwanted = ask(event, ticket.registration_id, printer), ask(event, other.registration_id, printer)
        for one in (asked, unwanted):
            work_until(session, one.id, lambda found: found.handed_at is not None)
    with transaction() as writing:
        actions.cancel_job(writing, job(writing, unwanted.id), now=clock.now())
    print_due(clock.now() + timedelta(minutes=5))
    waits = job(session, asked.id)
    assert (waits.state, waits.error, len(prints_of(session, ticket))) == (JobState.SENDING, "unreachable", 1)
    assert job(session, unwanted.id).remote_id is not None
    for minutes in (30, 31):
        print_due(clock.now() + timedelta(minutes=minutes))
    lost = job(session, asked.id)
    assert (lost.state, in_words(lost.error), prints_of(session, ticket)) == (
        JobState.FAILED, "The printer has the badge and cannot be asked any more: look whether it came out.", [],
    )  # fmt: skip
    assert job(session, unwanted.id).remote_id is None
    assert print_due(clock.now() + timedelta(hours=2)) == 0


def test_one_that_is_given_up_is_taken_out_of_a_queue_that_comes_back(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    with wire_to(cups.port) as wire:
        wire.deaf_to = "SEND_DOCUMENT"
        asked = ask(event, make_ticket(event).registration_id, make_printer(wire.address))
        for number in range(6):
            print_due(clock.now() + timedelta(minutes=10 * number))
        given_up = job(session, asked.id)
        assert (given_up.state, given_up.error, given_up.tries) == (JobState.FAILED, "broke_off", 6)
        assert (wire.asked.count("CREATE_JOB"), len(cups.jobs().splitlines())) == (1, 1)
        wire.deaf_to = ""
        print_due(clock.now() + timedelta(minutes=51))
        assert (cups.jobs(), cups.printed()) == ("", [])
        assert print_due(clock.now() + timedelta(hours=2)) == 0
    assert (job(session, asked.id).state, job(session, asked.id).error) == (JobState.FAILED, "broke_off")


def test_who_is_not_coming_any_more_gets_no_badge(
    app: Flask, session: Session, cups: PrintServer, event: Event
) -> None:
    ticket = make_ticket(event)
    asked = ask(event, ticket.registration_id, make_printer(cups.address))
    with transaction() as writing:
        person = writing.get(Registration, ticket.registration_id)
        assert person is not None
        person.state = "cancelled"
    over = work_until(session, asked.id, is_over)
    assert (over.state, over.error) == (JobState.CANCELLED, "unprintable")
    assert cups.printed() == []

"""Badges on label printers: every dot as it was drawn, readable, and nothing sent to a printer without paper."""

from __future__ import annotations

import errno
import random
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.badges.actions import keep_design, make_default
from eventsys.badges.designs import built_in, said_design
from eventsys.checkin.jobs import print_due, print_in_turn
from eventsys.checkin.models import BadgePrint, JobState, Printer, PrintJob
from eventsys.checkin.printing import zpl
from eventsys.checkin.printing.trouble import PrinterTrouble, in_words
from eventsys.checkin.rules.printing import PrinterAddress
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.checkin.label_printers import (
    HEAD_UP,
    NO_PAPER,
    READY,
    LabelPrinter,
    label_printer,
    picture_on,
    size_of,
)
from tests.factories import make_event
from tests.factories.checkin import make_ticket
from tests.factories.printing import ask, make_printer
from tests.mailing.mailmen import free_port


@pytest.fixture
def printer() -> Iterator[LabelPrinter]:
    with label_printer() as found:
        yield found


@pytest.fixture
def event(session: Session) -> Event:
    event = make_event()
    with transaction() as writing:
        kept = keep_design(
            writing, event.id, key=None, name="Labels", design=said_design(built_in("62x100")), now=clock.now()
        )
        make_default(writing, event.id, kept.key, now=clock.now())
    return event


def job(session: Session, number: int) -> PrintJob:
    session.rollback()
    session.expire_all()
    found = session.get(PrintJob, number)
    assert found is not None
    return found


def as_png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("width", [1, 7, 8, 9, 200, 812])
def test_every_dot_arrives_as_it_was_drawn(width: int) -> None:
    chance = random.Random(width)
    drawn = Image.new("1", (width, 60), 1)
    for y in range(60):
        for x in range(width):
            if y % 7 and (y // 10) % 2 and chance.random() < (y % 10) / 10:
                drawn.putpixel((x, y), 0)
    label = zpl.label_of(as_png(drawn.convert("RGB")))
    assert size_of(label) == (width, 60)
    arrived = picture_on(label).crop((0, 0, width, 60))
    assert arrived.tobytes() == drawn.tobytes()


def test_a_badge_comes_out_upright_at_the_printers_own_dots_and_is_noted(
    app: Flask, session: Session, event: Event, printer: LabelPrinter
) -> None:
    ticket = make_ticket(event, "Ιωάννα Παπαδάκη")
    asked = ask(event, ticket.registration_id, make_printer(printer.address, kind="zpl", dpi=300))
    assert print_due(clock.now()) == 1
    assert printer.has_label.wait(10)
    (label,) = printer.labels
    width, length = size_of(label)
    assert (abs(width - 62 / 25.4 * 300) < 2, abs(length - 100 / 25.4 * 300) < 2) == (True, True)
    codes = [found.text for found in zxingcpp.read_barcodes(picture_on(label).convert("L"))]
    assert codes == [ticket.code]
    assert job(session, asked.id).state == JobState.PRINTED
    assert session.scalars(select(BadgePrint.job_id)).all() == [asked.id]
    assert "Παπαδάκη".encode() not in label


@pytest.mark.parametrize(("status", "said"), [(NO_PAPER, "media-empty"), (HEAD_UP, "cover-open")])
def test_a_printer_that_cannot_print_is_sent_nothing_and_tried_again(
    app: Flask, session: Session, event: Event, printer: LabelPrinter, status: bytes, said: str
) -> None:
    printer.status = status
    ticket = make_ticket(event)
    asked = ask(event, ticket.registration_id, make_printer(printer.address, kind="zpl"))
    print_due(clock.now())
    waits = job(session, asked.id)
    assert (waits.state, waits.error, waits.tries) == (JobState.SENDING, said, 1)
    assert session.scalars(select(BadgePrint)).all() == []
    printer.status = READY
    assert print_due(clock.now() + timedelta(seconds=1)) == 0
    print_due(clock.now() + timedelta(seconds=5))
    assert job(session, asked.id).state == JobState.PRINTED
    assert printer.has_label.wait(10)
    assert len(printer.labels) == 1


def test_one_that_tells_nothing_of_itself_is_believed(
    app: Flask, session: Session, event: Event, printer: LabelPrinter
) -> None:
    printer.status = b""
    ticket = make_ticket(event)
    asked = ask(event, ticket.registration_id, make_printer(printer.address, kind="zpl"))
    print_due(clock.now())
    assert job(session, asked.id).state == JobState.PRINTED


@pytest.mark.parametrize("said", [b"", b"\x02\x03", b"\x02,,\x03\x02,\x03", b"x" * 5000, b"\x02030,2\x03\x020\x03"])
def test_nonsense_from_a_printer_is_no_reason_not_to_print(said: bytes) -> None:
    assert zpl.problem_in(said) == ""


def test_one_that_breaks_off_when_it_has_the_whole_badge_is_said_and_never_sent_it_twice(
    app: Flask, session: Session, event: Event, printer: LabelPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer.breaks_off = True
    hear_out = zpl._hear_out

    def once_all_is_sent(stream: socket.socket) -> None:
        printer.may_break.set()
        hear_out(stream)

    monkeypatch.setattr(zpl, "_hear_out", once_all_is_sent)
    ticket = make_ticket(event)
    asked = ask(event, ticket.registration_id, make_printer(printer.address, kind="zpl"))
    print_due(clock.now())
    told = job(session, asked.id)
    assert (told.state, in_words(told.error)) == (
        JobState.FAILED, "The printer broke off when it had the badge: look whether it came out.",
    )  # fmt: skip
    assert session.scalars(select(BadgePrint)).all() == []
    printer.breaks_off = False
    assert print_due(clock.now() + timedelta(hours=1)) == 0
    assert (printer.lines, printer.labels) == (1, [])


def test_one_that_breaks_off_before_the_end_of_a_badge_cannot_have_printed_it(printer: LabelPrinter) -> None:
    """No label comes out before its ^XZ, so the job is tried again."""
    printer.breaks_off = True
    printer.may_break.set()
    label = b"^XA" + b"^FDnothing^FS" * 1_000_000 + b"^XZ"
    with pytest.raises(PrinterTrouble) as trouble:
        zpl.send(PrinterAddress("127.0.0.1", int(printer.address.rpartition(":")[2])), label)
    assert (trouble.value.code, trouble.value.is_final) == ("broke_off", False)


def test_a_line_that_is_gone_before_we_close_it_leaves_open_whether_the_badge_came_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the last of a label and our end of the line: the system then says that there is no line."""

    class Line(socket.socket):
        def shutdown(self, how: int, /) -> None:
            raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")

    def connect(address: tuple[str, int], timeout: float) -> Line:
        line = Line()
        line.settimeout(timeout)
        line.connect(address)
        return line

    monkeypatch.setattr(socket, "create_connection", connect)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(PrinterTrouble) as trouble:
        zpl.send(PrinterAddress(*silent.getsockname()), b"^XA^FDBo^FS^XZ")
    assert trouble.value.code == "unsure"


def test_one_that_takes_nothing_has_not_printed(
    app: Flask, session: Session, event: Event, printer: LabelPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zpl, "DOCUMENT_SECONDS", 2.0)
    printer.is_stuck = True
    asked = ask(event, make_ticket(event).registration_id, make_printer(printer.address, kind="zpl", dpi=600))
    print_due(clock.now())
    waits = job(session, asked.id)
    assert (waits.state, waits.error) == (JobState.SENDING, "silent")
    assert session.scalars(select(BadgePrint)).all() == []
    printer.is_stuck = False
    print_due(clock.now() + timedelta(seconds=30))
    assert job(session, asked.id).state == JobState.PRINTED
    assert printer.has_label.wait(10)
    assert len(printer.labels) == 1


def test_a_printer_that_takes_its_time_holds_no_other_up(
    app: Flask, session: Session, event: Event, printer: LabelPrinter
) -> None:
    slow = make_printer("", name="Slow")
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        with transaction() as writing:
            writing.get_one(Printer, slow.id).address = f"http://127.0.0.1:{deaf.getsockname()[1]}/printers/x"
        waits = ask(event, make_ticket(event).registration_id, slow)
        assert print_in_turn(clock.now()) == 1
        stream, _who = deaf.accept()
        # It says nothing and is waited for; what is asked of others is printed meanwhile, and nothing more of it.
        fine = ask(event, make_ticket(event, "Cy Cole").registration_id, make_printer(printer.address, kind="zpl"))
        ask(event, make_ticket(event, "Di Dahl").registration_id, slow)
        assert print_in_turn(clock.now()) == 1
        assert printer.has_label.wait(10)
        until(lambda: job(session, fine.id).state == JobState.PRINTED)
        assert (job(session, waits.id).error, print_in_turn(clock.now())) == ("", 0)
        stream.close()
    until(lambda: job(session, waits.id).error == "broke_off")


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_the_jobs_of_one_printer_that_is_off_hold_nobody_elses_up(
    app: Flask, session: Session, event: Event, printer: LabelPrinter
) -> None:
    off = make_printer(f"127.0.0.1:{free_port()}", name="Off", kind="zpl")
    on = make_printer(printer.address, name="On", kind="zpl")
    people = [make_ticket(event, f"Bo Berg{number}") for number in range(3)]
    lost = [ask(event, one.registration_id, off) for one in people[:2]]
    fine = ask(event, people[2].registration_id, on)
    assert print_due(clock.now()) == 3
    assert [job(session, one.id).error for one in lost] == ["unreachable", "unreachable"]
    assert job(session, fine.id).state == JobState.PRINTED


def test_after_six_tries_it_is_given_up(app: Flask, session: Session, event: Event) -> None:
    off = make_printer(f"127.0.0.1:{free_port()}", kind="zpl")
    asked = ask(event, make_ticket(event).registration_id, off)
    tries = [print_due(clock.now() + timedelta(minutes=10 * number)) for number in range(8)]
    given_up = job(session, asked.id)
    assert (given_up.state, given_up.error, given_up.tries) == (JobState.FAILED, "unreachable", 6)
    assert tries == [1, 1, 1, 1, 1, 1, 0, 0]

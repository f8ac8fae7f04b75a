"""Badges asked for by devices: each once, by one worker at a time, seen by their own event alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from eventsys.checkin import actions as checkin
from eventsys.checkin.actions import leasing
from eventsys.checkin.errors import PrinterAddressMisread, RequestTaken
from eventsys.checkin.jobs import print_due
from eventsys.checkin.models import BadgePrint, JobState, Printer, PrintJob
from eventsys.checkin.printing.trouble import in_words
from eventsys.checkin.rules.printing import read_address
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import db, transaction
from tests.cast import Cast
from tests.checkin.label_printers import LabelPrinter, label_printer
from tests.factories import make_event
from tests.factories.checkin import Desk, make_desk, make_device, make_ticket
from tests.factories.printing import ask, make_printer
from tests.forms import form_fields
from tests.mailing.mailmen import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


@pytest.fixture
def paper() -> Iterator[LabelPrinter]:
    with label_printer(b"") as found:
        yield found


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    return make_event(owner=cast.ada)


@pytest.fixture
def printer(session: Session, paper: LabelPrinter) -> Printer:
    return make_printer(paper.address, kind="zpl")


@pytest.fixture
def desk(session: Session, client: FlaskClient, event: Event, printer: Printer) -> Desk:
    return make_desk(client, event, role="desk", printer_id=printer.id)


def order(ticket: Any, **more: Any) -> dict[str, Any]:
    return {"registration": ticket.registration_id, "request_id": str(uuid.uuid4()), **more}


def said(answer: TestResponse) -> dict[str, Any]:
    """What a device reads."""
    assert isinstance(answer.json, dict)
    return answer.json


def jobs(session: Session) -> list[PrintJob]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(PrintJob).order_by(PrintJob.id)))


def test_a_desk_asks_once_and_hears_what_became_of_it(session: Session, event: Event, desk: Desk) -> None:
    wanted = order(make_ticket(event))
    first = desk.post("print", wanted)
    assert (first.status_code, said(first)["state"], said(first)["waiting_before"]) == (200, "queued", 0)
    assert said(desk.post("print", wanted)) == said(first)
    assert len(jobs(session)) == 1
    print_due(clock.now())
    told = said(desk.get(f"print/{wanted['request_id']}"))
    assert (told["state"], told["message"]) == ("printed", "Printed on Desk printer.")
    assert said(desk.post("print", wanted))["state"] == "printed"
    assert print_due(clock.now() + timedelta(hours=1)) == 0


def test_one_request_is_one_badge_of_one_person(session: Session, event: Event, desk: Desk) -> None:
    wanted = order(make_ticket(event))
    desk.post("print", wanted)
    other = desk.post("print", wanted | {"registration": make_ticket(event, "Cy Clark").registration_id})
    assert (other.status_code, said(other)["error"]["code"]) == (409, "request_taken")


@pytest.mark.parametrize(
    "body",
    [
        "text", [], {}, {"registration": 1}, {"registration": "1", "request_id": "a"},
        {"registration": True, "request_id": "a"}, {"registration": 1, "request_id": ""},
        {"registration": 1, "request_id": "ä" * 4}, {"registration": 1, "request_id": "a" * 37},
        {"registration": 2**63, "request_id": "a"}, {"registration": 1, "request_id": "a", "printer": "x"},
        {"registration": 0, "request_id": "a"},
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(session: Session, event: Event, desk: Desk, body: Any) -> None:
    answer = desk.post("print", body)
    assert (answer.status_code, said(answer)["error"]["code"]) == (400, "request_misread")


def test_who_gets_no_badge_and_what_is_no_printer_is_refused(
    session: Session, event: Event, desk: Desk, client: FlaskClient
) -> None:
    bo, other = make_ticket(event), make_event()
    retired = make_printer("127.0.0.1", kind="zpl", retired_at=clock.now())
    gone, away = make_ticket(event, "G G", state="cancelled"), make_ticket(event, "O O", mode="online")
    stranger = make_ticket(other, "S S")
    homeless = make_desk(client, event, "Desk 2", role="desk")
    codes = [
        said(desk.post("print", order(gone)))["error"]["code"],
        said(desk.post("print", order(away)))["error"]["code"],
        said(desk.post("print", order(stranger)))["error"]["code"],
        said(desk.post("print", order(bo, printer=retired.id)))["error"]["code"],
        said(desk.post("print", order(bo, printer=4711)))["error"]["code"],
        said(homeless.post("print", order(bo)))["error"]["code"],
    ]
    assert codes == [
        "badge_unprintable", "badge_unprintable", "registration_unknown", "printer_retired", "printer_unknown",
        "printer_missing",
    ]  # fmt: skip
    assert jobs(session) == []


@pytest.mark.parametrize("role", ["scanner", "kiosk", "wall"])
def test_only_desks_print(session: Session, event: Event, client: FlaskClient, printer: Printer, role: str) -> None:
    ticket = make_ticket(event)
    other = make_desk(client, event, role=role, printer_id=printer.id)
    answers = [
        other.post("print", order(ticket)),
        other.get("print/none"),
        other.get("printers"),
        other.get(f"badge/{ticket.registration_id}.pdf"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]


def test_a_revoked_device_prints_nothing_and_reads_nothing(
    session: Session, event: Event, client: FlaskClient, printer: Printer
) -> None:
    ticket = make_ticket(event)
    device, token = make_device(event, role="desk", printer_id=printer.id)
    desk = Desk(client, event, token)
    wanted = order(ticket)
    assert desk.post("print", wanted).status_code == 200
    with transaction() as writing:
        checkin.revoke(writing, writing.merge(device), now=clock.now())
    answers = [
        desk.post("print", order(ticket)),
        desk.get(f"print/{wanted['request_id']}"),
        desk.get(f"badge/{ticket.registration_id}.pdf"),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len(jobs(session)) == 1


def test_the_jobs_of_other_events_are_but_a_number(
    session: Session, event: Event, desk: Desk, client: FlaskClient, printer: Printer
) -> None:
    other = make_event()
    elsewhere = make_desk(client, other, role="desk", printer_id=printer.id)
    theirs = order(make_ticket(other, "Secret Guest"))
    elsewhere.post("print", theirs)
    assert desk.get(f"print/{theirs['request_id']}").status_code == 404
    mine = said(desk.post("print", order(make_ticket(event))))
    assert (mine["waiting_before"], mine["message"]) == (1, "1 badge is before it on Desk printer.")
    listed = said(desk.get("printers"))
    assert listed == {"printers": [{"id": printer.id, "name": "Desk printer", "waiting": 2}], "own": printer.id}


def test_the_browsers_print_gets_the_paper_of_the_design(session: Session, event: Event, desk: Desk) -> None:
    ticket = make_ticket(event)
    answer = desk.get(f"badge/{ticket.registration_id}.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    page = pypdfium2.PdfDocument(answer.data)[0]
    assert [round(size / 72 * 25.4) for size in page.get_size()] == [105, 148]
    gone = make_ticket(event, "G G", state="cancelled")
    assert desk.get(f"badge/{gone.registration_id}.pdf").status_code == 409
    assert desk.get(f"badge/{2**40}.pdf").status_code == 409


def test_two_who_ask_under_one_id_at_one_moment_make_one_job(
    app: Flask, session: Session, event: Event, printer: Printer
) -> None:
    ticket, request_id = make_ticket(event), str(uuid.uuid4())
    start, made, failed = threading.Barrier(6), [], []

    def asks() -> None:
        with app.app_context():
            start.wait(PATIENCE)
            try:
                made.append(ask(event, ticket.registration_id, printer, request_id=request_id).id)
            except RequestTaken as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=asks) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (len(set(made)), len(made), failed) == (1, 6, [])
    assert len(jobs(session)) == 1


def test_two_workers_print_each_badge_once(
    app: Flask, session: Session, event: Event, printer: Printer, paper: LabelPrinter
) -> None:
    asked = [ask(event, make_ticket(event, f"Bo Berg{number}").registration_id, printer) for number in range(12)]
    start, dealt = threading.Barrier(2), []

    def works() -> None:
        with app.app_context():
            start.wait(PATIENCE)
            while count := print_due(clock.now()):
                dealt.append(count)
            db.session.remove()

    threads = [threading.Thread(target=works) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert {one.state for one in jobs(session)} == {JobState.PRINTED}
    assert session.scalar(select(func.count()).select_from(BadgePrint)) == len(asked)
    until(lambda: len(paper.labels) >= len(asked))
    assert len(paper.labels) == len(asked)


def until(is_so: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_the_job_of_a_worker_that_is_killed_is_taken_over_when_its_lease_ends(
    app: Flask, session: Session, event: Event, environment: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        # It takes the connection and never reads: the worker is in the middle of its conversation.
        stuck = make_printer(f"http://127.0.0.1:{deaf.getsockname()[1]}/printers/x", name="Deaf")
        asked = ask(event, make_ticket(event).registration_id, stuck)
        worker = subprocess.Popen(
            [sys.executable, "-m", "eventsys.commandline", "work"], cwd=ROOT, env={**os.environ, **environment},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            deaf.settimeout(PATIENCE)
            stream, _who = deaf.accept()
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(PATIENCE)
        stream.close()
    (held,) = jobs(session)
    assert (held.state, held.tries, held.leased_until is not None) == (JobState.SENDING, 1, True)
    assert print_due(clock.now()) == 0
    with label_printer() as well:
        with transaction() as writing:
            kept = writing.get(Printer, stuck.id)
            assert kept is not None
            kept.kind, kept.address = "zpl", well.address
        assert print_due(clock.now() + timedelta(seconds=100)) == 1
        assert well.has_label.wait(PATIENCE)
    (done,) = jobs(session)
    assert (done.id, done.state, done.tries) == (asked.id, JobState.PRINTED, 2)


def test_a_job_that_another_worker_holds_by_now_is_not_noted(session: Session, event: Event, printer: Printer) -> None:
    ask(event, make_ticket(event).registration_id, printer)
    now = clock.now()
    with transaction() as writing:
        (held,) = leasing.hold_due(writing, now=now, most=5)
    with transaction() as writing:
        assert leasing.hold_due(writing, now=now + timedelta(seconds=80), most=5) == []
        (taken,) = leasing.hold_due(writing, now=now + timedelta(seconds=91), most=5)
    with transaction() as writing:
        assert leasing.mark_printed(writing, held, face_hash="x" * 32, now=now) is False
        assert leasing.mark_printed(writing, taken, face_hash="y" * 32, now=now) is True
    assert session.scalars(select(BadgePrint.face_hash)).all() == ["y" * 32]


def press(client: FlaskClient, event: Event, what: str, **fields: str) -> int:
    token = form_fields(client.get("/account").data, having="csrf_token")["csrf_token"]
    return client.post(
        f"/manage/events/{event.slug}/badges/jobs/{what}", data={"csrf_token": token, **fields}
    ).status_code


def test_one_that_failed_goes_to_another_printer_under_the_id_that_the_desk_asks_by(
    session: Session, event: Event, desk: Desk, cast: Cast, paper: LabelPrinter
) -> None:
    off = make_printer(f"127.0.0.1:{free_port()}", name="Off", kind="zpl")
    wanted = order(make_ticket(event), printer=off.id)
    desk.post("print", wanted)
    print_due(clock.now())
    told = said(desk.get(f"print/{wanted['request_id']}"))
    assert told["message"].startswith("Off: The printer cannot be reached")
    ada = cast.browser_of(cast.ada)
    on = make_printer(paper.address, name="On", kind="zpl")
    assert press(ada, event, f"{jobs(session)[0].id}/move", printer=str(on.id)) == 303
    print_due(clock.now())
    told = said(desk.get(f"print/{wanted['request_id']}"))
    assert (told["state"], told["printer"]["name"]) == ("printed", "On")
    assert [one.state for one in jobs(session)] == [JobState.CANCELLED, JobState.PRINTED]


def test_organisers_print_again_and_cancel_their_own_events_jobs_alone(
    session: Session, event: Event, printer: Printer, cast: Cast
) -> None:
    asked = ask(event, make_ticket(event).registration_id, printer)
    ada, al = cast.browser_of(cast.ada), cast.browser_of(cast.al)
    mine = make_event(owner=cast.al)
    for what in ("print", "cancel", "move"):
        assert press(al, event, f"{asked.id}/{what}", printer=str(printer.id)) == 403
        assert press(al, mine, f"{asked.id}/{what}", printer=str(printer.id)) == 404
    assert press(ada, event, f"{asked.id}/cancel") == 303
    assert press(ada, event, f"{asked.id}/cancel") == 409
    assert press(ada, event, f"{asked.id}/print") == 303
    print_due(clock.now())
    assert [one.state for one in jobs(session)] == [JobState.CANCELLED, JobState.PRINTED]
    assert press(ada, event, f"{jobs(session)[1].id}/move", printer=str(printer.id)) == 409


def test_the_list_of_jobs_shows_this_events_alone(
    app: Flask, session: Session, event: Event, printer: Printer, cast: Cast
) -> None:
    other = make_event()
    ask(other, make_ticket(other, "Secret Guest").registration_id, printer)
    ada, path = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/badges/jobs"
    ask(event, make_ticket(event, "Bo Berg").registration_id, printer)
    page = ada.get(path).get_data(as_text=True)
    assert ("Bo Berg" in page, "Secret" in page, "2 badges wait" in page) == (True, False, True)
    assert "No badge is in this state." in ada.get(path + "?state=failed").get_data(as_text=True)


def test_the_list_says_what_no_printer_took_yet_and_that_it_is_tried_again(
    app: Flask, session: Session, event: Event, cast: Cast
) -> None:
    off = make_printer(f"127.0.0.1:{free_port()}", name="Off", kind="zpl")
    ask(event, make_ticket(event, "Bo Berg").registration_id, off)
    print_due(clock.now())
    page = cast.browser_of(cast.ada).get(f"/manage/events/{event.slug}/badges/jobs").get_data(as_text=True)
    assert "The printer cannot be reached: is it switched on, and is its address right? Tried 1 of 6 times" in page
    assert "at the printer</span>" not in page


@pytest.mark.parametrize("error", ["unsure", "forgotten", "out_of_sight", "readdressed"])
def test_what_may_have_come_out_is_not_said_to_be_not_printed(
    session: Session, event: Event, desk: Desk, cast: Cast, error: str
) -> None:
    wanted = order(make_ticket(event, "Bo Berg"))
    desk.post("print", wanted)
    with transaction() as writing:
        (job,) = writing.scalars(select(PrintJob))
        job.state, job.error, job.finished_at = JobState.FAILED, error, clock.now()
    page = cast.browser_of(cast.ada).get(f"/manage/events/{event.slug}/badges/jobs").get_data(as_text=True)
    assert ("unclear</span>" in page, "not printed</span>" in page) == (True, False)
    told = said(desk.get(f"print/{wanted['request_id']}"))
    assert (told["state"], told["message"]) == ("failed", f"Desk printer: {in_words(error)}")
    assert "look whether" in told["message"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ipp", "file:///etc/passwd"), ("ipp", "gopher://127.0.0.1/"), ("ipp", "ipp://"),
        ("ipp", "ipp://a:b@127.0.0.1/x"), ("ipp", "ipp://127.0.0.1/x?y=1"), ("ipp", "ipp://127.0.0.1/x#y"),
        ("ipp", "ipp://0.0.0.0/x"), ("ipp", "ipp://224.0.0.1/x"), ("ipp", "127.0.0.1:631"),
        ("ipp", "ipp://127.0.0.1:99999/x"), ("ipp", "ipp://127.0.0.1:0/x"), ("ipp", "ipp://1.2.3/x"),
        ("ipp", "ipp://a b/x"), ("ipp", "ipp://host/x y"), ("ipp", "ipp://host/\r\nX: y"),
        ("zpl", "ipp://127.0.0.1"), ("zpl", "127.0.0.1:0"), ("zpl", "127.0.0.1:70000"), ("zpl", "user@host:9100"),
        ("zpl", "host/path"), ("zpl", ""),
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_printer_is_refused(kind: str, text: str) -> None:
    with pytest.raises(PrinterAddressMisread):
        read_address(kind, text)


@pytest.mark.parametrize(
    ("kind", "text", "uri"),
    [
        ("ipp", "ipp://192.168.1.20/printers/badges", "ipp://192.168.1.20:631/printers/badges"),
        ("ipp", "ipps://print.example.org/ipp/print", "ipps://print.example.org:631/ipp/print"),
        ("ipp", "http://127.0.0.1:631/printers/a-b_c", "ipp://127.0.0.1:631/printers/a-b_c"),
        ("ipp", "https://print.example.org/printers/x", "ipps://print.example.org:443/printers/x"),
        ("ipp", "ipp://[fe80::1]/ipp", "ipp://[fe80::1]:631/ipp"),
        ("zpl", "192.168.1.21", "ipp://192.168.1.21:9100"),
        ("zpl", "[::1]:6101", "ipp://[::1]:6101"),
    ],
)
def test_what_is_an_address_is_read(kind: str, text: str, uri: str) -> None:
    assert read_address(kind, text).uri == uri

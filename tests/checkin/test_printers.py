"""Printers are the administrators' alone: added, tried, changed and retired, and never a way into the network."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.models import JobState, Printer, PrintJob
from eventsys.checkin.printing import ipp
from eventsys.checkin.printing.trouble import PrinterTrouble, in_words
from eventsys.checkin.rules.printing import read_address
from tests.cast import Cast
from tests.checkin.label_printers import NO_PAPER, label_printer
from tests.factories import make_event
from tests.factories.checkin import make_ticket
from tests.factories.printing import ask, make_printer
from tests.forms import form_fields

FORM = {"name": "Foyer left", "kind": "zpl", "address": "127.0.0.1:9100", "dpi": "300"}


@pytest.fixture
def eve(cast: Cast) -> FlaskClient:
    return cast.browser_of(cast.eve)


def send(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    """Post as a page's form does, and read the page that follows."""
    token = form_fields(client.get("/account").data, having="csrf_token")["csrf_token"]
    answer = client.post(path, data={"csrf_token": token, **fields}, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def printers(session: Session) -> list[Printer]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Printer).order_by(Printer.id)))


def test_one_is_added_changed_retired_and_taken_back(session: Session, eve: FlaskClient) -> None:
    assert send(eve, "/admin/printers/new", **FORM)[0] == 200
    (added,) = printers(session)
    assert (added.name, added.kind, added.address, added.dpi) == ("Foyer left", "zpl", "127.0.0.1:9100", 300)
    path = f"/admin/printers/{added.id}"
    send(eve, path, **FORM | {"name": "Foyer right"})
    assert printers(session)[0].name == "Foyer right"
    send(eve, f"{path}/retire")
    assert printers(session)[0].retired_at is not None
    assert "out of use" in eve.get("/admin/printers").get_data(as_text=True)
    send(eve, f"{path}/restore")
    assert printers(session)[0].retired_at is None


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"address": ""}, {"address": "http://host/x"}, {"kind": "ftp"}, {"dpi": "7"}, {"dpi": "many"}],
)
def test_what_is_no_printer_is_refused_at_its_field(session: Session, eve: FlaskClient, wrong: dict[str, str]) -> None:
    status, page = send(eve, "/admin/printers/new", **FORM | wrong)
    assert (status, "There is a problem" in page, "Foyer left" in page or "name" in wrong) == (422, True, True)
    assert printers(session) == []


@pytest.mark.parametrize("who", ["ada", "dee"])
def test_nobody_else_adds_changes_or_tries_one(session: Session, cast: Cast, who: str) -> None:
    printer = make_printer("127.0.0.1:9100", kind="zpl")
    client = cast.browser_of(getattr(cast, who))
    for path in ("new", f"{printer.id}", f"{printer.id}/test", f"{printer.id}/retire", f"{printer.id}/restore"):
        assert send(client, f"/admin/printers/{path}", **FORM)[0] == 403
    assert [(one.name, one.retired_at) for one in printers(session)] == [("Desk printer", None)]


def test_a_test_badge_comes_out_or_it_is_said_why_not(app: Flask, session: Session, eve: FlaskClient) -> None:
    with label_printer() as paper:
        printer = make_printer(paper.address, kind="zpl")
        page = send(eve, f"/admin/printers/{printer.id}/test", format="62x100")[1]
        assert "The test badge is on its way." in page
        assert paper.has_label.wait(10)
        paper.status = NO_PAPER
        assert "The printer is out of paper." in send(eve, f"/admin/printers/{printer.id}/test", format="no-such")[1]
        assert len(paper.labels) == 1
    page = send(eve, f"/admin/printers/{printer.id}/test", format="62x100")[1]
    assert "The printer cannot be reached" in page


def test_badges_that_wait_for_a_retired_one_fail_and_say_so(session: Session, eve: FlaskClient) -> None:
    event, printer = make_event(), make_printer("127.0.0.1:9100", kind="zpl")
    asked = ask(event, make_ticket(event).registration_id, printer)
    send(eve, f"/admin/printers/{printer.id}/retire")
    session.rollback()
    session.expire_all()
    waits = session.get_one(PrintJob, asked.id)
    assert (waits.state, in_words(waits.error)) == (JobState.FAILED, "The printer was taken out of use.")


SECRET = b"the secret of the neighbour"


class _Neighbour(http.server.BaseHTTPRequestHandler):
    """Something else in the network, that an address might point at."""

    answer: tuple[int, dict[str, str], bytes] = (200, {}, SECRET)
    asked: list[str] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, body = self.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *_said: object) -> None:
        """Quiet."""


@contextmanager
def neighbour(*answer: object) -> Iterator[tuple[str, list[str]]]:
    """The address of a server that gives this answer, and what was asked of it."""
    asked: list[str] = []
    handler = type("Answering", (_Neighbour,), {"answer": answer, "asked": asked})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, SECRET, "not_a_printer"), (200, b"", "not_a_printer"), (401, SECRET, "forbidden"),
        (403, b"\xff\xfe", "forbidden"), (404, SECRET, "not_found"), (426, SECRET, "secure_wanted"),
        (500, b"\xff", "not_a_printer"), (200, b"x" * 5_000_000, "broke_off"),
        (200, b"\x02\x00\x05\x06\x00\x00\x00\x01\x01\x47\x00\x12attributes-charset\x00\x05utf-8\x03", "not_accepting"),
    ],
)  # fmt: skip
def test_what_a_neighbour_says_is_never_shown(
    app: Flask, session: Session, eve: FlaskClient, status: int, body: bytes, code: str
) -> None:
    with neighbour(status, {}, body) as (address, _asked):
        printer = make_printer(f"http://{address}/printers/x")
        page = send(eve, f"/admin/printers/{printer.id}/test", format="a6")[1]
    assert (in_words(code) in page, SECRET.decode() in page) == (True, False)


def test_nobody_is_led_elsewhere(app: Flask) -> None:
    with neighbour(200, {}, SECRET) as (inner, reached):
        for status in (301, 302, 303, 307, 308):
            with neighbour(status, {"Location": f"http://{inner}/inside"}, b"") as (outer, asked):
                with pytest.raises(PrinterTrouble) as trouble:
                    ipp.ask_queue(read_address("ipp", f"http://{outer}/printers/x"))
                assert (trouble.value.code, asked) == ("not_found", ["/printers/x"])
        assert reached == []

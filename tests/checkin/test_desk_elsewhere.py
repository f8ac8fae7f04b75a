"""What a desk may not reach: people, scans and print jobs of other events are as unknown to it as nobody's."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.checkin.actions.desk_watching import watch
from eventsys.checkin.models import ArrivalWatch, Device, DeviceRole, Printer, PrintJob, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import Base, transaction
from eventsys.kernel.facts import Fact
from eventsys.registration.models import Registration, SeatPool, Ticket
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import Desk, a_scan, make_desk, make_ticket

NOBODY = 987_654
ENORMOUS = 10**30
TOUCHED: tuple[type[Base], ...] = (Registration, Ticket, Scan, Fact, ArrivalWatch, PrintJob, SeatPool)


@dataclass(frozen=True)
class Elsewhere:
    """Another event with somebody who was let in, refused, printed and waited for there."""

    person: int
    applicant: int
    code: str
    short_code: str
    scan: str
    refused: str
    request: str


def new_id() -> str:
    return str(uuid.uuid4())


def an_event(cast: Cast, slug: str) -> Event:
    now = clock.now()
    return make_event(slug=slug, owner=cast.ada, door=cast.dee, onsite=9, online=9,
                      starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=8))  # fmt: skip


@pytest.fixture
def desk(client: FlaskClient, session: Session, cast: Cast) -> Desk:
    """A desk of one event, with a printer that nobody answers at."""
    made = make_desk(client, an_event(cast, "here"), role=DeviceRole.DESK)
    with transaction() as writing:
        printer = Printer(name="Labels", kind="zpl", address="127.0.0.1:9", created_at=clock.now())
        writing.add(printer)
        writing.flush()
        writing.execute(update(Device).values(printer_id=printer.id))
    return made


@pytest.fixture
def elsewhere(client: FlaskClient, desk: Desk, cast: Cast) -> Elsewhere:
    event = an_event(cast, "elsewhere")
    other = make_desk(client, event, "Their desk", role=DeviceRole.DESK)
    came = make_ticket(event, "Cyd Cole", notes="Secret words", organisation="Hidden House")
    applied = make_ticket(event, "Eva Eck", state="applied", notes="Secret words")
    scan, refused = a_scan(came, at=clock.now()), a_scan(applied, at=clock.now())
    assert other.outcomes(scan, refused) == ["admitted", "not_confirmed"]
    with transaction() as writing:
        watch(writing, writing.get_one(Registration, came.registration_id), "Secret", user_id=None, now=clock.now())
        writing.execute(update(Device).values(printer_id=select(Printer.id).scalar_subquery()))
    request = new_id()
    assert other.post("print", {"registration": came.registration_id, "request_id": request}).status_code == 200
    return Elsewhere(
        came.registration_id, applied.registration_id, came.code, came.short_code, scan["id"], refused["id"], request
    )


def everything(session: Session) -> list[Any]:
    """All rows that a desk writes, as they lie in the database."""
    session.rollback()
    return [session.execute(select(table.__table__).order_by(table.__table__.c.id)).all() for table in TOUCHED]


def walk_in(desk: Desk) -> dict[str, Any]:
    form = desk.get("desk/form").json
    assert form is not None
    return {"id": new_id(), "first_name": "Iva", "last_name": "Novak", "notice": form["notice_hash"]}


Deed = Callable[[Desk, int], Any]
ON_PEOPLE: dict[str, Deed] = {
    "sheet": lambda desk, number: desk.get(f"desk/people/{number}"),
    "correct": lambda desk, number: desk.post(f"desk/people/{number}/details", {"id": new_id(), "first_name": "X"}),
    "swap": lambda desk, number: desk.post(f"desk/people/{number}/swap", walk_in(desk)),
    "note": lambda desk, number: desk.post(f"desk/people/{number}/notes", {"id": new_id(), "notes": "X"}),
    "watch": lambda desk, number: desk.post(f"desk/people/{number}/watch", {"id": new_id(), "words": "X"}),
    "unwatch": lambda desk, number: desk.post(f"desk/people/{number}/watch", {"id": new_id(), "off": True}),
    "reissue": lambda desk, number: desk.post(f"desk/people/{number}/reissue", {"id": new_id()}),
    **{
        how: lambda desk, number, how=how: desk.post(  # type: ignore[misc]
            f"desk/people/{number}/solve", {"id": new_id(), "how": how, "reason": "x"}
        )
        for how in ("seat", "restore", "on_site", "this_day", "sign_up", "current_code")
    },
    "companion": lambda desk, number: desk.post("desk/walk-ins", walk_in(desk) | {"accompanies": number}),
}


@pytest.mark.parametrize("deed", ON_PEOPLE)
def test_people_of_another_event_are_as_unknown_as_nobody(
    desk: Desk, elsewhere: Elsewhere, session: Session, deed: str
) -> None:
    before = everything(session)
    answers = [ON_PEOPLE[deed](desk, number) for number in (elsewhere.person, elsewhere.applicant, NOBODY)]
    assert [answer.json["error"]["code"] for answer in answers] == ["registration_unknown"] * 3
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    # A number that no column can hold is nobody's, too.
    assert ON_PEOPLE[deed](desk, ENORMOUS).status_code == 404
    assert everything(session) == before


def test_badges_of_another_event_are_printed_nowhere_here(desk: Desk, elsewhere: Elsewhere, session: Session) -> None:
    before = everything(session)
    asked = [desk.post("print", {"registration": number, "request_id": new_id()})
             for number in (elsewhere.person, elsewhere.applicant, NOBODY)]  # fmt: skip
    assert {(answer.status_code, answer.text) for answer in asked} == {(404, asked[0].text)}
    # The id of their request is free here, and tells nothing of theirs.
    assert desk.get(f"print/{elsewhere.request}").text == desk.get(f"print/{new_id()}").text
    sheets = [(desk.get(f"badge/{number}.pdf"), number) for number in (elsewhere.person, NOBODY)]
    said = [(sheet.status_code, sheet.text.replace(str(number), "")) for sheet, number in sheets]
    assert said == [(409, said[0][1])] * 2
    assert everything(session) == before


def test_scans_of_another_event_are_neither_undone_nor_closed_here(
    desk: Desk, elsewhere: Elsewhere, session: Session
) -> None:
    before = everything(session)
    why = {"id": new_id(), "reason": "x"}
    undone = [desk.post("undo", {"id": scan, "reason": "x"}) for scan in (elsewhere.scan, new_id())]
    closed = [desk.post(f"desk/exceptions/{scan}/close", why) for scan in (elsewhere.refused, new_id())]
    for answers in (undone, closed):
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json == answers[1].json
    assert everything(session) == before


def test_nothing_of_another_event_is_found_or_told_here(desk: Desk, elsewhere: Elsewhere) -> None:
    answers = [
        desk.get("snapshot"), desk.get("desk/exceptions"),
        *(desk.get("search", q=words) for words in ("Cyd", "Cole", "Hidden", elsewhere.short_code, elsewhere.code)),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:
        for secret in ("Cyd", "Eva", "Secret", "Hidden", elsewhere.code, elsewhere.short_code):
            assert secret not in answer.text
    by_name = a_scan("", at=clock.now()) | {"registration": elsewhere.person}
    here = desk.scan(
        a_scan(elsewhere.code, at=clock.now()),
        a_scan(elsewhere.short_code, at=clock.now()),
        {key: value for key, value in by_name.items() if key != "code"},
    )
    assert [(one["outcome"], one["attendee"]) for one in here] == [
        ("wrong_event", None), ("unknown", None), ("unknown", None),
    ]  # fmt: skip


def test_an_id_that_was_used_elsewhere_is_a_new_one_here(desk: Desk, elsewhere: Elsewhere, session: Session) -> None:
    own = make_ticket(session.scalars(select(Event).where(Event.slug == "here")).one(), "Bo Berg")
    assert desk.outcomes(a_scan(own, at=clock.now(), scan_id=elsewhere.scan)) == ["admitted"]
    printed = desk.post("print", {"registration": own.registration_id, "request_id": elsewhere.request})
    assert (printed.status_code, printed.json["registration"]) == (200, own.registration_id)  # type: ignore[index]
    assert desk.post("undo", {"id": elsewhere.scan, "reason": "x"}).status_code == 200
    session.rollback()
    rows = session.execute(select(Scan.event_id, Scan.undone_at.is_not(None)).where(Scan.scan_id == elsewhere.scan))
    assert sorted(row[1] for row in rows) == [False, True]

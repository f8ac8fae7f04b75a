"""Who was found by name is scanned by their number in the snapshot: a device knows no codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from eventsys.kernel.database import transaction
from eventsys.registration.models import Registration
from tests.counting import statements
from tests.factories import make_event
from tests.factories.checkin import AT, a_scan, issue, make_desk, make_ticket


def by_name(registration_id: Any, **values: Any) -> dict[str, Any]:
    scan = a_scan("", **values) | {"registration": registration_id}
    del scan["code"]
    return scan


def test_who_was_found_by_name_is_admitted_by_their_ticket(client: FlaskClient, session: Session) -> None:
    event = make_event()
    bo, cyd = make_ticket(event, "Bo Berg"), make_ticket(event, "Cyd Stranger")
    desk = make_desk(client, event)
    later = AT + timedelta(minutes=1)
    scans = by_name(bo.registration_id), a_scan(cyd), by_name(cyd.registration_id, at=later)
    first, second, third = desk.scan(*scans)
    assert (first["outcome"], first["attendee"]["name"]) == ("admitted", "Bo Berg")
    assert (second["outcome"], third["outcome"]) == ("admitted", "already_in")
    assert desk.outcomes(a_scan(bo, at=later)) == ["already_in"]


def test_the_ticket_that_replaced_another_is_the_one_that_counts(client: FlaskClient, session: Session) -> None:
    event = make_event()
    old = make_ticket(event, "Bo Berg", replaced_at=AT)
    desk = make_desk(client, event)
    assert desk.outcomes(by_name(old.registration_id)) == ["unknown"]
    with transaction() as writing:
        writing.add(issue(writing.get_one(Registration, old.registration_id)))
    assert desk.outcomes(by_name(old.registration_id)) == ["admitted"]


def test_somebody_of_another_event_is_nobody_here(client: FlaskClient, session: Session) -> None:
    event, elsewhere = make_event(), make_event(slug="elsewhere")
    stranger = make_ticket(elsewhere, "Cyd Stranger")
    [answer] = make_desk(client, event).scan(by_name(stranger.registration_id))
    assert (answer["outcome"], answer["attendee"]) == ("unknown", None)
    assert make_desk(client, event).outcomes(by_name(2**40)) == ["unknown"]


def test_a_scan_names_a_code_or_a_person_and_not_both(client: FlaskClient, session: Session) -> None:
    event = make_event()
    bo = make_ticket(event, "Bo Berg")
    desk = make_desk(client, event)
    numbers: list[Any] = [True, 0, -1, 2**63, 1.5, "1", []]
    wrong = [by_name(one) for one in numbers]
    answers = desk.scan(a_scan(bo), *wrong, by_name(bo.registration_id) | {"code": bo.code})
    assert [answer["outcome"] for answer in answers] == ["admitted", *[None] * 8]


def test_fifty_found_by_name_cost_as_many_statements_as_two(client: FlaskClient, session: Session) -> None:
    event = make_event()
    scans = [by_name(make_ticket(event, f"Person {number}").registration_id) for number in range(52)]
    desk = make_desk(client, event)
    with statements() as two:
        desk.scan(*scans[:2])
    with statements() as fifty:
        desk.scan(*scans[2:])
    assert len(fifty) <= len(two)

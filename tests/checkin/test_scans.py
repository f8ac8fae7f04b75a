"""What the door answers: every outcome, once a scan, the earlier instant first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Device, Point, Scan
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration.actions import add_note
from eventsys.registration.models import Registration
from tests.counting import statements
from tests.factories import ENDS_AT, STARTS_AT, make_event
from tests.factories.checkin import AT, Desk, a_scan, issue, make_desk, make_device, make_ticket

MINUTE = timedelta(minutes=1)


def test_a_confirmed_person_is_admitted_and_shown(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket = make_ticket(event, "Ioanna Papadaki", organisation="Κέντρο Μελετών", sector="research", type="speaker")
    scan = a_scan(ticket)
    assert make_desk(client, event, "Desk 2").scan(scan) == [
        {
            "id": scan["id"],
            "outcome": "admitted",
            "message": "Welcome",
            "attendee": {
                "name": "Ioanna Papadaki",
                "organisation": "Κέντρο Μελετών",
                "sector": "research",
                "sector_label": "Research",
                "mode": "onsite",
                "type": "speaker",
                "type_label": "Speaker",
                "notes": [],
            },
            "first": {"at": "2026-12-03T08:59:12.345Z", "device": "Desk 2"},
        }
    ]


def test_the_short_code_is_taken_as_people_type_it(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket = make_ticket(event)
    typed = f" {ticket.short_code[:3].lower()}-{ticket.short_code[3:].lower().replace('1', 'l').replace('0', 'o')} "
    assert make_desk(client, event).outcomes(a_scan(typed)) == ["admitted"]


def test_a_full_code_is_taken_in_small_letters(client: FlaskClient, session: Session) -> None:
    event = make_event()
    assert make_desk(client, event).outcomes(a_scan(make_ticket(event).code.lower())) == ["admitted"]


@pytest.mark.parametrize(
    ("state", "outcome", "message"),
    [
        ("cancelled", "cancelled", "This registration was cancelled"),
        ("waiting", "not_confirmed", "Not confirmed: still on the waiting list"),
        ("applied", "not_confirmed", "Not confirmed: the application awaits a decision"),
        ("offered", "not_confirmed", "Not confirmed: a seat is offered but not yet accepted"),
        ("unverified", "not_confirmed", "Not confirmed: the address was never verified"),
        ("invited", "not_confirmed", "Not confirmed: invited, but never answered"),
        ("declined", "not_confirmed", "Not confirmed: the registration was declined"),
    ],
)
def test_who_is_not_confirmed_stays_out(
    client: FlaskClient, session: Session, state: str, outcome: str, message: str
) -> None:
    event = make_event()
    [result] = make_desk(client, event).scan(a_scan(make_ticket(event, "Léa Moreau", state=state)))
    assert (result["outcome"], result["message"], result["attendee"]["name"]) == (outcome, message, "Léa Moreau")
    assert session.scalar(select(func.count()).select_from(Admission)) == 0


def test_who_registered_online_is_told_so(client: FlaskClient, session: Session) -> None:
    event = make_event()
    assert make_desk(client, event).outcomes(a_scan(make_ticket(event, mode="online"))) == ["wrong_mode"]


def test_a_replaced_badge_is_told_and_the_new_one_admits(client: FlaskClient, session: Session) -> None:
    event = make_event()
    old = make_ticket(event, replaced_at=clock.now())
    with transaction() as writing:
        new = issue(old.registration)
        writing.add(new)
    desk = make_desk(client, event)
    assert desk.outcomes(a_scan(old), a_scan(old.short_code), a_scan(new)) == ["replaced", "replaced", "admitted"]


def test_codes_of_nobody_and_of_another_event_show_nobody(client: FlaskClient, session: Session) -> None:
    event = make_event()
    elsewhere = make_ticket(make_event(), "Cyd Stranger")
    results = make_desk(client, event).scan(
        a_scan(elsewhere), a_scan(elsewhere.short_code), a_scan("https://example.org/" + "x" * 900), a_scan("")
    )
    assert [(r["outcome"], r["attendee"]) for r in results] == [
        ("wrong_event", None), ("unknown", None), ("unknown", None), ("unknown", None)
    ]  # fmt: skip


def test_the_entrance_is_open_from_three_hours_before_until_the_end(client: FlaskClient, session: Session) -> None:
    event = make_event()
    desk = make_desk(client, event)
    opens_at, tick = STARTS_AT - timedelta(hours=3), timedelta(milliseconds=1)
    at = [opens_at - tick, opens_at, ENDS_AT, ENDS_AT + tick]
    results = desk.scan(*(a_scan(make_ticket(event), at=instant) for instant in at))
    assert [r["outcome"] for r in results] == ["too_early", "admitted", "admitted", "too_late"]
    assert [results[0]["message"], results[3]["message"]] == ["Too early: opens 06:00", "Too late: closed 17:30"]


def test_a_window_of_another_day_is_said_with_its_day(client: FlaskClient, session: Session) -> None:
    event = make_event()
    [result] = make_desk(client, event).scan(a_scan(make_ticket(event), at="2026-12-01T10:00:00Z"))
    assert result["message"] == "Too early: opens Thu 3 December, 06:00"


def test_the_second_scan_finds_the_person_in_and_names_time_and_desk(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket = make_ticket(event)
    make_desk(client, event, "Desk 1").scan(a_scan(ticket))
    [result] = make_desk(client, event, "Desk 2").scan(a_scan(ticket, at=AT + MINUTE))
    assert (result["outcome"], result["message"]) == ("already_in", "Already in, 09:59, Desk 1")
    assert result["first"] == {"at": "2026-12-03T08:59:12.345Z", "device": "Desk 1"}


def test_who_left_may_come_again(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket, desk = make_ticket(event), make_desk(client, event)
    steps = [a_scan(ticket, at=AT + n * MINUTE, direction=way) for n, way in enumerate(["in", "out", "in", "in"])]
    assert [desk.outcomes(step) for step in steps] == [["admitted"], ["left"], ["admitted"], ["already_in"]]
    [admission] = session.scalars(select(Admission))
    assert (admission.first_at, admission.is_inside, admission.last_at) == (AT, True, AT + 2 * MINUTE)


def test_a_door_that_closed_lets_people_out(client: FlaskClient, session: Session) -> None:
    event = make_event()
    late = a_scan(make_ticket(event, state="cancelled"), at=ENDS_AT + MINUTE, direction="out")
    assert make_desk(client, event).outcomes(late) == ["left"]


def test_a_point_may_admit_many_times(client: FlaskClient, session: Session) -> None:
    event = make_event()
    with transaction() as writing:
        writing.add(Point(event_id=event.id, key="coffee", name="Coffee", repeats="always", position=1))
    ticket, desk = make_ticket(event), make_desk(client, event)
    cups = [a_scan(ticket, point="coffee", at=AT + n * MINUTE) for n in range(3)]
    assert desk.outcomes(*cups) == ["admitted", "admitted", "admitted"]
    assert desk.outcomes(a_scan(ticket)) == ["admitted"]


def test_a_device_of_one_point_scans_at_no_other(client: FlaskClient, session: Session) -> None:
    event = make_event()
    with transaction() as writing:
        writing.add(Point(event_id=event.id, key="lunch", name="Lunch", position=1))
    ticket, desk = make_ticket(event), make_desk(client, event, points=["lunch"])
    results = desk.scan(a_scan(ticket, point="entrance"), a_scan(ticket, point="roof"), a_scan(ticket, point="lunch"))
    assert [r["outcome"] for r in results] == ["wrong_point", "wrong_point", "admitted"]
    assert results[0]["message"] == "This device does not scan at “entrance”"


@pytest.mark.parametrize(
    ("timezone", "evening", "after_midnight"),
    [
        ("Europe/Brussels", "2026-12-03T22:59:00Z", "2026-12-03T23:01:00Z"),
        ("Europe/Athens", "2026-12-03T21:59:00Z", "2026-12-03T22:01:00Z"),
    ],
)
def test_a_second_local_day_admits_again(
    client: FlaskClient, session: Session, timezone: str, evening: str, after_midnight: str
) -> None:
    event = make_event(timezone=timezone)
    ticket, desk = make_ticket(event), make_desk(client, event)
    at = ["2026-12-03T09:00:00Z", evening, after_midnight, "2026-12-04T15:00:00Z"]
    assert desk.outcomes(*(a_scan(ticket, at=instant) for instant in at)) == [
        "admitted", "already_in", "admitted", "already_in"
    ]  # fmt: skip
    assert [str(day) for day in session.scalars(select(Admission.day).order_by(Admission.day))] == [
        "2026-12-03", "2026-12-04"
    ]  # fmt: skip


def test_the_same_scan_always_gets_the_same_answer(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket, desk = make_ticket(event), make_desk(client, event)
    scan = a_scan(ticket)
    first = desk.scan(scan)
    desk.scan(a_scan(ticket, at=AT - MINUTE))
    assert [desk.scan(scan), desk.scan(scan, scan), desk.scan(scan | {"code": "other"})] == [first, first * 2, first]
    assert session.scalar(select(func.count()).select_from(Scan)) == 2


def test_the_earlier_instant_counts_and_the_other_desk_is_told(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket = make_ticket(event)
    desk_1, desk_2 = make_desk(client, event, "Desk 1"), make_desk(client, event, "Desk 2")
    cursor = desk_1.get("snapshot").json["cursor"]  # type: ignore[index]
    later, earlier = a_scan(ticket), a_scan(ticket, at=AT - MINUTE, offline=True)
    assert (desk_1.outcomes(later), desk_2.outcomes(earlier)) == (["admitted"], ["admitted"])
    [admission] = session.scalars(select(Admission))
    assert (admission.first_at, admission.first_scan.scan_id) == (AT - MINUTE, earlier["id"])
    [told] = desk_1.get("snapshot", since=cursor).json["corrections"]  # type: ignore[index]
    assert (told["id"], told["told"], told["outcome"]) == (later["id"], "admitted", "already_in")
    assert (told["message"], told["attendee"]["name"]) == ("Already in, 09:58, Desk 2", "Bo Berg")
    assert desk_2.get("snapshot", since=cursor).json["corrections"] == []  # type: ignore[index]


def test_a_batch_in_any_order_is_told_by_its_instants(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket, other = make_ticket(event), make_ticket(event, "Cyd Stranger")
    desk = make_desk(client, event)
    batch = [a_scan(ticket, at=AT + n * MINUTE) for n in (3, 1, 2)] + [a_scan(other)]
    assert desk.outcomes(*batch) == ["already_in", "admitted", "already_in", "admitted"]
    assert session.scalar(select(func.count()).select_from(Scan).where(Scan.corrected_at.is_not(None))) == 0


def test_notes_of_the_desk_are_shown(client: FlaskClient, session: Session) -> None:
    event = make_event()
    ticket = make_ticket(event)
    with transaction() as writing:
        holder = writing.get_one(Registration, ticket.registration_id)
        add_note(writing, holder, "Bring to the speaker room\n\nHas a parcel", now=clock.now())
    [result] = make_desk(client, event).scan(a_scan(ticket))
    assert result["attendee"]["notes"] == ["Bring to the speaker room", "Has a parcel"]


def test_the_message_speaks_the_language_of_the_device(client: FlaskClient, session: Session) -> None:
    event = make_event()
    desk = make_desk(client, event)
    assert desk.scan(a_scan("nobody"), **{"Accept-Language": "en"})[0]["message"] == "Nobody here has this code"


def test_a_call_of_500_scans_costs_as_many_statements_as_one_of_50(client: FlaskClient, session: Session) -> None:
    event = make_event()
    codes = [make_ticket(event, f"Person {n}").code for n in range(20)]
    desk = make_desk(client, event)
    costs = []
    for size in (50, 500):
        scans = [a_scan(codes[n % 20], at=AT + n * timedelta(seconds=size)) for n in range(size)]
        with statements() as ran:
            desk.scan(*scans)
        costs.append(len(ran))
    # There the event is shared first, and tickets are read again once their people are held (`gate.people_by_code`).
    more = 2 if session.get_bind().dialect.name == "postgresql" else 0
    assert costs == [8 + more, 7 + more], "a device's contact is noted once a minute, everything else once a call"


def test_two_devices_that_ask_first_make_one_entrance(client: FlaskClient, session: Session) -> None:
    event = make_event()
    for name in ("Desk 1", "Desk 2"):
        make_device(event, name)
    assert session.scalars(select(Point.key)).all() == ["entrance"]


def test_a_device_is_seen_at_most_once_a_minute(client: FlaskClient, session: Session) -> None:
    event = make_event()
    desk: Desk = make_desk(client, event)
    desk.scan(a_scan("nobody"))
    seen = session.scalar(select(Device.last_seen_at))
    desk.scan(a_scan("nobody"))
    session.expire_all()
    assert seen is not None
    assert session.scalar(select(Device.last_seen_at)) == seen
    assert seen <= datetime.now(UTC)

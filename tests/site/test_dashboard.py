"""The desk of an event: what waits for somebody, and the figures of before, the day itself and afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession, SessionRole
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.models import OutboxMessage
from eventsys.registration.models import Registration, SeatPool
from tests.cast import Cast
from tests.counting import statements
from tests.factories import STARTS_AT, make_event, make_person, make_room, make_session
from tests.factories.checkin import a_scan, make_desk, make_ticket
from tests.factories.materials import make_material
from tests.factories.registration import make_registration
from tests.factories.streams import make_stream
from tests.pages import parts, words

# Ten in the morning in Brussels, on the first day of the event that make_event makes.
MORNING = STARTS_AT + timedelta(hours=1)


def waiting(client: FlaskClient, slug: str = "one") -> list[str]:
    """What the desk says somebody must do."""
    answer = client.get(f"/manage/events/{slug}/")
    assert answer.status_code == 200
    found = parts(answer.data, "div", "desk-aside", "section[@aria-labelledby='needs']//li/div")
    return [str(one.text).strip() for one in found]


def figures(client: FlaskClient, slug: str = "one") -> dict[str, list[str]]:
    page = client.get(f"/manage/events/{slug}/").data
    return {
        words(one.xpath("./dt")[0]): [words(value) for value in one.xpath("./dd")]
        for one in parts(page, "dl", "figures", "div")
    }


def give_role(event: Event, entry: AgendaSession, name: str, **values: Any) -> None:
    """Somebody in the programme, in the chair of a session."""
    person = make_person(event, name, **values)
    with transaction() as writing:
        writing.get_one(AgendaSession, entry.id).roles.append(SessionRole(person_id=person.id, role="chair"))


def set_states(event: Event, *states: str, **values: Any) -> None:
    """People in these states."""
    for number, state in enumerate(states):
        made = make_ticket(
            event, f"Bo Berg {number}", state=state, queue_number=number + 1 if state == "waiting" else None
        )
        if values:
            with transaction() as writing:
                writing.execute(update(Registration).where(Registration.id == made.registration_id).values(**values))


def test_a_quiet_event_needs_nobody(session: Session, cast: Cast) -> None:
    event = make_event(slug="one", owner=cast.ada)
    make_session(event)
    page = cast.browser_of(cast.ada).get("/manage/events/one/").data
    assert (waiting(cast.browser_of(cast.ada)), b"Nothing waits for you" in page) == ([], True)


def test_before_the_event_the_desk_names_each_thing_with_its_number(session: Session, cast: Cast) -> None:
    now = clock.now()
    event = make_event(slug="one", owner=cast.ada, online=None, starts_at=now + timedelta(days=9),
                       ends_at=now + timedelta(days=10))  # fmt: skip
    room = make_room(event, "Meuse")
    make_room(event, "Rhine", position=1)
    one = make_session(event, "One", room_id=room.id)
    make_session(event, "Two", room_id=room.id)
    make_session(event, "Nowhere")
    make_session(event, "Coffee", kind="break", starts_at=now + timedelta(days=9, hours=4))
    make_session(event, "Off", status="cancelled")
    give_role(event, one, "Ioanna Papadaki")
    set_states(event, "applied", "applied", "unverified", "waiting")
    set_states(event, "offered", offer_until=now + timedelta(hours=5))
    set_states(event, "offered", offer_until=now + timedelta(hours=50))
    with transaction() as writing:
        pool = SeatPool.event_id == event.id, SeatPool.mode == "onsite"
        writing.execute(update(SeatPool).where(*pool).values(seats=10, taken=2, waiting=1))
        for number, state in enumerate(("failed", "failed", "sent")):
            writing.add(
                OutboxMessage(
                    key=f"m{number}", maker="x", arguments={}, event_id=event.id, state=state, due_at=now,
                    created_at=now,
                )
            )  # fmt: skip
    assert waiting(cast.browser_of(cast.ada)) == [
        "2 messages could not be delivered",
        "2 people await your decision",
        "1 offered seat lapses soon",
        "8 seats are free while people wait",
        "1 address is not confirmed",
        "1 clash in the programme",
        "1 session has no room",
        "1 speaker has no e-mail address",
        "1 speaker is not registered",
        "No stream for who takes part online",
    ]
    make_stream(event, room)
    assert "No stream for who takes part online" not in waiting(cast.browser_of(cast.ada))


def test_a_speaker_is_reached_by_the_address_of_their_registration(session: Session, cast: Cast) -> None:
    event = make_event(slug="one", owner=cast.ada)
    entry = make_session(event)
    give_role(event, entry, "Ioanna Papadaki", key="ioanna")
    ada = cast.browser_of(cast.ada)
    assert waiting(ada) == ["1 speaker has no e-mail address", "1 speaker is not registered"]
    make_registration(event, person_key="ioanna")
    assert waiting(ada) == []


def test_a_draft_leads_to_what_is_missing(session: Session, cast: Cast) -> None:
    make_event(slug="one", owner=cast.ada, status="draft")
    page = cast.browser_of(cast.ada).get("/manage/events/one/").data
    first = parts(page, "div", "desk-aside", "li")[0]
    assert first.xpath(".//a/@href") == ["/manage/events/one/publish"]
    # Summary, organisers, contact, privacy, programme: what make_event leaves out.
    assert words(first.xpath(".//small")[0]) == "5 points of the checklist are open."


@pytest.mark.parametrize(("who", "links"), [("ada", []), ("eve", ["/admin/mail?state=failed"])])
def test_the_outbox_is_shown_to_who_may_open_it(session: Session, cast: Cast, who: str, links: list[str]) -> None:
    now = clock.now()
    event = make_event(slug="one", owner=cast.ada, status="cancelled")
    other = make_event(slug="other", owner=cast.ada, status="cancelled")
    with transaction() as writing:
        writing.add(
            OutboxMessage(
                key="m", maker="x", arguments={}, event_id=event.id, state="failed", due_at=now, created_at=now
            )
        )
    browser = cast.browser_of(getattr(cast, who))
    page = browser.get("/manage/events/one/").data
    assert [link.get("href") for link in parts(page, "div", "desk-aside", "li//a")] == links
    assert waiting(browser, other.slug) == []


def test_before_the_event_the_figures_are_those_who_registered(session: Session, cast: Cast) -> None:
    event = make_event(slug="one", owner=cast.ada, onsite=30, online=None)
    make_session(event)
    for country, sector, mode in (("BE", "police", "onsite"), ("BE", "research", "onsite"), ("GR", "police", "online")):
        make_registration(event, country=country, sector=sector, mode=mode)
    ada = cast.browser_of(cast.ada)
    assert figures(ada) == {
        "On site": ["2", "confirmed"], "Online": ["1", "confirmed"], "Waiting list": ["0", "for a seat"],
        "Cancelled": ["0", "by themselves or by you"],
    }  # fmt: skip
    page = ada.get("/manage/events/one/").data
    charts = {
        str(one.xpath("./figcaption")[0].text): [
            (words(row.xpath("./th")[0]), words(row.xpath("./td")[0])) for row in one.xpath(".//tbody/tr")
        ]
        for one in parts(page, "figure", "chart")
    }
    assert (charts["By sector"], charts["By country"]) == (
        [("Police", "2"), ("Research", "1")], [("Belgium", "2"), ("Greece", "1")],
    )  # fmt: skip
    assert [number for _day, number in charts["Registrations"]] == ["0", "3"]
    assert [words(one) for one in parts(page, "span", "meter-words")] == ["On site28 of 30 seats left", "Onlineopen"]


def test_on_the_day_the_desk_tells_who_is_there_and_who_was_not_let_in(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    event = make_event(slug="one", owner=cast.ada)
    with clock.set_to(MORNING):
        tickets = [make_ticket(event, f"Person {number}") for number in range(4)]
        online = make_ticket(event, "Far Away", mode="online")
        desk = make_desk(client, event)
        early, late = MORNING - timedelta(minutes=40), MORNING - timedelta(minutes=4)
        for scan in (
            a_scan(tickets[0], at=early), a_scan(tickets[1], at=early), a_scan(tickets[2], at=late),
            a_scan(tickets[0], at=late, direction="out"), a_scan(tickets[1], at=late),
            a_scan(online, at=late), a_scan("nobody", at=late), a_scan("no one", at=late),
        ):  # fmt: skip
            desk.scan(scan)
        ada = cast.browser_of(cast.ada)
        assert figures(ada) == {
            "In the room": ["2", "of 4 expected · 1 in the last ten minutes"],
            "Online": ["1", "registered"],
            "Waiting list": ["0", "for a seat"],
            "Not let in": ["3", "2 × Unknown code, 1 × Registered online"],
        }
        page = ada.get("/manage/events/one/").data
        scans = [[words(cell) for cell in row.xpath("./th|./td")] for row in parts(page, "table", "folds", "tbody/tr")]
        assert [(name, answer) for name, _time, answer, _device in scans] == [
            ("Nobody known", "Unknown code"), ("Nobody known", "Unknown code"), ("Far Away", "Registered online"),
            ("Person 1", "Already in"), ("Person 0", "Left"), ("Person 2", "Admitted"), ("Person 1", "Admitted"),
            ("Person 0", "Admitted"),
        ]  # fmt: skip
        assert words(parts(page, "p", "over")[0]) == "live now · day 1 of 2 · 10:00 in Brussels"


def test_afterwards_the_desk_tells_who_came_what_is_owed_and_what_to_take_away(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    event = make_event(slug="one", owner=cast.ada)
    shown = make_session(event, "Shown")
    make_session(event, "Owed", starts_at=STARTS_AT + timedelta(hours=4))
    make_session(event, "Panel", kind="panel", starts_at=STARTS_AT + timedelta(hours=6))
    make_session(event, "Off", status="cancelled")
    make_material(event, "Deck", entry=shown)
    first, second = make_ticket(event, "Bo"), make_ticket(event, "Cyd")
    with clock.set_to(STARTS_AT + timedelta(days=1, hours=1)):
        desk = make_desk(client, event)
        day = timedelta(days=1)
        desk.scan(a_scan(first), a_scan(second), a_scan(first, at=datetime(2026, 12, 3, 8, 59, tzinfo=UTC) + day))
    with clock.set_to(STARTS_AT + timedelta(days=3)):
        ada = cast.browser_of(cast.ada)
        assert waiting(ada) == ["1 session still owes its slides"]
        assert figures(ada)["Came"] == ["2", "on the fullest day, of 2 expected"]
        page = ada.get("/manage/events/one/").data
        days = [[words(cell) for cell in row.xpath("./th|./td")] for row in parts(page, "table", "bars", "tbody/tr")]
        assert days[:2] == [["Thu 3 December", "2"], ["Fri 4 December", "1"]]
        links = [link.get("href") for link in parts(page, "div", "desk-aside", "a")]
        for link in links:
            assert ada.get(link).status_code == 200, link
        assert [link for link in links if "registrations." in link] == [
            "/manage/events/one/registrations.xlsx", "/manage/events/one/registrations.csv",
        ]  # fmt: skip


@pytest.mark.parametrize("when", [STARTS_AT - timedelta(days=9), MORNING, STARTS_AT + timedelta(days=5)])
def test_the_desk_costs_the_same_for_one_and_for_thirty(
    client: FlaskClient, session: Session, cast: Cast, when: datetime
) -> None:
    costs = []
    for count in (1, 30):
        event = make_event(slug=f"with-{count}", owner=cast.ada, online=None)
        with clock.set_to(MORNING):
            desk = make_desk(client, event)
            for number in range(count):
                entry = make_session(event, key=f"s{number}", room_id=make_room(event, f"Room {number}").id)
                make_material(event, f"Deck {number}", entry=entry)
                make_person(event, f"Person {number}")
                desk.scan(a_scan(make_ticket(event, f"Bo {number}", registered_at=when - timedelta(days=number))))
            set_states(event, *["applied"] * count)
        with clock.set_to(when):
            ada = cast.browser_of(cast.ada)
            with statements() as ran:
                assert ada.get(f"/manage/events/with-{count}/").status_code == 200
        costs.append(len(ran))
    assert costs[0] == costs[1]

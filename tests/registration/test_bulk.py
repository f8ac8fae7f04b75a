"""Acts on many: said first, done in batches, undone as far as seats are free, with the mails taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from eventsys.badges import actions as designs
from eventsys.badges.designs import built_in, said_design
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, jobs
from eventsys.registration.actions import bulk
from eventsys.registration.models import (
    BulkAct,
    PoolKind,
    Registration,
    RegistrationTag,
    Seat,
    SeatPool,
    SeatState,
)
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.forms import form_fields, post_form

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def event(cast: Cast) -> Event:
    return make_event(owner=cast.ada, onsite=2, online=10)


def base_of(event: Event) -> str:
    return f"/manage/events/{event.slug}/registrations"


def act_on(client: FlaskClient, event: Event, act: str, *people: Registration, **values: Any) -> Any:
    """Choose, read what will happen, say yes."""
    chosen = "&".join(f"id={one.id}" for one in people) or "all=1"
    address = f"{base_of(event)}/bulk?act={act}&{chosen}"
    fields = form_fields(client.get(address).data, having="said")
    if people:
        fields["id"] = [str(one.id) for one in people]
    return client.post(f"{base_of(event)}/bulk", data=fields | values)


def undo_latest(client: FlaskClient, event: Event, session: Session) -> None:
    number = session.scalars(select(BulkAct.id).order_by(BulkAct.id.desc()).limit(1)).one()
    post_form(client, f"{base_of(event)}/acts/{number}", action=f"{base_of(event)}/acts/{number}/undo")


def states(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Registration.state).order_by(Registration.id)))


def is_counted(session: Session) -> bool:
    """Whether each pool counts the seats that people hold."""
    session.expire_all()
    for pool in session.scalars(select(SeatPool)):
        rows = session.scalars(select(Seat.state).where(Seat.pool_id == pool.id)).all()
        if (pool.taken, pool.waiting) != (rows.count(SeatState.TAKEN), rows.count(SeatState.WANTED)):
            return False
    return True


def mails(session: Session) -> list[tuple[str, datetime]]:
    session.expire_all()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.maker.rpartition(".")[2], row.due_at) for row in rows]


def test_an_act_says_whom_it_is_about_before_it_is_done(cast: Cast, event: Event, session: Session) -> None:
    people = [make_registration(event) for _one in range(3)]
    client = cast.browser_of(cast.ada)
    page = client.get(f"{base_of(event)}/bulk?act=decline&all=1").text
    assert "1 person is concerned" in page
    assert "2 others that you chose stay as they are" in page
    assert states(session) == ["confirmed", "confirmed", "waiting"]
    nobody = client.get(f"{base_of(event)}/bulk?act=approve&id={people[0].id}").text
    assert "Nobody is concerned" in nobody
    assert client.get(f"{base_of(event)}/bulk?act=nonsense&all=1").status_code == 303


def test_who_matches_only_since_then_is_shown_first(cast: Cast, event: Event, session: Session) -> None:
    make_registration(event)
    client = cast.browser_of(cast.ada)
    address = f"{base_of(event)}/bulk?act=tag&all=1"
    fields = form_fields(client.get(address).data, having="said")
    make_registration(event)
    answer = client.post(f"{base_of(event)}/bulk", data=fields | {"tag": "VIP"})
    assert (answer.status_code, "The list has changed" in answer.text) == (422, True)
    assert session.scalars(select(RegistrationTag)).all() == []


def test_tags_are_put_on_all_that_match_and_taken_off_again(cast: Cast, event: Event, session: Session) -> None:
    had = make_registration(event, country="GR")
    others = [make_registration(event, country="GR"), make_registration(event)]
    with transaction() as writing:
        actions.add_tag(writing, writing.get_one(Registration, had.id), "VIP", now=clock.now())
    client = cast.browser_of(cast.ada)
    address = f"{base_of(event)}/bulk?act=tag&all=1&of=country%3DGR"
    fields = form_fields(client.get(address).data, having="said")
    client.post(f"{base_of(event)}/bulk", data=fields | {"tag": "VIP"})
    tagged = select(RegistrationTag.registration_id).order_by(RegistrationTag.registration_id)
    assert session.scalars(tagged).all() == [had.id, others[0].id]
    assert "Tagged “VIP”" in client.get(base_of(event)).text
    undo_latest(client, event, session)
    session.rollback()
    assert session.scalars(tagged).all() == [had.id]
    act_on(client, event, "untag", had, others[0], tag="VIP")
    session.rollback()
    assert session.scalars(tagged).all() == []
    undo_latest(client, event, session)
    session.rollback()
    assert session.scalars(tagged).all() == [had.id]


def test_cancelled_in_bulk_and_undone_where_the_seat_is_still_free(cast: Cast, event: Event, session: Session) -> None:
    first, second, waiting = (make_registration(event) for _one in range(3))
    client = cast.browser_of(cast.ada)
    before = len(mails(session))
    act_on(client, event, "cancel", first, second)
    assert states(session) == ["cancelled", "cancelled", "confirmed"]
    new = mails(session)[before:]
    assert sorted(what for what, _due in new) == ["cancelled", "cancelled", "promoted"]
    assert all(due > clock.now() + timedelta(seconds=60) for _what, due in new)
    undo_latest(client, event, session)
    # One seat went to who waited, who keeps it and their mail: of the two one comes back, the later seated first.
    assert states(session) == ["cancelled", "confirmed", "confirmed"]
    assert [what for what, _due in mails(session)[before:]] == ["promoted"]
    assert is_counted(session)
    page = client.get(f"{base_of(event)}/acts/{session.scalars(select(BulkAct.id)).one()}").text
    assert first.name in page
    assert "No seat on site is left" in page
    assert "An act on many was undone: Confirmed, by Ada" in client.get(f"{base_of(event)}/{second.id}").text
    assert "Mail “You have moved up”: leaves" in client.get(f"{base_of(event)}/{waiting.id}").text


def test_who_was_told_already_is_told_again_when_it_is_undone(cast: Cast, event: Event, session: Session) -> None:
    bo = make_registration(event)
    client = cast.browser_of(cast.ada)
    act_on(client, event, "cancel", bo)
    with transaction() as writing:
        writing.execute(update(OutboxMessage).values(state="sent", sent_at=clock.now()))
    undo_latest(client, event, session)
    assert [what for what, _due in mails(session)] == ["confirmed", "cancelled", "confirmed"]


def test_approved_and_declined_in_the_order_they_came_and_undone(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, onsite=1, has_approval=True)
    people = [make_registration(event) for _one in range(4)]
    client = cast.browser_of(cast.ada)
    act_on(client, event, "approve", people[2], people[0])
    assert states(session) == ["confirmed", "applied", "waiting", "applied"]
    undo_latest(client, event, session)
    assert states(session) == ["applied"] * 4
    assert is_counted(session)
    act_on(client, event, "approve", people[0], people[1], people[2], overbook="y")
    assert states(session) == ["confirmed", "confirmed", "confirmed", "applied"]
    undo_latest(client, event, session)
    act_on(client, event, "decline", *people)
    assert states(session) == ["declined"] * 4
    undo_latest(client, event, session)
    assert states(session) == ["applied"] * 4
    act_on(client, event, "decline", people[3])
    act_on(client, event, "restore", people[3])
    assert states(session) == ["applied", "applied", "applied", "confirmed"]
    undo_latest(client, event, session)
    assert states(session) == ["applied", "applied", "applied", "declined"]
    assert is_counted(session)


def test_who_waited_has_the_former_place_in_line_again(cast: Cast, event: Event, session: Session) -> None:
    people = [make_registration(event) for _one in range(5)]
    client = cast.browser_of(cast.ada)
    before = [people[n].queue_number for n in (2, 3, 4)]
    act_on(client, event, "cancel", people[2], people[3])
    undo_latest(client, event, session)
    session.expire_all()
    assert [people[n].queue_number for n in (2, 3, 4)] == before
    assert is_counted(session)


def test_type_and_way_move_the_seats_with_them(cast: Cast, event: Event, session: Session) -> None:
    first, second, waiting = (make_registration(event) for _one in range(3))
    with transaction() as writing:
        known = writing.get_one(Event, event.id)
        actions.add_pool(writing, known, PoolKind.TYPE, "press", 1, mode="onsite", now=clock.now())
    client = cast.browser_of(cast.ada)
    act_on(client, event, "type", first, second, type="press")
    session.expire_all()
    assert [first.type, second.type] == ["press", "participant"]
    assert (
        "No seat is left for “Press”"
        in client.get(f"{base_of(event)}/acts/{session.scalars(select(BulkAct.id)).one()}").text
    )
    undo_latest(client, event, session)
    session.expire_all()
    assert first.type == "participant"
    act_on(client, event, "mode", first, mode="online")
    session.expire_all()
    assert ([first.mode, waiting.state], is_counted(session)) == (["online", "confirmed"], True)
    undo_latest(client, event, session)
    session.expire_all()
    # The seat has gone to who waited: it stays as it is, and is said so.
    assert ([first.mode, first.state], is_counted(session)) == (["online", "confirmed"], True)


def test_what_was_changed_since_stays_as_it_is(cast: Cast, event: Event, session: Session) -> None:
    bo = make_registration(event)
    client = cast.browser_of(cast.ada)
    act_on(client, event, "cancel", bo)
    with transaction() as writing:
        actions.restore(writing, writing.get_one(Registration, bo.id), now=clock.now())
    undo_latest(client, event, session)
    assert states(session) == ["confirmed"]
    number = session.scalars(select(BulkAct.id)).one()
    assert "It was changed since" in client.get(f"{base_of(event)}/acts/{number}").text
    again = client.post(
        f"{base_of(event)}/acts/{number}/undo", data=form_fields(client.get(f"{base_of(event)}/{bo.id}").data)
    )
    assert again.status_code == 303
    assert "cannot be undone" in client.get(base_of(event)).text


def test_a_message_is_seen_first_and_sent_to_each_with_an_address(
    app: Flask, cast: Cast, event: Event, session: Session
) -> None:
    bo = make_registration(event, first_name="Bo")
    make_registration(event, email=None)
    client = cast.browser_of(cast.ada)
    values = {"subject": "Please bring your pass", "text": "At the **gate**: <b>now</b>"}
    before = len(mails(session))
    seen = act_on(client, event, "message", then="preview", **values)
    assert (seen.status_code, "<strong>gate</strong>" in seen.text, "<b>now" in seen.text) == (200, True, False)
    assert len(mails(session)) == before
    act_on(client, event, "message", **values)
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.maker == "registration.message")).all()
    assert [row.arguments["registration_id"] for row in rows] == [bo.id]
    with app.test_request_context():
        letter = app.extensions["eventsys.makers"]["registration.message"](session, rows[0].arguments)
    assert (letter.to, letter.subject) == (bo.email, "Please bring your pass")
    assert "<strong>gate</strong>" in letter.html
    assert "At the **gate**" in letter.text
    assert "Written to: “Please bring your pass”, by Ada" in client.get(f"{base_of(event)}/{bo.id}").text
    undo_latest(client, event, session)
    assert len(mails(session)) == before
    assert "A message was taken back before it left" in client.get(f"{base_of(event)}/{bo.id}").text
    empty = act_on(client, event, "message", subject="", text="x")
    assert (empty.status_code, len(mails(session))) == (422, before)


def test_the_link_is_sent_again_and_badges_are_printed_for_those_chosen(
    cast: Cast, event: Event, session: Session
) -> None:
    bo, cyd = make_registration(event), make_registration(event)
    client = cast.browser_of(cast.ada)
    act_on(client, event, "resend", bo)
    assert mails(session)[-1][0] == "link"
    pdf = act_on(client, event, "badges", cyd)
    assert (pdf.status_code, pdf.data[:5]) == (200, b"%PDF-")


def test_the_badges_of_those_chosen_are_of_the_events_own_design_with_all_that_it_shows(
    cast: Cast, event: Event, session: Session
) -> None:
    table = make_question(event, "table", label="Table")
    made = said_design(built_in("a7"))
    made["sides"]["front"].append(
        {
            "id": "table",
            "kind": "text",
            "x": 5,
            "y": 90,
            "width": 60,
            "height": 8,
            "size": 12,
            "text": "Table {q_table}",
        }
    )
    with transaction() as writing:
        designs.keep_design(writing, event.id, key=None, name="Ours", design=made, now=clock.now())
    bo = make_registration(event, first_name="Bo", last_name="Berg", answers={table.id: "Twelve"})
    make_registration(event, first_name="Cyd", last_name="Cox", answers={table.id: "Seven"})
    answer = act_on(cast.browser_of(cast.ada), event, "badges", bo)
    (page,) = PdfReader(BytesIO(answer.data)).pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [74, 105]
    assert "Table Twelve" in page.extract_text()


@pytest.mark.parametrize("act", ["message", "resend", "cancel"])
def test_the_same_confirmation_sent_twice_is_one_act(cast: Cast, event: Event, session: Session, act: str) -> None:
    make_registration(event)
    client = cast.browser_of(cast.ada)
    values = {"subject": "Please bring your pass", "text": "Now"} if act == "message" else {}
    fields = form_fields(client.get(f"{base_of(event)}/bulk?act={act}&all=1").data, having="said") | values
    first = client.post(f"{base_of(event)}/bulk", data=fields)
    told = mails(session)
    second = client.post(f"{base_of(event)}/bulk", data=fields)
    number = session.scalars(select(BulkAct.id)).one()
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == f"{base_of(event)}/acts/{number}"
    assert "This was confirmed before, and is done only once." in client.get(second.location).text
    assert mails(session) == told
    # A page that is drawn anew asks anew, and so does the form of another event.
    if act != "cancel":
        act_on(client, event, act, **values)
        assert len(session.scalars(select(BulkAct.id)).all()) == 2
    other = make_event(owner=cast.ada)
    make_registration(other)
    client.post(f"{base_of(other)}/bulk", data=fields)
    assert len(session.scalars(select(BulkAct.id).where(BulkAct.event_id == other.id)).all()) == 1


def test_a_key_that_no_page_has_made_is_passed_over(cast: Cast, event: Event, session: Session) -> None:
    bo = make_registration(event)
    for _time in range(2):
        answer = act_on(cast.browser_of(cast.ada), event, "resend", bo, once="anything else")
        assert answer.status_code == 303
    assert [act.before["once"] for act in session.scalars(select(BulkAct))] == ["", ""]


def test_the_worker_goes_on_with_what_a_request_left(cast: Cast, event: Event, session: Session) -> None:
    people = [make_registration(event) for _one in range(3)]
    actor = f"user:{cast.ada.id}"
    with transaction(actor=actor) as writing:
        ids = [one.id for one in people]
        bulk.begin(writing, writing.get_one(Event, event.id), "cancel", ids, now=clock.now())
    page = cast.browser_of(cast.ada).get(f"{base_of(event)}/acts/{session.scalars(select(BulkAct.id)).one()}").text
    assert "3 of 3 are left" in page
    assert jobs.carry_on_acts(clock.now()) == 1
    assert states(session) == ["cancelled"] * 3
    assert jobs.carry_on_acts(clock.now()) == 0
    assert "Cancelled, by Ada" in cast.browser_of(cast.ada).get(f"{base_of(event)}/{people[0].id}").text


def test_acts_of_another_event_are_not_there(cast: Cast, event: Event, session: Session) -> None:
    other = make_event(owner=cast.al)
    theirs = make_registration(other)
    act_on(cast.browser_of(cast.al), other, "tag", theirs, tag="mine")
    number = session.scalars(select(BulkAct.id)).one()
    client = cast.browser_of(cast.ada)
    assert client.get(f"{base_of(event)}/acts/{number}").status_code == 404
    assert "Nobody is concerned" in client.get(f"{base_of(event)}/bulk?act=cancel&id={theirs.id}").text


def test_doubles_are_found_compared_and_made_one(cast: Cast, event: Event, session: Session) -> None:
    diet = make_question(event, "diet")
    stays = make_registration(
        event, first_name="Zoë", last_name="Ångström", email="z@example.org", organisation="CERTH"
    )
    goes = make_registration(
        event, first_name="Zoe", last_name="Angstrom", email="zoe@example.org", organisation="KEMEA", country="GR",
        answers={diet.id: "vegan"},
    )  # fmt: skip
    near = make_registration(event, first_name="Ioanna", last_name="Papadaki", organisation="ICCS")
    make_registration(event, first_name="Ioana", last_name="Papadaki", organisation="ICCS")
    make_registration(event, first_name="Guest", last_name="")
    make_registration(event, first_name="Guest", last_name="")
    with transaction() as writing:
        actions.add_tag(writing, writing.get_one(Registration, goes.id), "VIP", now=clock.now())
    client, base = cast.browser_of(cast.ada), base_of(event)
    page = html.fromstring(client.get(f"{base}/doubles").data)
    pairs = [str(one.text_content()) for one in page.xpath("//ul[@class='pair-list']/li")]
    assert len(pairs) == 2
    assert ["The same name" in pairs[0], "Nearly the same name" in pairs[1], near.name in pairs[1]] == [True] * 3
    compare = f"{base}/doubles/{stays.id}/{goes.id}"
    waiting = session.scalars(select(Registration.id).where(Registration.state == "waiting")).all()
    post_form(client, compare, action=compare, email="other", country="other", organisation="mine", last_name="mine")
    session.expire_all()
    assert (stays.name, stays.email, stays.country, stays.organisation) == (
        "Zoë Ångström", "zoe@example.org", "GR", "CERTH",
    )  # fmt: skip
    assert (stays.state, goes.state, len(waiting)) == ("confirmed", "cancelled", 4)
    assert is_counted(session)
    assert [answer.value for answer in stays.answers] == ["vegan"]
    assert session.get(RegistrationTag, (stays.id, "VIP")) is not None
    client.get(base)
    assert "Zoë" not in client.get(f"{base}/doubles").text
    with transaction() as writing:
        pool = writing.scalars(select(SeatPool).where(SeatPool.key == "onsite")).one()
        actions.set_seats(writing, writing.get_one(Event, event.id), pool.key, 20, now=clock.now())  # type: ignore[arg-type]
    undo_latest(client, event, session)
    session.expire_all()
    assert (stays.email, stays.country, goes.state, goes.email) == (
        "z@example.org", "BE", "confirmed", "zoe@example.org",
    )  # fmt: skip
    assert ([answer.value for answer in stays.answers], is_counted(session)) == ([], True)
    assert session.get(RegistrationTag, (stays.id, "VIP")) is None


def test_who_has_ended_cannot_be_the_one_that_stays(cast: Cast, event: Event, session: Session) -> None:
    gone, here = make_registration(event), make_registration(event)
    with transaction() as writing:
        actions.cancel(writing, writing.get_one(Registration, gone.id), now=clock.now())
    client, compare = cast.browser_of(cast.ada), f"{base_of(event)}/doubles/{gone.id}/{here.id}"
    page = client.get(compare)
    assert "must not have ended" in page.text
    token = form_fields(client.get(f"{base_of(event)}/{here.id}").data)["csrf_token"]
    client.post(compare, data={"csrf_token": token})
    client.post(f"{base_of(event)}/doubles/{here.id}/{here.id}", data={"csrf_token": token})
    assert states(session) == ["cancelled", "confirmed"]

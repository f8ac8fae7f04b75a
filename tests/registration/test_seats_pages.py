"""The organisers' pages about seats and settings: what will happen is said first, and nothing overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.database import transaction
from eventsys.registration import actions, queries
from eventsys.registration.errors import SeatsGone
from eventsys.registration.models import Mode, PoolKind, Registration, SeatPool
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.community import make_organisation
from tests.factories.registration import make_question, make_registration
from tests.forms import post_form
from tests.registration.seat_laws import assert_seats_are_right


def pools(session: Session, event: Event) -> dict[tuple[str, str, str], tuple[int | None, int, int, int]]:
    session.rollback()
    session.expire_all()
    return {
        (pool.kind, pool.key, pool.mode): (pool.seats, pool.taken, pool.waiting, pool.overbooked)
        for pool in queries.pools_of(session, event.id)
    }


def base(event: Event) -> str:
    return f"/manage/events/{event.slug}/registration-form"


def words(answer: Any) -> str:
    return " ".join(html.fromstring(answer.data).xpath("string(//main)").split())


def test_a_new_count_is_said_before_and_counts_who_is_there(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, onsite=10)
    for sector in ("police", "police", "research"):
        make_registration(event, sector=sector)
    ada, address = cast.browser_of(cast.ada), f"{base(event)}/seats/new"
    asked = {"what": "sector:police", "mode": "onsite", "seats": "1"}
    before = post_form(ada, address, having="what", **asked)
    assert "2 people who are registered belong there and are counted." in words(before)
    assert "1 person more than there are seats is registered; nobody loses their seat." in words(before)
    assert ("sector", "police", "onsite") not in pools(session, event)
    post_form(ada, address, having="what", **asked, sure="1")
    assert pools(session, event)["sector", "police", "onsite"] == (1, 2, 0, 1)
    assert "2 of 1 taken, 1 beyond the seats" in words(ada.get(base(event)))
    again = post_form(ada, address, having="what", **asked)
    assert (again.status_code, "These seats are counted already." in words(again)) == (422, True)
    assert_seats_are_right(session, event)


def test_more_seats_and_a_count_that_ends_move_people_up(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, onsite=10)
    ada = cast.browser_of(cast.ada)
    post_form(ada, f"{base(event)}/seats/new", having="what", what="type:press", mode="", seats="1", sure="1")
    people = [make_registration(event, type="press") for _ in range(4)]
    number = session.scalars(select(SeatPool.id).where(SeatPool.kind == PoolKind.TYPE)).one()
    address = f"{base(event)}/seats/{number}"
    before = post_form(ada, address, having="seats", seats="2")
    assert "1 person who waits moves up at once." in words(before)
    post_form(ada, address, having="seats", seats="2", sure="1")
    assert pools(session, event)["type", "press", ""] == (2, 2, 2, 0)
    said = post_form(ada, address, having="csrf_token", action=f"{address}/remove")
    assert said.status_code == 303
    assert pools(session, event) == {
        ("mode", "onsite", "onsite"): (10, 4, 0, 0),
        ("mode", "online", "online"): (0, 0, 0, 0),
    }
    assert {session.get_one(Registration, one.id).state for one in people} == {"confirmed"}
    assert ada.get(address).status_code == 404


def test_one_number_for_all_organisations_and_another_for_one(session: Session, cast: Cast) -> None:
    make_organisation("Harbour Police", other_names=["Port Police"])
    event = make_event(owner=cast.ada, onsite=10)
    for name in ("Harbour Police", "Port police", "HARBOUR POLICE", "Acme"):
        make_registration(event, organisation=name)
    ada = cast.browser_of(cast.ada)
    post_form(ada, f"{base(event)}/organisations", having="most", most="2", sure="1")
    counted = {key: found for key, found in pools(session, event).items() if key[0] == "organisation"}
    assert counted == {
        ("organisation", "acme", "onsite"): (2, 1, 0, 0), ("organisation", "harbour police", "onsite"): (2, 3, 0, 1),
    }  # fmt: skip
    assert make_registration(event, organisation="Port Police").state == "waiting"
    page = words(ada.get(base(event)))
    assert "Harbour Police" in page
    assert "At most 2 people of one organisation may come on site." in page
    number = session.scalars(select(SeatPool.id).where(SeatPool.key == "harbour police")).one()
    post_form(ada, f"{base(event)}/seats/{number}", having="seats", seats="4", sure="1")
    assert pools(session, event)["organisation", "harbour police", "onsite"] == (4, 4, 0, 0)
    post_form(ada, f"{base(event)}/organisations", having="most", most="", sure="1")
    assert [key for key in pools(session, event) if key[0] == "organisation"] == [
        ("organisation", "harbour police", "onsite")
    ]
    # The number of its own holds on, though no common one is left.
    assert make_registration(event, organisation="port police").state == "waiting"
    assert_seats_are_right(session, event)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"what": "organisation:", "organisation": ""}, "Please name the organisation."),
        ({"what": ""}, "Please choose one."),
        ({"what": "sector:pirates"}, "Not a valid choice."),
        ({"what": "sector:police", "seats": "-1"}, "Number must be between 0 and 1000000."),
    ],
)
def test_what_cannot_be_counted_is_refused_at_its_field(
    session: Session, cast: Cast, values: dict[str, str], said: str
) -> None:
    event = make_event(owner=cast.ada)
    answer = post_form(cast.browser_of(cast.ada), f"{base(event)}/seats/new", having="what", **values, sure="1")
    assert (answer.status_code, said in words(answer)) == (422, True)


def test_an_answer_is_counted_and_a_full_one_can_be_chosen_no_more(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    question = make_question(event, "tour", label="Tour", type="choice", choices=["port", "tower"])
    make_registration(event, answers={question.id: "port"})
    ada = cast.browser_of(cast.ada)
    page = ada.get(f"{base(event)}/seats/new")
    assert f"answer:{question.id}=tower" in html.fromstring(page.data).xpath("//option/@value")
    post_form(ada, f"{base(event)}/seats/new", having="what", what=f"answer:{question.id}=port", seats="1", sure="1")
    assert "Tour: port, on site" in words(ada.get(base(event)))
    with pytest.raises(SeatsGone, match="“port” is taken by as many as there can be"):
        make_registration(event, answers={question.id: "port"})


def test_of_many_organisations_those_with_seats_left_are_folded_away(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, onsite=20)
    ada = cast.browser_of(cast.ada)
    houses = ["Full House", "Full House", *(f"House {number}" for number in range(4))]
    for house in houses:
        make_registration(event, organisation=house)
    post_form(ada, f"{base(event)}/organisations", having="most", most="2", sure="1")
    few = html.fromstring(ada.get(base(event)).data)
    make_registration(event, organisation="House 5")
    many = html.fromstring(ada.get(base(event)).data)
    folded = "//details[contains(@class, 'seat-more')]"
    assert (len(few.xpath(folded)), len(many.xpath(folded))) == (0, 1)
    assert "5 with seats left" in many.xpath(f"string({folded}/summary)")
    inside, all_lines = many.xpath(f"string({folded}//ul)"), many.xpath("string(//main)")
    assert ("house 5" in inside.lower(), "full house" in inside.lower(), "full house" in all_lines.lower()) == (
        True,
        False,
        True,
    )


def test_who_was_let_in_beyond_the_seats_is_shown_with_who_did_it(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, onsite=1)
    make_registration(event)
    extra = make_registration(event, first_name="Extra")
    ada = cast.browser_of(cast.ada)
    with transaction(actor=f"user:{cast.ada.id}") as writing:
        one = writing.get_one(Registration, extra.id)
        actions.switch_mode(writing, one, Mode.ONSITE, now=one.updated_at)
        actions.cancel(writing, one, now=one.updated_at)
        actions.restore(writing, one, now=one.updated_at, overbook=True)
    [row] = html.fromstring(ada.get(base(event)).data).xpath("//section[@id='beyond']//tbody/tr")
    found = " ".join(" ".join(row.itertext()).split())
    assert found.startswith(f"{extra.name} On site Ada ")


def test_the_page_takes_as_many_queries_for_thirty_pools_as_for_one(session: Session, cast: Cast) -> None:
    counts = []
    for number in (1, 30):
        event = make_event(owner=cast.ada, onsite=100)
        with transaction() as writing:
            actions.cap_organisations(writing, writing.get_one(Event, event.id), 1, now=event.created_at)
        for place in range(number):
            make_registration(event, organisation=f"Office {place}")
            make_registration(event, organisation=f"Office {place}", by_organiser=True, overbook=True)
        ada = cast.browser_of(cast.ada)
        with statements() as found:
            assert ada.get(base(event)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_all_settings_are_saved_and_shown_again(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    ada, address = cast.browser_of(cast.ada), f"{base(event)}/settings"
    said = {
        "opens_at": "2026-11-01T09:00", "closes_at": "2026-12-01T12:00", "waiting_list": "offers", "offer_hours": "24",
        "opinions_needed": "2", "admission": "invited", "group_most": "8", "asks_again_days": "7",
        "asks_again_hours": "48", "keep_days": "90", "privacy_controller": "CERTH", "privacy_notice": "We keep little.",
    }  # fmt: skip
    ticked = ("waits_online", "has_approval", "confirms_address", "frees_silent")
    unticked = {"refuses_disposable": None, "may_substitute": None}
    fields = said | dict.fromkeys(ticked, "y") | unticked
    answer = post_form(ada, address, having="opens_at", **fields)
    assert answer.status_code == 303
    kept = queries.settings_of(session, event.id)
    session.refresh(kept)
    assert (kept.opinions_needed, kept.admission, kept.group_most, kept.keep_days) == (2, "invited", 8, 90)
    assert all(getattr(kept, name) for name in ticked)
    assert not any(getattr(kept, name) for name in unticked)
    page = html.fromstring(ada.get(address).data)
    assert {name: page.xpath(f"//input[@name='{name}']/@value") for name in ("opens_at", "asks_again_days")} == {
        "opens_at": ["2026-11-01T09:00"], "asks_again_days": ["7"],
    }  # fmt: skip
    assert page.xpath("//textarea[@name='privacy_notice']/text()")[0].strip() == "We keep little."


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada, editor=cast.al)
    ada, al, address = cast.browser_of(cast.ada), cast.browser_of(cast.al), f"{base(event)}/settings"
    seen = html.fromstring(ada.get(address).data).xpath("//input[@name='seen']/@value")[0]
    post_form(al, address, having="seen", offer_hours="12")
    refused = post_form(ada, address, having="seen", seen=seen, offer_hours="36", keep_days="10")
    assert (refused.status_code, "Somebody else saved this while you were writing." in words(refused)) == (422, True)
    assert queries.settings_of(session, event.id).offer_hours == 12
    # What was written is still there, and saved when it is sent again.
    [form] = [form for form in html.fromstring(refused.data).forms if "seen" in form.fields]
    assert ada.post(address, data=dict(form.form_values())).status_code == 303
    session.expire_all()
    assert (queries.settings_of(session, event.id).offer_hours, queries.settings_of(session, event.id).keep_days) == (
        36,
        10,
    )


def test_nobody_changes_seats_of_another_event(session: Session, cast: Cast) -> None:
    mine, other = make_event(owner=cast.al), make_event(owner=cast.ada, onsite=3)
    number = session.scalars(select(SeatPool.id).where(SeatPool.event_id == other.id).order_by(SeatPool.id)).first()
    al = cast.browser_of(cast.al)
    assert al.get(f"{base(mine)}/seats/{number}").status_code == 404
    assert al.get(f"{base(other)}/seats/{number}").status_code in (403, 404)

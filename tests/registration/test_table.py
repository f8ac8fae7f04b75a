"""The organisers' table: every filter and sort, columns, views under a name, and what is taken away of it."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.actions import note_bounce
from eventsys.registration import actions
from eventsys.registration.models import (
    Mode,
    PoolKind,
    Registration,
    RegistrationTag,
    SavedView,
    SeatPool,
    Ticket,
)
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.forms import form_fields, post_form

pytestmark = pytest.mark.usefixtures("session")


def base_of(event: Event) -> str:
    return f"/manage/events/{event.slug}/registrations"


def names(client: FlaskClient, address: str) -> list[str]:
    page = client.get(address)
    assert page.status_code == 200
    return [str(name) for name in html.fromstring(page.data).xpath("//tbody/tr/th/a/text()")]


def put_tag(registration: Registration, tag: str) -> None:
    with transaction() as session:
        actions.add_tag(session, session.get_one(Registration, registration.id), tag, now=clock.now())


@pytest.fixture
def event(cast: Cast) -> Event:
    return make_event(owner=cast.ada, onsite=2, online=None)


def test_each_filter_finds_whom_it_is_about_and_nobody_else(cast: Cast, event: Event, session: Session) -> None:
    diet = make_question(event, "diet", type="choice", choices=["none", "käsefrei"])
    days = make_question(event, "days", type="choices", choices=["Thu", "Thu evening"])
    agreed = make_question(event, "photo", type="statement")
    zoe = make_registration(
        event, first_name="Zoë", country="GR", answers={diet.id: "käsefrei", days.id: ["Thu"], agreed.id: True}
    )
    make_registration(event, first_name="Bo", answers={diet.id: "none", days.id: ["Thu evening"]}, organisation="KEMEA")
    make_registration(event, first_name="Cyd", email=None, overbook=True)
    make_registration(event, first_name="Di", type="press")
    put_tag(zoe, "VIP")
    with transaction() as writing:
        note_bounce(writing, zoe.email or "", status="5.1.1", reason="gone", now=clock.now())
    client, base = cast.browser_of(cast.ada), base_of(event)
    code = session.scalars(select(Ticket.short_code).where(Ticket.registration_id == zoe.id)).one()
    pool = session.scalars(select(SeatPool.id).where(SeatPool.kind == PoolKind.MODE, SeatPool.key == "onsite")).one()
    found = {
        "q_diet=k%C3%A4sefrei": ["Zoë"], "q_days=Thu": ["Zoë"], "q_days=Thu+evening": ["Bo"], "q_photo=yes": ["Zoë"],
        "tag=VIP": ["Zoë"], "country=GR": ["Zoë"], "organisation=kemea": ["Bo"], "email=no": ["Cyd"],
        "bounced=yes": ["Zoë"], "bounced=no": ["Bo", "Cyd", "Di"], "beyond=yes": ["Cyd"], "type=press": ["Di"],
        "state=waiting": ["Di"], "coming=asked": [], f"pool={pool}": ["Bo", "Cyd", "Di", "Zoë"], f"q={code}": ["Zoë"],
        f"q={code[:4]}-{code[4:].lower()}": ["Zoë"], "q=zoe": ["Zoë"], "q=berg+kemea": ["Bo"],
        "country=BE&email=no": ["Cyd"], "country=BE&type=press&state=confirmed": [], "delegation=7": [],
        "state=nonsense&pool=x&tag=": ["Bo", "Cyd", "Di", "Zoë"],
    }  # fmt: skip
    for query, people in found.items():
        assert sorted(name.split()[0] for name in names(client, f"{base}?{query}")) == people, query


def test_who_may_be_there_twice_is_found_by_name_and_address(cast: Cast, event: Event) -> None:
    for email in ("a@example.org", "b@example.org"):
        make_registration(event, first_name="Ann", last_name="Lee", email=email)
    gone = make_registration(event, first_name="Old", last_name="One", email="c@example.org")
    with transaction() as session:
        actions.cancel(session, session.get_one(Registration, gone.id), now=clock.now())
    make_registration(event, first_name="New", last_name="Two", email="c@example.org")
    make_registration(event, first_name="Single", last_name="One")
    make_registration(event, first_name="Nameless", last_name="", email=None)
    found = names(cast.browser_of(cast.ada), f"{base_of(event)}?doubles=yes&sort=name")
    assert found == ["Ann Lee", "Ann Lee", "Old One", "New Two"]


def test_every_column_is_shown_and_sorts_both_ways(cast: Cast, event: Event) -> None:
    diet = make_question(event, "age", label="Your age", type="number")
    for number, name in enumerate(("Ann", "Bo", "Cyd")):
        one = make_registration(event, first_name=name, last_name=name, answers={diet.id: (9, 10, 100)[number]})
        put_tag(one, name)
    client, base = cast.browser_of(cast.ada), base_of(event)
    page = html.fromstring(client.get(base).data)
    keys = [str(key) for key in page.xpath("//input[@type='checkbox'][@name='col']/@value")]
    assert len(keys) == 18
    for key in ("name", *keys):
        for sort in (key, f"-{key}"):
            assert sorted(names(client, f"{base}?sort={sort}&col={key}")) == ["Ann Ann", "Bo Bo", "Cyd Cyd"], sort
    for key in ("name", "q_age", "registered", "tags"):
        assert names(client, f"{base}?sort={key}") == ["Ann Ann", "Bo Bo", "Cyd Cyd"], key
        assert names(client, f"{base}?sort=-{key}") == ["Cyd Cyd", "Bo Bo", "Ann Ann"], key


def test_columns_are_chosen_and_moved_by_the_address(cast: Cast, event: Event) -> None:
    make_registration(event)
    client, base = cast.browser_of(cast.ada), base_of(event)

    def heads(query: str) -> list[str]:
        page = html.fromstring(client.get(f"{base}?{query}").data)
        return [str(head.text_content()) for head in page.xpath("//table//thead//th")]

    assert heads("") == ["Name", "State", "Way", "Sector", "Registered", "Choose"]
    assert heads("col=country&col=email&col=nonsense") == ["Name", "Country", "E-mail address", "Choose"]
    page = html.fromstring(client.get(f"{base}?col=country&col=email").data)
    (later,) = page.xpath("//a[.//*[@aria-label='Move “Country” later']]/@href")
    assert heads(str(later)[1:]) == ["Name", "E-mail address", "Country", "Choose"]


def test_sensitive_answers_are_no_columns_and_no_filters(cast: Cast, event: Event) -> None:
    secret = make_question(event, "needs", type="choice", choices=["ramp", "none"], is_sensitive=True)
    make_registration(event, answers={secret.id: "ramp"})
    client, base = cast.browser_of(cast.ada), base_of(event)
    for address in (f"{base}?col=q_needs&q_needs=ramp&sort=q_needs", f"{base}/view.csv?col=q_needs"):
        answer = client.get(address)
        assert (answer.status_code, "ramp" in answer.text) == (200, False)


def test_the_figures_are_the_events_whatever_the_filter(cast: Cast, event: Event) -> None:
    for _number in range(3):
        make_registration(event)
    client, base = cast.browser_of(cast.ada), base_of(event)

    def figures(query: str) -> list[str]:
        page = html.fromstring(client.get(f"{base}?{query}").data)
        return [str(one.text_content()) for one in page.xpath("//dl[@class='figures']//dd")]

    assert figures("") == figures("state=waiting&q=nobody") != []


def test_views_are_kept_shared_and_taken_away(cast: Cast, event: Event, session: Session) -> None:
    make_registration(event)
    client, base = cast.browser_of(cast.ada), base_of(event)

    def views_of(who: FlaskClient) -> list[str]:
        page = html.fromstring(who.get(base).data)
        return [str(one.text_content()) for one in page.xpath("//nav[@class='views']//a")]

    ready = ["All", "Waiting", "To decide", "Without mail address", "Beyond the seats"]
    assert views_of(client) == ready
    page = f"{base}?state=waiting&col=country&sort=-name"
    post_form(client, page, having="of", action=f"{base}/views", name="Queue", shared="1")
    post_form(client, page, having="of", action=f"{base}/views", name="Mine")
    assert views_of(client) == [*ready, "Mine", "Queue"]
    eve = cast.browser_of(cast.eve)
    assert views_of(eve) == [*ready, "Queue (shared)"]
    views = {view.name: view for view in session.scalars(select(SavedView))}
    assert views["Queue"].query == "state=waiting&sort=-name&col=country"
    token = form_fields(eve.get(base).data)["csrf_token"]
    assert eve.post(f"{base}/views/{views['Queue'].id}/remove", data={"csrf_token": token}).status_code == 404
    post_form(client, base, action=f"{base}/views/{views['Queue'].id}/remove")
    assert views_of(client) == [*ready, "Mine"]
    nameless = post_form(client, page, having="of", action=f"{base}/views", name=" ")
    assert (nameless.status_code, len(views_of(client))) == (303, 6)


def test_the_table_costs_the_same_with_one_row_and_thirty_whatever_it_shows(cast: Cast, event: Event) -> None:
    diet = make_question(event, "diet", type="choice", choices=["none", "vegan"])
    client = cast.browser_of(cast.ada)
    page = html.fromstring(client.get(base_of(event)).data)
    query = "q=berg&country=BE&q_diet=none&sort=tags&" + "&".join(
        f"col={key}" for key in page.xpath("//input[@name='col']/@value")
    ) + "&col=code&col=tags&col=q_diet&col=delegation&col=invitation"  # fmt: skip
    costs = []
    for number in (1, 29):
        for _one in range(number):
            put_tag(make_registration(event, answers={diet.id: "none"}), "VIP")
        client.get(f"{base_of(event)}?{query}")
        with statements() as found:
            assert len(names(client, f"{base_of(event)}?{query}")) in (1, 30)
        costs.append(len(found))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_the_table_shows_is_taken_away(cast: Cast, event: Event, ending: str) -> None:
    for name in ("Ann", "Bo", "Cyd"):
        make_registration(event, first_name=name, last_name="", country="GR" if name == "Cyd" else "BE")
    answer = cast.browser_of(cast.ada).get(
        f"{base_of(event)}/view.{ending}?country=BE&sort=-name&col=state&col=registered"
    )
    assert (answer.status_code, ending in answer.headers["Content-Disposition"]) == (200, True)
    if ending == "csv":
        rows: list[Any] = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [row[0:2] for row in rows] == [["Name", "State"], ["Bo", "Confirmed"], ["Ann", "Confirmed"]]
        assert datetime.fromisoformat(rows[1][2]).utcoffset() is not None


def test_online_people_are_found_beside_the_others(cast: Cast, event: Event) -> None:
    make_registration(event, first_name="Far", mode=Mode.ONLINE)
    make_registration(event, first_name="Near")
    found = names(cast.browser_of(cast.ada), f"{base_of(event)}?mode=online")
    assert [name.split()[0] for name in found] == ["Far"]


def test_a_tag_is_put_on_and_taken_off_and_noted(cast: Cast, event: Event, session: Session) -> None:
    bo = make_registration(event)
    client, address = cast.browser_of(cast.ada), f"{base_of(event)}/{bo.id}"
    for _twice in range(2):
        post_form(client, address, having="tag", action=f"{address}/tag", tag="  visa  letter ")
    assert session.scalars(select(RegistrationTag.tag)).all() == ["visa letter"]
    post_form(client, address, having="tag", action=f"{address}/untag", tag="visa letter")
    assert session.scalars(select(RegistrationTag.tag)).all() == []
    page = client.get(address).text
    assert page.count("Tagged: “visa letter”, by Ada") == 1
    assert "Tag taken off: “visa letter”, by Ada" in page

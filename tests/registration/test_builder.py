"""The form as organisers build it: what can be changed when people have answered, and what cannot."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.registration import actions, rules
from eventsys.registration.models import PoolKind, Question
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.forms import csrf_token, post_form

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def event(cast: Cast) -> Event:
    return make_event(owner=cast.ada)


@pytest.fixture
def ada(cast: Cast) -> FlaskClient:
    return cast.browser_of(cast.ada)


def base(event: Event) -> str:
    return f"/manage/events/{event.slug}/registration-form/questions"


def keys(session: Session) -> list[str]:
    session.rollback()
    asked = select(Question.key).where(Question.retired_at.is_(None))
    return list(session.scalars(asked.order_by(Question.position, Question.id)))


def the_question(session: Session, key: str) -> Question:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Question).where(Question.key == key)).one()


def act(client: FlaskClient, event: Event, key: str, act: str, **values: str) -> str:
    """What the page says after an act."""
    data = {"csrf_token": csrf_token(client), **values}
    answer = client.post(f"{base(event)}/{key}/{act}", data=data)
    assert (answer.status_code, answer.location) == (303, f"{base(event)}#q-{key}")
    page = html.fromstring(client.get(base(event)).data)
    return " ".join(page.xpath("//div[contains(@class, 'notice')]//p/text()"))


def change(client: FlaskClient, event: Event, key: str, **values: Any) -> Any:
    return post_form(client, f"{base(event)}/{key}", having="label", **values)


def wrong(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [href.lstrip("#") for href in html.fromstring(answer.data).xpath("//div[@data-takes-focus]//a/@href")]


def test_questions_are_added_changed_moved_and_taken_out(ada: FlaskClient, event: Event, session: Session) -> None:
    for label in ("Dietary needs", "Days"):
        added = post_form(
            ada, f"{base(event)}/new", having="label", label=label, type="choice", choices="none\nvegan\n none",
            erase_after_days="14", purpose="The lunch", basis="consent", is_sensitive="y",
        )  # fmt: skip
        assert added.status_code == 303
    act(ada, event, "days", "up")
    change(ada, event, "days", label="Which days?", type="text")
    diet, days = the_question(session, "dietary_needs"), the_question(session, "days")
    assert (days.label, days.type, days.choices) == ("Which days?", "text", [])
    assert (diet.choices, diet.purpose, diet.basis, diet.is_sensitive, diet.erase_after_days) == (
        ["none", "vegan"], "The lunch", "consent", True, 14,
    )  # fmt: skip
    assert keys(session) == ["days", "dietary_needs"]
    refused = post_form(ada, f"{base(event)}/new", having="label", label="Days", type="choice", choices="")
    assert wrong(refused) == ["choices"]
    assert "not asked any more" in act(ada, event, "days", "retire")
    asked = html.fromstring(ada.get(f"/events/{event.slug}/register").data)
    assert [name for name in asked.xpath("//*/@name") if name.startswith("q_")] == ["q_dietary_needs"] * 2
    assert "asked again" in act(ada, event, "days", "retire")
    assert keys(session) == ["dietary_needs", "days"]


@pytest.mark.parametrize(
    ("label", "key", "made"), [("New", "", "new_question"), ("x", "Preview", "preview_question"), ("Ä — 1", "", "a_1")]
)
def test_a_key_is_made_that_names_no_other_address(
    ada: FlaskClient, event: Event, session: Session, label: str, key: str, made: str
) -> None:
    post_form(ada, f"{base(event)}/new", having="label", label=label, key=key, type="text")
    assert keys(session) == [made]
    assert change(ada, event, made, label="Changed").status_code == 303
    assert the_question(session, made).label == "Changed"


def test_a_condition_is_set_and_shown(ada: FlaskClient, event: Event, session: Session) -> None:
    make_question(event, "diet", type="choice", choices=["none", "other"])
    make_question(event, "photo", label="Photographs", type="statement")
    post_form(
        ada, f"{base(event)}/new", having="label", label="Which?", type="text", depends_on="diet", when_diet=["other"],
        when_photo=["yes"],
    )  # fmt: skip
    which = the_question(session, "which")
    assert (which.depends_on, which.depends_values) == ("diet", ["other"])
    page = html.fromstring(ada.get(base(event)).data)
    assert page.xpath("//li[@id='q-which']//p[@class='only-if']/text()") == [
        "Only if you answer “other” to “Dietary needs”"
    ]
    form = html.fromstring(ada.get(f"{base(event)}/which").data)
    assert form.xpath("//input[@name='when_diet'][@checked]/@value") == ["other"]
    # Nothing can depend on itself or on what comes later.
    options = html.fromstring(ada.get(f"{base(event)}/diet").data).xpath("//select[@name='depends_on']")
    assert options == []
    nothing = post_form(ada, f"{base(event)}/new", having="label", label="x", type="text", depends_on="diet")
    assert wrong(nothing) == ["depends_on"]
    change(ada, event, "which", depends_on="photo", when_photo=["no"])
    which = the_question(session, "which")
    assert (which.depends_on, which.depends_values) == ("photo", ["no"])


def test_what_others_depend_on_stays_before_them_and_keeps_the_answer(
    ada: FlaskClient, event: Event, session: Session
) -> None:
    make_question(event, "diet", type="choice", choices=["none", "other"])
    make_question(event, "which", label="Which?", depends_on="diet", depends_values=["other"])
    make_question(event, "free", label="Free")
    assert "stands after it" in act(ada, event, "diet", "down")
    assert "stands after it" in act(ada, event, "which", "place", place="0")
    for deed in ("retire", "delete"):
        assert "“Which?” is asked because of an answer to this question" in act(ada, event, "diet", deed)
    assert wrong(change(ada, event, "diet", choices="none\nmany")) == ["choices"]
    assert wrong(change(ada, event, "diet", type="text")) == ["type"]
    assert wrong(change(ada, event, "diet", is_internal="y")) == ["is_internal"]
    assert keys(session) == ["diet", "which", "free"]
    diet = the_question(session, "diet")
    assert (diet.choices, diet.type, diet.is_internal) == (["none", "other"], "choice", False)
    act(ada, event, "free", "place", place="0")
    act(ada, event, "which", "retire")
    act(ada, event, "diet", "retire")
    assert "which is not asked" in act(ada, event, "which", "retire")
    assert keys(session) == ["free"]
    # Asked again it comes last, after what it depends on.
    act(ada, event, "diet", "retire")
    act(ada, event, "which", "retire")
    assert keys(session) == ["free", "diet", "which"]


def test_what_everybody_is_asked_depends_on_nothing_that_only_organisers_see(
    ada: FlaskClient, event: Event, session: Session
) -> None:
    make_question(event, "visa", label="Visa", type="statement", is_internal=True)
    open_to_all = {"label": "Passport", "type": "text", "depends_on": "visa", "when_visa": ["yes"]}
    assert wrong(post_form(ada, f"{base(event)}/new", having="label", **open_to_all)) == ["depends_on"]
    inside = post_form(ada, f"{base(event)}/new", having="label", **open_to_all, is_internal="y")
    assert (inside.status_code, keys(session)) == (303, ["visa", "passport"])


@pytest.mark.parametrize("place", ["-1", "x", "²", "9" * 400, ""])
def test_a_place_that_is_none_moves_nothing(ada: FlaskClient, event: Event, session: Session, place: str) -> None:
    make_question(event, "diet")
    data = {"csrf_token": csrf_token(ada), "place": place}
    assert ada.post(f"{base(event)}/diet/place", data=data).status_code == 404
    assert ada.post(f"{base(event)}/diet/nonsense", data=data).status_code == 404
    assert ada.post(f"{base(event)}/nothing/up", data=data).status_code == 404


def test_what_people_answered_stays_what_it_is(ada: FlaskClient, event: Event, session: Session) -> None:
    diet = make_question(event, "diet", type="choice", choices=["none", "vegan"])
    bo = make_registration(event, answers={diet.id: "vegan"})
    refused = change(ada, event, "diet", type="text")
    assert (wrong(refused), "People have answered this question" in refused.text) == (["type"], True)
    assert "Take it out of the form instead" in act(ada, event, "diet", "delete")
    assert change(ada, event, "diet", choices="none", label="What do you eat?").status_code == 303
    act(ada, event, "diet", "retire")
    page = ada.get(f"/manage/events/{event.slug}/registrations/{bo.id}").text
    assert ("What do you eat?" in page, "vegan" in page) == (True, True)
    table = ada.get(f"/manage/events/{event.slug}/registrations.csv").text
    assert ("q_diet" in table, "vegan" in table) == (True, True)
    listed = ada.get(base(event)).text
    assert ("1 answer" in listed, "Not asked any more" in listed) == (True, True)


def test_only_what_nobody_answered_is_deleted(ada: FlaskClient, event: Event, session: Session) -> None:
    make_question(event, "diet")
    make_question(event, "tour", label="Tour", type="choice", choices=["harbour"])
    tour = the_question(session, "tour")
    with transaction() as writing:
        actions.add_pool(writing, writing.get_one(Event, event.id), PoolKind.ANSWER,
                         rules.answer_key(tour.id, "harbour"), 5, mode="", now=clock.now())  # fmt: skip
    assert "Seats are counted by the answers" in act(ada, event, "tour", "delete")
    assert "is deleted" in act(ada, event, "diet", "delete")
    assert session.scalars(select(Question.key)).all() == ["tour"]


def test_other_languages_are_filled_in_beside(ada: FlaskClient, event: Event, session: Session) -> None:
    values = {"label_de": "Essen", "choices_de": "alles\n\nvegan", "label_fr": "", "help_fr": "Pour midi"}
    post_form(
        ada, f"{base(event)}/new", having="label", label="Diet", type="choice", choices="all\nfish\nvegan", **values
    )
    diet = the_question(session, "diet")
    assert diet.translations == {
        "de": {"label": "Essen", "choices": {"all": "alles", "vegan": "vegan"}}, "fr": {"help": "Pour midi"},
    }  # fmt: skip
    form = html.fromstring(ada.get(f"{base(event)}/diet").data)
    assert form.xpath("//textarea[@name='choices_de']/text()")[0].strip().split("\n") == ["alles", "", "vegan"]
    change(ada, event, "diet", label_de="", choices_de="")
    assert the_question(session, "diet").translations == {"fr": {"help": "Pour midi"}}
    french = html.fromstring(ada.get(f"{base(event)}?form=fr").data)
    assert french.xpath("string(//h1)") == "Form"
    assert french.xpath("//li[@id='q-diet']//p[@class='help']/text()") == ["Pour midi"]


def test_the_form_is_drawn_as_people_will_see_it(ada: FlaskClient, event: Event) -> None:
    make_question(event, "visit", label="Your visit", type="section", help="For the rooms.")
    make_question(event, "diet", type="choices", choices=["fish", "nuts"], is_sensitive=True)
    make_question(event, "visa", label="Visa", type="file", is_internal=True)
    page = html.fromstring(ada.get(base(event)).data)
    assert page.xpath("//ol[@class='built']/li/@data-key") == ["visit", "diet", "visa"]
    assert page.xpath("//li[@id='q-visit']//h2/text()") == ["Your visit"]
    assert page.xpath("//li[@id='q-diet']//div[@inert]//input/@type") == ["checkbox", "checkbox"]
    assert page.xpath("//li[@id='q-visa']//div[@inert]//input/@type") == ["file"]


@pytest.mark.parametrize("bound", ["inf", "-inf", "nan", "1e999"])
@pytest.mark.parametrize("name", ["least", "most"])
def test_a_bound_is_a_number_that_the_file_of_the_event_can_carry(
    ada: FlaskClient, event: Event, session: Session, name: str, bound: str
) -> None:
    values = {"type": "number", "label": "How many?", "purpose": "Chairs", name: bound}
    assert wrong(post_form(ada, f"{base(event)}/new", having="label", **values)) == [name]
    assert keys(session) == []


@pytest.mark.parametrize(
    "values",
    [
        {"type": "choice", "label": "What <b>now</b>?", "choices": "none\nvegan", "help": "For lunch"},
        {"type": "section", "label": "What <b>now</b>?"},
        {"type": "number", "label": "What <b>now</b>?", "least": "x", "most": "2"},
        {"type": "nonsense", "label": "What <b>now</b>?"},
    ],
)
def test_the_preview_draws_what_is_typed_and_writes_nothing(
    ada: FlaskClient, event: Event, session: Session, values: dict[str, str]
) -> None:
    drawn = ada.post(f"{base(event)}/preview", data={"csrf_token": csrf_token(ada), **values})
    assert (drawn.status_code, "What &lt;b&gt;now&lt;/b&gt;?" in drawn.text) == (200, True)
    assert html.fromstring(drawn.data).xpath("//input/@value") == (["none", "vegan"] if "choices" in values else
                                                                   [""] * (values["type"] != "section"))  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Question)) == 0


def test_the_page_costs_the_same_with_one_question_and_thirty(ada: FlaskClient, event: Event) -> None:
    counts = []
    for number in (1, 29):
        for place in range(number):
            make_question(event, f"q{number}x{place}", type="choice", choices=["a", "b"])
        with statements() as said:
            assert ada.get(base(event)).status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]

"""The questions of an event in its file: all they say comes back, and what makes no sense is refused by its place."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.events.queries import find_event
from eventsys.exchange.actions import clone_event
from eventsys.exchange.event_file import event_file_of
from eventsys.exchange.queries import whole_event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.tables import FileRefused
from eventsys.registration.models import Question
from tests.factories.exchange import bring, example
from tests.factories.registration import make_registration

pytestmark = pytest.mark.usefixtures("session")

QUESTIONS: list[dict[str, Any]] = [
    {"key": "visit", "label": "Your visit", "type": "section", "help": "For the rooms.", "choices": [],
     "required": False, "erase_after_days": None},
    {"key": "diet", "label": "Dietary needs", "help": "", "type": "choice", "choices": ["none", "vegan"],
     "required": True, "erase_after_days": 14, "sensitive": True, "purpose": "The lunch", "basis": "consent",
     "translations": {"de": {"label": "Essen", "choices": {"none": "alles"}}}},
    {"key": "nights", "label": "Nights", "help": "", "type": "number", "choices": [], "required": False,
     "erase_after_days": None, "least": 0.0, "most": 3.0, "internal": True},
    {"key": "why", "label": "Why?", "help": "", "type": "text", "choices": [], "required": False,
     "erase_after_days": None, "depends_on": "diet", "depends_values": ["vegan"]},
]  # fmt: skip


def with_questions(*questions: dict[str, Any]) -> Any:
    content = example()
    content["registration"] = {"questions": list(questions)}
    return content


def written(session: Session, slug: str = "ceris-fct-2026") -> list[dict[str, Any]]:
    session.rollback()
    session.expire_all()
    event = find_event(session, slug)
    assert event is not None
    found: list[dict[str, Any]] = event_file_of(whole_event(session, event))["registration"]["questions"]
    return found


def test_all_that_a_question_says_comes_back(session: Session) -> None:
    bring(with_questions(*QUESTIONS))
    assert written(session) == QUESTIONS
    bring(with_questions(*written(session)))
    assert written(session) == QUESTIONS


def test_a_clone_asks_the_same(session: Session) -> None:
    bring(with_questions(*QUESTIONS))
    event = find_event(session, "ceris-fct-2026")
    assert event is not None
    with transaction() as writing:
        clone_event(
            writing, writing.get_one(Event, event.id), slug="once-more", title="Once more",
            first_day=event.starts_at.date(), now=clock.now(),
        )  # fmt: skip
    assert written(session, "once-more") == QUESTIONS


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"colour": "red"}, "registration.questions[1].colour"),
        ({"basis": "habit"}, "registration.questions[1].basis"),
        ({"type": "slider"}, "registration.questions[1].type"),
        ({"least": "3"}, "registration.questions[1].least"),
        ({"least": 3, "most": 2}, "registration.questions[1].most"),
        ({"depends_on": "later", "depends_values": ["x"]}, "registration.questions[1].depends_on"),
        ({"depends_on": "more", "depends_values": ["x"]}, "registration.questions[1].depends_on"),
        ({"depends_on": "diet", "depends_values": ["fish"]}, "registration.questions[1].depends_values[0]"),
        ({"depends_on": "diet"}, "registration.questions[1]"),
        ({"internal": "yes"}, "registration.questions[1].internal"),
        ({"translations": {"de": {"title": "x"}}}, "registration.questions[1].translations.de.title"),
        ({"translations": {"de": {"choices": {"fish": "Fisch"}}}},
         "registration.questions[1].translations.de.choices.fish"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_its_place(session: Session, wrong: dict[str, Any], at: str) -> None:
    content = with_questions(
        QUESTIONS[1], {"key": "more", "label": "More", **wrong}, {"key": "later", "label": "Later"}
    )
    with pytest.raises(FileRefused) as refused:
        bring(content)
    assert f"{at}: " in str(refused.value)
    assert session.scalars(select(Question)).all() == []


def test_a_question_that_people_answered_stays_what_it_is(session: Session) -> None:
    bring(with_questions(QUESTIONS[1]))
    event = find_event(session, "ceris-fct-2026")
    assert event is not None
    with transaction() as writing:
        writing.get_one(Event, event.id).status = "published"
    diet = session.scalars(select(Question)).one()
    make_registration(event, answers={diet.id: "vegan"}, by_organiser=True)
    with pytest.raises(Refusal, match="diet"):
        bring(with_questions({"key": "diet", "label": "Diet", "type": "text"}))
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Question.type)).all() == ["choice"]
    bring(with_questions({**QUESTIONS[1], "choices": ["none"], "translations": {}}))
    assert session.scalars(select(Question.choices)).all() == [["none"]]

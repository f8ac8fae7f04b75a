"""A form is built and filled in: by keyboard alone, on a phone and at a desk, with script and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.registration.models import Answer, Question
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_question
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.test_pages_are_accessible import cookies_of

Accessible = Callable[[Page], None]


def in_browser(browser: Browser, size: dict[str, int], *, script: bool = True) -> BrowserContext:
    return browser.new_context(viewport=size, locale="en-GB", java_script_enabled=script)  # type: ignore[arg-type]


def asked(session: Session) -> list[tuple[str, str, list[str]]]:
    session.rollback()
    session.expire_all()
    rows = session.execute(
        select(Question.key, Question.depends_on, Question.depends_values).order_by(Question.position)
    )
    return [(row.key, row.depends_on, row.depends_values) for row in rows]


FOCUSED = """() => {
    const one = document.activeElement;
    return one === document.body ? "" : (one.labels?.[0] ?? one).textContent.trim();
}"""


def reach(page: Page, name: str, role: str = "button") -> None:
    """Go on by Tab until the control of this name has the focus."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(name):
            return
    raise AssertionError(f"Tab does not lead to the {role} {name!r}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_form_is_built_by_keyboard(
    size: dict[str, int], browser: Browser, server: str, session: Session, cast: Cast, accessible: Accessible
) -> None:
    event = make_event(owner=cast.ada)
    context = in_browser(browser, size)
    context.add_cookies(cookies_of(cast, "ada", server))  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{server}/manage/events/{event.slug}/registration-form/questions")
    accessible(page)
    page.get_by_role("link", name="Add a question").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/new")
    # The choices come with the type that has them, and the preview with every letter.
    expect(page.get_by_label("Choices", exact=True).first).to_be_hidden()
    page.get_by_label("What is the answer?").focus()
    page.get_by_label("What is the answer?").select_option("choice")
    reach(page, "Question")
    page.keyboard.type("What do you eat?")
    reach(page, "Help")
    reach(page, "Choices")
    page.keyboard.type("anything")
    page.keyboard.press("Enter")
    page.keyboard.type("something else")
    preview = page.locator("[data-preview]")
    expect(preview.locator("legend")).to_contain_text("What do you eat?")
    expect(preview.locator("input[type=radio]")).to_have_count(2)
    accessible(page)
    reach(page, "Save")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions#q-*")
    page.get_by_role("link", name="Add a question").first.click()
    page.get_by_label("Question", exact=True).first.fill("What else?")
    page.get_by_label("Of whom?").select_option("what_do_you_eat")
    page.get_by_role("checkbox", name="something else").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/questions#q-what_else")
    assert asked(session) == [("what_do_you_eat", "", []), ("what_else", "what_do_you_eat", ["something else"])]
    expect(page.get_by_text("Only if you answer “something else” to “What do you eat?”")).to_be_visible()
    # It cannot stand before what it depends on: the page says so, and nothing has moved.
    page.locator("#q-what_else").get_by_role("button", name="Up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("so it stands after it")
    assert [key for key, *_rest in asked(session)] == ["what_do_you_eat", "what_else"]
    accessible(page)
    context.close()


def test_a_question_is_moved_by_hand(browser: Browser, server: str, session: Session, cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    for key in ("first", "second", "third"):
        make_question(event, key, label=key.title())
    context = in_browser(browser, DESKTOP)
    context.add_cookies(cookies_of(cast, "ada", server))  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{server}/manage/events/{event.slug}/registration-form/questions")
    with page.expect_response("**/third/place"):
        page.locator("#q-third").drag_to(page.locator("#q-first"), target_position={"x": 20, "y": 3})
    expect(page.locator("ol.built > li").first).to_have_attribute("data-key", "third")
    assert [key for key, *_rest in asked(session)] == ["third", "first", "second"]
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_form_with_a_condition_and_a_file_is_filled_in_and_changed(
    size: dict[str, int], browser: Browser, server: str, session: Session, tmp_path: Path, accessible: Accessible
) -> None:
    event = make_event()
    make_question(event, "visit", label="Your visit", type="section")
    make_question(event, "diet", type="choice", choices=["none", "other"], is_required=True)
    make_question(event, "which", label="Which?", depends_on="diet", depends_values=["other"], is_required=True)
    make_question(event, "cv", label="A short CV", type="file", is_required=True)
    file = tmp_path / "cv.pdf"
    file.write_bytes(b"%PDF-1.7\n")
    context = in_browser(browser, size)
    page = context.new_page()
    page.goto(f"{server}/events/{event.slug}/register")
    fill_in(page, file, accessible)
    send_again(page, file, accessible)
    given = answers(session)
    assert (given["diet"], given["which"], given["cv"]["name"]) == ("other", "nuts", "cv.pdf")
    page.goto(page.url + "/details")
    take_back(page, accessible)
    assert set(answers(session)) == {"diet", "cv"}
    context.close()


def answers(session: Session) -> dict[str, Any]:
    session.rollback()
    rows = session.execute(select(Question.key, Answer.value).join(Question, Question.id == Answer.question_id))
    return {row.key: row.value for row in rows}


def fill_in(page: Page, file: Path, accessible: Accessible) -> None:
    """By keyboard: the second question comes when the first is answered so."""
    which = page.get_by_label("Which?")
    expect(which).to_be_hidden()
    accessible(page)
    page.get_by_label("First name").fill("Bo")
    page.get_by_label("E-mail address").fill("bo@example.org")
    page.get_by_role("radio", name="none").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="other")).to_be_checked()
    expect(which).to_be_visible()
    page.get_by_label("A short CV").set_input_files(file)
    page.get_by_role("checkbox", name="I have read the privacy notice").check()
    accessible(page)
    page.get_by_role("button", name="Register", exact=True).click()


def send_again(page: Page, file: Path, accessible: Accessible) -> None:
    """Refused: what was typed is there, the question is shown, and the file is asked for again."""
    which = page.get_by_label("Which?")
    expect(page.get_by_role("alert")).to_contain_text("Please choose the file again")
    expect(which).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Bo")
    accessible(page)
    which.fill("nuts")
    page.get_by_label("A short CV").set_input_files(file)
    page.get_by_role("button", name="Register", exact=True).click()
    page.wait_for_url("**/r/*")


def take_back(page: Page, accessible: Accessible) -> None:
    """Their own page hands the file back and changes the answer; what is not asked any more goes with it."""
    which = page.get_by_label("Which?")
    expect(which).to_have_value("nuts")
    with page.expect_download() as download:
        page.get_by_role("link", name="cv.pdf").click()
    assert download.value.suggested_filename == "cv.pdf"
    accessible(page)
    page.get_by_role("radio", name="none").check()
    expect(which).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/r/*")


def test_without_script_all_questions_are_there_with_their_conditions(
    browser: Browser, server: str, session: Session, accessible: Accessible
) -> None:
    event = make_event()
    make_question(event, "diet", type="choice", choices=["none", "other"])
    make_question(event, "which", label="Which?", depends_on="diet", depends_values=["other"])
    context = in_browser(browser, PHONE, script=False)
    page = context.new_page()
    page.goto(f"{server}/events/{event.slug}/register")
    expect(page.get_by_label("Which?")).to_be_visible()
    expect(page.get_by_text("Only if you answer “other” to “Dietary needs”")).to_be_visible()
    context.close()

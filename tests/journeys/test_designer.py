"""A badge is drawn in a real browser: by hand, by finger, by keyboard alone; undone, saved, and found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, expect
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.badges import actions, queries
from eventsys.badges.designs import built_in, said_design
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.registration import make_registration
from tests.journeys.conftest import DESKTOP, PHONE

SignIn = Callable[[BrowserContext, User], None]
Check = Callable[[Page], None]


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    found = make_event(slug="ours", owner=cast.ada)
    make_registration(found, first_name="Wilhelmina", last_name="van Oranje-Nassau")
    with transaction() as writing:
        document = said_design(built_in("a6"))
        actions.keep_design(writing, found.id, key=None, name="Card", design=document, now=clock.now())
    return found


@pytest.fixture
def designer(context: BrowserContext, server: str, sign_in: SignIn, cast: Cast, event: Event) -> Page:
    sign_in(context, cast.ada)
    page = context.new_page()
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto(f"{server}/manage/events/ours/badges/designs/card")
    is_drawn(page)
    return page


def is_drawn(page: Page) -> str:
    """Wait until the server's picture is that of what is drawn; gives its address."""
    expect(page.locator("[data-paper]")).not_to_have_class("paper is-old")
    expect(page.locator("[data-picture]")).to_have_attribute("src", re.compile("^data:image/png"))
    return page.locator("[data-picture]").get_attribute("src") or ""


def piece(page: Page, id: str) -> Locator:
    return page.locator(f".piece[data-id='{id}']")


def place(page: Page, *names: str) -> list[str]:
    return [page.locator(f"#p-{name}").input_value() for name in names or ("x", "y", "width", "height")]


def kept(session: Session, event: Event, id: str, key: str = "card") -> dict[str, Any]:
    session.rollback()
    session.expire_all()
    found = queries.kept_design(session, event.id, key).design
    return next(element for side in found["sides"].values() for element in side if element["id"] == id)


def drag(page: Page, start: tuple[float, float], right: float, down: float) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + right / 2, start[1] + down / 2, steps=3)
    page.mouse.move(start[0] + right, start[1] + down, steps=3)


def test_what_is_dragged_is_drawn_saved_and_there_again(designer: Page, event: Event, session: Session) -> None:
    before = is_drawn(designer)
    designer.locator("#snap").uncheck()
    mark = piece(designer, "mark")
    box = mark.bounding_box()
    assert box is not None
    scale = box["width"] / kept(session, event, "mark")["width"]
    drag(designer, (box["x"] + 5, box["y"] + 5), 10 * scale, -20 * scale)
    designer.mouse.up()
    expect(designer.locator("[data-state]")).to_have_text("Not saved yet")
    was = kept(session, event, "mark")
    assert [float(value) for value in place(designer, "x", "y")] == [was["x"] + 10, was["y"] - 20]
    # Where it came to lie the server draws it: another picture.
    expect(designer.locator("[data-picture]")).not_to_have_attribute("src", before)
    after = is_drawn(designer)
    assert after != before
    designer.get_by_role("button", name="Save", exact=True).click()
    expect(designer.locator("[data-state]")).to_have_text("Saved")
    assert [kept(session, event, "mark")[name] for name in ("x", "y")] == [was["x"] + 10, was["y"] - 20]
    designer.reload()
    expect(designer.locator("[data-picture]")).to_have_attribute("src", after)


def test_what_is_dragged_is_drawn_to_the_middle_with_a_guide(designer: Page) -> None:
    designer.locator("#add").select_option("box")
    new = piece(designer, "box-1")
    box = new.bounding_box()
    assert box is not None
    middle = place(designer, "x")[0]
    grip = (box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2)
    drag(designer, grip, 1, 60)
    expect(designer.locator(".guide.is-down")).not_to_have_count(0)
    designer.mouse.up()
    assert place(designer, "x")[0] == middle
    expect(designer.locator(".guide")).to_have_count(0)


def test_a_corner_resizes_and_the_side_holds_everything(designer: Page) -> None:
    designer.locator("#snap").uncheck()
    piece(designer, "name").click()
    corner = designer.locator(".handle.is-se").bounding_box()
    assert corner is not None
    x, y, _width, _height = (float(value) for value in place(designer))
    drag(designer, (corner["x"] + 12, corner["y"] + 12), 900, 900)
    designer.mouse.up()
    _x, _y, width, height = (float(value) for value in place(designer))
    assert (x + width, y + height) == (105, 148)


def test_all_of_it_is_done_by_keyboard(designer: Page, event: Event, session: Session) -> None:
    keyboard, said = designer.keyboard, designer.locator("[data-said]")
    first = designer.locator(".piece").first
    first.focus()
    keyboard.press("Tab")
    focused = designer.evaluate("document.activeElement.dataset.id")
    assert focused == designer.locator(".piece").nth(1).get_attribute("data-id")
    piece(designer, "mark").focus()
    x, y, width, height = (float(value) for value in place(designer))
    for keys in ("ArrowRight", "Shift+ArrowRight", "Alt+ArrowUp", "Control+ArrowLeft", "Control+Shift+ArrowDown"):
        keyboard.press(keys)
    assert [float(value) for value in place(designer)] == pytest.approx([x + 6, y - 0.1, width - 1, height + 5])
    expect(said).to_contain_text("mm")
    keyboard.press("[")
    expect(said).to_contain_text("is number")
    keyboard.press("Control+d")
    expect(piece(designer, "mark-1")).to_be_focused()
    keyboard.press("Delete")
    expect(piece(designer, "mark-1")).to_have_count(0)
    expect(said).to_contain_text("removed")
    keyboard.press("Control+z")
    expect(piece(designer, "mark-1")).to_have_count(1)
    keyboard.press("Control+y")
    expect(piece(designer, "mark-1")).to_have_count(0)
    piece(designer, "name").focus()
    keyboard.press("Enter")
    expect(designer.locator("#p-text")).to_be_focused()
    keyboard.press("Control+End")
    designer.get_by_role("button", name="Short code", exact=True).focus()
    keyboard.press("Enter")
    expect(designer.locator("#p-text")).to_have_value("{name}{short_code}")
    row = designer.locator("[data-list] li").first.locator("[data-act=choose]")
    row.focus()
    name = row.text_content()
    keyboard.press("Alt+ArrowDown")
    expect(designer.locator("[data-list] li").nth(1).locator("[data-act=choose]")).to_be_focused()
    expect(designer.locator("[data-list] li").nth(1).locator("[data-act=choose]")).to_have_text(name or "")
    keyboard.press("Control+s")
    expect(designer.locator("[data-state]")).to_have_text("Saved")
    assert kept(session, event, "name")["text"] == "{name}{short_code}"
    assert kept(session, event, "mark")["height"] == height + 5


def test_the_face_is_chosen_and_warnings_are_told(designer: Page) -> None:
    typical = is_drawn(designer)
    who = designer.locator("[data-who]")
    expect(designer.locator("[data-warnings]")).to_be_hidden()
    designer.locator("#face").select_option("longest")
    expect(who).to_have_text("Wilhelmina van Oranje-Nassau")
    expect(designer.locator("[data-picture]")).not_to_have_attribute("src", typical)
    designer.locator("#face").select_option("arabic")
    expect(who).to_contain_text("عبد الرحمن")
    designer.get_by_role("button", name="Next person").click()
    expect(who).to_have_text("Wilhelmina van Oranje-Nassau")
    piece(designer, "qr").focus()
    designer.locator("#p-width").fill("15")
    designer.locator("#p-height").fill("15")
    expect(designer.locator("[data-warnings]")).to_contain_text("is small")


def test_another_format_carries_what_is_drawn(designer: Page, event: Event, session: Session) -> None:
    designer.locator("#format").select_option("labels")
    expect(designer.locator(".designer-sheet .label")).to_have_count(10)
    expect(designer.locator("[data-side=back]")).to_be_hidden()
    designer.locator("#sheet-columns").fill("3")
    designer.locator("#sheet-columns").press("Tab")
    expect(designer.locator("[data-off]")).to_be_visible()
    expect(designer.locator("[data-warnings]")).to_contain_text("the labels do not fit")
    designer.get_by_role("button", name="Undo").click()
    expect(designer.locator("[data-off]")).to_be_hidden()
    designer.get_by_role("button", name="Save", exact=True).click()
    expect(designer.locator("[data-state]")).to_have_text("Saved")
    session.rollback()
    found = queries.design_of(session, event.id, "card")
    assert (found.format, found.sheet.labels if found.sheet else 0, len(found.sides["front"])) == ("labels", 10, 11)


def test_a_picture_is_sent_and_stands_on_the_badge(designer: Page, event: Event, session: Session) -> None:
    out = BytesIO()
    Image.new("RGB", (80, 40), (200, 30, 30)).save(out, "PNG")
    designer.locator("#add").select_option("image")
    designer.locator("#p-file").set_input_files({"name": "l.svg", "mimeType": "image/png", "buffer": b"<svg/>"})
    expect(designer.locator("#p-file-state")).to_contain_text("save it as a PNG")
    before = is_drawn(designer)
    designer.locator("#p-file").set_input_files({"name": "l.png", "mimeType": "image/png", "buffer": out.getvalue()})
    expect(designer.locator(".designer-thumb")).to_be_visible()
    expect(designer.locator("[data-picture]")).not_to_have_attribute("src", before)
    designer.locator("#p-alt").fill("Our logo")
    designer.keyboard.press("Control+s")
    expect(designer.locator("[data-state]")).to_have_text("Saved")
    found = kept(session, event, "image-1")
    assert (len(found["image"]), found["alt"], found["width"] / found["height"]) == (32, "Our logo", 2)


def test_who_saves_second_is_asked(designer: Page, context: BrowserContext, event: Event, session: Session) -> None:
    other = context.new_page()
    other.goto(designer.url)
    other.locator("#name").fill("Theirs")
    other.keyboard.press("Control+s")
    expect(other.locator("[data-state]")).to_have_text("Saved")
    designer.locator("#name").fill("Mine")
    designer.keyboard.press("Control+s")
    asked = designer.get_by_role("dialog", name="Saved by somebody else")
    expect(asked).to_be_visible()
    asked.get_by_role("button", name="Save as a copy").click()
    designer.wait_for_url("**/designs/mine")
    session.rollback()
    assert [one.name for one in queries.designs_of(session, event.id)] == ["Mine", "Theirs"]


def test_leaving_with_something_unsaved_is_asked(designer: Page, server: str) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    designer.on("dialog", stay)
    piece(designer, "name").focus()
    designer.keyboard.press("ArrowRight")
    expect(designer.locator("[data-state]")).to_have_text("Not saved yet")
    with designer.expect_event("dialog"):
        designer.get_by_role("link", name="Designs", exact=True).click(no_wait_after=True)
    assert (asked, designer.url) == (["beforeunload"], f"{server}/manage/events/ours/badges/designs/card")


def test_a_server_that_is_gone_loses_nothing(designer: Page) -> None:
    piece(designer, "name").focus()
    designer.route("**/designs/card", lambda route: route.abort())
    designer.keyboard.press("ArrowRight")
    designer.keyboard.press("Control+s")
    wrong = designer.locator("[data-wrong]")
    expect(wrong).to_be_focused()
    expect(wrong).to_contain_text("What you drew stays here")
    expect(designer.locator("[data-state]")).to_have_text("Not saved yet")
    designer.unroute("**/designs/card")
    designer.keyboard.press("Control+s")
    expect(designer.locator("[data-state]")).to_have_text("Saved")
    expect(wrong).to_be_hidden()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_table_is_whole_and_accessible_while_drawing(
    designer: Page, accessible: Check, size: dict[str, int]
) -> None:
    designer.set_viewport_size(size)  # type: ignore[arg-type]
    for kind in ("text", "access", "image", "box", "bar"):
        designer.locator("#add").select_option(kind)
        assert designer.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    designer.get_by_role("button", name="Add a mark").count()
    accessible(designer)
    below = designer.locator("[data-panel]").bounding_box()
    desk = designer.locator("[data-paper]").bounding_box()
    assert below is not None
    assert desk is not None
    assert (below["y"] > desk["y"] + desk["height"]) == (size == PHONE)


def test_what_came_from_elsewhere_is_drawn_too(designer: Page, event: Event, session: Session) -> None:
    """A mark of consent to a statement that this event does not ask, and a picture that is not here."""
    document = said_design(built_in("a6"))
    place = {"x": 40, "y": 100, "width": 30, "height": 10}
    document["sides"]["front"] += [
        {"id": "photo", "kind": "consent", "question": "photo"} | place,
        {"id": "logo", "kind": "image", "image": "0" * 32} | place,
    ]
    with transaction() as writing:
        actions.keep_design(writing, event.id, key="card", name="Card", design=document, now=clock.now())
    wrong: list[str] = []
    designer.on("pageerror", lambda error: wrong.append(str(error)))
    designer.reload()
    is_drawn(designer)
    for id in ("photo", "logo"):
        piece(designer, id).focus()
        designer.keyboard.press("ArrowUp")
    designer.keyboard.press("Control+s")
    expect(designer.locator("[data-state]")).to_have_text("Saved")
    assert (kept(session, event, "photo")["y"], kept(session, event, "logo")["y"], wrong) == (99, 99, [])


def test_a_finger_moves_what_is_chosen(server: str, sign_in: SignIn, cast: Cast, event: Event, browser: Any) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True)
    sign_in(context, cast.ada)
    page = context.new_page()
    page.goto(f"{server}/manage/events/ours/badges/designs/card")
    is_drawn(page)
    page.locator("#snap").uncheck()
    piece(page, "mark").tap()
    x, y = (float(value) for value in place(page, "x", "y"))
    box = piece(page, "mark").bounding_box()
    assert box is not None
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    session = context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    for step in (10, 25, 40):
        points = [{"x": at["x"] + step, "y": at["y"] - step}]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    moved = [float(value) for value in place(page, "x", "y")]
    assert (moved[0] > x + 5, moved[1] < y - 5) == (True, True)
    context.close()


def test_a_badge_read_from_the_right_is_drawn_from_the_right(
    context: BrowserContext, server: str, sign_in: SignIn, cast: Cast, session: Session
) -> None:
    event = make_event(slug="arabic", owner=cast.ada, language="ar")
    with transaction() as writing:
        document = said_design(built_in("a6"))
        actions.keep_design(writing, event.id, key=None, name="Card", design=document, now=clock.now())
    sign_in(context, cast.ada)
    page = context.new_page()
    page.goto(f"{server}/manage/events/arabic/badges/designs/card")
    is_drawn(page)
    page.locator("#snap").uncheck()
    paper, mark = page.locator("[data-paper]").bounding_box(), piece(page, "mark").bounding_box()
    assert paper is not None
    assert mark is not None
    piece(page, "mark").focus()
    [x] = place(page, "x")
    scale = paper["width"] / 105
    assert (paper["x"] + paper["width"] - mark["x"] - mark["width"]) / scale == pytest.approx(float(x), abs=0.3)
    page.keyboard.press("ArrowLeft")
    assert float(place(page, "x")[0]) == pytest.approx(float(x) + 1)


def test_without_script_the_design_is_a_form(
    browser: Any, server: str, sign_in: SignIn, cast: Cast, event: Event, session: Session
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, cast.ada)
    page = context.new_page()
    page.goto(f"{server}/manage/events/ours/badges/designs/card")
    expect(page.get_by_role("img", name="The front of this design")).to_be_visible()
    area = page.get_by_label("Design as JSON")
    area.fill(area.input_value().replace('"{event}"', '"{event} 2026"', 1))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert kept(session, event, "event")["text"] == "{event} 2026"
    area.fill("{}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("version: must be 1")
    context.close()

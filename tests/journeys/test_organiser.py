"""An organiser's way: from signing in to a public event with a programme and a deck, and to its end."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy.orm import Session

from eventsys.accounts import actions as accounts
from eventsys.accounts.models import User
from eventsys.events.queries import find_event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import PASSWORD, Cast
from tests.factories.registration import make_registration
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.reading import Post, subjects

TITLE = "Disaster-resilient societies: from projects to practice"
DAY = clock.now().date() + timedelta(days=40)


def agenda(day: date) -> FilePayload:
    """A morning as a secretary writes it: two rooms, a break, a session with a talk."""
    rows = [
        ["day", "start", "end", "room", "track", "kind", "title", "people", "project"],
        [
            day.isoformat(),
            "9:00",
            "9:30",
            "Plenary hall",
            "",
            "opening",
            "Welcome",
            "Ioanna Papadaki (KEMEA) – chair",
            "",
        ],
        ["", "9:30", "10:45", "Plenary hall", "DRS", "talks", "Results; in brief", "", ""],
        ["", "", "", "", "", "talk", "Floods, seen from above", "Jan Novák", "STARLIGHT"],
        ["", "9:30", "10:45", "Room B", "DRS", "panel", "From pilots to practice", "Åsa Öberg – moderator", ""],
        ["", "10:45", "11:15", "", "", "break", "Coffee", "", ""],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return {"name": "agenda.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode("utf-8-sig")}


def deck() -> bytes:
    """Two slides as a real PDF."""
    import pypdfium2

    document, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(2):
        document.new_page(960, 540)
    document.save(out)
    document.close()
    return out.getvalue()


@pytest.fixture
def ada(session: Session, cast: Cast) -> User:
    """Ada with a password."""
    with transaction() as writing:
        return accounts.create_user(
            writing,
            email="ada.l@example.org",
            name="Ada Lovelace",
            role="organiser",
            password=PASSWORD,
            now=clock.now(),
        )


def sign_in(page: Page, server: str) -> None:
    page.goto(f"{server}/manage/")
    expect(page).to_have_url(f"{server}/sign-in?next=/manage/")
    page.get_by_label("E-mail").fill("ada.l@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{server}/manage/")


def create(page: Page) -> None:
    page.get_by_role("link", name="New event").first.click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("First day").fill(DAY.isoformat())
    page.get_by_label("Begins at").fill("09:00")
    page.get_by_label("Ends at").fill("17:30")
    page.get_by_label("Venue").fill("BAO Congress Centre")
    page.get_by_label("City").fill("Brussels")
    page.get_by_label("Country").select_option("BE")
    page.get_by_label("Summary").fill("What DRS projects found, for those who respond.")
    page.get_by_label("Themes").fill("DRS")
    page.get_by_role("button", name="Create the draft").click()
    expect(page).to_have_url(re.compile(f"/manage/events/{slug()}/"))


def slug() -> str:
    return f"disaster-resilient-societies-from-projects-to-practice-{DAY.year}"


def import_programme(page: Page, desk: str) -> None:
    """A look at what would change writes nothing; then it is written."""
    page.goto(f"{desk}/exchange")
    page.get_by_label("File").set_input_files(agenda(DAY))
    page.get_by_role("button", name="Look at what would change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would change")
    expect(page.locator("main")).to_contain_text("From pilots to practice")
    looking = page.context.new_page()
    looking.goto(f"{desk}/programme")
    expect(looking.get_by_role("link", name="Welcome")).to_have_count(0)
    looking.close()
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text("Imported.")).to_be_visible()
    for title in ("Welcome", "Results; in brief", "From pilots to practice", "Coffee"):
        expect(page.get_by_role("link", name=title).first).to_be_visible()


def edit(page: Page, desk: str) -> None:
    """A room gets its seats, a session another name and half an hour more; 50 seats on site, none counted online."""
    page.goto(f"{desk}/rooms")
    row = page.locator(".places li", has=page.locator("input[value='Room B']"))
    row.get_by_label("Room", exact=True).fill("Room Berlaymont")
    row.get_by_label("Seats").fill("40")
    row.get_by_role("button", name="Save Room B").click()
    expect(page.locator("input[value='Room Berlaymont']")).to_be_visible()
    page.goto(f"{desk}/programme")
    page.get_by_role("link", name="From pilots to practice").first.click()
    page.get_by_label("Title").first.fill("From pilots to everyday practice")
    page.get_by_label("Ends at").fill("11:00")
    page.get_by_label("or its length in minutes").fill("")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("link", name="From pilots to everyday practice").first).to_be_visible()
    page.goto(f"{desk}/registration-form")
    page.get_by_label("Seats on site").fill("50")
    page.get_by_label("Places online").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Seats on site")).to_have_value("50")


def put_up(page: Page, desk: str, pdf: bytes) -> None:
    page.goto(f"{desk}/materials")
    page.get_by_label("Title").fill("What we found")
    page.get_by_label("Belongs to").select_option(label="Results; in brief")
    page.get_by_label("File").set_input_files({"name": "deck.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.get_by_role("button", name="Put it up").click()
    expect(page.get_by_role("link", name="What we found")).to_be_visible()


def publish(page: Page, desk: str, visitor: Page) -> None:
    public = desk.replace("/manage", "")
    answer = visitor.goto(f"{public}/")
    assert answer is not None
    assert answer.status == 404
    page.goto(f"{desk}/edit")
    page.get_by_role("link", name="Publish…").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Everybody sees it.").or_(page.get_by_text("The event is public"))).to_be_visible()


def visit(visitor: Page, server: str, pdf: bytes) -> None:
    """From the home page to the agenda, a session, and its slides as they were put up."""
    visitor.goto(f"{server}/")
    visitor.get_by_role("link", name=TITLE).first.click()
    expect(visitor.get_by_text("50 of 50 seats left")).to_be_visible()
    visitor.get_by_role("link", name="Agenda", exact=True).click()
    for title in ("Welcome", "From pilots to everyday practice", "Coffee"):
        expect(visitor.get_by_text(title, exact=True).first).to_be_visible()
    expect(visitor.get_by_text("Room Berlaymont").locator("visible=true").first).to_be_visible()
    visitor.get_by_role("link", name="Results; in brief").first.click()
    expect(visitor.get_by_text("Floods, seen from above")).to_be_visible()
    expect(visitor.get_by_text("STARLIGHT").first).to_be_visible()
    found = visitor.get_by_role("link", name="What we found")
    answer = visitor.request.get(found.evaluate("link => link.href"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.body() == pdf


def copy(page: Page, desk: str) -> None:
    """The same once more, a year later: a draft with the programme, without people's registrations."""
    page.goto(f"{desk}/edit")
    page.get_by_role("link", name="Copy this event").click()
    page.get_by_label("Title").fill("The second time")
    page.get_by_label("Address").fill("second-time")
    page.get_by_role("button", name="Make the copy").click()
    expect(page.get_by_text("The copy is a draft: only its team sees it.")).to_be_visible()
    expect(page.get_by_label("First day")).to_have_value((DAY + timedelta(weeks=52)).isoformat())
    page.goto(desk.replace(slug(), "second-time") + "/programme")
    expect(page.get_by_role("link", name="From pilots to everyday practice").first).to_be_visible()


def cancel(page: Page, desk: str, visitor: Page) -> None:
    page.goto(f"{desk}/edit")
    page.get_by_role("link", name="Cancel the event…").click()
    page.get_by_label("What people are told").fill("The venue is flooded.")
    page.get_by_role("button", name="Cancel the event").click()
    answer = visitor.goto(desk.replace("/manage", "") + "/")
    assert answer is not None
    assert answer.status == 200
    expect(visitor.get_by_text("The venue is flooded.").first).to_be_visible()
    expect(visitor.get_by_role("link", name="Register", exact=True)).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_signing_in_to_a_public_event_and_its_end(
    size: dict[str, int], browser: Browser, server: str, session: Session, ada: User, post: Post
) -> None:
    own, foreign = (browser.new_context(viewport=size, reduced_motion="reduce") for _ in range(2))  # type: ignore[arg-type]
    page, visitor = own.new_page(), foreign.new_page()
    desk, pdf = f"{server}/manage/events/{slug()}", deck()
    sign_in(page, server)
    create(page)
    import_programme(page, desk)
    edit(page, desk)
    put_up(page, desk, pdf)
    publish(page, desk, visitor)
    visit(visitor, server, pdf)

    session.rollback()
    event = find_event(session, slug())
    assert event is not None
    for name in ("bo", "cyd"):
        make_registration(event, first_name=name, email=f"{name}@example.org")
    assert {address for address, _subject in subjects(post.work())} == {"bo@example.org", "cyd@example.org"}
    copy(page, desk)
    assert post.work() == []
    cancel(page, desk, visitor)
    assert subjects(post.work()) == [
        ("bo@example.org", f"Cancelled: {TITLE}"),
        ("cyd@example.org", f"Cancelled: {TITLE}"),
    ]
    assert post.work() == []
    for context in (own, foreign):
        context.close()

"""The pages of badge designs: who may open and change them, what is refused, and that nothing is lost on the way."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.badges import actions, pictures
from eventsys.badges.designs import FORMATS, built_in, said_design
from eventsys.badges.models import BadgeDesign
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.registration import make_registration
from tests.forms import csrf_token, form_fields, post_form

BASE = "/manage/events/{slug}/badges"


def make_design(event: Event, name: str = "Participants", format: str = "a6", **changes: Any) -> BadgeDesign:
    document = said_design(built_in(format)) | changes
    with transaction() as session:
        return actions.keep_design(session, event.id, key=None, name=name, design=document, now=clock.now())


def as_picture(size: tuple[int, int] = (60, 30)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def kept(session: Session) -> dict[str, BadgeDesign]:
    return {found.key: found for found in session.scalars(select(BadgeDesign).order_by(BadgeDesign.id))}


def send(browser: FlaskClient, url: str, body: Any, *, token: str | None = None) -> Any:
    """What the designer's script sends."""
    headers = {"X-CSRFToken": csrf_token(browser) if token is None else token}
    return browser.post(url, json=body, headers=headers)


@pytest.fixture
def event(cast: Cast, session: Session) -> Event:
    found = make_event(slug="ours", owner=cast.ada, door=cast.dee, venue_name="BAO")
    make_event(slug="theirs", owner=cast.al)
    make_design(found)
    make_registration(found, first_name="Aegidius", last_name="Secretary-General of the Longest Name")
    return found


GETS = ["/designs", "/designs/participants", "/designs/participants/file", "/designs/participants/picture.png"]


@pytest.mark.parametrize("path", GETS)
def test_designs_are_the_organisers_alone(cast: Cast, event: Event, path: str) -> None:
    url = BASE.format(slug="ours") + path
    codes = [cast.browser_of(who).get(url).status_code for who in (cast.ada, cast.dee, cast.al)]
    assert codes == [200, 403, 403]
    assert cast.app.test_client().get(url).status_code == 303


def test_designs_of_another_event_are_not_there(cast: Cast, event: Event, session: Session) -> None:
    browser, base = cast.browser_of(cast.al), BASE.format(slug="theirs")
    found = pictures.keep(event.id, as_picture())
    assert [browser.get(base + path).status_code for path in GETS[1:]] == [404, 404, 404]
    assert browser.get(f"{base}/pictures/{found.id}").status_code == 404
    saved = send(browser, f"{base}/designs/participants", {"name": "Mine", "design": said_design(built_in("a7"))})
    assert (saved.status_code, saved.json["error"]["code"]) == (404, "design_unknown")
    for deed in ("remove", "default", "duplicate"):
        gone = browser.post(f"{base}/designs/participants/{deed}", data={"csrf_token": csrf_token(browser)})
        assert gone.status_code == 404
    assert [(one.name, one.design["format"]) for one in kept(session).values()] == [("Participants", "a6")]


@pytest.mark.parametrize("path", ["/designs/participants", "/trial"])
def test_what_the_script_asks_needs_its_token_and_the_role(
    cast: Cast, event: Event, session: Session, path: str
) -> None:
    url, body = BASE.format(slug="ours") + path, {"name": "X", "design": said_design(built_in("a7"))}
    browser = cast.browser_of(cast.ada)
    assert send(browser, url, body, token="").status_code == 400
    assert send(cast.browser_of(cast.dee), url, body).status_code == 403
    assert send(cast.app.test_client(), url, body).status_code == 401
    assert kept(session)["participants"].design["format"] == "a6"
    assert send(browser, url, body).status_code == 200


def test_a_design_begins_as_a_format_is_saved_copied_chosen_and_removed(
    cast: Cast, event: Event, session: Session
) -> None:
    browser, base = cast.browser_of(cast.ada), BASE.format(slug="ours") + "/designs"
    begun = post_form(browser, base, having="start", name=" Desk ", start="62x100")
    assert begun.location == base + "/desk"
    copied = browser.post(f"{base}/desk/duplicate", data={"csrf_token": csrf_token(browser)})
    assert copied.location == base + "/desk-copy"
    assert [one.is_default for one in kept(session).values()] == [True, False, False]
    browser.post(f"{base}/desk/default", data={"csrf_token": csrf_token(browser)})
    browser.post(f"{base}/participants/remove", data={"csrf_token": csrf_token(browser)})
    found = kept(session)
    assert {key: (one.name, one.design["format"], one.is_default) for key, one in found.items()} == {
        "desk": ("Desk", "62x100", True),
        "desk-copy": ("Desk (copy)", "62x100", False),
    }
    page = browser.get(base).data
    assert "The design “Participants” is removed.".encode() in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 2}, "version: must be 1"),
        ({"format": "a5"}, "format: must be one of a6"),
        ({"colour": "red"}, "“colour” is not known here"),
        ({"sides": {"front": [{"kind": "text", "id": "a", "x": 0, "y": 0, "width": 500, "height": 9,
                               "text": "{name}", "size": 9}]}}, "front, element 1 (text): width must be between"),
        ({"sides": {"front": [{"kind": "spell", "id": "a"}]}}, "front, element 1: kind must be one of"),
        ({"sides": {"front": []}}, "front: there must be at least one element"),
    ],
)  # fmt: skip
def test_what_is_no_design_is_refused_by_its_place_and_nothing_is_kept(
    cast: Cast, event: Event, session: Session, change: dict[str, Any], told: str
) -> None:
    browser, base = cast.browser_of(cast.ada), BASE.format(slug="ours")
    body = {"name": "Broken", "design": said_design(built_in("a6")) | change}
    for path in ("/designs/participants", "/trial"):
        answer = send(browser, base + path, body)
        assert (answer.status_code, answer.json["error"]["code"]) == (422, "design_misread")
        assert told in answer.json["error"]["message"]
    text = json.dumps(body["design"])
    page = post_form(browser, f"{base}/designs/participants", having="design", name="Broken", design=text)
    assert (page.status_code, told in page.text) == (422, True)
    # What was typed is still there.
    assert any(text in (area.text or "") for area in html.fromstring(page.data).iter("textarea"))
    assert (
        browser.post(f"{base}/trial.pdf", data={"csrf_token": csrf_token(browser), "design": text}).status_code == 422
    )
    assert kept(session)["participants"].name == "Participants"


@pytest.mark.parametrize("body", ["[]", "{", "NaN", '{"design": NaN}', '{"a":' * 5000, "7", '"\\u0000"', ""])
def test_what_is_no_json_is_refused(cast: Cast, event: Event, session: Session, body: str) -> None:
    browser = cast.browser_of(cast.ada)
    headers = {"X-CSRFToken": csrf_token(browser), "Content-Type": "application/json"}
    for path in ("/designs/participants", "/trial"):
        assert browser.post(BASE.format(slug="ours") + path, data=body, headers=headers).status_code == 422
    large = '{"name": "' + "x" * 1_000_000 + '"}'
    assert browser.post(BASE.format(slug="ours") + "/trial", data=large, headers=headers).status_code == 422


@pytest.mark.parametrize("letters", ["a\0b", "a\ud800b", "\u202eevil"])
def test_letters_that_no_database_keeps_do_no_harm(cast: Cast, event: Event, session: Session, letters: str) -> None:
    browser = cast.browser_of(cast.ada)
    document = said_design(built_in("a6"))
    document["sides"]["front"][0]["text"] = letters
    answer = send(browser, BASE.format(slug="ours") + "/designs/participants", {"name": letters, "design": document})
    assert answer.status_code in (200, 422)
    assert kept(session)["participants"].name


def test_who_saves_second_is_told_and_loses_nothing(cast: Cast, event: Event, session: Session) -> None:
    browser, url = cast.browser_of(cast.ada), BASE.format(slug="ours") + "/designs/participants"
    seen = form_fields(browser.get(url).data, having="seen")["seen"]
    small, other = said_design(built_in("a7")), said_design(built_in("96x82"))
    first = send(browser, url, {"name": "First", "design": small, "seen": seen})
    second = send(browser, url, {"name": "Second", "design": other, "seen": seen})
    assert (first.status_code, second.status_code, second.json["error"]["code"]) == (200, 409, "design_changed")
    assert kept(session)["participants"].name == "First"
    copy = send(browser, url, {"name": "Second", "design": other, "seen": seen, "copy": True})
    assert copy.json["url"].endswith("/designs/second")
    again = send(browser, url, {"name": "Third", "design": other, "seen": first.json["seen"]})
    assert again.status_code == 200
    # Without script the page says so, keeps what was typed, and takes it at the second press.
    fields = {"name": "Plain", "design": json.dumps(small), "csrf_token": csrf_token(browser), "seen": seen}
    told = browser.post(url, data=fields)
    assert told.status_code == 422
    fresh = form_fields(told.data, having="seen")["seen"]
    assert browser.post(url, data=fields | {"seen": fresh}).status_code == 303
    assert {key: one.name for key, one in kept(session).items()} == {"participants": "Plain", "second": "Second"}


def test_a_trial_shows_who_was_asked_for(cast: Cast, event: Event, session: Session) -> None:
    browser, url = cast.browser_of(cast.ada), BASE.format(slug="ours") + "/trial"
    design = said_design(built_in("a6"))
    shown = {
        face: send(browser, url, {"design": design, "side": "front", "face": face, "number": number}).json
        for face, number in (("typical", 0), ("longest", 0), ("person", 7), ("arabic", 0), ("nobody", 0))
    }
    longest = "Aegidius Secretary-General of the Longest Name"
    assert {face: found["who"] for face, found in shown.items()} == {
        "typical": "Katrin Lindqvist", "longest": longest, "person": longest,
        "arabic": "عبد الرحمن بن محمد الخطيب الهاشمي", "nobody": "Katrin Lindqvist",
    }  # fmt: skip
    assert all(found["picture"].startswith("data:image/png;base64,") for found in shown.values())
    assert len({found["picture"] for found in shown.values()}) == 3
    assert (shown["person"]["number"], shown["person"]["warnings"]) == (0, [])
    empty = send(browser, url, {"design": design, "side": "back", "face": "typical"}).json
    assert empty["picture"] != shown["typical"]["picture"]
    made = browser.post(
        BASE.format(slug="ours") + "/trial.pdf", data={"csrf_token": csrf_token(browser), "design": json.dumps(design)}
    )
    assert (made.status_code, made.data[:5], made.content_type) == (200, b"%PDF-", "application/pdf")


def test_a_picture_is_taken_shown_to_organisers_and_printed(cast: Cast, event: Event, session: Session) -> None:
    browser, base = cast.browser_of(cast.ada), BASE.format(slug="ours")
    headers = {"X-CSRFToken": csrf_token(browser)}
    taken: Any = browser.post(f"{base}/pictures", data={"file": (BytesIO(as_picture()), "logo.png")}, headers=headers)
    found = taken.json["id"]
    assert (taken.json["width"], taken.json["height"]) == (60, 30)
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    refused: Any = browser.post(f"{base}/pictures", data={"file": (BytesIO(drawing), "logo.png")}, headers=headers)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "picture_is_drawing")
    assert browser.post(f"{base}/pictures", data={"file": (BytesIO(as_picture()), "l.png")}).status_code == 400
    shown = browser.get(f"{base}/pictures/{found}")
    assert (shown.status_code, shown.content_type) == (200, "image/png")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert [cast.browser_of(who).get(f"{base}/pictures/{found}").status_code for who in (cast.dee, cast.al)] == [
        403
    ] * 2
    design = said_design(built_in("a6"))
    without = send(browser, f"{base}/trial", {"design": design, "face": "typical"}).json["picture"]
    design["sides"]["front"].append(
        {"id": "logo", "kind": "image", "x": 60, "y": 90, "width": 30, "height": 15, "image": found}
    )
    assert send(browser, f"{base}/trial", {"design": design, "face": "typical"}).json["picture"] != without


def test_a_design_is_carried_to_another_event_with_its_pictures(cast: Cast, event: Event, session: Session) -> None:
    picture = pictures.keep(event.id, as_picture())
    logo = {"id": "logo", "kind": "image", "x": 5, "y": 5, "width": 20, "height": 10, "image": picture.id}
    sides = said_design(built_in("a6"))["sides"]
    make_design(event, "With a logo", sides=sides | {"back": [logo]})
    file = cast.browser_of(cast.ada).get(BASE.format(slug="ours") + "/designs/with-a-logo/file")
    assert file.headers["Content-Disposition"].startswith("attachment")
    als, base = cast.browser_of(cast.al), BASE.format(slug="theirs")
    fields = {"csrf_token": csrf_token(als)}
    taken = als.post(f"{base}/design-files", data=fields | {"file": (BytesIO(file.data), "x.json")})
    assert taken.location == f"{base}/designs/with-a-logo"
    assert als.get(f"{base}/pictures/{picture.id}").data == pictures.read(event.id, picture.id)
    bare = json.dumps(said_design(built_in("fold"))).encode()
    assert als.post(f"{base}/design-files", data=fields | {"file": (BytesIO(bare), "x.json")}).status_code == 303
    for wrong in (b"", b"{}", b"\xff", b'{"name": "x", "design": {}}', b'{"name": "x", "desing": {}}'):
        refused = als.post(f"{base}/design-files", data=fields | {"file": (BytesIO(wrong), "x.json")})
        assert (refused.status_code, b"data-takes-focus" in refused.data) == (422, True)
    assert als.post(f"{base}/design-files", data=fields).status_code == 422
    assert sorted(kept(session)) == ["badge", "participants", "with-a-logo"]


def test_an_event_without_designs_shows_how_to_begin(cast: Cast, event: Event) -> None:
    page = html.fromstring(cast.browser_of(cast.al).get(BASE.format(slug="theirs") + "/designs").data)
    assert len(page.find_class("empty")) == 1
    assert len([one for one in page.iter("input") if one.get("name") == "start"]) == len(FORMATS)


def test_a_list_of_thirty_costs_as_much_as_a_list_of_one(cast: Cast, event: Event, session: Session) -> None:
    browser, url = cast.browser_of(cast.ada), BASE.format(slug="ours") + "/designs"
    with statements() as one:
        assert browser.get(url).status_code == 200
    for number in range(29):
        make_design(event, f"Design {number}")
    with statements() as thirty:
        page = html.fromstring(browser.get(url).data)
    assert (len(page.find_class("design-card")), len(thirty)) == (30, len(one))

"""Who gets which file, how it is handed out, and what is refused before a byte of it is read."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import clock, storage
from eventsys.kernel.access import LET_IN
from eventsys.kernel.database import transaction
from eventsys.materials import actions
from eventsys.materials.models import Material, MaterialVersion
from eventsys.registration.models import Registration
from tests.cast import Cast
from tests.factories import make_event, make_session
from tests.factories.materials import PDF, PNG, make_material, zipped
from tests.factories.registration import make_registration
from tests.forms import csrf_token, post_form

AUDIENCES = ("public", "registered", "online", "onsite", "staff")
DESK = "/manage/events/forum/materials"


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    return make_event(owner=cast.ada, door=cast.dee, slug="forum", onsite=1, online=None)


def browser(app: Flask, registration: Registration) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[LET_IN] = [registration.id]
    return client


@pytest.fixture
def visitors(app: Flask, event: Event, cast: Cast) -> dict[str, FlaskClient]:
    onsite, waiting = make_registration(event, mode="onsite"), make_registration(event, mode="onsite")
    assert waiting.state == "waiting"
    return {
        "stranger": app.test_client(),
        "waiting": browser(app, waiting),
        "online": browser(app, make_registration(event, mode="online")),
        "onsite": browser(app, onsite),
        "elsewhere": browser(app, make_registration(make_event(online=None), mode="online")),
        "other organiser": cast.browser_of(cast.al),
        "door": cast.browser_of(cast.dee),
        "owner": cast.browser_of(cast.ada),
        "administrator": cast.browser_of(cast.eve),
    }


def path(material: Material, more: str = "") -> str:
    return f"/events/forum/materials/{material.key}{more}"


# What each is answered for public, registered, online, onsite, staff.
ANSWERS = {
    "stranger": [200, 403, 403, 403, 404],
    # Who waits for a seat takes part online meanwhile.
    "waiting": [200, 200, 200, 403, 404],
    "elsewhere": [200, 403, 403, 403, 404],
    "other organiser": [200, 403, 403, 403, 403],
    "online": [200, 200, 200, 403, 404],
    "onsite": [200, 200, 403, 200, 404],
    "door": [200, 200, 200, 200, 200],
    "owner": [200, 200, 200, 200, 200],
    "administrator": [200, 200, 200, 200, 200],
}


@pytest.mark.parametrize("content", [PDF, "https://cloud.example.org/s3cret"], ids=["file", "link"])
def test_each_audience_gets_it_and_nobody_else(
    event: Event, visitors: dict[str, FlaskClient], content: bytes | str
) -> None:
    made = {each: make_material(event, f"For {each}", audience=each, content=content) for each in AUDIENCES}
    good = 302 if isinstance(content, str) else 200
    for who, client in visitors.items():
        for address in ("", "/slides.pdf", "?version=1"):
            answers = [client.get(path(made[each], address)) for each in AUDIENCES]
            expected = [good if code == 200 else code for code in ANSWERS[who]]
            assert (who, address, [answer.status_code for answer in answers]) == (who, address, expected)
            leaks = [each for each, answer in zip(AUDIENCES, answers, strict=True) if answer.status_code > 302
                     and ("s3cret" in str(answer.headers) + answer.text or PDF in answer.data)]  # fmt: skip
            assert leaks == []


@pytest.mark.parametrize("who", list(ANSWERS))
def test_the_list_links_what_is_theirs_and_names_the_rest(
    event: Event, visitors: dict[str, FlaskClient], who: str
) -> None:
    for each in AUDIENCES:
        make_material(event, f"For {each}", audience=each, content="https://cloud.example.org/s3cret")
    page = visitors[who].get("/events/forum/materials")
    listed = html.fromstring(page.data).xpath("//ul[@class='materials']/li")
    linked = [item.xpath("string(.//h3)") for item in listed if item.xpath(".//h3/a")]
    assert linked == [f"For {each}" for each, code in zip(AUDIENCES, ANSWERS[who], strict=True) if code == 200]
    may_know_of_the_teams = who in ("door", "owner", "administrator")
    assert len(listed) == (5 if may_know_of_the_teams else 4)
    assert ("For staff" in page.text) == may_know_of_the_teams
    assert "s3cret" not in page.text
    assert ("Not everything here is open to you" in page.text) == (not may_know_of_the_teams)


def test_the_list_says_what_each_is(event: Event, client: FlaskClient) -> None:
    assert "Nothing is here yet" in client.get("/events/forum/materials").text
    entry = make_session(event, "The panel")
    make_material(event, "Deck", entry=entry, content=PDF + b"x" * 2_390_000)
    make_material(event, "Report of the event", kind="report")
    page = html.fromstring(client.get("/events/forum/materials").data)
    assert page.xpath("//section[contains(@class, 'hung')]/descendant::h2/descendant-or-self::*/text()") == [
        "The whole event", "The panel"
    ]  # fmt: skip
    facts = [span.text_content() for span in page.xpath("//section[@id]//p[@class='meta']/span")][:3]
    assert facts == ["Slides", "PDF", "2.4\N{NO-BREAK SPACE}MB"]


def test_thirty_materials_cost_as_many_questions_as_one(event: Event, client: FlaskClient, session: Session) -> None:
    from tests.streams.test_views import count_statements

    make_material(event, entry=make_session(event), content="https://a.example/")
    client.get("/events/forum/materials")
    few = count_statements(session, lambda: client.get("/events/forum/materials"))
    for _ in range(29):
        make_material(event, entry=make_session(event), content="https://a.example/")
    assert count_statements(session, lambda: client.get("/events/forum/materials")) == few


def test_drafts_hand_nothing_out(session: Session, client: FlaskClient, cast: Cast) -> None:
    draft = make_event(owner=cast.ada, slug="draft", status="draft", published_at=None)
    address = f"/events/draft/materials/{make_material(draft).key}"
    assert client.get(address).status_code == 404
    assert client.get("/events/draft/materials").status_code == 404
    answer = cast.browser_of(cast.ada).get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")


def test_a_material_of_another_event_is_unknown_here(event: Event, client: FlaskClient) -> None:
    other = make_event(slug="other")
    assert client.get(path(make_material(other))).status_code == 404


@pytest.mark.parametrize(
    ("filename", "content", "media_type", "kind"),
    [
        ("a.pdf", PDF, "application/pdf", "inline"),
        ("a.png", PNG, "image/png", "inline"),
        ("a.txt", b"<script>alert(1)</script>", "text/plain; charset=utf-8", "attachment"),
        ("a.csv", b"<html>=1+1", "text/csv; charset=utf-8", "attachment"),
        ("a.zip", zipped(x=b"y"), "application/zip", "attachment"),
    ],
)
def test_only_what_runs_nothing_is_shown_in_place(
    event: Event, client: FlaskClient, filename: str, content: bytes, media_type: str, kind: str
) -> None:
    answer = client.get(path(make_material(event, content=content, filename=filename), "/evil.html"))
    assert answer.data == content
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"].startswith(f'{kind}; filename="{filename}"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert ("sandbox" in policy) == (kind == "attachment")


def test_a_name_cannot_write_headers(event: Event, client: FlaskClient) -> None:
    answer = client.get(path(make_material(event, filename='a\r\nSet-Cookie: x=1\u202e".pdf')))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Disposition"] == (
        "inline; filename=\"a-set-cookie-x-1.pdf\"; filename*=UTF-8''a%20Set-Cookie%3A%20x%3D1%22.pdf"
    )


SIZE = len(PDF)


@pytest.mark.parametrize(
    ("asked", "code", "part", "said"),
    [
        ("bytes=0-0", 206, slice(0, 1), f"bytes 0-0/{SIZE}"),
        ("bytes=5-9", 206, slice(5, 10), f"bytes 5-9/{SIZE}"),
        ("bytes=5-", 206, slice(5, None), f"bytes 5-{SIZE - 1}/{SIZE}"),
        ("bytes=-3", 206, slice(-3, None), f"bytes {SIZE - 3}-{SIZE - 1}/{SIZE}"),
        ("bytes=-999999", 206, slice(None), f"bytes 0-{SIZE - 1}/{SIZE}"),
        ("bytes=0-99999999999999999999999", 206, slice(None), f"bytes 0-{SIZE - 1}/{SIZE}"),
        (f"bytes={SIZE}-", 416, slice(0, 0), f"bytes */{SIZE}"),
        ("bytes=99999999999999999999999-", 416, slice(0, 0), f"bytes */{SIZE}"),
        ("bytes=0-1,4-5", 200, slice(None), None),
        ("bytes=9-5", 200, slice(None), None),
        ("bytes=x", 200, slice(None), None),
        ("bytes=" + "9" * 5000 + "-", 200, slice(None), None),
        ("lines=0-1", 200, slice(None), None),
    ],
)
def test_a_range_is_what_was_asked_for(
    event: Event, client: FlaskClient, asked: str, code: int, part: slice, said: str | None
) -> None:
    answer = client.get(path(make_material(event)), headers={"Range": asked})
    assert (answer.status_code, answer.data) == (code, PDF[part])
    assert answer.headers.get("Content-Range") == said
    assert answer.content_length == len(PDF[part])
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_range_of_what_has_changed_is_the_whole(event: Event, client: FlaskClient) -> None:
    address = path(make_material(event))
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"Range": "bytes=0-3", "If-Range": etag}).status_code == 206
    assert client.get(address, headers={"Range": "bytes=0-3", "If-Range": '"old"'}).data == PDF


def test_a_head_says_how_long_it_is_and_sends_nothing(event: Event, client: FlaskClient) -> None:
    address = path(make_material(event))
    for headers in ({}, {"Range": "bytes=0-3"}):
        answer = client.head(address, headers=headers)
        assert (answer.status_code, answer.content_length, answer.data) == (200, SIZE, b"")


def test_what_the_browser_has_is_not_sent_again(event: Event, client: FlaskClient) -> None:
    address = path(make_material(event))
    first = client.get(address)
    assert first.headers["Cache-Control"] == "no-cache"
    for headers in (
        {"If-None-Match": first.headers["ETag"]}, {"If-None-Match": f'"x", W/{first.headers["ETag"]}'},
        {"If-None-Match": "*"}, {"If-Modified-Since": first.headers["Last-Modified"]},
    ):  # fmt: skip
        again = client.get(address, headers=headers)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_what_is_not_for_everybody_is_kept_by_nobody_else(event: Event, visitors: dict[str, FlaskClient]) -> None:
    address = path(make_material(event, audience="registered"))
    answer = visitors["online"].get(address)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert visitors["stranger"].get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 403


def test_a_newer_version_takes_the_address_and_the_older_can_be_asked_for(
    event: Event, client: FlaskClient, cast: Cast
) -> None:
    material = make_material(event)
    newer = PDF + b"newer"
    answer = post_form(
        cast.browser_of(cast.ada), f"{DESK}/{material.key}", action=f"{DESK}/{material.key}/versions",
        file=(BytesIO(newer), "slides v2.pdf"),
    )  # fmt: skip
    assert answer.status_code == 303
    assert client.get(path(material)).data == newer
    assert client.get(path(material, "/slides.pdf")).data == newer
    assert client.get(path(material, "?version=1")).data == PDF
    assert client.get(path(material, "?version=3")).status_code == 404
    assert client.get(path(material, "?version=x")).status_code == 404
    assert "2 versions" in client.get("/events/forum/materials").text


def test_what_is_taken_away_is_gone_until_it_is_brought_back(event: Event, client: FlaskClient, cast: Cast) -> None:
    material = make_material(event)
    ada = cast.browser_of(cast.ada)
    assert post_form(ada, DESK, action=f"{DESK}/{material.key}/remove").status_code == 303
    assert client.get(path(material)).status_code == 404
    assert material.key not in client.get("/events/forum/materials").text
    assert post_form(ada, DESK, action=f"{DESK}/{material.key}/restore").status_code == 303
    assert client.get(path(material)).data == PDF


def test_an_organiser_puts_up_a_file_and_a_link(event: Event, client: FlaskClient, cast: Cast) -> None:
    ada, entry = cast.browser_of(cast.ada), make_session(event)
    answer = post_form(
        ada, DESK, having="file", title="Deck", kind="slides", audience="public", place=f"session:{entry.id}",
        file=(BytesIO(PDF), "deck.pdf"),
    )  # fmt: skip
    assert answer.status_code == 303
    answer = post_form(ada, DESK, having="file", title="Code", kind="link", url="https://code.example.org/x")
    assert answer.status_code == 303
    found = reading_all(Material)
    assert [(one.title, one.session_id, one.audience) for one in found] == [
        ("Deck", entry.id, "public"), ("Code", None, "public")
    ]  # fmt: skip
    assert client.get(path(found[0])).data == PDF
    assert client.get(path(found[1])).headers["Location"] == "https://code.example.org/x"


def reading_all(model: Any) -> list[Any]:
    with transaction() as session:
        return list(session.scalars(select(model).order_by(model.id)))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose a file, or give a link"),
        ({"file": (BytesIO(PDF), "a.pdf"), "url": "https://a.example/"}, "Choose a file, or give a link"),
        ({"file": (BytesIO(b""), "a.pdf")}, "is empty"),
        ({"file": (BytesIO(b"<html>"), "a.pdf")}, "its content is not what its name says"),
        ({"url": "javascript:alert(1)"}, "A link begins with https://"),
        ({"url": "https://a.example/", "title": ""}, "Give it a title"),
        ({"url": "https://a.example/", "place": "session:999999"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_put_up_is_said_beside_the_field(
    event: Event, cast: Cast, fields: dict[str, Any], sentence: str
) -> None:
    answer = post_form(cast.browser_of(cast.ada), DESK, having="file", **({"title": "Deck", "kind": "slides"} | fields))
    assert answer.status_code == 422
    assert sentence in html.fromstring(answer.data).xpath("string(//p[@class='wrong'])")
    assert reading_all(Material) == []
    assert stored_files() == []


def stored_files() -> list[str]:
    folder = storage.settings().data_dir / "files" / "materials"
    kept = {version.storage_key for version in reading_all(MaterialVersion)}
    return [file.name for file in folder.glob("*") if f"materials/{file.name}" not in kept and file.name not in before]


before: set[str] = set()


@pytest.fixture(autouse=True)
def _know_what_is_stored(session: Session) -> None:
    folder = storage.settings().data_dir / "files" / "materials"
    before.clear()
    before.update(file.name for file in folder.glob("*"))


def test_a_file_is_taken_back_when_what_it_is_for_is_refused(event: Event, cast: Cast) -> None:
    material = make_material(event, content="https://a.example/")
    ada = cast.browser_of(cast.ada)
    page = ada.get(f"{DESK}/{material.key}")
    token = html.fromstring(page.data).xpath("//form[@id='content']//input[@name='csrf_token']/@value")[0]
    original = actions.store_file

    def store_and_lose_the_material(*values: Any) -> actions.StoredFile:
        stored = original(*values)
        with transaction() as session:
            session.delete(session.get_one(Material, material.id))
        return stored

    with pytest.MonkeyPatch.context() as patch:
        # Somebody else deletes it while the upload is being stored.
        patch.setattr(actions, "store_file", store_and_lose_the_material)
        answer = ada.post(
            f"{DESK}/{material.key}/versions", data={"csrf_token": token, "file": (BytesIO(PDF), "a.pdf")}
        )
    assert answer.status_code == 404
    assert stored_files() == []


class Unread(BytesIO):
    """A body that notes whether anybody read from it."""

    was_read = False

    def read(self, size: int | None = -1) -> bytes:
        self.was_read = True
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        self.was_read = True
        return super().readinto(buffer)


@pytest.mark.parametrize("door", ["", "/{key}/versions"])
@pytest.mark.parametrize(
    ("who", "code"), [("stranger", 303), ("online", 303), ("other organiser", 403), ("door", 403), ("owner", 400)]
)
def test_nobody_else_may_send_gigabytes(
    event: Event, visitors: dict[str, FlaskClient], who: str, code: int, door: str
) -> None:
    """The owner's is read and refused for want of a token; of all others not a byte is read."""
    body = Unread(b"--x\r\n" + b"y" * 10_000)
    answer = visitors[who].post(
        DESK + door.format(key=make_material(event).key),
        input_stream=body,
        environ_overrides={"CONTENT_LENGTH": str(3 * 1024**3)},
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    assert (answer.status_code, body.was_read) == (code, who == "owner")


def test_other_forms_keep_their_small_limit(event: Event, cast: Cast) -> None:
    answer = cast.browser_of(cast.ada).post(
        "/manage/events/forum/streams", input_stream=Unread(b"x"), environ_overrides={"CONTENT_LENGTH": "5000000"},
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    assert answer.status_code == 413


@pytest.mark.parametrize("who", ["stranger", "online", "other organiser", "door"])
def test_the_desk_is_for_editors(event: Event, visitors: dict[str, FlaskClient], who: str) -> None:
    client, material = visitors[who], make_material(event)
    token = {"csrf_token": csrf_token(client)}
    expected = 303 if who in ("stranger", "online") else 403
    at = f"{DESK}/{material.key}"
    answers = [client.get(DESK), client.get(at), client.post(DESK, data=token), client.post(at, data=token),
               client.post(f"{at}/versions", data=token), client.post(f"{at}/remove", data=token),
               client.post(f"{at}/restore", data=token)]  # fmt: skip
    assert [answer.status_code for answer in answers] == [expected] * 7
    assert reading_all(Material)[0].removed_at is None


def test_a_material_of_another_event_cannot_be_changed_here(event: Event, cast: Cast) -> None:
    other = make_material(make_event(owner=cast.al, slug="other"))
    ada = cast.browser_of(cast.ada)
    token = {"csrf_token": csrf_token(ada), "title": "Mine", "kind": "slides", "audience": "public"}
    at = f"{DESK}/{other.key}"
    assert [ada.post(f"{at}{deed}", data=token).status_code for deed in ("", "/remove", "/versions")] == [404] * 3


def test_a_desk_with_nothing_and_with_thirty_costs_the_same(event: Event, cast: Cast, session: Session) -> None:
    from tests.streams.test_views import count_statements

    ada = cast.browser_of(cast.ada)
    make_material(event, entry=make_session(event), content="https://a.example/")
    ada.get(DESK)
    few = count_statements(session, lambda: ada.get(DESK))
    for number in range(29):
        make_material(event, f"Deck {number}", entry=make_session(event), content="https://a.example/")
    assert count_statements(session, lambda: ada.get(DESK)) == few


def test_the_removed_say_since_when(event: Event, cast: Cast) -> None:
    material = make_material(event)
    with transaction() as session:
        actions.remove_material(session, session.get_one(Material, material.id), now=clock.now())
    page = cast.browser_of(cast.ada).get(DESK).text
    assert ("Taken away" in page, "Bring back" in page) == (True, True)
    assert cast.browser_of(cast.ada).get(f"{DESK}/{material.key}").status_code == 200

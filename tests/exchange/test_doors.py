"""Who may bring events in and take them out, and what they see before anything is written."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.events.models import Event, Membership
from eventsys.events.queries import find_event
from eventsys.kernel.tables import uploads
from tests.cast import Cast
from tests.factories import make_event, make_session
from tests.factories.exchange import as_json, bring, example, table, taken_out
from tests.forms import form_fields, post_form

SLUG = "ceris-fct-2026"
EXCHANGE = f"/manage/events/{SLUG}/exchange"
ROW = ["3/12/2026", "9:00", "10:00", "A new session"]


def an_agenda() -> bytes:
    return table(["day", "start", "end", "title"], [*ROW])


def count(session: Session, model: type[Event] | type[AgendaSession]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("path", "media"), [("schedule.xml", "application/xml"), ("schedule.json", "application/json")]
)
def test_the_public_schedule_is_kept_and_asked_for_again_by_its_etag(
    client: FlaskClient, path: str, media: str
) -> None:
    with client.application.app_context():
        bring(example(), publish=True)
    first = client.get(f"/events/{SLUG}/{path}")
    assert (first.status_code, first.mimetype) == (200, media)
    assert b"From pilots to practice" in first.data
    assert b"video.example" not in first.data
    again = client.get(f"/events/{SLUG}/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["schedule.xml", "schedule.json"])
def test_a_draft_has_no_public_schedule(client: FlaskClient, path: str) -> None:
    with client.application.app_context():
        bring(example())
    assert client.get(f"/events/{SLUG}/{path}").status_code == 404


def test_only_those_who_run_an_event_import_and_export(app: Flask, cast: Cast, session: Session) -> None:
    event = make_event(slug=SLUG, owner=cast.ada, door=cast.dee)
    make_session(event, title="Secret plan")
    addresses = [EXCHANGE, *(f"{EXCHANGE}/{name}" for name in ("event", "frab-xml", "csv", "xlsx", "ics")),
                 f"/manage/events/{SLUG}/clone"]  # fmt: skip
    for address in addresses:
        assert app.test_client().get(address).status_code == 303
        assert cast.browser_of(cast.al).get(address).status_code == 403
        assert cast.browser_of(cast.dee).get(address).status_code == 403
        assert cast.browser_of(cast.ada).get(address).status_code == 200
    assert b"Secret plan" in cast.browser_of(cast.eve).get(f"{EXCHANGE}/event").data
    assert cast.browser_of(cast.ada).get(f"{EXCHANGE}/exe").status_code == 404


def test_door_staff_makes_no_events(cast: Cast) -> None:
    assert cast.browser_of(cast.dee).get("/manage/events/import").status_code == 403
    assert cast.browser_of(cast.ada).get("/manage/events/import").status_code == 200


def test_a_file_is_shown_first_and_written_when_confirmed(cast: Cast, session: Session) -> None:
    event = make_event(slug=SLUG, owner=cast.ada)
    make_session(event, title="An old session")
    ada = cast.browser_of(cast.ada)
    shown = post_form(ada, EXCHANGE, having="file", file=(io.BytesIO(an_agenda()), "agenda.csv"))
    assert shown.status_code == 200
    assert b"A new session" in shown.data
    assert b"An old session" in shown.data
    assert count(session, AgendaSession) == 1
    fields = form_fields(shown.data, having="token")
    assert ada.post(f"{EXCHANGE}/confirm", data=fields).status_code == 303
    session.expire_all()
    found = session.scalars(select(AgendaSession).order_by(AgendaSession.starts_at)).all()
    assert [(entry.title, entry.status) for entry in found] == [
        ("A new session", "confirmed"), ("An old session", "cancelled")
    ]  # fmt: skip
    # The file is used up.
    assert ada.post(f"{EXCHANGE}/confirm", data=fields).status_code == 410


def test_nobody_confirms_the_file_of_another_or_for_another_event(app: Flask, cast: Cast, session: Session) -> None:
    make_event(slug=SLUG, owner=cast.ada, editor=cast.al)
    make_event(slug="other", owner=cast.ada)
    ada, al = cast.browser_of(cast.ada), cast.browser_of(cast.al)
    shown = post_form(ada, EXCHANGE, having="file", file=(io.BytesIO(an_agenda()), "agenda.csv"))
    token = form_fields(shown.data, having="token")["token"]
    own = form_fields(al.get(EXCHANGE).data, having="file")["csrf_token"]
    assert al.post(f"{EXCHANGE}/confirm", data={"csrf_token": own, "token": token}).status_code == 410
    fields = {"csrf_token": form_fields(shown.data, having="token")["csrf_token"], "token": token}
    assert ada.post("/manage/events/other/exchange/confirm", data=fields).status_code == 410
    for wrong in ("../../secret-key", "", "x" * 43):
        assert ada.post(f"{EXCHANGE}/confirm", data=fields | {"token": wrong}).status_code == 410
    assert ada.post(f"{EXCHANGE}/confirm", data={"token": token}).status_code == 400
    assert count(session, AgendaSession) == 0


def test_a_file_that_waited_too_long_is_gone(app: Flask, data_dir: Path, session: Session) -> None:
    token = uploads.keep(uploads.Upload("a.csv", b"x"), whose="1/a")
    assert uploads.kept(token, whose="1/a") == uploads.Upload("a.csv", b"x")
    path = data_dir / "imports" / token
    assert path.stat().st_mode & 0o777 == 0o600
    os.utime(path, (0, 0))
    with pytest.raises(uploads.UploadGone):
        uploads.kept(token, whose="1/a")
    uploads.keep(uploads.Upload("b.csv", b"y"), whose="1/a")
    assert not path.exists()


def test_what_is_wrong_with_a_file_stands_beside_its_field(cast: Cast, session: Session) -> None:
    make_event(slug=SLUG, owner=cast.ada)
    ada = cast.browser_of(cast.ada)
    answer = post_form(ada, EXCHANGE, having="file", file=(io.BytesIO(b"day,start\n"), "<b>agenda.csv"))
    assert answer.status_code == 422
    assert "&lt;b&gt;agenda.csv, line 1: the column “title” is missing" in answer.get_data(as_text=True)
    assert post_form(ada, EXCHANGE, having="file").status_code == 422


def test_a_file_of_another_event_does_not_change_that_event(cast: Cast, session: Session) -> None:
    make_event(slug=SLUG, owner=cast.ada)
    make_event(slug="als-event", owner=cast.al, title="Al's own")
    content = as_json(example(slug="als-event", title="Stolen"))
    ada = cast.browser_of(cast.ada)
    # On the page of an event a file is for that event, whatever slug it names.
    shown = post_form(ada, EXCHANGE, having="file", file=(io.BytesIO(content), "event.json"))
    assert ada.post(f"{EXCHANGE}/confirm", data=form_fields(shown.data, having="token")).status_code == 303
    answer = post_form(ada, "/manage/events/import", having="file", file=(io.BytesIO(content), "event.json"))
    assert answer.status_code == 422
    assert "There is an event “als-event” already" in answer.get_data(as_text=True)
    session.rollback()
    session.expire_all()
    assert {event.slug: event.title for event in session.scalars(select(Event))} == {
        SLUG: "Stolen", "als-event": "Al's own"
    }  # fmt: skip


def test_a_new_event_from_a_file_belongs_to_who_sent_it(cast: Cast, session: Session) -> None:
    ada = cast.browser_of(cast.ada)
    shown = post_form(
        ada, "/manage/events/import", having="file", file=(io.BytesIO(as_json(example())), "event.json"), slug="mine"
    )
    assert count(session, Event) == 0
    answer = ada.post("/manage/events/import/confirm", data=form_fields(shown.data, having="token"))
    assert (answer.status_code, answer.location) == (303, "/manage/events/mine/programme")
    event = find_event(session, "mine")
    assert event is not None
    assert event.status == "draft"
    assert session.scalars(select(Membership.user_id)).all() == [cast.ada.id]


def test_a_copy_has_new_days_the_same_times_and_no_secrets(cast: Cast, session: Session) -> None:
    content = example()
    # The copy falls into summer time: wall times stay, instants move by an hour.
    content["sessions"].append({"key": "s9", "title": "Gone", "starts_at": "2026-12-04T09:00",
                                "ends_at": "2026-12-04T10:00", "status": "cancelled"})  # fmt: skip
    bring(content, owner=cast.ada, publish=True)
    answer = post_form(
        cast.browser_of(cast.ada), f"/manage/events/{SLUG}/clone", having="slug", title="Once more", slug="again",
        first_day="2027-06-10",
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (303, "/manage/events/again/edit")
    before, after = json.loads(taken_out(SLUG)), json.loads(taken_out("again"))
    assert (after["title"], after["status"], after["starts_at"], after["ends_at"]) == (
        "Once more", "draft", "2027-06-10T09:00", "2027-06-11T17:30"
    )  # fmt: skip
    assert [(one["key"], one["starts_at"]) for one in after["sessions"]] == [
        ("s1", "2027-06-10T10:15"), ("s2", "2027-06-10T11:30")
    ]  # fmt: skip
    for name in ("rooms", "tracks", "people", "seats", "waiting_list", "venue", "themes"):
        assert after[name] == before[name]
    assert after["registration"]["questions"] == before["registration"]["questions"]
    assert after["registration"]["opens_at"] == "2027-04-08T09:00"
    assert "video.example" not in json.dumps(after)
    uids = session.scalars(select(AgendaSession.uid)).all()
    assert len(set(uids)) == len(uids) == 5
    assert post_form(
        cast.browser_of(cast.ada), f"/manage/events/{SLUG}/clone", having="slug", title="x", slug="again"
    ).status_code == 422  # fmt: skip


def test_a_copy_carries_streams_when_asked_to(cast: Cast, session: Session) -> None:
    bring(example(), owner=cast.ada)
    post_form(cast.browser_of(cast.ada), f"/manage/events/{SLUG}/clone", having="slug", slug="again", has_streams="y")
    assert taken_out("again").count(b"https://video.example/secret") == 2


def test_downloads_are_files_with_names_of_ours(cast: Cast, session: Session) -> None:
    bring(example(), owner=cast.ada)
    ada = cast.browser_of(cast.ada)
    answer = ada.get(f"{EXCHANGE}/csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{SLUG}.csv"'
    assert answer.data.startswith(b'\xef\xbb\xbf"key"')
    assert etree.fromstring(ada.get(f"{EXCHANGE}/frab-xml").data).tag == "schedule"
    assert ada.get("/manage/events/agenda-template.xlsx").data.startswith(b"PK")
    assert ada.get("/manage/events/agenda-template.csv").data.startswith(b'\xef\xbb\xbf"key","day"')
    assert ada.get("/manage/events/agenda-template.exe").status_code == 404

"""How a phone becomes a device: the QR and the PIN an organiser shows, once, soon, within five tries."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from eventsys.checkin import actions
from eventsys.checkin.actions.pairing import Offer, names_for, offer_pairing
from eventsys.checkin.models import Device, Point, Printer
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from eventsys.logs import redacted
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.checkin import Desk, make_device
from tests.forms import form_fields, post_form

PAIRING = "/api/v1/checkin/pairing"


def make_offer(event: Event, name: str = "Desk 1", **values: Any) -> tuple[Device, Offer]:
    """A device that waits for its phone, and what it is paired by."""
    device, _token = make_device(event, name, **values)
    with transaction() as session:
        return device, offer_pairing(session, session.get_one(Device, device.id), now=clock.now())


def pair(client: FlaskClient, offer: Offer, pin: str | None = None, **more: Any) -> Any:
    body = {"pairing": offer.secret, "pin": offer.pin if pin is None else pin, "version": "a1b2c3d4"} | more
    return client.post(PAIRING, json=body)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06}"


def texts(page: bytes, path: str) -> list[str]:
    """The words of the elements at an XPath."""
    found: Any = html.fromstring(page).xpath(path)
    return [element.text_content() for element in found]


PIN = "//dl[@class='pairing-pin']/div[1]/dd"


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]["code"]


def test_a_phone_with_code_and_pin_becomes_the_device(client: FlaskClient, session: Session) -> None:
    event = make_event()
    device, offer = make_offer(event, "Desk 2", role="desk")
    answer = pair(client, offer)
    told = answer.json
    assert (answer.status_code, told["event"]["slug"], told["device"]["name"]) == (200, event.slug, "Desk 2")
    assert told["device"]["role"] == "desk"
    assert Desk(client, event, told["token"]).get("counts").status_code == 200
    kept = session.get_one(Device, device.id)
    assert (kept.pairing_hash, kept.pin_hash, kept.version, kept.paired_at is None) == (None, None, "a1b2c3d4", False)
    fact = session.scalars(select(Fact).where(Fact.kind == "checkin.device_paired")).one()
    assert (fact.actor, fact.data) == (f"device:{device.id}", {"name": "Desk 2"})


def test_a_code_is_used_up_by_the_first_phone(client: FlaskClient, session: Session) -> None:
    _device, offer = make_offer(make_event())
    assert [pair(client, offer).status_code for _ in range(2)] == [200, 401]
    assert code_of(pair(client, offer)) == (401, "pairing_refused")


def test_a_pin_may_be_mistyped_four_times_and_the_fifth_is_the_last(client: FlaskClient, session: Session) -> None:
    device, offer = make_offer(make_event())
    answers = [pair(client, offer, wrong(offer.pin)) for _ in range(4)]
    assert [code_of(answer) for answer in answers] == [(401, "pin_wrong")] * 4
    assert [answer.json["error"]["message"][-2:] for answer in answers] == ["4.", "3.", "2.", "1."]
    assert code_of(pair(client, offer, wrong(offer.pin))) == (401, "pairing_refused")
    # The right PIN comes too late, and nothing was paired.
    assert code_of(pair(client, offer)) == (401, "pairing_refused")
    assert session.get_one(Device, device.id).paired_at is None


def test_the_right_pin_after_four_wrong_ones_still_pairs(client: FlaskClient, session: Session) -> None:
    _device, offer = make_offer(make_event())
    for _ in range(4):
        pair(client, offer, wrong(offer.pin))
    assert pair(client, offer, f"{offer.pin[:3]} {offer.pin[3:]}").status_code == 200


@pytest.mark.parametrize("how", ["late", "renewed", "revoked", "ended", "guessed"])
def test_a_code_that_is_over_pairs_nothing(client: FlaskClient, session: Session, how: str) -> None:
    device, offer = make_offer(make_event())
    with transaction() as writing:
        kept = writing.get_one(Device, device.id)
        if how == "late":
            kept.pairing_until = clock.now() - timedelta(seconds=1)
        elif how == "renewed":
            offer_pairing(writing, kept, now=clock.now())
        elif how == "revoked":
            actions.revoke(writing, kept, now=clock.now())
        elif how == "ended":
            kept.expires_at = clock.now() - timedelta(seconds=1)
    if how == "guessed":
        offer = replace(offer, secret="A" * 22)
    assert code_of(pair(client, offer)) == (401, "pairing_refused")
    assert session.get_one(Device, device.id).paired_at is None


def test_of_many_phones_that_send_the_right_pin_at_once_one_is_paired(app: Flask, session: Session) -> None:
    _device, offer = make_offer(make_event())
    found: list[int] = []
    line = threading.Barrier(6)

    def come() -> None:
        client = app.test_client()
        line.wait()
        found.append(pair(client, offer).status_code)

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 401, 401, 401, 401, 401]


def test_many_wrong_pins_at_once_get_five_tries_and_no_more(app: Flask, session: Session) -> None:
    device, offer = make_offer(make_event())
    found: list[str] = []
    line = threading.Barrier(10)

    def come() -> None:
        client = app.test_client()
        line.wait()
        found.append(code_of(pair(client, offer, wrong(offer.pin)))[1])

    threads = [threading.Thread(target=come) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["pairing_refused"] * 6 + ["pin_wrong"] * 4
    session.rollback()
    session.expire_all()
    assert session.get_one(Device, device.id).pin_tries == 5


def test_pairing_again_ends_the_phone_before(client: FlaskClient, session: Session) -> None:
    event = make_event()
    device, token = make_device(event)
    with transaction() as writing:
        offer = offer_pairing(writing, writing.get_one(Device, device.id), now=clock.now())
    first = Desk(client, event, token)
    before = first.get("counts").status_code
    second = Desk(client, event, pair(client, offer).json["token"])
    assert (before, first.get("counts").status_code, second.get("counts").status_code) == (200, 401, 200)


def test_a_revoked_device_comes_back_by_a_new_pairing_alone(client: FlaskClient, session: Session) -> None:
    event = make_event()
    device, token = make_device(event)
    with transaction() as writing:
        kept = writing.get_one(Device, device.id)
        actions.revoke(writing, kept, now=clock.now())
        offer = offer_pairing(writing, kept, now=clock.now())
    lost = Desk(client, event, token)
    assert lost.get("counts").status_code == 401
    found = Desk(client, event, pair(client, offer).json["token"])
    assert (lost.get("counts").status_code, found.get("counts").status_code) == (401, 200)


@pytest.mark.parametrize(
    "body",
    [[], {}, {"pairing": "x"}, {"pairing": 7, "pin": "123456"}, {"pairing": "x", "pin": 123456},
     {"pairing": "x", "pin": "12345"}, {"pairing": "x", "pin": "١٢٣٤٥٦"}, {"pairing": "", "pin": "123456"},
     {"pairing": "x" * 61, "pin": "123456"}, {"pairing": "\ud800", "pin": "123456"}],
)  # fmt: skip
def test_what_is_no_pairing_is_refused_with_a_sentence(client: FlaskClient, session: Session, body: Any) -> None:
    answer = client.post(PAIRING, json=body)
    assert code_of(answer) == (400, "pairing_misread")
    assert answer.json["error"]["message"].endswith(".")  # type: ignore[index]


def test_who_guesses_codes_is_held_up_and_a_right_pairing_does_not_count(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    event = make_event()
    offers = [make_offer(event, f"Desk {n}")[1] for n in range(3)]
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, has_rate_limits=True)
    try:
        good = [pair(client, offer).status_code for offer in offers[:2]]
        guesses = [pair(client, replace(offers[2], secret=f"{n:022}")).status_code for n in range(61)]
        last = pair(client, offers[2]).status_code
    finally:
        app.config["SETTINGS"] = settings
    assert (good, guesses, last) == ([200, 200], [401] * 60 + [429], 429)


def test_neither_code_nor_pin_stands_in_the_database_or_in_a_log(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    device, offer = make_offer(make_event())
    row = session.execute(text("SELECT * FROM checkin_device WHERE id = :id"), {"id": device.id}).one()
    assert [value for value in row if offer.secret in str(value) or str(value) == offer.pin] == []
    lines = [
        f"https://door.example/checkin/device#pair-{offer.secret}", f"https://door.example/checkin/kiosk#pair-{offer.secret}",
        f'{{"pairing": "{offer.secret}", "pin": "{offer.pin}"}}', f"pairing={offer.secret}&pin={offer.pin}",
    ]  # fmt: skip
    assert [line for line in map(redacted, lines) if offer.secret in line or offer.pin in line] == []
    with caplog.at_level(logging.DEBUG):
        pair(app.test_client(), offer)
    assert offer.secret not in caplog.text


def test_an_organiser_adds_a_device_and_shows_its_code(cast: Cast, client: FlaskClient, session: Session) -> None:
    event = make_event(owner=cast.ada)
    make_device(event, "The first")
    with transaction() as writing:
        writing.add(Printer(name="Labels", kind="zpl", address="127.0.0.1:9100", created_at=clock.now()))
    printer = session.scalars(select(Printer)).one()
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/devices"
    made = post_form(
        browser, f"{url}/new", having="name", name="Desk 2", role="desk", points=["entrance"],
        until="2099-12-03T18:00", printer=str(printer.id),
    )  # fmt: skip
    device = session.scalars(select(Device).where(Device.name == "Desk 2")).one()
    assert (made.status_code, made.location) == (303, f"{url}/{device.id}/pairing")
    assert (device.role, device.printer_id, device.expires_at.isoformat()) == (
        "desk", printer.id, "2099-12-03T17:00:00+00:00"
    )  # fmt: skip
    assert [point.key for point in device.points] == ["entrance"]
    sheet = browser.get(made.location)
    [pin] = texts(sheet.data, PIN)
    assert (sheet.headers["Cache-Control"], len(pin)) == ("private, no-store", 7)
    state = browser.get(f"{url}/pairing/state").json["devices"][str(device.id)]  # type: ignore[index]
    assert state == {"state": "waiting", "words": "Waits for a phone"}


def test_what_the_page_shows_pairs_the_phone(
    cast: Cast, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(owner=cast.ada)
    links: list[str] = []

    def draw(link: str, title: str) -> str:
        links.append(link)
        return "<svg/>"

    monkeypatch.setattr("eventsys.checkin.manage.pairing.qr_svg", draw)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/devices"
    sheet = post_form(browser, f"{url}/new", having="name", name="K", role="kiosk").location
    shown = [*texts(browser.get(sheet).data, PIN), *texts(browser.get(sheet).data, PIN)]
    assert (links[0], shown[0]) == (links[1], shown[1])
    begin, _mark, secret = links[0].partition("#pair-")
    assert begin == "http://127.0.0.1:8000/checkin/kiosk"
    answer = client.post(PAIRING, json={"pairing": secret, "pin": shown[0]})
    assert answer.status_code == 200
    [state] = browser.get(f"{url}/pairing/state").json["devices"].values()  # type: ignore[index]
    assert state == {"state": "paired", "words": "Paired as “K”"}
    assert texts(browser.get(sheet).data, PIN) == []


def test_several_are_added_at_once_with_numbers_that_are_free(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada)
    make_device(event, "Desk 2")
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/devices"
    made = post_form(browser, f"{url}/new", having="name", name="Desk", count="6")
    assert made.location == f"{url}/pairing"
    page = browser.get(made.location).data
    names = texts(page, "//section[@class='pairing']/h2")
    assert names == ["Desk 1", "Desk 3", "Desk 4", "Desk 5", "Desk 6", "Desk 7"]
    pins = set(texts(page, PIN))
    assert len(pins) == 6
    refused = post_form(browser, f"{url}/new", having="name", name="Desk", count="41")
    assert (refused.status_code, "At most 40 at once." in refused.text) == (422, True)


def test_several_are_named_after_what_is_typed() -> None:
    assert names_for("Desk 3", 1, {"Desk 3"}) == ["Desk 3"]
    assert names_for("Desk 3", 2, set()) == ["Desk 1", "Desk 2"]
    assert names_for("7", 2, set()) == ["7 1", "7 2"]


def test_a_new_code_is_shown_when_the_first_is_void(cast: Cast, client: FlaskClient, session: Session) -> None:
    event = make_event(owner=cast.ada)
    device, offer = make_offer(event)
    for _ in range(5):
        pair(client, offer, wrong(offer.pin))
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/devices/{device.id}/pairing"
    void = browser.get(url)
    assert ("This code is over" in void.text, "pairing-pin" in void.text) == (True, False)
    assert post_form(browser, url, action=url).status_code == 303
    assert "pairing-pin" in browser.get(url).text


def test_a_device_of_an_account_is_not_paired(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, door=cast.dee)
    device, _token = make_device(event, user=cast.dee)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/devices/{device.id}"
    csrf = form_fields(browser.get(url).data)["csrf_token"]
    assert browser.post(f"{url}/pairing", data={"csrf_token": csrf}).status_code == 409


def test_organisers_change_a_device_while_it_works(cast: Cast, client: FlaskClient, session: Session) -> None:
    event = make_event(owner=cast.ada)
    device, token = make_device(event, "Desk 1")
    with transaction() as writing:
        actions.add_point(writing, writing.get_one(Event, event.id), "Lunch")
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/devices/{device.id}"
    made = post_form(browser, url, having="name", name="Lunch desk", points=["lunch"])
    assert made.status_code == 303
    told = Desk(client, event, token).get("snapshot").json["device"]  # type: ignore[index]
    assert (told["name"], told["points"]) == ("Lunch desk", ["lunch"])
    past = post_form(browser, url, having="name", until="2020-01-01T10:00")
    assert (past.status_code, "would end before it begins" in past.text) == (422, True)
    with transaction() as writing:
        writing.delete(writing.scalars(select(Point).where(Point.key == "lunch")).one())
    assert "nowhere" in browser.get(f"/manage/events/{event.slug}/door/devices").text


def test_all_devices_of_an_event_are_revoked_at_once(cast: Cast, client: FlaskClient, session: Session) -> None:
    event, elsewhere = make_event(owner=cast.ada), make_event(owner=cast.ada)
    ours = [Desk(client, event, make_device(event, f"Desk {n}")[1]) for n in range(3)]
    other = Desk(client, elsewhere, make_device(elsewhere)[1])
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door/devices"
    assert post_form(browser, url, action=f"{url}/revoke").status_code == 303
    assert [desk.get("counts").status_code for desk in [*ours, other]] == [401, 401, 401, 200]


def test_devices_tell_how_they_fare(cast: Cast, client: FlaskClient, session: Session) -> None:
    event = make_event(owner=cast.ada)
    desk = Desk(client, event, make_device(event, "Desk 1")[1])
    answer = desk.post("contact", {"battery": 12, "is_charging": False, "unsent": 7, "version": "old"})
    assert (answer.status_code, set(answer.json)) == (200, {"now"})  # type: ignore[arg-type]
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/door"
    page = browser.get(url).text
    assert [words in page for words in ("just now", "12 %", "low", "older than the server")] == [True] * 4
    assert "was last heard" not in page
    with transaction() as writing:
        kept = writing.scalars(select(Device)).one()
        kept.last_seen_at = clock.now() - timedelta(minutes=9)
    page = browser.get(url).text
    assert "holds 7 scans that nobody else has" in page
    assert ("silent" in page, "9 min" in page) == (True, True)


@pytest.mark.parametrize(
    "told",
    [[], {"battery": "full"}, {"battery": True}, {"battery": 101}, {"battery": -1}, {"unsent": -1},
     {"unsent": 2.5}, {"is_charging": "yes"}, {"version": 7}, {"version": "a\0b" * 100}, {"battery": float("inf")}],
)  # fmt: skip
def test_a_device_is_heard_whatever_it_tells(client: FlaskClient, session: Session, told: Any) -> None:
    event = make_event()
    desk = Desk(client, event, make_device(event)[1])
    assert desk.post("contact", told).status_code == 200
    kept = session.scalars(select(Device)).one()
    assert (kept.battery, kept.unsent, kept.is_charging, kept.last_seen_at is None) == (None, None, None, False)


@pytest.mark.parametrize("which", ["door", "door/devices", "door/devices/pairing"])
def test_the_pages_of_devices_cost_the_same_for_1_and_for_60(cast: Cast, session: Session, which: str) -> None:
    event = make_event(owner=cast.ada)
    browser, url = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/{which}"
    with transaction() as writing:
        writing.add(Printer(name="Labels", kind="zpl", address="127.0.0.1:9100", created_at=clock.now()))
    printer = session.scalars(select(Printer.id)).one()
    costs = []
    for numbers in (range(1), range(1, 60)):
        for number in numbers:
            make_offer(event, f"Desk {number}", points=["entrance"] if number else (), printer_id=printer)
        with statements() as ran:
            assert browser.get(url).status_code == 200
        costs.append(len(ran))
    assert costs[1] <= costs[0] + 1

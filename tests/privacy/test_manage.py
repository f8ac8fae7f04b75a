"""What organisers read of privacy: dates, purposes, consents in figures, runs, looks; needs without names."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.privacy import jobs
from eventsys.registration.actions import withdraw_consent
from eventsys.registration.models import Basis, Mode, Registration, SensitiveLook
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.registration import make_question, make_registration
from tests.forms import csrf_token
from tests.privacy.test_own_data import make_statement

pytestmark = pytest.mark.usefixtures("session")


def rows(client: FlaskClient, address: str, caption: str) -> list[list[str]]:
    page = client.get(address)
    assert page.status_code == 200
    found = html.fromstring(page.data).xpath(f"//table[caption='{caption}']/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in found]


def test_organisers_read_what_is_erased_when_and_why_it_is_kept(cast: Cast) -> None:
    now = clock.now()
    event = make_event(
        owner=cast.ada, timezone="UTC", starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=10)
    )
    diet = make_question(event, is_sensitive=True, erase_after_days=2, purpose="The kitchen", basis=Basis.CONSENT)
    make_registration(event, answers={diet.id: "vegan"})
    make_registration(event)
    client, page = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/privacy"
    countdown = rows(client, page, "What is erased when")
    assert [(row[0], row[1], row[2].partition(" days")[0]) for row in countdown] == [
        ("Dietary needs", "1", "erased in 12"), ("Everything else that names people", "2", "erased in 375"),
    ]  # fmt: skip
    uses = rows(client, page, "What is kept, and why")
    assert (uses[0][0], uses[-1][:3]) == (
        "Name", ["Dietary needs", "The kitchen", "Consent (GDPR, Article 6(1)(a))"],
    )  # fmt: skip
    record = client.get(page + "/record.csv").data.decode("utf-8-sig")
    assert '"Dietary needs","The kitchen"' in record


def test_organisers_read_consents_by_version_what_was_erased_and_who_looked(cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    photos = make_statement(event)
    people = [make_registration(event, answers={photos.id: True}, consents={photos.id: "Old words"}) for _ in range(2)]
    make_registration(event, answers={photos.id: True}, consents={photos.id: "New words"})
    with transaction(actor="registrant") as session:
        withdraw_consent(session, session.get_one(Registration, people[0].id), photos.id, now=clock.now())
    client, page = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/privacy"
    given = [(row[2], row[3]) for row in rows(client, page, "Consents")]
    assert given == [("3", "0"), ("2", "1"), ("1", "0")]
    client.post(f"/manage/events/{event.slug}/needs", data={"csrf_token": csrf_token(client)})
    looks = rows(client, page, "Who saw sensitive answers")
    assert [(row[0], row[2]) for row in looks] == [("Ada", "in the list of needs, 0 people")]
    jobs.retention(event.ends_at + timedelta(days=365))
    assert [row[2] for row in rows(client, page, "What the clock has erased")] == ["3 people, 3 answers, 3 mails"]


def test_needs_are_counted_of_who_comes_and_name_nobody_until_somebody_asks(cast: Cast, session: Session) -> None:
    event = make_event(owner=cast.ada, online=None, onsite=4)
    diet = make_question(event, is_sensitive=True)
    access = make_question(
        event, key="access", label="Access", is_sensitive=True, type="choices", choices=["ramp", "loop"]
    )
    make_registration(event, last_name="Quillfeather", answers={diet.id: "vegan", access.id: ["ramp", "loop"]})
    make_registration(event, answers={diet.id: "vegan", access.id: ["loop"]})
    make_registration(event, answers={diet.id: "halal"})
    make_registration(event, mode=Mode.ONLINE, answers={diet.id: "elsewhere"})
    client, page = cast.browser_of(cast.ada), f"/manage/events/{event.slug}/needs"
    assert rows(client, page, "Dietary needs") == [["vegan", "2"], ["halal", "1"]]
    assert rows(client, page, "Access") == [["loop", "2"], ["ramp", "1"]]
    assert [name in client.get(page).get_data(as_text=True) for name in ("Quillfeather", "elsewhere")] == [False, False]
    table = csv.reader(client.get(page + ".csv").data.decode("utf-8-sig").splitlines())
    assert list(table)[1:] == [
        ["Dietary needs", "vegan", "2"], ["Dietary needs", "halal", "1"], ["Access", "loop", "2"],
        ["Access", "ramp", "1"],
    ]  # fmt: skip
    assert session.scalars(select(SensitiveLook)).all() == []
    shown = client.post(page, data={"csrf_token": csrf_token(client)}).get_data(as_text=True)
    assert ("Quillfeather" in shown, "elsewhere" in shown) == (True, False)
    session.rollback()
    [look] = session.scalars(select(SensitiveLook))
    assert (look.what, look.people, look.by) == ("needs", 3, f"user:{cast.ada.id}")


def test_the_pages_cost_the_same_however_many_people_there_are(cast: Cast) -> None:
    counts = []
    for number in (1, 30):
        event = make_event(owner=cast.ada)
        diet = make_question(event, is_sensitive=True)
        for _ in range(number):
            make_registration(event, answers={diet.id: "vegan"})
        client, base = cast.browser_of(cast.ada), f"/manage/events/{event.slug}"
        token = csrf_token(client)
        with statements() as asked:
            client.get(base + "/privacy")
            client.get(base + "/needs")
            client.post(base + "/needs", data={"csrf_token": token})
        counts.append(len(asked))
    assert counts[0] == counts[1]

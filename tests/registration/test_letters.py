"""The letters as they leave: to whom, what they say, what goes along; dropped when they are no longer true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import vobject
import zxingcpp
from pypdfium2 import PdfDocument
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing.letters import Letter, find_maker
from eventsys.mailing.models import OutboxMessage
from eventsys.registration import actions, queries
from eventsys.registration.models import Mode
from tests.factories import make_event
from tests.factories.registration import make_registration


def letters(session: Session) -> list[tuple[str, Letter | None]]:
    session.rollback()
    session.expire_all()
    found: list[tuple[str, Letter | None]] = []
    for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all():
        maker = find_maker(row.maker)
        assert maker is not None, row.maker
        found.append((row.maker.removeprefix("registration."), maker(session, row.arguments)))
    return found


def calendar(letter: Letter) -> Any:
    part = next(part for part in letter.attachments if part.media_type.startswith("text/calendar"))
    return vobject.readOne(part.body.decode())


def test_the_first_letter_brings_link_ticket_and_invitation(session: Session) -> None:
    event = make_event(title="Protecting <public> spaces & “more”")
    bo = make_registration(event, first_name="Bo", email="bo@example.org")
    ((_what, letter),) = letters(session)
    assert letter is not None
    ticket = queries.current_ticket(session, bo.id)
    assert ticket is not None
    link = f"http://127.0.0.1:8000/r/{queries.link_of(bo)}"
    assert (letter.to, link in letter.text, link in (letter.html or "")) == ("bo@example.org", True, True)
    assert event.title in letter.text
    assert "Protecting &lt;public&gt;" in (letter.html or "")
    assert [part.media_type for part in letter.attachments] == [
        "application/pdf", "text/calendar; method=REQUEST; charset=utf-8",
    ]  # fmt: skip
    picture = PdfDocument(letter.attachments[0].body)[0].render(scale=3).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [ticket.code]
    entry = calendar(letter)
    assert (entry.method.value, entry.vevent.attendee.value) == ("REQUEST", "mailto:bo@example.org")


def test_the_invitation_keeps_its_uid_and_its_sequence_grows_until_it_is_taken_back(session: Session) -> None:
    event = make_event(online=5)
    bo = make_registration(event)
    seen = [calendar(letters(session)[0][1])]  # type: ignore[arg-type]
    for deed in (
        lambda writing: actions.switch_mode(writing, bo, Mode.ONLINE, now=clock.now()),
        lambda writing: actions.cancel(writing, bo, now=clock.now()),
    ):
        with transaction() as writing:
            deed(writing)
        letter = letters(session)[-1][1]
        assert letter is not None
        seen.append(calendar(letter))
    assert len({entry.vevent.uid.value for entry in seen}) == 1
    assert [int(entry.vevent.sequence.value) for entry in seen] == [0, 1, 2]
    assert [entry.method.value for entry in seen] == ["REQUEST", "REQUEST", "CANCEL"]
    assert seen[-1].vevent.status.value == "CANCELLED"


def test_what_is_no_longer_true_is_not_sent(session: Session) -> None:
    event = make_event(onsite=1)
    first, second = make_registration(event), make_registration(event)
    with transaction() as writing:
        actions.cancel(writing, first, now=clock.now())
    assert [(what, letter is not None) for what, letter in letters(session)] == [
        ("confirmed", False), ("waiting", False), ("promoted", True), ("cancelled", True),
    ]  # fmt: skip
    assert second.state in ("waiting", "confirmed")


def test_who_waits_is_told_the_place_and_gets_no_ticket(session: Session) -> None:
    event = make_event(onsite=1)
    for _ in range(3):
        make_registration(event)
    letter = letters(session)[2][1]
    assert letter is not None
    assert ("number 2 in line" in letter.text, letter.attachments) == (True, ())


def test_a_new_address_gets_its_own_link_and_the_old_one_no_link_at_all(session: Session) -> None:
    event = make_event()
    bo = make_registration(event, email="old@example.org")
    with transaction() as writing:
        change = actions.request_email_change(writing, bo, "new@example.org", now=clock.now())
    personal = f"/r/{queries.link_of(bo)}"
    asked = letters(session)[-1][1]
    assert asked is not None
    assert (asked.to, personal in asked.text, "/r/new-address/" in asked.text) == ("new@example.org", False, True)
    with transaction() as writing:
        actions.confirm_email(writing, writing.get_one(type(change), change.id), now=clock.now())
    said = dict(letters(session)[-2:])
    given_up, taken = said["address_given_up"], said["address_taken"]
    assert given_up is not None
    assert taken is not None
    assert (given_up.to, personal in given_up.text) == ("old@example.org", False)
    assert (taken.to, personal in taken.text) == ("new@example.org", True)


@pytest.mark.parametrize("name", ["{x}", "%(event)s %s", "<script>", "{{ 7*7 }}", "محمد", "x" * 120])
def test_odd_names_pass_through_every_letter_unharmed(session: Session, name: str) -> None:
    event = make_event(onsite=1, online=1, waiting_list="offers")
    bo, cyd = make_registration(event, first_name=name, last_name=""), make_registration(event, first_name=name)
    with transaction() as writing:
        actions.switch_mode(writing, bo, Mode.ONLINE, now=clock.now())
        actions.replace_ticket(writing, bo, now=clock.now())
        actions.send_link(writing, cyd, now=clock.now())
    sent = [letter for _what, letter in letters(session) if letter is not None]
    assert len(sent) >= 4
    for letter in sent:
        assert f"Dear {name}" in letter.text
        assert "<script>" not in (letter.html or "")


def test_a_title_cannot_add_a_header(session: Session) -> None:
    event = make_event(title="Workshop\r\nBcc: all@example.org")
    make_registration(event)
    letter = letters(session)[0][1]
    assert letter is not None
    assert letter.subject == "You are in: Workshop Bcc: all@example.org"
    for part in letter.attachments:
        assert b"\r\nBcc:" not in part.body


@pytest.mark.usefixtures("session")
def test_every_letter_that_is_told_has_its_maker() -> None:
    told = re.compile(r'\btell\(\s*session,\s*[\w.]+,\s*"(\w+)"')
    written = "".join(path.read_text() for path in Path(actions.__file__).parent.rglob("*.py"))
    names = set(told.findall(written))
    assert {"confirmed", "put_on_list", "still_coming", "let_go"} <= names
    assert [name for name in sorted(names) if find_maker(f"registration.{name}") is None] == []

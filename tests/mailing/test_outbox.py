"""Each key enters the outbox once, leaves it once, and what fails is tried again until it is given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing import actions, jobs, rules
from eventsys.mailing.letters import Attachment, Letter, use_makers
from eventsys.mailing.models import Delivery, OutboxMessage
from eventsys.mailing.sending import Post

NOW = clock.now()


def greeting(session: Session, arguments: dict[str, Any]) -> Letter | None:
    """A maker as domains write them; `to: None` stands for a person who has gone."""
    if arguments["to"] is None:
        return None
    return Letter(to=arguments["to"], subject=arguments.get("subject", "Good morning"), text="Hello.\n")


def broken(session: Session, arguments: dict[str, Any]) -> Letter | None:
    raise ZeroDivisionError


@pytest.fixture
def folder(app: Flask, session: Session) -> Iterator[Path]:
    """Where mail goes with EVENTSYS_MAIL_URL=file:, empty; and makers of our own."""
    makers = app.extensions["eventsys.makers"]
    use_makers(app, {"greeting": greeting, "broken": broken})
    found: Path = app.config["SETTINGS"].data_dir / "mail"
    found.mkdir(exist_ok=True)
    for file in found.iterdir():
        file.unlink()
    yield found
    use_makers(app, makers)


def put(key: str, *, maker: str = "greeting", **arguments: Any) -> bool:
    arguments.setdefault("to", "bo@example.org")
    with transaction() as session:
        return actions.enqueue(session, key=key, maker=maker, arguments=arguments, due_at=NOW)


def row(session: Session, key: str) -> OutboxMessage:
    session.rollback()
    session.expire_all()
    found = session.scalar(select(OutboxMessage).where(OutboxMessage.key == key))
    assert found is not None
    return found


def letters(folder: Path) -> list[EmailMessage]:
    return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(folder.iterdir())]  # type: ignore[misc]


def test_a_key_is_taken_once(session: Session, folder: Path) -> None:
    assert [put("welcome:1"), put("welcome:1"), put("welcome:2")] == [True, False, True]
    assert jobs.send_due(NOW) == 2
    assert len(letters(folder)) == 2
    assert put("welcome:1") is False


def put_and_fail() -> None:
    with transaction() as writing:
        actions.enqueue(writing, key="lost", maker="greeting", arguments={}, due_at=NOW)
        raise ZeroDivisionError


def test_nothing_enters_with_a_transaction_that_fails(session: Session) -> None:
    with pytest.raises(ZeroDivisionError):
        put_and_fail()
    assert session.scalars(select(OutboxMessage.key)).all() == []


def test_what_is_sent_is_one_file_with_its_own_name_and_headers(session: Session, folder: Path) -> None:
    put("welcome:1")
    jobs.send_due(NOW)
    (letter,) = letters(folder)
    assert letter["To"] == "bo@example.org"
    assert letter["Subject"] == "Good morning"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@[127.0.0.1]>")
    assert row(session, "welcome:1").state == Delivery.SENT
    assert jobs.send_due(NOW + timedelta(days=1)) == 0


def test_sent_twice_by_a_crash_it_is_still_one_file(session: Session, folder: Path) -> None:
    put("welcome:1")
    jobs.send_due(NOW)
    first = folder.joinpath(*(file.name for file in folder.iterdir())).read_bytes()
    with transaction() as writing:
        message = row(writing, "welcome:1")
        actions.send_again(writing, message, now=NOW)
    assert jobs.send_due(NOW) == 1
    assert [file.read_bytes() for file in folder.iterdir()] == [first]


def test_what_is_not_due_waits(session: Session, folder: Path) -> None:
    with transaction() as writing:
        actions.enqueue(writing, key="later", maker="greeting", arguments={"to": "bo@example.org"},
                        due_at=NOW + timedelta(minutes=1))  # fmt: skip
    assert jobs.send_due(NOW) == 0
    assert jobs.send_due(NOW + timedelta(minutes=1)) == 1


def test_what_is_no_longer_wanted_is_dropped(session: Session, folder: Path) -> None:
    put("welcome:1", to=None)
    jobs.send_due(NOW)
    assert row(session, "welcome:1").state == Delivery.DROPPED
    assert letters(folder) == []


def test_a_maker_that_fails_holds_nobody_else_up_and_is_tried_with_growing_pauses(
    session: Session, folder: Path
) -> None:
    put("welcome:1", maker="broken")
    put("welcome:2")
    jobs.send_due(NOW)
    assert [letter["To"] for letter in letters(folder)] == ["bo@example.org"]
    waits = row(session, "welcome:1")
    assert (waits.state, waits.tries) == (Delivery.WAITING, 1)
    assert waits.last_error == "the message could not be written (ZeroDivisionError)"
    assert timedelta(seconds=59) < waits.due_at - NOW < timedelta(seconds=90)


def test_an_address_that_no_header_takes_holds_nobody_else_up(session: Session, folder: Path) -> None:
    put("welcome:1", to="bö@example.org")
    put("welcome:2")
    jobs.send_due(NOW)
    assert [letter["To"] for letter in letters(folder)] == ["bo@example.org"]
    refused = row(session, "welcome:1")
    assert (refused.state, refused.last_error) == (
        Delivery.FAILED, "a header or the address of this message is not allowed",
    )  # fmt: skip


def test_so_does_whatever_else_breaks_while_one_is_sent(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Post.send

    def stumble(post: Post, letter: Letter, *, key: str, **more: Any) -> None:
        if key == "welcome:1":
            raise LookupError
        send(post, letter, key=key, **more)

    monkeypatch.setattr(Post, "send", stumble)
    put("welcome:1")
    put("welcome:2")
    jobs.send_due(NOW)
    assert len(letters(folder)) == 1
    waits = row(session, "welcome:1")
    assert (waits.state, waits.last_error) == (Delivery.WAITING, "the message could not be sent (LookupError)")


def test_it_is_given_up_after_nearly_three_days(session: Session, folder: Path) -> None:
    put("welcome:1", maker="broken")
    for tries in range(1, rules.MOST_TRIES + 1):
        message = row(session, "welcome:1")
        assert (message.state, message.tries) == (Delivery.WAITING, tries - 1)
        jobs.send_due(message.due_at)
    message = row(session, "welcome:1")
    assert message.state == Delivery.FAILED
    assert timedelta(days=2, hours=12) < message.due_at - NOW < timedelta(days=3)


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("bo@example.org\r\nBcc: cyd@example.org", "Good morning"),
        ("bo@example.org, cyd@example.org", "Good morning"),
        ("bo@example.org", "Good\r\nBcc: cyd@example.org"),
        ("bo@example.org", "Good\nmorning"),
    ],
)
def test_no_header_is_smuggled_in(session: Session, folder: Path, to: str, subject: str) -> None:
    put("welcome:1", to=to, subject=subject)
    jobs.send_due(NOW)
    assert row(session, "welcome:1").state == Delivery.FAILED
    assert letters(folder) == []


def _with(**values: Any) -> Letter:
    return Letter(**({"to": "bo@example.org", "subject": "Good morning", "text": "Hello."} | values))


@pytest.mark.parametrize(
    "letter",
    [
        _with(reply_to="desk@example.org\nBcc: cyd@example.org"),
        _with(headers={"List-Unsubscribe": "<x>\r\nBcc: cyd@example.org"}),
        _with(headers={"X\r\nBcc": "cyd@example.org"}),
        _with(attachments=(Attachment("a.pdf\r\nBcc: cyd@example.org", "application/pdf", b"%PDF"),)),
        _with(attachments=(Attachment("a.pdf", "application/pdf\r\nBcc: cyd@example.org", b"%PDF"),)),
        _with(attachments=(Attachment("a.ics", "text/calendar; method=REQUEST\nBcc: c@example.org", b"B"),)),
    ],
)
def test_no_header_is_smuggled_in_by_what_a_maker_adds(
    app: Flask, session: Session, folder: Path, letter: Letter
) -> None:
    use_makers(app, {"greeting": lambda session, arguments: letter})
    put("welcome:1")
    jobs.send_due(NOW)
    assert row(session, "welcome:1").state == Delivery.FAILED
    assert letters(folder) == []


def test_an_invitation_is_an_alternative_with_its_method_and_a_file(app: Flask, session: Session, folder: Path) -> None:
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Schutz öffentlicher Räume\r\nEND:VCALENDAR\r\n".encode()
    files = (
        Attachment("invite.ics", "text/calendar; method=REQUEST; charset=utf-8", calendar),
        Attachment("Fahrplan für Ödön.pdf", "application/pdf", b"%PDF-1.7"),
    )
    use_makers(app, {"greeting": lambda session, arguments: _with(html="<p>Hello.</p>", attachments=files)})
    put("welcome:1")
    jobs.send_due(NOW)
    (letter,) = letters(folder)
    kinds = [part.get_content_type() for part in letter.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
                     "application/ics", "application/pdf"]  # fmt: skip
    (invitation,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert invitation.get_param("method") == "REQUEST"
    assert invitation.get_payload(decode=True) == calendar
    assert [part.get_filename() for part in letter.iter_attachments()] == ["invite.ics", "Fahrplan für Ödön.pdf"]


def test_an_administrator_sends_a_failed_message_again(session: Session, folder: Path) -> None:
    put("welcome:1", maker="nobody knows this one")
    for _ in range(rules.MOST_TRIES):
        jobs.send_due(row(session, "welcome:1").due_at)
    with transaction() as writing:
        message = row(writing, "welcome:1")
        message.maker = "greeting"
        actions.send_again(writing, message, now=NOW)
    jobs.send_due(NOW)
    assert row(session, "welcome:1").state == Delivery.SENT

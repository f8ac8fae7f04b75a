"""Over a real SMTP server: each key arrives once, also with two workers, and at worst one twice after a crash."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing import jobs, rules
from eventsys.mailing.actions import enqueue
from eventsys.mailing.letters import Attachment, Letter, use_makers
from eventsys.mailing.models import Delivery, OutboxMessage
from tests.mailing.mailmen import Mailbox, free_port, start_worker, use_server, worker_log


def put(number: int, *, due_at: datetime | None = None) -> None:
    with transaction() as session:
        for one in range(number):
            enqueue(session, key=f"k{one}", maker="greeting", due_at=due_at or clock.now(),
                    arguments={"to": f"p{one}@example.org", "subject": f"Number {one}"})  # fmt: skip


def states(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)))


def test_many_go_over_one_connection(session: Session, posting: Flask, mailbox: Mailbox) -> None:
    put(45)
    assert jobs.send_due(clock.now()) == 45
    assert Counter(letter["Subject"] for letter in mailbox.letters) == Counter(f"Number {n}" for n in range(45))
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 45
    assert mailbox.connections == 1
    assert states(session) == [Delivery.SENT] * 45


def test_what_a_maker_writes_arrives(session: Session, posting: Flask, mailbox: Mailbox) -> None:
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    letter = Letter(
        to="Ödön Horváth <odon@example.org>",
        subject="Ваш билет – Schutz öffentlicher Räume",
        text="Grüße\n",
        html="<p>Grüße</p>",
        reply_to="desk@example.org",
        headers={"List-Unsubscribe": "<https://events.example.org/u>"},
        attachments=(
            Attachment("invite.ics", "text/calendar; method=REQUEST; charset=utf-8", calendar.encode()),
            Attachment("ticket.pdf", "application/pdf", b"%PDF-1.7"),
        ),
    )
    use_makers(posting, {"greeting": lambda session, arguments: letter})
    put(1)
    jobs.send_due(clock.now())
    (arrived,) = mailbox.letters
    assert mailbox.recipients == [["odon@example.org"]]
    assert arrived["Subject"] == "Ваш билет – Schutz öffentlicher Räume"
    assert arrived["To"] == "Ödön Horváth <odon@example.org>"
    assert (arrived["Reply-To"], arrived["List-Unsubscribe"]) == ("desk@example.org", "<https://events.example.org/u>")
    body = arrived.get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == ["Grüße"]
    parts = {part.get_content_type(): part for part in arrived.walk()}
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["application/pdf"].get_payload(decode=True) == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("said", "state", "error"),
    [
        ("550 5.1.1 no such user p0@example.org", Delivery.FAILED, "the mail server refused the recipient (550)"),
        ("450 4.2.0 greylisted, p0@example.org", Delivery.WAITING, "the mail server refused the recipient (450)"),
    ],
)
def test_a_refused_recipient_holds_nobody_else_up(
    session: Session, posting: Flask, mailbox: Mailbox, caplog: pytest.LogCaptureFixture, said: str, state: str,
    error: str,
) -> None:  # fmt: skip
    mailbox.answer = lambda address: said if address == "p0@example.org" else "250 OK"
    put(3)
    jobs.send_due(clock.now())
    assert states(session) == [state, Delivery.SENT, Delivery.SENT]
    refused = session.scalars(select(OutboxMessage).where(OutboxMessage.key == "k0")).one()
    assert refused.last_error == error
    assert "example.org" not in caplog.text


def test_a_server_that_is_away_is_asked_again_later(session: Session, posting: Flask) -> None:
    use_server(posting, f"smtp://127.0.0.1:{free_port()}")
    put(3)
    now = clock.now()
    jobs.send_due(now)
    messages = session.scalars(select(OutboxMessage)).all()
    assert [(m.state, m.tries, m.last_error) for m in messages] == [
        (Delivery.WAITING, 1, "the mail server cannot be reached (ConnectionRefusedError)")
    ] * 3
    assert jobs.send_due(now) == 0


def test_a_server_that_hangs_up_is_called_again(session: Session, posting: Flask, mailbox: Mailbox) -> None:
    answers = iter(["421 closing"])
    mailbox.at_data = lambda: next(answers, "250 OK")
    put(2)
    jobs.send_due(clock.now())
    assert states(session) == [Delivery.WAITING, Delivery.SENT]
    jobs.send_due(clock.now() + timedelta(minutes=2))
    assert states(session) == [Delivery.SENT, Delivery.SENT]


def test_what_one_worker_holds_no_other_takes(session: Session, posting: Flask, mailbox: Mailbox) -> None:
    """While the first message is under way, another round of the same minute finds nothing of this batch."""
    inside: list[int] = []

    def look() -> str:
        if not inside:
            inside.append(0)
            with posting.app_context():
                inside[0] = jobs.send_due(clock.now())
        return "250 OK"

    mailbox.at_data = look
    put(5)
    jobs.send_due(clock.now())
    assert inside == [0]
    assert Counter(letter["Subject"] for letter in mailbox.letters) == Counter(f"Number {n}" for n in range(5))


@pytest.fixture
def life(environment: dict[str, str], session: Session, mailbox: Mailbox) -> dict[str, str]:
    """The environment of workers that send to that server."""
    return environment | {"EVENTSYS_MAIL_URL": mailbox.url}  # type: ignore[attr-defined]


def test_two_workers_send_each_key_once(session: Session, life: dict[str, str], mailbox: Mailbox) -> None:
    put(120)
    workers = [start_worker(life, "--once") for _ in range(2)]
    assert [worker.wait() for worker in workers] == [0, 0], worker_log(life).read_text()
    assert Counter(letter["Subject"] for letter in mailbox.letters) == Counter(f"Number {n}" for n in range(120))
    assert states(session) == [Delivery.SENT] * 120


def test_a_worker_killed_in_the_middle_sends_at_worst_one_twice(
    session: Session, life: dict[str, str], mailbox: Mailbox
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def stop_at_the_eighth() -> None:
        if len(mailbox.letters) == 8 and not reached.is_set():
            reached.set()
            go_on.wait(20)

    mailbox.before_answer = stop_at_the_eighth
    put(30)
    worker = start_worker(life)
    assert reached.wait(30)
    # The server has the eighth message; the worker dies before it hears so.
    worker.kill()
    go_on.set()
    assert states(session).count(Delivery.SENT) == 7
    later = str(rules.LEASE.total_seconds() + 5)
    done = start_worker(life | {"EVENTSYS_CLOCK_OFFSET": later}, "--once")
    assert done.wait() == 0, worker_log(life).read_text()
    arrived = Counter(letter["Subject"] for letter in mailbox.letters)
    assert arrived - Counter(f"Number {n}" for n in range(30)) == Counter({"Number 7": 1})
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 30
    assert states(session) == [Delivery.SENT] * 30


def test_a_worker_told_to_stop_ends_after_the_message_in_hand(
    session: Session, life: dict[str, str], mailbox: Mailbox
) -> None:
    told = threading.Event()

    def tell() -> str:
        if len(mailbox.letters) == 2 and not told.is_set():
            worker.tell_to_end()
            told.set()
        return "250 OK"

    mailbox.at_data = tell
    worker = start_worker(life)
    put(10)
    assert worker.wait() == 0
    assert len(mailbox.letters) == 3
    messages = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [m.state for m in messages] == [Delivery.SENT] * 3 + [Delivery.WAITING] * 7
    assert [(m.leased_until, m.tries) for m in messages[3:]] == [(None, 0)] * 7

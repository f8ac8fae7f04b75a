"""What comes back for good is noted, nothing more is sent there, and one word lifts it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing import actions, jobs, queries
from eventsys.mailing.models import BouncedAddress, Delivery, OutboxMessage
from eventsys.mailing.returned import Fate, read_report
from eventsys.registration import actions as registration
from eventsys.registration.models import Registration
from tests import beside
from tests.cast import Cast
from tests.counting import statements
from tests.factories import make_event
from tests.factories.registration import make_registration
from tests.forms import post_form
from tests.mailing.mailmen import Mailbox

NOW = clock.now()


def put(key: str, to: str = "bo@example.org", *, event_id: int | None = None) -> None:
    with transaction() as session:
        actions.enqueue(session, key=key, maker="greeting", arguments={"to": to}, due_at=clock.now(), event_id=event_id)


def states(session: Session) -> list[tuple[str, str | None]]:
    session.rollback()
    session.expire_all()
    return [(m.state, m.last_error) for m in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def note(address: str, *, status: str = "5.1.1") -> None:
    with transaction() as session:
        actions.note_bounce(session, address, status=status, reason="a test said so", now=clock.now())


def clear(address: str) -> bool:
    with transaction() as session:
        return actions.clear_bounce(session, address, now=clock.now())


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("550 5.1.1 <bo@example.org>: Recipient address rejected", "5.1.1"),
        ("550 No such user here", "5.0.0"),
        ("553 5.1.3 Bad address syntax", "5.1.3"),
        ("550 5.2.1 The mailbox is disabled", "5.2.1"),
        ("550 5.4.4 No such host", "5.4.4"),
        ("556 This domain takes no mail", "5.1.10"),
    ],
)
def test_a_recipient_refused_for_good_is_written_to_no_more(
    session: Session, posting: Flask, mailbox: Mailbox, said: str, status: str
) -> None:
    mailbox.answer = lambda address: said
    put("first", "Bo Berg <Bo@Example.org>")
    jobs.send_due(clock.now())
    assert session.scalars(select(BouncedAddress.address_key)).all() == ["bo@example.org"]
    # The server would take it now; nobody asks it.
    mailbox.answer = lambda address: "250 OK"
    put("second", "bo@example.org")
    put("other", "cyd@example.org")
    jobs.send_due(clock.now())
    assert mailbox.recipients == [["cyd@example.org"]]
    assert states(session) == [
        (Delivery.FAILED, f"the mail server refused the recipient ({said[:3]})"),
        (Delivery.FAILED, f"mail to this address came back before ({status})"),
        (Delivery.SENT, None),
    ]


@pytest.mark.parametrize(
    "said",
    ["450 4.1.1 greylisted", "550 5.7.1 your network is blocked", "552 5.2.2 mailbox full", "554 no spam here",
     "503 wrong order"],
)  # fmt: skip
def test_what_is_not_about_the_address_does_not_brand_it(
    session: Session, posting: Flask, mailbox: Mailbox, said: str
) -> None:
    mailbox.answer = lambda address: said
    put("first")
    jobs.send_due(clock.now())
    assert queries.is_bounced(session, "bo@example.org") is False
    mailbox.answer = lambda address: "250 OK"
    put("second")
    jobs.send_due(clock.now())
    assert mailbox.recipients == [["bo@example.org"]]


def test_a_message_refused_by_its_content_does_not_brand_its_address(
    session: Session, posting: Flask, mailbox: Mailbox
) -> None:
    mailbox.at_data = lambda: "550 5.1.1 odd, but said of the message"
    put("first")
    jobs.send_due(clock.now())
    assert states(session)[0][0] == Delivery.FAILED
    assert queries.is_bounced(session, "bo@example.org") is False


def test_one_word_lifts_it_until_mail_comes_back_again(session: Session, posting: Flask, mailbox: Mailbox) -> None:
    note("Bo@example.org")
    assert [clear("BO@example.org"), clear("bo@example.org"), clear("cyd@example.org")] == [True, False, False]
    put("first")
    jobs.send_due(clock.now())
    assert mailbox.recipients == [["bo@example.org"]]
    note("bo@example.org", status="5.2.1")
    found = queries.find_bounce(session, "bo@example.org")
    assert found is not None
    assert (found.status, found.cleared_at) == ("5.2.1", None)


def test_another_try_by_an_administrator_is_one(session: Session, posting: Flask, mailbox: Mailbox, cast: Cast) -> None:
    note("bo@example.org")
    put("first")
    jobs.send_due(clock.now())
    assert states(session)[0][0] == Delivery.FAILED
    eve = cast.browser_of(cast.eve)
    number = session.scalars(select(OutboxMessage.id)).one()
    assert post_form(eve, "/admin/mail", action=f"/admin/mail/{number}/retry").status_code == 303
    jobs.send_due(clock.now())
    assert mailbox.recipients == [["bo@example.org"]]


def test_many_addresses_are_looked_up_at_once(session: Session) -> None:
    for name in ("a", "b", "c"):
        note(f"{name}@example.org")
    clear("c@example.org")
    with statements() as run:
        found = queries.bounced_among(session, [f"{name}@example.org" for name in "abcdef"])
    assert found == {"a@example.org", "b@example.org"}
    assert len(run) == 1
    assert queries.bounced_among(session, []) == set()


def test_an_address_written_down_anew_is_tried_anew(session: Session, app: Flask) -> None:
    note("right@example.org")
    number = make_registration(make_event(), email="wrong@example.org").id
    with transaction() as writing:
        one = writing.get_one(Registration, number)
        registration.request_email_change(writing, one, "Right@example.org", now=clock.now())
    assert queries.is_bounced(session, "right@example.org") is False


def test_the_organiser_is_told(session: Session, posting: Flask, mailbox: Mailbox, cast: Cast) -> None:
    event = make_event(owner=cast.ada)
    note("bo@example.org")
    put("first", event_id=event.id)
    jobs.send_due(clock.now())
    assert "1 message could not be delivered" in cast.browser_of(cast.ada).get(f"/manage/events/{event.slug}/").text


# What mail servers send back.


def report(*recipients: str, action: str = "failed", status: str = "5.1.1", kind: str = "delivery-status") -> bytes:
    """A notification as Postfix writes it (RFC 3464)."""
    fields = [
        f"Final-Recipient: rfc822; {who}\nOriginal-Recipient: rfc822;{who}\nAction: {action}\nStatus: {status}\n"
        f"Remote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; 550 {status} User unknown\n"
        for who in recipients
    ]
    status_part = "\n".join(
        ["Reporting-MTA: dns; mail.example.net\nArrival-Date: Sat, 21 Nov 2026 15:00:00 +0000\n", *fields]
    )
    return f"""From: MAILER-DAEMON@mail.example.net (Mail Delivery System)
To: eventsys@example.net
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="cut"

This is a MIME-encapsulated message.

--cut
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--cut
Content-Type: message/{kind}

{status_part}
--cut
Content-Type: text/rfc822-headers

Message-ID: <0123@example.net>
Subject: Your ticket

--cut--
""".encode()


def bounce(app: Flask, data: bytes, *words: str) -> tuple[int, str]:
    """`eventsys mail bounce` as it runs in life: exit code, and what it said on either side."""
    settings = app.config["SETTINGS"]
    environment = {
        "EVENTSYS_DATABASE_URL": settings.database_url, "EVENTSYS_DATA_DIR": str(settings.data_dir),
        "EVENTSYS_SECRET_KEY": settings.secret_key,
    }  # fmt: skip
    done = beside.run("mail", "bounce", *words, environment=environment, given=data)
    return done.status, (done.out + done.err).strip()


def bounced(session: Session) -> dict[str, str]:
    session.rollback()
    return {row.address_key: row.status for row in session.scalars(select(BouncedAddress))}


def test_a_report_notes_each_recipient_that_failed_for_good(app: Flask, session: Session, tmp_path: Path) -> None:
    code, said = bounce(app, report("Bo@Example.org", "cyd@example.org"))
    assert (code, said) == (
        0, "Noted, nothing more is sent there: bo@example.org (failed 5.1.1), cyd@example.org (failed 5.1.1)"
    )  # fmt: skip
    file = tmp_path / "report.eml"
    file.write_bytes(b"From MAILER-DAEMON Sat Nov 21 15:00:00 2026\n" + report("dee@example.org", status="5.2.1"))
    assert bounce(app, b"", str(file)) == (0, "Noted, nothing more is sent there: dee@example.org (failed 5.2.1)")
    assert bounced(session) == {"bo@example.org": "5.1.1", "cyd@example.org": "5.1.1", "dee@example.org": "5.2.1"}


def test_a_delay_is_told_and_not_noted(app: Flask, session: Session) -> None:
    code, said = bounce(app, report("bo@example.org", action="delayed", status="4.4.1"), "-")
    assert code == 0
    assert said == "Nothing noted, this does not say that an address is dead: bo@example.org (delayed 4.4.1)"
    assert bounced(session) == {}


@pytest.mark.parametrize(
    "data",
    [b"", b"Subject: I am on holiday\n\nBack on Monday.\n", report("bo@example.org", kind="disposition-notification"),
     report(), report("no address"), b"\xff\xfe\x00" * 50],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(app: Flask, session: Session, data: bytes) -> None:
    assert bounce(app, data) == (
        1, "stdin: this is no delivery status notification (RFC 3464) that names a recipient."
    )  # fmt: skip
    assert bounced(session) == {}


@pytest.mark.parametrize(
    ("action", "status", "is_for_good"),
    [
        ("failed", "5.1.1", True), ("Failed", "5.1.1 (bad mailbox)", True), ("failed", "5.0.0", True),
        ("failed", "5.4.4", True), ("failed", "5.2.2", False), ("failed", "5.7.1", False), ("failed", "4.4.7", False),
        ("failed", "", False), ("failed", "51.1", False), ("delayed", "5.1.1", False), ("relayed", "2.0.0", False),
    ],
)  # fmt: skip
def test_only_what_is_said_for_good_of_the_address_counts(action: str, status: str, is_for_good: bool) -> None:
    (fate,) = read_report(report("bo@example.org", action=action, status=status))
    assert (fate.address, fate.is_for_good) == ("bo@example.org", is_for_good)


def test_where_mail_is_forwarded_the_address_we_wrote_to_counts() -> None:
    data = report("bo@example.org").replace(b"Final-Recipient: rfc822; bo@", b"Final-Recipient: rfc822; forwarded@")
    assert read_report(data) == [Fate("bo@example.org", "failed", "5.1.1")]
    only_final = data.replace(b"Original-Recipient: rfc822;bo@example.org\n", b"")
    assert read_report(only_final) == [Fate("forwarded@example.org", "failed", "5.1.1")]


def test_a_report_inside_another_message_is_none() -> None:
    message = EmailMessage()
    message["Subject"] = "Fwd: see what came back"
    message.set_content("Look.")
    message.add_attachment(report("bo@example.org"), maintype="application", subtype="octet-stream")
    assert read_report(message.as_bytes()) == []


# Administrators see the dead addresses and lift them.


def test_administrators_see_dead_addresses_and_lift_them(session: Session, cast: Cast) -> None:
    note("bo@example.org")
    note("cyd@example.org", status="5.2.1")
    eve = cast.browser_of(cast.eve)
    assert "Mail does not reach 2 addresses" in eve.get("/admin/mail").text
    page = eve.get("/admin/mail/addresses?q=BO@").text
    assert ["bo@example.org" in page, "cyd@example.org" in page] == [True, False]
    number = session.scalars(select(BouncedAddress.id).where(BouncedAddress.address_key == "bo@example.org")).one()
    answer = post_form(eve, "/admin/mail/addresses", action=f"/admin/mail/addresses/{number}/clear")
    assert answer.status_code == 303
    assert queries.is_bounced(session, "bo@example.org") is False
    page = eve.get("/admin/mail/addresses").text
    assert [">bo@example.org<" in page, ">cyd@example.org<" in page] == [False, True]


@pytest.mark.parametrize("who", ["ada", "dee", None])
def test_nobody_else_sees_them(session: Session, cast: Cast, client: FlaskClient, who: str | None) -> None:
    note("bo@example.org")
    browser = cast.browser_of(getattr(cast, who)) if who else client
    assert browser.get("/admin/mail/addresses").status_code == (403 if who else 303)

"""The worker's round through the outbox: take what is due, write it, send it, note what became of it."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime

from eventsys.kernel import clock, work
from eventsys.kernel.database import reading, transaction
from eventsys.mailing import actions, queries, rules
from eventsys.mailing.actions import Held
from eventsys.mailing.letters import Letter, find_maker
from eventsys.mailing.sending import HeaderRefused, Post, Unreachable

log = logging.getLogger("eventsys.mail")

# After this many the worker looks at its other jobs before it goes on.
_MOST_IN_ONE_ROUND = 200


class NotWritten(Exception):
    """The maker failed, or there is none of this name."""


class AddressDead(Exception):
    """Mail to this address came back before; the text is the code by which it did."""


def send_due(now: datetime) -> int:
    """Send what is due. Returns how many messages were dealt with, sent or not."""
    dealt_with, ahead = 0, now - clock.now()
    with Post() as post:
        while dealt_with < _MOST_IN_ONE_ROUND and not work.is_stopping():
            held = _take(clock.now() + ahead)
            if not held:
                break
            dealt_with += _deal_with_all(post, held, ahead + clock.now())
    return dealt_with


def _take(now: datetime) -> list[Held]:
    # Looking costs no lock; a writing transaction every second would be in everybody's way on SQLite.
    if not queries.is_any_due(reading(), now=now):
        return []
    with transaction() as session:
        return actions.hold_due(session, now=now)


def _deal_with_all(post: Post, held: list[Held], now: datetime) -> int:
    """Returns how many were dealt with; the others are given back."""
    ahead = now - clock.now()
    for position, one in enumerate(held):
        now = clock.now() + ahead
        if work.is_stopping() or one.until - now < rules.TIME_FOR_ONE:
            with transaction() as session:
                actions.let_go(session, held[position:])
            return position
        try:
            _deal_with(post, one, now)
        except Unreachable as error:
            # The others would wait for the same silence, one after the other.
            _fail(held[position:], f"the mail server cannot be reached ({error})", now)
            return len(held)
    return len(held)


def _deal_with(post: Post, held: Held, now: datetime) -> None:
    """One message: sent, dropped, or noted as failed, in a transaction of its own. Raises Unreachable."""
    try:
        letter = _write(held)
        if letter is not None:
            post.send(letter, key=held.key, made_at=held.created_at)
    except Unreachable:
        raise
    except Exception as error:
        # Whatever is wrong with one message, the others of this round must not wait for it.
        why, is_final = _reason(error)
        _fail([held], why, now, is_final=is_final, dead=_dead(error))
        return
    with transaction() as session:
        is_noted = actions.mark_dropped(session, held) if letter is None else actions.mark_sent(session, held, now=now)
    if not is_noted:
        log.warning("message %s was taken by another worker before it was noted", held.id)


def _write(held: Held) -> Letter | None:
    maker = find_maker(held.maker)
    if maker is None:
        raise NotWritten(f"nothing makes {held.maker}")
    session = reading()
    try:
        letter = maker(session, held.arguments)
        bounce = queries.find_bounce(session, letter.to) if letter is not None else None
        if bounce is not None:
            raise AddressDead(bounce.status)
        return letter
    except AddressDead:
        raise
    except Exception as error:
        log.exception("message %s (%s) could not be written", held.id, held.maker)
        raise NotWritten(type(error).__name__) from error
    finally:
        # The conversation with the mail server must not keep a transaction of the database open.
        session.rollback()


def _fail(
    held: list[Held], why: str, now: datetime, *, is_final: bool = False, dead: dict[str, str] | None = None
) -> None:
    log.warning("message %s (%s) was not sent: %s", held[0].id, held[0].maker, why)
    with transaction() as session:
        for one in held:
            actions.mark_failed(session, one, why=why, now=now, is_final=is_final)
        for address, status in (dead or {}).items():
            actions.note_bounce(session, address, status=status, reason=why, now=now)


def _dead(error: Exception) -> dict[str, str]:
    """The recipients that the server knows to be none, with the code by which it said so."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return {}
    said = {
        who: rules.dead_status(code, text.decode("ascii", "replace")) for who, (code, text) in error.recipients.items()
    }
    return {who: status for who, status in said.items() if status is not None}


def _reason(error: Exception) -> tuple[str, bool]:
    """What administrators read, without any address or word of the message, and whether trying again is in vain."""
    if isinstance(error, AddressDead):
        return f"mail to this address came back before ({error})", True
    if isinstance(error, HeaderRefused):
        return "a header or the address of this message is not allowed", True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        said = ", ".join(map(str, codes))
        return f"the mail server refused the recipient ({said})", all(500 <= code < 600 for code in codes)
    if isinstance(error, smtplib.SMTPDataError):
        return f"the mail server refused the message ({error.smtp_code})", 500 <= error.smtp_code < 600
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server refused us ({error.smtp_code})", False
    if isinstance(error, NotWritten):
        return f"the message could not be written ({error})", False
    if isinstance(error, OSError):
        return f"the conversation with the mail server broke off ({type(error).__name__})", False
    return f"the message could not be sent ({type(error).__name__})", False

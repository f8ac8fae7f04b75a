"""The next step of one badge towards paper: handed over, looked after, taken out of a queue again.

A queue that can is first asked for a job without anything to print, and its number is kept before the badge follows:
whoever comes after a worker that was killed asks what became of that number, and sends a badge that never arrived.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from eventsys.checkin.actions import leasing
from eventsys.checkin.actions.leasing import Held
from eventsys.checkin.models import PrinterKind
from eventsys.checkin.printing import ipp, zpl
from eventsys.checkin.printing.drawing import Badge, badge_of
from eventsys.checkin.printing.trouble import PrinterTrouble
from eventsys.checkin.rules import printing as rules
from eventsys.kernel import tokens
from eventsys.kernel.database import reading, transaction


def take_step(held: Held, now: datetime) -> None:
    """Whatever comes next for this job. Raises PrinterTrouble."""
    address = rules.read_address(held.kind, held.address)
    if held.is_over:
        ipp.cancel(address, held.remote_id or 0)
        _in_transaction(lambda session: leasing.note_withdrawn(session, held))
    elif held.handed_at is not None:
        _look(held, address, now)
    else:
        _send(held, address, now)


def note_trouble(held: Held, trouble: PrinterTrouble, now: datetime) -> None:
    """What a step met with: tried again, given up, or looked at again later."""
    since = held.finished_at if held.is_over else held.handed_at
    is_lost = since is not None and now - since > rules.LONGEST_IN_QUEUE
    look_at = now + (rules.pause_after(1) or timedelta())
    with transaction() as session:
        if held.is_over and is_lost:
            leasing.note_withdrawn(session, held)
        elif held.is_over:
            leasing.put_off(session, held, until=look_at)
        elif held.handed_at is not None and not trouble.is_final and not is_lost:
            # It lies in a queue that does not answer just now: it is printed all the same, as far as we know.
            leasing.note_look(session, held, error=trouble.code, look_at=look_at)
        else:
            met = PrinterTrouble("out_of_sight") if is_lost and not trouble.is_final else trouble
            leasing.mark_failed(
                session, held, error=met.code, now=now, is_final=met.is_final, is_gone_there=met.is_gone_there
            )


def _look(held: Held, address: rules.PrinterAddress, now: datetime) -> None:
    """Ask what became of a badge that a queue has."""
    looked = ipp.look(address, held.remote_id or 0)
    age = looked.age if looked.age is not None else now - held.created_at
    if looked.fate in (ipp.Fate.PRINTED, ipp.Fate.FORGOTTEN):
        # Many a queue forgets at once what it has printed.
        _in_transaction(lambda session: leasing.mark_printed(session, held, face_hash=None, now=now))
    elif age > rules.LONGEST_IN_QUEUE:
        ipp.cancel(address, held.remote_id or 0)
        raise PrinterTrouble("too_long")
    else:
        error = looked.reasons[0] if looked.reasons else ""
        look_at = now + rules.pause_before_look(age)
        _in_transaction(lambda session: leasing.note_look(session, held, error=error, look_at=look_at))


def _send(held: Held, address: rules.PrinterAddress, now: datetime) -> None:
    """Draw the badge and hand it over."""
    if held.is_retired:
        raise PrinterTrouble("retired")
    badge = _badge(held)
    if badge is None:
        _in_transaction(lambda session: leasing.mark_unwanted(session, held, error="unprintable", now=now))
    elif held.kind == PrinterKind.ZPL:
        zpl.send(address, zpl.label_of(badge.picture(held.dpi)))
        _in_transaction(lambda session: leasing.mark_printed(session, held, face_hash=badge.face_hash, now=now))
    else:
        _to_queue(held, address, badge, now)


def _to_queue(held: Held, address: rules.PrinterAddress, badge: Badge, now: datetime) -> None:
    """Into a print queue, once: a worker may have been killed at any step of this before."""
    number = held.remote_id or _number_unnoted(held, address)
    if number is not None and _has_badge(address, number):
        # It was drawn before, and the person may be called otherwise since.
        face_hash = held.face_hash or badge.face_hash
    else:
        number, face_hash = _hand_over(held, address, badge, number), badge.face_hash
    if number is None:
        return
    taken, look_at = number, now + rules.pause_before_look(timedelta())
    _in_transaction(
        lambda session: leasing.note_taken(
            session, held, remote_id=taken, face_hash=face_hash, now=now, look_at=look_at
        )
    )


def _hand_over(held: Held, address: rules.PrinterAddress, badge: Badge, number: int | None) -> int | None:
    """Give the queue the badge, for the job of this number where it has one; None where nobody wants it any more."""
    queue = ipp.ask_queue(address)
    if queue.format is None:
        raise PrinterTrouble("format")
    if not queue.is_accepting:
        raise PrinterTrouble("not_accepting")
    document, medium = badge.document(queue.format, held.dpi), queue.medium(*badge.paper)
    if number is None and not queue.numbers_first:
        return ipp.send(address, document, format=queue.format, name=_name(held), medium=medium)
    number = number or ipp.begin(address, name=_name(held), medium=medium)
    with transaction() as session:
        is_wanted = leasing.note_begun(session, held, remote_id=number, face_hash=badge.face_hash)
    if is_wanted:
        ipp.hand_over(address, number, document, format=queue.format)
    return number if is_wanted else None


def _number_unnoted(held: Held, address: rules.PrinterAddress) -> int | None:
    """The number of the job in the queue, where a worker was killed before it had noted it."""
    return ipp.find(address, _name(held)) if held.tries > 1 else None


def _has_badge(address: rules.PrinterAddress, number: int) -> bool:
    """Whether a job has its document. Raises PrinterTrouble where it was given up, or nobody can tell."""
    fate = ipp.look(address, number).fate
    if fate == ipp.Fate.FORGOTTEN:
        raise PrinterTrouble("forgotten")
    return fate != ipp.Fate.EXPECTED


def _name(held: Held) -> str:
    """What the print server's list shows: no person, and the same for this job alone, so that it is found again."""
    return f"badge {held.event_id} {tokens.hashed(f'{held.id} {held.request_id}')[:12]}"


def _badge(held: Held) -> Badge | None:
    session = reading()
    try:
        return badge_of(session, held.event_id, held.registration_id, held.design_key)
    finally:
        # The conversation with the printer must not keep a transaction of the database open.
        session.rollback()


def _in_transaction(do: Callable[..., object]) -> None:
    with transaction() as session:
        do(session)

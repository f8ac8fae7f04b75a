"""The worker's round to the printers: what is due is taken, and each printer is spoken to beside the others."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from flask import Flask, current_app

from eventsys.checkin.actions import leasing
from eventsys.checkin.actions.leasing import Held
from eventsys.checkin.printing.steps import note_trouble, take_step
from eventsys.checkin.printing.trouble import PrinterTrouble
from eventsys.checkin.queries import printing as queries
from eventsys.checkin.rules import printing as rules
from eventsys.kernel import clock, work
from eventsys.kernel.database import db, reading, transaction

log = logging.getLogger("eventsys.print")

# Printers are slow and wait for one another no more than they must.
_PRINTERS_AT_ONCE = 8
_JOBS_A_ROUND = 24
# So long a round waits for its printers; whoever is slower goes on beside the worker's other work.
_SECONDS_FOR_A_ROUND = 1.0

_pool = ThreadPoolExecutor(_PRINTERS_AT_ONCE, thread_name_prefix="eventsys-print")
# The printers that are being spoken to: none of them by two threads of one worker at once.
_busy: dict[int, Future[None]] = {}


def print_in_turn(now: datetime) -> int:
    """Print what is due, without waiting for printers that take their time: neither other printers nor letters do."""
    return _round(now, _SECONDS_FOR_A_ROUND)


def print_due(now: datetime) -> int:
    """Print what is due and wait until it is. Returns how many jobs were dealt with, printed or not."""
    return _round(now, None)


def _round(now: datetime, seconds: float | None) -> int:
    ahead = now - clock.now()
    _forget_idle()
    # Looking costs no lock; a writing transaction every second would be in everybody's way on SQLite.
    is_due = queries.is_any_due(reading(), now=now, except_at=_busy)
    db.session.rollback()
    if not is_due or work.is_stopping():
        return 0
    with transaction() as session:
        held = leasing.hold_due(session, now=now, most=_JOBS_A_ROUND, except_at=_busy)
    by_printer: dict[int, list[Held]] = {}
    for one in held:
        by_printer.setdefault(one.printer_id, []).append(one)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    begun = {number: _pool.submit(_apart, app, jobs, ahead) for number, jobs in by_printer.items()}
    _busy.update(begun)
    wait(begun.values(), timeout=seconds)
    _forget_idle()
    return len(held)


def _forget_idle() -> None:
    """The printers that are done with. Raises what kept a thread from noting how its badges fared."""
    done = [_busy.pop(number) for number in [number for number, one in _busy.items() if one.done()]]
    for one in done:
        one.result()


def _apart(app: Flask, held: list[Held], ahead: timedelta) -> None:
    """One printer's jobs in a thread of their own, with their own session."""
    with app.app_context():
        try:
            _deal_with_all(held, ahead)
        finally:
            db.session.remove()


def _deal_with_all(held: list[Held], ahead: timedelta) -> None:
    """The jobs of one printer, one after the other; when it is the printer that fails, the rest fail with it."""
    for position, one in enumerate(held):
        now = clock.now() + ahead
        if work.is_stopping() or one.until - now < rules.LONGEST_WAY:
            with transaction() as session:
                leasing.let_go(session, held[position:])
            return
        try:
            take_step(one, now)
        except PrinterTrouble as trouble:
            concerned = held[position:] if trouble.is_of_printer else [one]
            _note(concerned, trouble, clock.now() + ahead)
            if trouble.is_of_printer:
                return
        except Exception:
            # Whatever is wrong with one badge, the others must not wait for it.
            log.exception("print job %s could not be dealt with", one.id)
            _note([one], PrinterTrouble("undrawable"), clock.now() + ahead)


def _note(held: list[Held], trouble: PrinterTrouble, now: datetime) -> None:
    log.warning("print job %s of %s was not printed: %s", held[0].id, len(held), trouble.code)
    for one in held:
        note_trouble(one, trouble, now)

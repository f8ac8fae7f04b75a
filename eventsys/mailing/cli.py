"""`eventsys mail bounce`: the mail server hands over what came back, and nothing more is sent to a dead address."""

from __future__ import annotations

from typing import BinaryIO

import click
from flask.cli import AppGroup

from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.mailing import actions
from eventsys.mailing.errors import NoDeliveryReport, ReportTooLong
from eventsys.mailing.returned import Fate, read_report

group = AppGroup("mail", help="Mail that goes out, and what comes back.")

# What came back may hold the whole message with its tickets.
MOST_BYTES = 25 * 1024 * 1024


@group.command("bounce")
@click.argument("file", type=click.File("rb"), default="-")
def bounce(file: BinaryIO) -> None:
    """Read one delivery status notification from FILE or stdin, and note the addresses that are dead."""
    name = "stdin" if file.name in ("-", "<stdin>") else str(file.name)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ReportTooLong(file=name, most=MOST_BYTES // 1024 // 1024)
    fates = read_report(data)
    if not fates:
        raise NoDeliveryReport(file=name)
    now = clock.now()
    dead = [fate for fate in fates if fate.is_for_good]
    with transaction() as session:
        for fate in dead:
            reason = f"a delivery report said so ({fate.status})"
            actions.note_bounce(session, fate.address, status=fate.status, reason=reason, now=now)
    click.echo(_said(dead or fates))


def _said(fates: list[Fate]) -> str:
    named = ", ".join(f"{fate.address} ({fate.action} {fate.status})" for fate in fates)
    if any(fate.is_for_good for fate in fates):
        return f"Noted, nothing more is sent there: {named}"
    return f"Nothing noted, this does not say that an address is dead: {named}"

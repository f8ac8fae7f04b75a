"""Devices for the door, added by hand or by a script."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from eventsys.checkin import actions
from eventsys.checkin.models import DeviceRole
from eventsys.events.errors import EventUnknown
from eventsys.events.queries import find_event
from eventsys.kernel import clock
from eventsys.kernel.clock import said_instant
from eventsys.kernel.database import transaction
from eventsys.kernel.pages import settings

group = AppGroup("checkin", help="The door: devices that scan.")


@group.command("device")
@click.argument("slug")
@click.option("--name", required=True, help="What other desks read: Desk 2.")
@click.option("--point", "points", multiple=True, help="A point where it may scan; all of them without.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in DeviceRole]),
    default=DeviceRole.SCANNER.value,
    show_default=True,
    help="What it is there for.",
)
@click.option("--until", help="When it ends, such as 2026-12-04T20:00; a day after the event without.")
def device(slug: str, name: str, points: tuple[str, ...], role: str, until: str | None) -> None:
    """Add a device and print its url, token and expires_at as JSON. The token is shown this once."""
    if not name.strip():
        raise click.UsageError("--name must not be empty.")
    now = clock.now()
    with transaction(actor="system") as session:
        event = find_event(session, slug)
        if event is None:
            raise EventUnknown
        ends_at = _instant(until, event.zone) if until else None
        made, token = actions.add_device(session, event, name, now=now, points=points, role=role, until=ends_at)
    url = f"{settings().base_url}/checkin/{'kiosk' if role == DeviceRole.KIOSK else 'device'}#{token}"
    click.echo(json.dumps({"url": url, "token": token, "expires_at": said_instant(made.expires_at)}))


def _instant(value: str, zone: ZoneInfo) -> datetime:
    """An instant, local to the event unless it carries an offset."""
    try:
        instant = datetime.fromisoformat(value)
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.UsageError(f"--until is {value!r}, but it must be an instant such as 2026-12-04T20:00.") from None

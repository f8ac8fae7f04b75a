"""`eventsys demo load`: a community to look at, in an installation that holds nothing else."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from eventsys.demo import actions, cast
from eventsys.events.models import Event
from eventsys.kernel import clock, pages
from eventsys.kernel.database import reading, transaction

group = click.Group("demo", help="A community of invented people and real events, to look at.")


@group.command("load")
@with_appcontext
def load() -> None:
    """Load the demo community; run again, keep it and move the event of today to today."""
    with transaction(actor="command") as session:
        actions.load(session, now=clock.now())
    for line in _lines():
        click.echo(line)


def _lines() -> list[str]:
    base, session = pages.settings().base_url, reading()
    number = session.scalar(select(func.count()).select_from(Event)) or 0
    event = actions.event_of_today(session)
    now = f" On now: {base}/events/{event.slug}/" if event is not None else ""
    return [
        f"The demo community is here: {number} events.{now}",
        f"Sign in at {base}/sign-in (these passwords are for looking around only):",
        *cast.sign_in_lines(),
    ]

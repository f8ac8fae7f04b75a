"""Commands: lists of people in, badges out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from flask_babel import force_locale
from sqlalchemy.orm import Session

from eventsys.badges import pictures
from eventsys.badges.designs import FORMATS, pictures_in
from eventsys.badges.queries import design_of
from eventsys.badges.sheets import write_design
from eventsys.events.errors import EventUnknown
from eventsys.events.models import Event
from eventsys.events.queries import find_event
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.tables import Table, read_table
from eventsys.registration import queries
from eventsys.registration.actions.listing import bring_in
from eventsys.registration.dealing import check_run
from eventsys.registration.errors import SeatsGone
from eventsys.registration.errors.breakouts import DealDiffers, NotDealt
from eventsys.registration.faces import ORDERS, badge_faces
from eventsys.registration.queries import breakouts as breakout_queries
from eventsys.registration.queries import dealt as outcomes
from eventsys.registration.tables import read_people, said_counts


class _DryRun(Exception):
    """Ends the transaction of a dry run: everything was tried, nothing stays."""

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self.counts = counts


@click.group("registration")
def registration() -> None:
    """Registrations of an event."""


@registration.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--overbook", is_flag=True, help="Let people in beyond the seats.")
@click.option("--notify", is_flag=True, help="Mail everyone who is added.")
def import_people(slug: str, file: Path, dry_run: bool, overbook: bool, notify: bool) -> None:
    """Register the people of a CSV or XLSX file, all of them or none."""
    table = read_table(file.read_bytes(), file.name)
    try:
        with transaction(actor="command") as session:
            counts = _import(session, table, slug, overbook=overbook, notify=notify)
            if dry_run:
                raise _DryRun(counts)
    except _DryRun as tried:
        click.echo(f"Dry run of {file.name}: {said_counts(tried.counts)}. Nothing was changed.")
        return
    click.echo(f"{file.name}: {said_counts(counts)}.")


def _import(session: Session, table: Table, slug: str, *, overbook: bool, notify: bool) -> Counter[str]:
    event = event_of(session, slug)
    questions = queries.questions_of(session, event.id, with_retired=True)
    people = read_people(table, questions, language=event.language, is_mailed=notify)
    try:
        return bring_in(session, event, people, now=clock.now(), overbook=overbook)
    except SeatsGone as refusal:
        raise table.refusal(str(refusal), line=refusal.details.get("line")) from refusal


@registration.command("check-deal")
@click.argument("slug")
@click.argument("key", metavar="ROUND")
def check_deal(slug: str, key: str) -> None:
    """Run a deal of sessions again from what it began from, and say whether the result is the same."""
    session = reading()
    breakout = breakout_queries.round_of(session, event_of(session, slug).id, key)
    if breakout.dealt_at is None:
        raise NotDealt(round=breakout.name)
    found = check_run(breakout.report, outcomes.kept_wishes(session, breakout.id))
    if not found.is_same:
        raise DealDiffers(results=len(found.results), wishes=len(found.wishes), given=len(found.given))
    click.echo(f"{key}: {found.people} people, seed “{breakout.seed}”: the same result again ({found.method}).")


@click.group("badge")
def badge() -> None:
    """Badges of an event."""


@badge.command("print")
@click.argument("slug")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--layout", help="A design of the event by its key, or a format: " + ", ".join(FORMATS))
@click.option(
    "--order", type=click.Choice(list(ORDERS)), default="name", show_default=True, help="How they are sorted."
)
@click.option("--first-label", type=click.IntRange(min=1), default=1, help="The first free label of the first sheet.")
def print_badges(slug: str, out: Path, layout: str | None, order: str, first_label: int) -> None:
    """Print a badge for everyone confirmed on site, in the event's own design unless a layout is named."""
    session = reading()
    event = event_of(session, slug)
    with force_locale(event.language):
        design = design_of(session, event.id, layout)
    # A refusal or a full disk must not leave half a file where a whole one is expected.
    part = out.with_name(out.name + ".part")
    try:
        with force_locale(event.language), part.open("wb") as file:
            faces = badge_faces(session, event, order=order, needs=design.needs)
            found = pictures.all_read(event.id, pictures_in(design))
            badges = write_design(design, faces, file, pictures=found, first_label=first_label)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{out}: {badges} badges.")


def event_of(session: Session, slug: str) -> Event:
    """The event a command names; raises EventUnknown."""
    event = find_event(session, slug)
    if event is None:
        raise EventUnknown
    return event

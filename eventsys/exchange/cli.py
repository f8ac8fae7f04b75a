"""The commands `event import` and `event export`: whole events in and out, by hand and by scripts."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.events.models import EventKind
from eventsys.events.queries import find_event
from eventsys.events.rules import zone_named
from eventsys.exchange import actions
from eventsys.exchange.exporting import ExportFormat, exported
from eventsys.exchange.opening import open_file
from eventsys.exchange.overrides import Overrides
from eventsys.exchange.queries import whole_event
from eventsys.exchange.summary import Summary
from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction, tried
from eventsys.kernel.errors import NotFound
from eventsys.kernel.pages import settings
from eventsys.kernel.tables import FileRefused

group = AppGroup("event", help="Bring whole events in, and take them out.")


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--slug", help="The event's address; of an event that exists, to bring its programme up to date.")
@click.option("--title", help="Instead of the title in the file.")
@click.option("--kind", type=click.Choice([str(kind) for kind in EventKind]), help="Instead of the kind in the file.")
@click.option("--timezone", metavar="ZONE", help="The zone of the times in the file, such as Europe/Brussels.")
@click.option("--owner", metavar="EMAIL", help="Who runs a new event; the administrators, when nobody is named.")
@click.option("--publish", is_flag=True, help="Publish the event.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def import_event(
    file: Path,
    slug: str | None,
    title: str | None,
    kind: str | None,
    timezone: str | None,
    owner: str | None,
    publish: bool,
    dry_run: bool,
) -> None:
    """Import an event file, a frab schedule (XML or JSON), or an agenda table (CSV or XLSX, with --slug)."""
    if timezone:
        zone_named(timezone)
    given = Overrides(slug=slug, title=title, kind=kind, timezone=timezone, zone_of=lambda _slug: settings().timezone)
    content = open_file(_read(file), file.name)

    def work(session: Session) -> Summary:
        person = _owner(session, owner, file) if owner else None
        return actions.import_file(session, content, given, owner=person, publish=publish, now=clock.now())

    if dry_run:
        summary = tried(work, actor="command")
        click.echo(_("dry run: nothing was written"))
    else:
        with transaction(actor="command") as session:
            summary = work(session)
    for line in summary.lines():
        click.echo(line)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileRefused(file.name, _("it cannot be read (%(why)s)", why=error.strerror)) from error


def _owner(session: Session, email: str, file: Path) -> User:
    found = session.scalar(select(User).where(User.email == email.strip().lower()))
    if found is None:
        raise FileRefused(file.name, _("there is no account of %(email)s", email=email))
    return found


@group.command("export")
@click.argument("slug")
@click.option("--format", "kind", required=True, type=click.Choice([str(one) for one in ExportFormat]))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
def export_event(slug: str, kind: str, out: Path) -> None:
    """Write an event into a file. The event file holds addresses of streams and people: it is for organisers."""
    session = reading()
    event = find_event(session, slug)
    if event is None:
        raise NotFound(_("there is no event “%(slug)s”", slug=slug))
    content = exported(whole_event(session, event), ExportFormat(kind))
    try:
        _write(out, content)
    except OSError as error:
        raise FileRefused(out.name, _("it cannot be written (%(why)s)", why=error.strerror)) from error


def _write(out: Path, content: bytes) -> None:
    """Put the file in its place at once: whoever reads it meanwhile sees the old one or the new one."""
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(content)
    part.replace(out)

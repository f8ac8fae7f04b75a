"""Commands that write what an event's registrations came to."""

from __future__ import annotations

from pathlib import Path

import click
from flask_babel import gettext as _

from eventsys.kernel import clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.tables import FileRefused, write_table
from eventsys.registration.actions import note_look
from eventsys.registration.cli import event_of, registration
from eventsys.reports.registrations import asked_of, columns, people_with_sensitive_answers, rows

__all__ = ["export", "registration"]


@registration.command("export")
@click.argument("slug")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .csv or .xlsx file.")
def export(slug: str, out: Path) -> None:
    """Write all registrations of an event as a table, sensitive answers included, which is written down."""
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise FileRefused(out.name, _("only .csv and .xlsx can be written; name the file so"))
    session = reading()
    event = event_of(session, slug)
    if people := people_with_sensitive_answers(session, event):
        with transaction(actor="command") as session:
            note_look(session, event.id, "export", people=people, now=clock.now())
    questions = asked_of(session, event, with_sensitive=True)
    write_table(out, columns(questions), rows(session, event, questions), name=event.slug)
    click.echo(f"{out}: written.")

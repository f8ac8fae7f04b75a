"""The agenda as a table for people: an export that reads back, and a template to begin from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time as _time
from datetime import timedelta
from io import BytesIO

from flask_babel import gettext as _

from eventsys.agenda.models import AgendaSession, SessionRole, Talk, TalkRole
from eventsys.exchange.agenda_table.columns import COLUMNS, NAMES
from eventsys.exchange.agenda_table.people import shown
from eventsys.exchange.queries import Whole
from eventsys.kernel.tables import Cell, Sheet, write_csv, write_xlsx

# Every talk has a row of its own, so the column for several in one cell is not written.
WRITTEN = tuple(name for name in NAMES if name != "talks")
_DAY = timedelta(hours=24)


def agenda_csv(whole: Whole, *, with_mark: bool = False) -> bytes:
    """The programme, a row a session and below it a row a talk. Holds no address of a stream."""
    out = BytesIO()
    write_csv(out, WRITTEN, (_as_text(row) for row in rows(whole)), with_mark=with_mark)
    return out.getvalue()


def agenda_xlsx(whole: Whole) -> bytes:
    """The same as a workbook, with days and times as such and a sheet that explains the columns."""
    out = BytesIO()
    widths = [column.width for column in COLUMNS if column.name in WRITTEN]
    write_xlsx(out, Sheet(_("Agenda"), WRITTEN, rows(whole), widths), explanations())
    return out.getvalue()


def template_csv() -> bytes:
    """An empty table with one row to write over."""
    out = BytesIO()
    write_csv(out, NAMES, [[column.example for column in COLUMNS]], with_mark=True)
    return out.getvalue()


def template_xlsx() -> bytes:
    """The same as a workbook, with a sheet that explains the columns."""
    out = BytesIO()
    widths = [column.width for column in COLUMNS]
    write_xlsx(out, Sheet(_("Agenda"), NAMES, [[column.example for column in COLUMNS]], widths), explanations())
    return out.getvalue()


def explanations() -> Sheet:
    """What to write in which column."""
    lines = [[column.name, str(column.words), column.example, ", ".join(column.also)] for column in COLUMNS]
    heads = [_("column"), _("what to write"), _("example"), _("also understood as heading")]
    return Sheet(_("Explanations"), heads, lines, (14, 90, 40, 50))


def rows(whole: Whole) -> Iterator[list[Cell]]:
    """The cells of the table in the order of WRITTEN."""
    for entry in whole.sessions:
        yield _session(entry, whole)
        for talk in entry.talks:
            yield _talk(talk)


def _session(entry: AgendaSession, whole: Whole) -> list[Cell]:
    zone = whole.event.zone
    start, end = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    minutes = int((entry.ends_at - entry.starts_at).total_seconds() // 60)
    # An end on a later day than the next cannot be said as a time: those few have a duration.
    is_short = end.replace(tzinfo=None) - start.replace(tzinfo=None) < _DAY
    cells: dict[str, Cell] = {
        "key": entry.key,
        "day": start.date(),
        "start": start.time().replace(tzinfo=None),
        "end": end.time().replace(tzinfo=None) if is_short else None,
        "duration": None if is_short else minutes,
        "room": entry.room.name if entry.room else None,
        "track": entry.track.name if entry.track else None,
        "people": _people(entry.roles),
    }
    for name in ("kind", "title", "subtitle", "abstract", "language", "status", "seats"):
        cells[name] = getattr(entry, name)
    return [cells.get(name) for name in WRITTEN]


def _talk(talk: Talk) -> list[Cell]:
    cells: dict[str, Cell] = {"key": talk.key, "kind": "talk", "duration": talk.minutes, "people": _people(talk.roles)}
    for name in ("title", "abstract", "project"):
        cells[name] = getattr(talk, name)
    return [cells.get(name) for name in WRITTEN]


def _people(roles: list[SessionRole] | list[TalkRole]) -> str:
    return "; ".join(f"{shown(role.person)} – {role.role}" for role in roles)


def _as_text(row: list[Cell]) -> list[Cell]:
    """Days and times as a CSV writes them: 2026-12-03, 09:30."""
    return [cell.strftime("%H:%M") if isinstance(cell, _time) else cell for cell in row]

"""The formats that an event leaves in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from eventsys.calendars.entries import session_entry
from eventsys.calendars.writer import feed
from eventsys.exchange.agenda_table import agenda_csv, agenda_xlsx
from eventsys.exchange.event_file import written_event_file
from eventsys.exchange.frab import written_frab_json, written_frab_xml
from eventsys.exchange.queries import Whole
from eventsys.kernel.pages import absolute
from eventsys.kernel.text import plain


class ExportFormat(StrEnum):
    """What `event export --format` takes."""

    EVENT = "event"
    FRAB_XML = "frab-xml"
    FRAB_JSON = "frab-json"
    ICS = "ics"
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class Writer:
    """How a format is written, and how browsers and file names know it."""

    write: Callable[[Whole], bytes]
    media_type: str
    ending: str


def written_calendar(whole: Whole) -> bytes:
    """The agenda as its public feed has it."""
    event = whole.event
    entries = [session_entry(event, entry) for entry in whole.sessions]
    url = absolute("agenda.agenda", slug=event.slug)
    return feed(entries, name=event.title, description=plain(event.summary), url=url)


WRITERS: dict[ExportFormat, Writer] = {
    ExportFormat.EVENT: Writer(written_event_file, "application/json", "json"),
    ExportFormat.FRAB_XML: Writer(written_frab_xml, "application/xml", "xml"),
    ExportFormat.FRAB_JSON: Writer(written_frab_json, "application/json", "schedule.json"),
    ExportFormat.ICS: Writer(written_calendar, "text/calendar; charset=utf-8", "ics"),
    ExportFormat.CSV: Writer(agenda_csv, "text/csv; charset=utf-8", "csv"),
    ExportFormat.XLSX: Writer(agenda_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}


def exported(whole: Whole, format: ExportFormat) -> bytes:
    """The event in one of the formats. Only the event file holds the addresses of streams and of people."""
    return WRITERS[format].write(whole)

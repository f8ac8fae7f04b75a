"""Events and sessions as calendar entries: what a calendar says of them, without a word of who may watch."""

from __future__ import annotations

from datetime import datetime

from babel import Locale

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.calendars.writer import Entry, Status
from eventsys.events.models import Event, EventStatus
from eventsys.kernel.pages import absolute
from eventsys.kernel.text import plain

_MOST = 600


def event_entry(event: Event, *, url: str | None = None, note: str = "", takes_time: bool = False) -> Entry:
    """An event as one entry. `note` goes before its description; `url` is the event's page unless given."""
    url = url or absolute("site.event", slug=event.slug)
    said = plain(event.summary) or _shortened(event.description)
    return Entry(
        uid=event.uid,
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        zone=event.zone,
        created_at=event.created_at,
        updated_at=event.updated_at,
        sequence=event.sequence,
        status="cancelled" if event.status == EventStatus.CANCELLED else "confirmed",
        description=_paragraphs(note, plain(event.status_note), said, url),
        location=place_of(event),
        url=url,
        categories=(event.kind.capitalize(), *(theme.key for theme in event.themes)),
        organizer_name=", ".join(event.organisers),
        organizer_email=event.contact if _is_address(event.contact) else "",
        takes_time=takes_time,
    )


def session_entry(event: Event, entry: AgendaSession, *, takes_time: bool = False) -> Entry:
    """One session as an entry. Where the whole event is cancelled, so is each session.

    Draws on the session's room, track and roles with people: load them with it.
    """
    url = absolute("site.session", slug=event.slug, key=entry.key)
    people = ", ".join(dict.fromkeys(role.person.name for role in entry.roles))
    room = entry.room.name if entry.room else ""
    return Entry(
        uid=entry.uid,
        title=entry.title,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        zone=event.zone,
        created_at=entry.created_at,
        updated_at=_latest(event, entry),
        sequence=entry.sequence + event.sequence,
        status=_status(event, entry),
        description=_paragraphs(entry.subtitle, people, _shortened(entry.abstract), url),
        location=", ".join(filter(None, (room, place_of(event)))),
        url=url,
        categories=tuple(filter(None, (entry.kind.capitalize(), entry.track.name if entry.track else ""))),
        takes_time=takes_time,
    )


def place_of(event: Event) -> str:
    """Where an event is, on one line; empty where nothing is known."""
    # A feed is one for all its readers, so the country is named in one language.
    country = Locale("en").territories.get(event.venue_country, event.venue_country)
    parts = (event.venue_name, event.venue_address, event.venue_city, country)
    return ", ".join(dict.fromkeys(filter(None, parts)))


def _status(event: Event, entry: AgendaSession) -> Status:
    if event.status == EventStatus.CANCELLED or entry.status == SessionStatus.CANCELLED:
        return "cancelled"
    return "tentative" if entry.status == SessionStatus.TENTATIVE else "confirmed"


def _latest(event: Event, entry: AgendaSession) -> datetime:
    # A new venue or a cancelled event changes every entry, though no session row was written.
    return max(event.updated_at, entry.updated_at) if event.sequence else entry.updated_at


def _shortened(source: str) -> str:
    """The beginning of a text in plain words: programs fetch whole feeds again and again, the page has the rest."""
    # Cut before it is rendered: the ends of long texts would be worked out and thrown away.
    words = plain(source[: 2 * _MOST])
    return words if len(words) <= _MOST else words[:_MOST].rpartition(" ")[0] + " …"


def _is_address(contact: str) -> bool:
    return "@" in contact and " " not in contact and ":" not in contact


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)

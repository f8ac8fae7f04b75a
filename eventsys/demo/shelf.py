"""What the demo's past events left: slides of talks, recordings in parts, reports; and the papers of today's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from eventsys.agenda.models import AgendaSession
from eventsys.agenda.queries import programme
from eventsys.demo.slides import deck
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.kernel.text import slugified
from eventsys.materials.actions import add_material, add_version, store_file
from eventsys.registration.models import Audience

VIDEOS = "https://video.example.org/w/"


def add_decks(session: Session, event: Event, *, most: int, audience: str, now: datetime) -> None:
    """Slides of the first talks of the programme."""
    entries = programme(session, event.id).sessions
    talks = [(entry, talk) for entry in entries for talk in entry.talks][:most]
    with clock.set_to(now):
        for entry, talk in talks:
            file = store_file(deck(event, entry, talk), f"{slugified(talk.title, most=60)}.pdf")
            add_material(
                session, event, kind="slides", title=talk.title, audience=audience, content=file, now=now, entry=entry,
                talk=talk,
            )  # fmt: skip


def add_recordings(session: Session, event: Event, parts: Iterable[str], *, now: datetime) -> None:
    """Links to recordings, in the order given."""
    with clock.set_to(now):
        for number, title in enumerate(parts, start=1):
            address = f"{VIDEOS}{slugified(event.slug).replace('-', '')[:16]}part{number:04d}"
            add_material(
                session, event, kind="recording", title=title, audience=Audience.PUBLIC, content=address, now=now
            )


def add_link(session: Session, event: Event, *, kind: str, title: str, address: str, now: datetime) -> None:
    """A page elsewhere."""
    with clock.set_to(now):
        add_material(session, event, kind=kind, title=title, audience=Audience.PUBLIC, content=address, now=now)


def add_report(session: Session, event: Event, *, now: datetime) -> None:
    """A report whose second edition replaced the first at the same address."""
    first = next(iter(_with_talks(session, event)))
    with clock.set_to(now):
        file = store_file(deck(event, first, first.talks[0]), f"{event.slug}-report.pdf")
        report = add_material(
            session, event, kind="report", title="Report of the event", audience=Audience.PUBLIC, content=file, now=now
        )
    later = now + timedelta(days=40)
    with clock.set_to(later):
        file = store_file(deck(event, first, first.talks[-1]), f"{event.slug}-report-second-edition.pdf")
        add_version(session, report, file, now=later)


def _with_talks(session: Session, event: Event) -> Iterable[AgendaSession]:
    return (entry for entry in programme(session, event.id).sessions if entry.talks)

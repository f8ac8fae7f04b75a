"""The public programme: its days as a timetable, and the people in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.agenda import cards, queries, rules, timetable
from eventsys.agenda.queries import Appearance, Programme
from eventsys.events import visits
from eventsys.events.models import Event
from eventsys.events.presentation import strip
from eventsys.kernel import clock
from eventsys.kernel.text import clean_line, markdown, search_key

bp = Blueprint("agenda", __name__)

_SHORT = 24
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Choice:
    """What a reader chose to see of a programme, as the address says it. Nonsense is no choice."""

    day: date | None
    track: str
    room: str
    words: str

    @property
    def is_filtered(self) -> bool:
        return bool(self.track or self.room or self.words)

    def query(self, **other: Any) -> dict[str, Any]:
        """The values of the address of this choice, with some of them changed."""
        values = {"day": self.day, "track": self.track, "room": self.room, "q": self.words} | other
        return {name: str(value) for name, value in values.items() if value}


_NO_CHOICE = Choice(None, "", "", "")


@bp.get("/events/<slug>/agenda")
def agenda(slug: str) -> AnyResponse:
    """The programme of one day, with filters that keep their state in the address."""
    choice = _choice(request.args) if request.query_string else _NO_CHOICE
    return visits.page(
        slug,
        ("agenda", choice),
        lambda session, event: _agenda_page(session, event, choice),
        # What people search for is endless: only the pages they choose from lists are kept.
        is_kept=not choice.words,
    )


@bp.get("/events/<slug>/speakers")
def speakers(slug: str) -> AnyResponse:
    """The people of the programme with their sessions, searched and by letters."""
    words = clean_line(request.args.get("q", ""))[:100]
    return visits.page(
        slug,
        ("speakers",),
        lambda session, event: _speakers_page(session, event, words),
        is_kept=not words,
    )


def _choice(args: Mapping[str, str]) -> Choice:
    try:
        day = date.fromisoformat(args.get("day", ""))
    except ValueError:
        day = None
    track, room = (args.get(name, "") if _KEY.fullmatch(args.get(name, "")) else "" for name in ("track", "room"))
    return Choice(day, track, room, clean_line(args.get("q", ""))[:100])


def _agenda_page(session: Session, event: Event, choice: Choice) -> str:
    programme = queries.programme(session, event.id, with_texts=False)
    zone = event.zone
    days = timetable.days_of(programme.sessions, zone)
    today = clock.now().astimezone(zone).date()
    day = next((each for each in (choice.day, today) if each in days), days[0] if days else None)
    on_day = timetable.sessions_on(programme.sessions, day, zone) if day else []
    chosen = _chosen(on_day, programme, choice)
    tints = cards.tints_of(programme.tracks)
    return render_template(
        "agenda/agenda.html",
        event=event,
        days=days,
        day=day,
        today=today,
        choice=choice,
        total=len(on_day),
        shown=len([entry for entry in chosen if not timetable.is_pause(entry)]),
        table=timetable.laid_out(chosen, programme.rooms, zone),
        card={entry.id: cards.card_of(event, entry, tints, zone) for entry in chosen},
        tracks=_used([(track.key, track.name) for track in programme.tracks], on_day, "track"),
        rooms=_used([(room.key, room.name) for room in programme.rooms], on_day, "room"),
        parallel_words=cards.parallel_words,
        # What calendar programs subscribe to by a click.
        webcal=visits.feed_address(event, "calendars.agenda")
        .replace("http", "webcal", 1)
        .replace("webcals", "webcal", 1),
        **strip(event),
    )


def _chosen(entries: list[Any], programme: Programme, choice: Choice) -> list[Any]:
    """The sessions that the filters leave; what is for everybody stays when a room is chosen."""
    tracks = {track.key: track.id for track in programme.tracks}
    rooms = {room.key: room.id for room in programme.rooms}
    found = cards.matching(entries, choice.words)
    if choice.track in tracks:
        found = [entry for entry in found if entry.track_id == tracks[choice.track]]
    if choice.room in rooms:
        found = [entry for entry in found if entry.room_id == rooms[choice.room] or _is_for_all(entry)]
    return found


def _is_for_all(entry: Any) -> bool:
    return entry.room_id is None and timetable.is_pause(entry)


def _used(pairs: list[tuple[str, str]], entries: list[Any], name: str) -> list[tuple[str, str]]:
    """Those rooms or tracks that the day has something in."""
    used = {getattr(entry, name).key for entry in entries if getattr(entry, name) is not None}
    return [(key, label) for key, label in pairs if key in used]


def _speakers_page(session: Session, event: Event, words: str) -> str:
    found = queries.speakers(session, event.id)
    sought = search_key(words).split()
    shown = [one for one in found if all(word in _found_by(one) for word in sought)]
    by_letter: dict[str, list[Appearance]] = {}
    for one in sorted(shown, key=lambda one: _sorted_by(one.person.name)):
        # A short list needs no letters to be found in.
        letter = "" if len(shown) <= _SHORT else _sorted_by(one.person.name)[:1].upper() or "#"
        by_letter.setdefault(letter, []).append(one)
    return render_template(
        "agenda/speakers.html",
        event=event,
        zone=event.zone,
        total=len(found),
        count=len(shown),
        letters=by_letter,
        words=words,
        role_label=rules.role_label,
        markdown=markdown,
        **strip(event),
    )


def _found_by(one: Appearance) -> str:
    return search_key(one.person.name, one.person.affiliation)


def _sorted_by(name: str) -> str:
    """The last name first: what people look under."""
    words = search_key(name).split()
    return " ".join([*words[-1:], *words[:-1]])

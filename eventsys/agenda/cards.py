"""What a session says of itself on a programme: words ready to be drawn, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.agenda import rules
from eventsys.agenda.models import AgendaSession, SessionKind, SessionRole, SessionStatus, TalkRole, Track
from eventsys.events.models import Event
from eventsys.kernel.locale import current_locale, say_time
from eventsys.kernel.look import nearest_tint
from eventsys.kernel.text import search_key

_NAMED = 3
_HUES = 11


@dataclass(frozen=True)
class Card:
    """One session in words. `tint` is the number of its track's hue; `state` a word where it is not as planned.

    A plain session is one talk and nothing else.
    """

    key: str
    title: str
    kind: str
    kind_label: str
    starts_at: datetime
    ends_at: datetime
    starts: str
    ends: str
    who: str
    track: str
    tint: int | None
    room: str
    language: str
    state: str
    is_cancelled: bool
    is_pause: bool
    is_plain: bool


def tints_of(tracks: Iterable[Track]) -> dict[int, int]:
    """A hue for each track: the one nearest to its colour, or one after the other round the circle."""
    # Five steps of eleven: neighbours in the list stand far apart in hue, and each hue comes once.
    return {track.id: nearest_tint(track.colour) or (number * 5) % _HUES + 1 for number, track in enumerate(tracks)}


def card_of(event: Event, entry: AgendaSession, tints: dict[int, int], zone: ZoneInfo) -> Card:
    """The card of a session whose room, track, roles and talks are loaded."""
    is_cancelled = entry.status == SessionStatus.CANCELLED
    return Card(
        key=entry.key,
        title=entry.title,
        kind=entry.kind,
        kind_label=_kind_words(entry),
        starts_at=entry.starts_at.astimezone(zone),
        ends_at=entry.ends_at.astimezone(zone),
        starts=say_time(entry.starts_at, zone),
        ends=say_time(entry.ends_at, zone),
        who=who_says(entry),
        track=entry.track.name if entry.track else "",
        tint=tints.get(entry.track_id or 0),
        room=entry.room.name if entry.room else "",
        language=language_name(entry.language) if entry.language and entry.language != event.language else "",
        state="" if entry.status == SessionStatus.CONFIRMED else rules.status_label(entry.status),
        is_cancelled=is_cancelled,
        is_pause=rules.is_pause(entry),
        is_plain=entry.kind == SessionKind.TALKS and len(entry.talks) <= 1,
    )


def _kind_words(entry: AgendaSession) -> str:
    """`Panel`, `4 talks`: the kind, and how many talks there are where it is made of them."""
    label, count = rules.kind_label(entry.kind), len(entry.talks)
    if entry.kind == SessionKind.TALKS:
        return ngettext("%(num)s talk", "%(num)s talks", count) if count > 1 else str(_("Talk"))
    return f"{label}, {ngettext('%(num)s talk', '%(num)s talks', count)}" if count > 1 else label


def who_says(entry: AgendaSession) -> str:
    """`Chair I. Papadaki · Panellists …`: the first roles of a session, or the people of its talks."""
    roles: list[SessionRole] | list[TalkRole] = entry.roles or [role for talk in entry.talks for role in talk.roles]
    names: dict[str, list[str]] = {}
    for role in roles:
        known = names.setdefault(role.role, [])
        if role.person.name not in known:
            known.append(role.person.name)
    said, left = [], _NAMED
    for role_key, people in names.items():
        shown = people[: max(left, 0)]
        left -= len(people)
        if shown:
            said.append(
                f"{rules.role_label(role_key)}: {', '.join(shown)}" if role_key != "presenter" else ", ".join(shown)
            )
    if left < 0:
        said.append(ngettext("%(num)s more", "%(num)s more", -left))
    return " · ".join(said)


def language_name(tag: str) -> str:
    """A language in the reader's words: `en` as `English`, an unknown tag as it stands."""
    names = current_locale().languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.partition("-")[0]) or tag)


def matching(entries: Iterable[AgendaSession], words: str) -> list[AgendaSession]:
    """Sessions that hold every word of a search in title, people, talks, track or room, however it is spelt."""
    sought = search_key(words).split()
    return [entry for entry in entries if all(word in _found_by(entry) for word in sought)] if sought else list(entries)


def _found_by(entry: AgendaSession) -> str:
    talks = [part for talk in entry.talks for part in (talk.title, talk.project)]
    people = [role.person.name for role in entry.roles]
    people += [role.person.name for talk in entry.talks for role in talk.roles]
    places = [entry.track.name if entry.track else "", entry.room.name if entry.room else ""]
    return search_key(entry.title, entry.subtitle, *talks, *people, *places)


def parallel_words(count: int) -> str:
    """How many sessions are a choice at one moment."""
    return str(_("%(count)s at the same time", count=count)) if count > 1 else ""

"""When a stream is open, for whom, why not, and how it is shown: in the page, as a video, or by a link to join."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.events.models import Event, EventStatus
from eventsys.kernel.text import clean_line
from eventsys.registration.models import Audience, State
from eventsys.registration.rules import Viewer, may_see
from eventsys.streams.errors import StreamAddressNotTaken
from eventsys.streams.models import Stream

# A speaker overruns: what is on may still be watched this long after its end.
OVERTIME = timedelta(minutes=15)


class Way(StrEnum):
    """How a stream is shown."""

    FRAME = "frame"
    HLS = "hls"
    VIDEO = "video"
    JOIN = "join"


@dataclass(frozen=True)
class Player:
    """What the watch page embeds. `origin` is what its CSP must allow; `host` is what people are told."""

    way: Way
    url: str
    origin: str
    host: str


class Moment(StrEnum):
    """Where a stream stands in time."""

    OPEN = "open"
    LATER = "later"
    OVER = "over"
    CANCELLED = "cancelled"
    UNPLANNED = "unplanned"


@dataclass(frozen=True)
class Showing:
    """A stream and what it shows: `current` is on now, `coming` next, `past` was last; open from `opens_at` on."""

    stream: Stream
    moment: Moment
    current: AgendaSession | None = None
    coming: AgendaSession | None = None
    past: AgendaSession | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.moment == Moment.OPEN

    @property
    def entry(self) -> AgendaSession | None:
        """The session that names the stream: what is on, else what this opening is for, else what was last."""
        if self.current is not None:
            return self.current
        if self.coming is not None and (self.closes_at is None or self.coming.starts_at < self.closes_at):
            return self.coming
        return self.past


class Barrier(StrEnum):
    """Why something is not for a viewer; pages say what each means and what to do."""

    STRANGER = "stranger"
    UNVERIFIED = "unverified"
    INVITED = "invited"
    APPLIED = "applied"
    WAITING = "waiting"
    OFFERED = "offered"
    ENDED = "ended"
    ONLINE_ONLY = "online_only"
    ONSITE_ONLY = "onsite_only"
    TEAM = "team"


def barrier(audience: str, viewer: Viewer) -> Barrier | None:
    """Why something for this audience is not for this viewer; None when it is."""
    if may_see(audience, viewer):
        return None
    if audience == Audience.STAFF:
        return Barrier.TEAM
    states = [registration.state for registration in viewer.registrations]
    if State.CONFIRMED in states:
        return Barrier.ONLINE_ONLY if audience == Audience.ONLINE else Barrier.ONSITE_ONLY
    # Who opened several links is told of the one that is nearest to a seat.
    nearest = (State.OFFERED, State.WAITING, State.APPLIED, State.INVITED, State.UNVERIFIED)
    found = next((state for state in nearest if state in states), None)
    if found is not None:
        return Barrier(found.value)
    return Barrier.ENDED if states else Barrier.STRANGER


# What may stand in a policy header: no list of names, no second directive.
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def checked_address(url: str) -> str:
    """An address that may be streamed from: http or https with a host, without a password. Raises
    StreamAddressNotTaken."""
    url = clean_line(url)
    if " " in url or len(url) > 2000 or _origin(url) is None:
        raise StreamAddressNotTaken(field="url")
    return url


def _origin(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        name = f"[{host}]" if ":" in host else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(name):
        return None
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def player_of(url: str) -> Player:
    """How to show an address: known video sites in a frame that sets no cookie, files in the page, the rest to join."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    origin = _origin(url) or ""
    if video := _youtube(host, parts.path, parts.query):
        site = "https://www.youtube-nocookie.com"
        return Player(Way.FRAME, f"{site}/embed/{video}", site, "YouTube")
    if host in ("vimeo.com", "player.vimeo.com") and (found := re.search(r"/(?:video/|event/)?(\d+)", parts.path)):
        site = "https://player.vimeo.com"
        return Player(Way.FRAME, f"{site}/video/{found[1]}?dnt=1", site, "Vimeo")
    if found := re.fullmatch(r"/(?:w|videos/watch|videos/embed)/([\w-]{20,40})", parts.path):
        return Player(Way.FRAME, f"{origin}/videos/embed/{found[1]}", origin, host)
    if parts.path.endswith(".m3u8"):
        return Player(Way.HLS, url, origin, host)
    if parts.path.endswith((".mp4", ".webm")):
        return Player(Way.VIDEO, url, origin, host)
    return Player(Way.JOIN, url, origin, host)


def _youtube(host: str, path: str, query: str) -> str | None:
    if host == "youtu.be":
        found = re.fullmatch(r"/([\w-]{6,20})", path)
        return found[1] if found else None
    if host in ("youtube.com", "m.youtube.com", "youtube-nocookie.com"):
        if path == "/watch":
            named = parse_qs(query).get("v", [""])[0]
            return named if re.fullmatch(r"[\w-]{6,20}", named) else None
        found = re.fullmatch(r"/(?:live|embed|shorts)/([\w-]{6,20})", path)
        return found[1] if found else None
    return None


def showing(stream: Stream, sessions: Iterable[AgendaSession], event: Event, *, now: datetime) -> Showing:
    """What a stream shows now and next, and whether it is open.

    The stream of a session opens its minutes before the session; the stream of a room opens before the first session
    of each day there and stays open until a little after the last has ended.
    """
    mine = [entry for entry in sessions if _belongs(stream, entry)]
    held = [entry for entry in mine if entry.status != SessionStatus.CANCELLED]
    held.sort(key=lambda entry: (entry.starts_at, entry.ends_at))
    if event.status == EventStatus.CANCELLED or (mine and not held):
        return Showing(stream, Moment.CANCELLED, past=mine[0] if mine else None)
    if not held:
        return Showing(stream, Moment.UNPLANNED)
    current = next((entry for entry in held if entry.starts_at <= now < entry.ends_at), None)
    coming = next((entry for entry in held if entry.starts_at > now), None)
    past = next((entry for entry in reversed(held) if entry.ends_at <= now), None)
    early = timedelta(minutes=stream.opens_minutes_before)
    for start, end in _blocks(held, event.zone):
        if now < end + OVERTIME:
            moment = Moment.OPEN if start - early <= now else Moment.LATER
            return Showing(stream, moment, current, coming, past, start - early, end)
    return Showing(stream, Moment.OVER, past=past)


def _belongs(stream: Stream, entry: AgendaSession) -> bool:
    if stream.session_id is not None:
        return entry.id == stream.session_id
    return entry.room_id == stream.room_id


def _blocks(held: list[AgendaSession], zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """First start and last end of each local day, in order."""
    days: dict[object, tuple[datetime, datetime]] = {}
    for entry in held:
        day = entry.starts_at.astimezone(zone).date()
        start, end = days.get(day, (entry.starts_at, entry.ends_at))
        days[day] = (min(start, entry.starts_at), max(end, entry.ends_at))
    return list(days.values())

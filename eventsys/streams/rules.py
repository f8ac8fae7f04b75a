"""When a stream is open, for whom, and how it is shown: in the page, as a video, or by a link to join."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from eventsys.agenda.models import AgendaSession, SessionStatus
from eventsys.kernel.text import clean_line
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


@dataclass(frozen=True)
class Showing:
    """A stream with what it shows: `current` is on now, `coming` next; open from `opens_at` to `closes_at`."""

    stream: Stream
    current: AgendaSession | None
    coming: AgendaSession | None
    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool

    @property
    def is_over(self) -> bool:
        return not self.is_open and self.coming is None


def checked_address(url: str) -> str:
    """An address that may be streamed from: http or https with a host. Raises StreamAddressNotTaken."""
    url = clean_line(url)
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url and len(url) <= 2000
    except ValueError:
        is_good = False
    if not is_good:
        raise StreamAddressNotTaken(field="url")
    return url


def player_of(url: str) -> Player:
    """How to show an address: known video sites in a frame that sets no cookie, files in the page, the rest to join."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    origin = f"{parts.scheme}://{parts.netloc}"
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


def showing(stream: Stream, sessions: Iterable[AgendaSession], zone: ZoneInfo, *, now: datetime) -> Showing:
    """What a stream shows now and next, and whether it is open.

    The stream of a session opens its minutes before the session; the stream of a room opens before the first session
    of each day there and stays open until the last has ended.
    """
    shown = sorted(
        (entry for entry in sessions if _belongs(stream, entry) and entry.status != SessionStatus.CANCELLED),
        key=lambda entry: (entry.starts_at, entry.ends_at),
    )
    current = next((entry for entry in shown if entry.starts_at <= now < entry.ends_at), None)
    coming = next((entry for entry in shown if entry.starts_at > now), None)
    early = timedelta(minutes=stream.opens_minutes_before)
    for start, end in _blocks(shown, zone):
        if now < end + OVERTIME:
            return Showing(stream, current, coming, start - early, end, start - early <= now)
    return Showing(stream, None, None, None, None, False)


def _belongs(stream: Stream, entry: AgendaSession) -> bool:
    if stream.session_id is not None:
        return entry.id == stream.session_id
    return entry.room_id == stream.room_id


def _blocks(shown: list[AgendaSession], zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """First start and last end of each local day, in order."""
    days: dict[object, tuple[datetime, datetime]] = {}
    for entry in shown:
        day = entry.starts_at.astimezone(zone).date()
        start, end = days.get(day, (entry.starts_at, entry.ends_at))
        days[day] = (min(start, entry.starts_at), max(end, entry.ends_at))
    return list(days.values())

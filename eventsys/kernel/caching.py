"""Answers kept as bytes and asked for again by ETag: a page costs one SELECT by key until what it shows changes."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import Response, request
from sqlalchemy import String, bindparam, insert, inspect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.http import http_date, parse_date

from eventsys.kernel import clock
from eventsys.kernel.database import Base, Instant

CAPACITY = 48 * 1024 * 1024


class Revision(Base):
    """A counter that grows with every change of something that many rows make up, such as the list of events."""

    __tablename__ = "revision"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[Instant]


_COUNTERS = inspect(Revision).local_table
_REVISION = select(_COUNTERS.c.number).where(_COUNTERS.c.name == bindparam("known"))


def revision(session: Session, name: str) -> int:
    """How often the named thing has changed."""
    return session.scalar(_REVISION, {"known": name}) or 0


def grow_revision(session: Session, name: str) -> None:
    """Count one more change of the named thing, in the caller's transaction."""
    now = clock.now()
    known = session.execute(select(Revision.changed_at).where(Revision.name == name).with_for_update()).scalar()
    if known is None:
        session.execute(insert(Revision).values(name=name, number=1, changed_at=now))
        return
    session.execute(
        update(Revision)
        .where(Revision.name == name)
        .values(number=Revision.number + 1, changed_at=next_second(known, now)),
        execution_options={"synchronize_session": False},
    )


def changed_at(session: Session, name: str) -> datetime | None:
    """When the named thing changed last."""
    return session.scalar(select(Revision.changed_at).where(Revision.name == name))


def next_second(before: datetime, now: datetime) -> datetime:
    """The present, or a second after the change before where that is later.

    Last-Modified counts whole seconds: two changes within one would look like one to whoever asks by date. A burst of
    changes runs ahead of the clock by two seconds at most.
    """
    return min(max(now, before + timedelta(seconds=1)), now + timedelta(seconds=2))


@dataclass(frozen=True)
class Kept:
    """One answer as bytes, with what it takes to send it again."""

    version: Hashable
    etag: str
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...]
    zipped: bytes | None


@dataclass
class Shelf:
    """Answers kept in this process, the least asked for dropped first; holds at most `capacity` bytes."""

    capacity: int = CAPACITY
    size: int = 0
    answers: OrderedDict[Hashable, Kept] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def find(self, key: Hashable, version: Hashable) -> Kept | None:
        kept = self.answers.get(key)
        if kept is None or kept.version != version:
            return None
        with self.lock:
            if key in self.answers:
                self.answers.move_to_end(key)
        return kept

    def put(self, key: Hashable, kept: Kept) -> None:
        with self.lock:
            old = self.answers.pop(key, None)
            self.size += _weight(kept) - (_weight(old) if old else 0)
            self.answers[key] = kept
            while self.size > self.capacity and len(self.answers) > 1:
                _, dropped = self.answers.popitem(last=False)
                self.size -= _weight(dropped)

    def clear(self) -> None:
        with self.lock:
            self.answers.clear()
            self.size = 0


shelf = Shelf()


def kept_answer(
    key: Hashable,
    version: Hashable,
    make: Callable[[], str | bytes | tuple[bytes, datetime | None]],
    *,
    content_type: str = "text/html; charset=utf-8",
    modified: datetime | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer for `key` at `version`, made only when it is not kept yet; 304 when the client has it already.

    `key` names everything the bytes depend on besides `version` (address, language); the caller must have checked
    who may see it. `modified` becomes Last-Modified (RFC 9110, section 8.8.2); `make` may give it beside the bytes.
    """
    kept = shelf.find(key, version)
    if kept is None:
        kept = _make(version, make(), content_type, modified, headers or {})
        shelf.put(key, kept)
    return _answer(kept)


def _make(version: Hashable, made: Any, content_type: str, modified: datetime | None, headers: dict[str, str]) -> Kept:
    if isinstance(made, tuple):
        made, modified = made
    body = made.encode() if isinstance(made, str) else made
    # By the bytes alone: a page made again without a change is still the page that browsers hold.
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    # Weak, because the zipped and the plain bytes say the same under one name.
    fixed = [
        ("ETag", f'W/"{etag}"'),
        ("Vary", "Accept-Language, Accept-Encoding, Cookie"),
        ("Cache-Control", "no-cache"),
    ]
    if modified is not None:
        fixed.append(("Last-Modified", http_date(modified)))
    fixed += list(headers.items())
    zipped = gzip.compress(body, 6, mtime=0) if len(body) > 1000 else None
    return Kept(version, etag, body, content_type, tuple(fixed), zipped)


def _answer(kept: Kept) -> Response:
    environ = request.environ
    etags = environ.get("HTTP_IF_NONE_MATCH")
    if _has_etag(etags, kept.etag) if etags else "HTTP_IF_MODIFIED_SINCE" in environ and _is_unmodified(kept):
        return Response(status=304, headers=list(kept.headers))
    if kept.zipped is not None and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        headers = [*kept.headers, ("Content-Encoding", "gzip")]
        return Response(kept.zipped, headers=headers, content_type=kept.content_type)
    return Response(kept.body, headers=list(kept.headers), content_type=kept.content_type)


def _has_etag(sent: str, etag: str) -> bool:
    return sent.strip() == "*" or any(part.strip().removeprefix("W/").strip('"') == etag for part in sent.split(","))


def _is_unmodified(kept: Kept) -> bool:
    since = request.if_modified_since
    modified = next((value for name, value in kept.headers if name == "Last-Modified"), None)
    known = parse_date(modified)
    return bool(since and known and known <= since)


def _weight(kept: Kept) -> int:
    return len(kept.body) + len(kept.zipped or b"") + 500

"""Figures of the door as they change, told to everyone who listens: counted once a process, whoever many listen.

One thread of each web process looks every other second, more seldom while that takes long, whether anything was scanned
at the events that somebody listens to, and who of these may still listen; a listener costs no query. What is sent
follows the Server-Sent Events of the HTML standard (section 9.2).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, field
from functools import partial
from threading import Condition, Thread
from time import monotonic
from typing import Any

from flask import Flask

from eventsys.kernel.database import db

log = logging.getLogger("eventsys.live")

LOOK_EVERY = 2.0
# A look that takes long is followed by the next one after so many times as long, and after LOOK_AT_LEAST all the same.
MOST_OFTEN = 25
LOOK_AT_LEAST = 5.0
# Figures that count whole tables, and those that only the clock moves.
COUNT_EVERY = 10.0
# A proxy cuts a line on which nothing moves; and a browser shows the clock of the last word.
SPEAK_EVERY = 15.0
# Whoever listens comes again after this: a line that nothing closed may long be dead.
LISTEN_FOR = 240.0
# More listeners than this in one process get one word and come again: threads are for those who do something, too.
MOST_LISTENERS = 28

Look = Callable[[int, dict[str, Any] | None], dict[str, Any]]


@dataclass(eq=False)
class Listener:
    """Somebody who listens. `who` says by what they were let in, and `is_welcome` whether that is still so."""

    who: Hashable
    is_welcome: bool = True


@dataclass
class Channel:
    """One event that is listened to. `told` is what was said last, as bytes; `number` counts what was said."""

    listeners: set[Listener] = field(default_factory=set)
    number: int = 0
    told: bytes = b""
    figures: dict[str, Any] | None = None
    mark: Any = None
    counted: float = 0.0

    def has_more_than(self, seen: int) -> bool:
        return self.number != seen


@dataclass
class Hub:
    """The events that are listened to in this process, until it is told to end. `changed` guards all of it."""

    changed: Condition = field(default_factory=Condition)
    channels: dict[int, Channel] = field(default_factory=dict)
    thread: Thread | None = None
    is_closed: bool = False

    def listeners(self) -> int:
        return sum(len(channel.listeners) for channel in self.channels.values())


_hub = Hub()


@dataclass(frozen=True)
class Source:
    """How a domain counts: `mark` moves when anything did, `count` gives the figures that are told, `welcome` those of
    an event's listeners who may go on listening."""

    mark: Callable[[int], Any]
    count: Callable[[int, dict[str, Any] | None, bool], dict[str, Any]]
    welcome: Callable[[int, Collection[Any]], Collection[Any]]


def stream(app: Flask, event_id: int, source: Source, who: Hashable) -> Iterator[bytes]:
    """The figures of an event as they change, each as one server-sent event. The database is not held meanwhile."""
    with _hub.changed:
        is_one_too_many = _hub.listeners() >= MOST_LISTENERS
    if is_one_too_many:
        return iter([_word(_counted(app, event_id, source), retry=5000)])
    return _listen(app, event_id, source, Listener(who))


def end_streams() -> None:
    """Send everybody home, who then comes to the next process by themselves: this one is to stop and waits for them."""
    with _hub.changed:
        _hub.is_closed = True
        _hub.changed.notify_all()


def _listen(app: Flask, event_id: int, source: Source, listener: Listener) -> Iterator[bytes]:
    channel = _join(app, event_id, source, listener)
    until, seen = monotonic() + LISTEN_FOR, -1
    try:
        yield b"retry: 2000\n\n"
        while monotonic() < until:
            with _hub.changed:
                _hub.changed.wait_for(partial(_has_news, channel, listener, seen), timeout=SPEAK_EVERY)
                if _is_sent_home(listener):
                    return
                is_new, seen, told = channel.number != seen, channel.number, channel.told
            yield told if is_new and told else b": still here\n\n"
    finally:
        with _hub.changed:
            channel.listeners.discard(listener)


def _has_news(channel: Channel, listener: Listener, seen: int) -> bool:
    return channel.has_more_than(seen) or _is_sent_home(listener)


def _is_sent_home(listener: Listener) -> bool:
    return _hub.is_closed or not listener.is_welcome


def _join(app: Flask, event_id: int, source: Source, listener: Listener) -> Channel:
    with _hub.changed:
        channel = _hub.channels.setdefault(event_id, Channel())
        channel.listeners.add(listener)
        if _hub.thread is None:
            _hub.thread = Thread(target=_watch, args=(app, source), name="eventsys-live", daemon=True)
            _hub.thread.start()
        else:
            # Whoever comes to a channel that nobody listened to waits for the next look, not for the next scan.
            _hub.changed.notify_all()
    return channel


def _watch(app: Flask, source: Source) -> None:
    """Look until nobody listens any more."""
    while True:
        with _hub.changed:
            wanted = {number: channel for number, channel in _hub.channels.items() if channel.listeners}
            _hub.channels = dict(wanted)
            if not wanted:
                _hub.thread = None
                return
        begun = monotonic()
        for event_id, channel in wanted.items():
            _look(app, event_id, channel, source)
        with _hub.changed:
            _hub.changed.wait_for(_has_newcomer, timeout=_rest_after(monotonic() - begun))


def _rest_after(took: float) -> float:
    """Seconds until the next look: what takes long, on a busy machine or with thousands let in, is done more seldom, so
    that whoever listens never takes much from those who scan."""
    return max(0.1, min(max(LOOK_EVERY, took * MOST_OFTEN), LOOK_AT_LEAST) - took)


def _has_newcomer() -> bool:
    return any(channel.listeners and channel.figures is None for channel in _hub.channels.values())


def _look(app: Flask, event_id: int, channel: Channel, source: Source) -> None:
    try:
        with app.app_context():
            try:
                _send_home(event_id, channel, source)
                mark = source.mark(event_id)
                is_due = monotonic() - channel.counted >= COUNT_EVERY
                if mark == channel.mark and not is_due and channel.figures is not None:
                    return
                figures = source.count(event_id, channel.figures, is_due)
            finally:
                db.session.remove()
    except Exception:
        # The database may be away for a moment; those who listen keep what they know, and hear more when it is back.
        log.exception("the figures of the door could not be counted")
        figures, mark, is_due = channel.figures or {}, None, False
    with _hub.changed:
        if is_due:
            channel.counted = monotonic()
        channel.mark, channel.figures = mark, figures
        channel.told, channel.number = _word(figures), channel.number + 1
        _hub.changed.notify_all()


def _send_home(event_id: int, channel: Channel, source: Source) -> None:
    """Let go whose token was revoked and who left the team: before the next figures, not after."""
    with _hub.changed:
        here = set(channel.listeners)
    welcome = source.welcome(event_id, {listener.who for listener in here})
    unwelcome = [listener for listener in here if listener.who not in welcome]
    if not unwelcome:
        return
    with _hub.changed:
        for listener in unwelcome:
            listener.is_welcome = False
        _hub.changed.notify_all()


def _counted(app: Flask, event_id: int, source: Source) -> dict[str, Any]:
    with _hub.changed:
        channel = _hub.channels.get(event_id)
        if channel is not None and channel.figures is not None:
            return channel.figures
    with app.app_context():
        try:
            return source.count(event_id, None, True)
        finally:
            db.session.remove()


def _word(figures: dict[str, Any], *, retry: int | None = None) -> bytes:
    """One event named `figures`; JSON holds no line break, so one line of data carries it."""
    said = f"event: figures\ndata: {json.dumps(figures, separators=(',', ':'))}\n\n"
    return ((f"retry: {retry}\n" if retry else "") + said).encode()

"""Forty screens that listen while people are scanned: what the scans lose by it."""

from __future__ import annotations

import selectors
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from bench import data
from bench.load import Run, wrk
from bench.rows import Bench, Row, scan_script
from bench.server import Server, product
from eventsys.kernel.database import db

LISTENERS = 40
SECONDS = 10
# By turns, and as often first as second, so that a machine that tires or is shared tires both.
TURNS = (False, True, True, False, True, False, False, True)
# More than any machine of today lets in within a turn.
SHARE = 5_000


def live(bench: Bench) -> Iterator[Row]:
    """The same scans with and without listeners: what is lost in the middle of all pairs of turns."""
    slug, token = f"live-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex * 2

    def fill(session: Any) -> list[str]:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=None)
        codes = data.add_registrations(session, event, (len(TURNS) + 1) * SHARE)
        data.add_device(session, event, token)
        return [code for code, _ in codes]

    heard: list[int] = []
    with bench.filled(fill) as codes, product(bench.env) as server:
        with bench.app.app_context():
            db.session.execute(text("ANALYZE"))
        door = Door(server, slug, token, codes)
        door.turn(is_heard=False, heard=[])
        rates = [door.turn(is_heard=is_heard, heard=heard).rate for is_heard in TURNS]
    pairs = [sorted(zip(TURNS[n : n + 2], rates[n : n + 2], strict=True)) for n in range(0, len(TURNS), 2)]
    kept = median(listened / alone for (_no, alone), (_yes, listened) in pairs)
    alone, listened = (
        median(r for t, r in zip(TURNS, rates, strict=True) if t is is_heard) for is_heard in (False, True)
    )
    # A process that has enough of them gives one word and sends its listener on, who does not go here.
    usual = median(heard)
    yield Row(
        f"scans while {LISTENERS} screens listen",
        f"{listened:,.0f} a second, {1 - kept:.0%} less; a screen heard {usual:.0f} times in {SECONDS} s, "
        f"none less than {min(heard)}",
        "lose < 10 %", f"{alone:,.0f}", f"{kept:.0%}", kept > 0.90 and usual >= 2 and min(heard) >= 1,
    )  # fmt: skip


@dataclass
class Door:
    """A door whose people come in turns, each of them once."""

    server: Server
    slug: str
    token: str
    codes: list[str]
    turns: int = 0

    def turn(self, *, is_heard: bool, heard: list[int]) -> Run:
        some = self.codes[self.turns * SHARE : (self.turns + 1) * SHARE]
        self.turns += 1
        with _listening(self.server, self.slug, self.token, LISTENERS if is_heard else 0, heard):
            path = f"/api/v1/events/{self.slug}/checkin/scans"
            script = scan_script(path, self.token, some, 0)
            return wrk(self.server.url + path, connections=8, seconds=SECONDS, script=script)


@contextmanager
def _listening(server: Server, slug: str, token: str, number: int, heard: list[int]) -> Iterator[None]:
    """Hold so many streams open and count the figures that each of them brings."""
    address, counts, done = urlsplit(server.url), [0] * number, Event()
    chooser = selectors.DefaultSelector()
    request = (
        f"GET /api/v1/events/{slug}/checkin/live/stream HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
    ).encode()
    for place in range(number):
        link = socket.create_connection((address.hostname or "127.0.0.1", address.port or 80), timeout=30)
        link.sendall(request)
        chooser.register(link, selectors.EVENT_READ, place)

    def hear() -> None:
        while not done.is_set():
            for key, _events in chooser.select(timeout=0.2):
                counts[key.data] += key.fileobj.recv(65536).count(b"event: figures")  # type: ignore[union-attr]

    thread = Thread(target=hear)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        for key in list(chooser.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        heard += counts

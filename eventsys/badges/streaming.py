"""A long file that leaves while it is being written: nobody waits for its end, and nothing holds all of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import Empty, Full, Queue
from typing import BinaryIO, cast

from flask import Flask

from eventsys.kernel.database import db

_PIECE = 128 * 1024
_PIECES_AHEAD = 8
_LOOK_SECONDS = 0.5


class Abandoned(OSError):
    """Whoever asked for the file has gone."""


class _Pipe:
    """What one thread writes and another reads, at most a few pieces apart."""

    def __init__(self) -> None:
        self.pieces: Queue[bytes | BaseException | None] = Queue(_PIECES_AHEAD)
        self.is_abandoned = threading.Event()
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        if len(self._waiting) >= _PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        piece, self._waiting = bytes(self._waiting), bytearray()
        if piece:
            self.put(piece)

    def put(self, piece: bytes | BaseException | None) -> None:
        """Raises Abandoned once nobody reads any more."""
        while not self.is_abandoned.is_set():
            try:
                self.pieces.put(piece, timeout=_LOOK_SECONDS)
            except Full:
                continue
            return
        raise Abandoned

    def get(self, writer: threading.Thread) -> bytes | BaseException | None:
        while True:
            try:
                return self.pieces.get(timeout=_LOOK_SECONDS)
            except Empty:
                if not writer.is_alive() and self.pieces.empty():
                    return Abandoned()


def streamed(app: Flask, write: Callable[[BinaryIO], object]) -> Iterator[bytes]:
    """The pieces of what `write` writes, in a thread with a session of its own. What it raises is raised here; who
    stops reading stops the writer."""
    pipe = _Pipe()
    thread = threading.Thread(target=_write, args=(app, write, pipe), daemon=True)
    thread.start()
    try:
        while isinstance(piece := pipe.get(thread), bytes):
            yield piece
        if piece is not None:
            raise piece
    finally:
        pipe.is_abandoned.set()
        thread.join()


def _write(app: Flask, write: Callable[[BinaryIO], object], pipe: _Pipe) -> None:
    with app.app_context():
        try:
            write(cast(BinaryIO, pipe))
            pipe.flush()
            pipe.put(None)
        except Abandoned:
            return
        except BaseException as error:
            _tell(pipe, error)
        finally:
            db.session.remove()


def _tell(pipe: _Pipe, error: BaseException) -> None:
    try:
        pipe.put(error)
    except Abandoned:
        return

"""Few threads work, many may wait: answers that stay open for hours do not take the place of those that are due now."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Any

from eventsys.kernel.pages.waiting import LANE, STAYS_OPEN

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Lanes:
    """Lets `lanes` requests at once through to `app`; the others wait for their turn, in their own threads.

    More threads than that at work would wait for the interpreter while one of them holds a seat. Who came first goes
    first: a lane that is left is handed to whoever waits longest, past those who come just then. An answer that marks
    itself as staying open gives its lane back as soon as it begins: it waits for news most of the time.
    """

    def __init__(self, app: WsgiApp, lanes: int) -> None:
        self._app = app
        self._free = lanes
        self._waiting: deque[Lock] = deque()
        self._guard = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self._enter()
        lane = _Lane(self._leave)
        environ[LANE] = lane.leave
        try:
            body = self._app(environ, start_response)
        except BaseException:
            lane.leave()
            raise
        if environ.get(STAYS_OPEN):
            lane.leave()
            return body
        return _Leaving(body, lane.leave)

    def _enter(self) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class _Lane:
    """A lane somebody has; left once, however often it is said."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave, self._is_left = leave, False

    def leave(self) -> None:
        if not self._is_left:
            self._is_left = True
            self._leave()


class _Leaving:
    """A body that gives its lane back when the server has done with it."""

    def __init__(self, body: Iterable[bytes], leave: Callable[[], None]) -> None:
        self._body, self._leave = body, leave

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._body
        finally:
            self._leave()

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._leave()

"""Few requests work at once, and answers that stay open take nobody's place."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Event, Thread
from typing import Any

from eventsys.kernel.pages.waiting import LANE, STAYS_OPEN
from eventsys.lanes import Lanes


def start(_status: str, _headers: list[tuple[str, str]]) -> None:
    """What a server gives an app; nothing here looks at it."""


def test_a_request_waits_for_a_free_lane_and_gets_it() -> None:
    entered, leave = [Event(), Event()], Event()

    def app(environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        entered[environ["number"]].set()
        if environ["number"] == 0:
            assert leave.wait(10)
        return [b"done"]

    lanes = Lanes(app, 1)
    threads = [Thread(target=lambda n=n: list(lanes({"number": n}, start))) for n in (0, 1)]
    threads[0].start()
    assert entered[0].wait(10)
    threads[1].start()
    assert not entered[1].is_set()
    leave.set()
    for thread in threads:
        thread.join(10)
    assert entered[1].is_set()


def test_an_answer_that_stays_open_gives_its_lane_back() -> None:
    def app(environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        environ[STAYS_OPEN] = True
        return iter([b"one", b"two"])

    lanes = Lanes(app, 1)
    streams = [iter(lanes({}, start)) for _ in range(5)]
    assert [next(stream) for stream in streams] == [b"one"] * 5


def test_who_stands_aside_lets_the_next_one_work_and_gives_no_second_lane_back() -> None:
    def app(environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        for _ in range(2):
            environ[LANE]()
        # Were the lane still taken, this would wait for ever.
        return [b"done"] if environ.get("inner") else [*lanes({"inner": True}, start)]

    lanes = Lanes(app, 1)
    assert list(lanes({}, start)) == [b"done"]
    assert lanes._free == 1


def test_a_lane_is_free_again_after_a_refusal_and_after_a_body_nobody_read() -> None:
    def app(environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        if environ.get("breaks"):
            raise ValueError("broken")
        return [b"done"]

    lanes = Lanes(app, 1)
    for _ in range(3):
        try:
            lanes({"breaks": True}, start)
        except ValueError:
            continue
    for _ in range(3):
        body = lanes({}, start)
        body.close()  # type: ignore[attr-defined]
        body.close()  # type: ignore[attr-defined]
    assert list(lanes({}, start)) == [b"done"]

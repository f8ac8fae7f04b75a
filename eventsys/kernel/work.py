"""Work that the clock starts: jobs say how often to look, and the worker looks until it is told to stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventsys.kernel import clock
from eventsys.kernel.database import db

log = logging.getLogger("eventsys.work")

# How long a job rests after it failed, so that a broken database does not fill the log.
_REST_AFTER_FAILURE = 15.0

_is_told_to_stop = False


@dataclass(frozen=True)
class Job:
    """`run(now)` does all that is due and returns how many things it did; it is safe to repeat and to run twice at
    once. `every` is in seconds. A long job asks `is_stopping()` between two things and then returns."""

    name: str
    every: float
    run: Callable[[datetime], int]


def stop() -> None:
    """Tell the worker of this process to end after the thing in hand."""
    global _is_told_to_stop  # noqa: PLW0603  One process has one worker.
    _is_told_to_stop = True


def is_stopping() -> bool:
    """Whether the worker of this process was told to end."""
    return _is_told_to_stop


def run_once(jobs: Sequence[Job]) -> dict[str, int]:
    """Run every job until none finds anything to do any more; returns how much each did.

    A job that fails keeps none of the others from running; its failure is raised at the end.
    """
    done = dict.fromkeys((job.name for job in jobs), 0)
    failed: dict[str, Exception] = {}
    for _round in range(1000):
        is_done = True
        for job in jobs:
            if job.name in failed or is_stopping():
                continue
            try:
                count = _run(job)
            except Exception as error:
                failed[job.name] = error
                continue
            done[job.name] += count
            is_done = is_done and not count
        if is_done:
            break
    for failure in failed.values():
        raise failure
    return done


def run_until_stopped(jobs: Sequence[Job]) -> None:
    """Look after each job at its own pace until `stop()`. A job that fails is logged and looked at again."""
    due = dict.fromkeys((job.name for job in jobs), 0.0)
    while not is_stopping():
        for job in jobs:
            if time.monotonic() < due[job.name] or is_stopping():
                continue
            try:
                # Where there was something to do there may be more: look again at once.
                pause = 0.0 if _run(job) else job.every
            except Exception:
                log.exception("job %s failed", job.name)
                pause = _REST_AFTER_FAILURE
            due[job.name] = time.monotonic() + pause
        _rest(until=min(due.values(), default=time.monotonic() + 1))


def _rest(*, until: float) -> None:
    """Sleep in short pieces. A signal's handler may only set a flag: waiting for an Event, it could lock itself out."""
    while not is_stopping() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.25))


def _run(job: Job) -> int:
    try:
        return job.run(clock.now())
    finally:
        db.session.remove()

"""Work that the clock starts: jobs say how often to look, and the worker looks until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventsys.kernel import clock
from eventsys.kernel.database import db

log = logging.getLogger("eventsys.work")


@dataclass(frozen=True)
class Job:
    """`run(now)` does all that is due and returns how many things it did; it is safe to repeat and to run twice at
    once. `every` is in seconds."""

    name: str
    every: float
    run: Callable[[datetime], int]


def run_once(jobs: Sequence[Job]) -> dict[str, int]:
    """Run every job until none finds anything to do any more; returns how much each did. A failure is raised."""
    done = dict.fromkeys((job.name for job in jobs), 0)
    for _round in range(100):
        counts = [_run(job) for job in jobs]
        for job, count in zip(jobs, counts, strict=True):
            done[job.name] += count
        if not any(counts):
            break
    return done


def run_until(jobs: Sequence[Job], stop: threading.Event) -> None:
    """Look after each job at its own pace until `stop` is set. A job that fails is logged and looked at again."""
    due = dict.fromkeys((job.name for job in jobs), 0.0)
    while not stop.is_set():
        for job in jobs:
            if time.monotonic() < due[job.name]:
                continue
            try:
                count = _run(job)
            except Exception:
                log.exception("job %s failed", job.name)
                count = 0
            # Where there was something to do there may be more: look again at once.
            due[job.name] = time.monotonic() + (0 if count else job.every)
        stop.wait(max(0.05, min(due.values()) - time.monotonic()))


def _run(job: Job) -> int:
    try:
        return job.run(clock.now())
    finally:
        db.session.remove()

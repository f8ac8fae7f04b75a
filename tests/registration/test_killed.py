"""Processes that work side by side and are killed at random: what they said is true, and the laws of seats hold."""

from __future__ import annotations

import json
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from eventsys.kernel import clock
from eventsys.kernel.database import transaction
from eventsys.kernel.facts import Fact
from eventsys.registration import actions
from eventsys.registration.models import PoolKind
from tests.beside import lines_of
from tests.factories import make_event, make_session
from tests.registration import deeds
from tests.registration.seat_laws import assert_seats_are_right

# More of them by hand: SEAT_LIVES=20.
PROCESSES, LIVES, DEEDS = 3, int(os.environ.get("SEAT_LIVES", "2")), 40
PATIENCE = 60


@dataclass
class Worker:
    """One process after the other, each but the last killed in its midst."""

    environment: dict[str, str]
    event_id: int
    seed: int
    said: list[dict[str, Any]] = field(default_factory=list)

    def live(self) -> None:
        chance = random.Random(self.seed)
        for life in range(LIVES):
            is_last = life == LIVES - 1
            self._live_once(f"{self.seed}-{life}", None if is_last else chance.randrange(2, 25))

    def _live_once(self, seed: str, lines: int | None) -> None:
        """Until it has said so many lines, when it is killed in whatever it then does."""
        number = DEEDS if lines is None else 100_000
        lived = lines_of(deeds.live, self.event_id, seed, number, environment=self.environment)
        for place, (process, line) in enumerate(lived):
            if line.endswith("\n"):
                self.said.append(json.loads(line))
            if place == lines:
                process.kill()


def test_killed_at_random_nothing_said_is_lost_and_every_seat_is_right(
    environment: dict[str, str], session: Session
) -> None:
    event = make_event(onsite=14, online=10, waiting_list="offers")
    make_session(event, key="lab", seats=5)
    with transaction() as writing:
        for kind, key, seats, mode in (
            (PoolKind.SECTOR, "police", 9, "onsite"), (PoolKind.TYPE, "press", 4, ""),
            (PoolKind.DAY, "2026-12-03", 20, ""),
        ):  # fmt: skip
            actions.add_pool(writing, writing.merge(event), kind, key, seats, mode=mode, now=clock.now())
        actions.change_settings(writing, writing.merge(event), now=clock.now(), group_most=3)
    workers = [Worker(environment, event.id, seed) for seed in range(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as threads:
        list(threads.map(Worker.live, workers))
    _wait_for_the_killed(session)
    # Neither a deadlock (40P01) nor anything else but a refusal.
    errors = [line["error"] for worker in workers for line in worker.said if "error" in line]
    assert errors == [], "\n".join(errors)
    said = {(line["kind"], line["id"]) for worker in workers for line in worker.said if "kind" in line}
    assert len(said) > PROCESSES * LIVES
    rows = session.execute(select(Fact.kind, Fact.subject_id).where(Fact.subject == "registration"))
    assert said <= {(row[0].removeprefix("registration."), row[1]) for row in rows}
    assert_seats_are_right(session, event)


def _wait_for_the_killed(session: Session) -> None:
    """A server goes on with a statement whose client has died."""
    session.rollback()
    if session.get_bind().dialect.name != "postgresql":
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND state <> 'idle'"
    )
    deadline = time.monotonic() + PATIENCE
    while session.scalar(others):
        assert time.monotonic() < deadline, "a transaction of a dead process goes on"
        session.rollback()
        time.sleep(0.01)

"""The minute registration opens: everybody at once, no seat too many, the rest in the order they came."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from bench import crowd, data
from bench.crowd import Answer, Crowd
from bench.rows import Bench, Row, loaded_form, recorded_registration
from bench.server import floor, product
from eventsys.events.models import Event
from eventsys.kernel.database import db
from eventsys.registration.models import Registration

PEOPLE, SEATS, CONNECTIONS = 2000, 500, 64
AddPools = Callable[[Any, Event, int], None]


def opening(bench: Bench) -> Iterator[Row]:
    """2,000 people, 500 seats in one pool."""
    least = 150 if bench.database == "postgresql" else 100
    slowest = 2000 if bench.database == "postgresql" else None
    yield _opened(bench, "500 seats", data.add_one_pool, least=least, slowest=slowest)


def pools(bench: Bench) -> Iterator[Row]:
    """The same where each person needs a seat in four pools."""
    least = 80 if bench.database == "postgresql" else None
    yield _opened(bench, "500 seats, 4 pools each", data.add_four_pools, least=least, slowest=None, number=4)


def _opened(
    bench: Bench, work: str, add: AddPools, *, least: int | None, slowest: float | None, number: int = 1
) -> Row:
    slug = f"opening-{uuid.uuid4().hex[:8]}"

    def fill(session: Any) -> int:
        warm = data.add_event(session, f"{slug}-warm")
        add(session, warm, SEATS)
        event = data.add_event(session, slug)
        add(session, event, SEATS)
        return event.id

    with bench.filled(fill) as event_id, product(bench.env) as server:
        for name, people in ((f"{slug}-warm", 200), (slug, PEOPLE)):
            path = f"/events/{name}/register"
            cookie, body = loaded_form(server, path)
            run = _sent(server.url + path, cookie, body, people)
    wrong = _wrong(bench, event_id, run, number)
    base = _floor(bench, slug)
    figure = f"{run.rate:,.0f} decided a second, p50 {run.p50:,.0f} ms, p99 {run.p99:,.0f} ms; " + (
        f"**{'; '.join(wrong)}**" if wrong else f"exactly {SEATS} seated, {PEOPLE - SEATS:,} waiting in order"
    )
    asked = [f"≥ {least} a second"] if least else []
    asked += [f"p99 < {slowest / 1000:.0f} s"] if slowest else []
    asked += [f"exactly {SEATS} seated, the rest in the order they came"]
    is_quick = (least is None or run.rate >= least) and (slowest is None or run.p99 < slowest)
    return Row(f"opening: {PEOPLE:,} people, {CONNECTIONS} at once, {work}", figure, ", ".join(asked),
               f"{base.rate:,.0f}", f"{run.rate / base.rate:.0%}", is_quick and not wrong)  # fmt: skip


def _sent(url: str, cookie: str, body: str, people: int) -> Crowd:
    tag = uuid.uuid4().hex[:6]
    emails = [f"p{number}-{tag}@example.org" for number in range(people)]
    return crowd.send(url, cookie=cookie, body=body, emails=emails, connections=CONNECTIONS)


def _wrong(bench: Bench, event_id: int, run: Crowd, number: int) -> list[str]:
    """What must not be, in words; nothing when all is well."""
    found = []
    statuses = run.statuses()
    if statuses != {303: PEOPLE}:
        found.append(f"answers {dict(statuses)}")
    with bench.app.app_context():
        rows = db.session.execute(
            select(Registration.email_key, Registration.state, Registration.queue_number).where(
                Registration.event_id == event_id
            )
        ).all()
        found += data.miscounted_pools(db.session(), event_id)
        taken = data.pools_taken(db.session(), event_id)
    if taken != [SEATS] * number:
        found.append(f"the pools gave {taken} seats away")
    queued = {email: number for email, state, number in rows if state == "waiting"}
    seated = {email: 0 for email, state, _number in rows if state == "confirmed"}
    if len(seated) != SEATS or len(queued) != PEOPLE - SEATS or len(rows) != PEOPLE:
        found.append(f"{len(seated)} seated, {len(queued)} waiting of {len(rows)}")
    if sorted(queued.values()) != list(range(1, len(queued) + 1)):
        found.append("queue numbers with gaps or doubles")
    if overtaken := _overtaken(run.answers, queued | seated):
        found.append(f"{overtaken} overtook somebody who had been answered before they sent")
    return found


def _overtaken(answers: Sequence[Answer], places: dict[str, int]) -> int:
    """How many stand before somebody whose answer was there before they sent. A seat is place 0, and nobody overtakes
    within the seats."""
    by_sending = sorted(answers, key=lambda answer: answer.sent_at)
    by_answer = sorted(answers, key=lambda answer: answer.answered_at)
    overtaken, at, last = 0, 0, 0
    for answer in by_sending:
        while at < len(by_answer) and by_answer[at].answered_at < answer.sent_at:
            last = max(last, places.get(by_answer[at].email, 0))
            at += 1
        overtaken += last > 0 and places.get(answer.email, 0) <= last
    return overtaken


def _floor(bench: Bench, slug: str) -> Crowd:
    """The same crowd before a bare view that runs the statements of one decided registration."""
    file, body = recorded_registration(bench, slug)
    with floor({**bench.env, "FLOOR_REPLAY": str(file)}) as bare:
        _sent(bare.url + "/replay", "none=1", body, 200)
        return _sent(bare.url + "/replay", "none=1", body, PEOPLE)

"""Four desks without a network, clocks minutes off, tabs killed: whatever the order, every desk learns what is true.

The schedule is drawn from a seed. A model in plain Python says what must come out: of one person the earliest instant
admits, each scan is judged beside all others, and a desk that said something else hears of it. Hundreds of schedules
more are tried without browsers, in tests/checkin/test_model.py.
"""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.checkin.models import Admission, Scan
from eventsys.events.models import Event
from eventsys.kernel import clock
from eventsys.registration.models import Ticket
from tests.cast import Cast
from tests.factories import make_event
from tests.factories.checkin import make_device, make_ticket
from tests.journeys.doors import everything_kept, notices, open_door, ready, scan, synced, with_door

DESKS, PEOPLE, SCANS = 4, 12, 48
MINUTES = 10

# A clock that is off, and time that passes when the test says so: the page's own count goes with it, as in life.
CLOCK = """
{
    const [counted, shown, Real] = [performance.now.bind(performance), Date.now, Date];
    const kept = (name) => Number(localStorage.getItem(name) ?? 0);
    const gone = () => kept("test-gone");
    performance.now = () => counted() + gone();
    const now = () => shown() + %d + gone();
    globalThis.Date = class extends Real {
        constructor(...given) { if (given.length) super(...given); else super(now()); }
        static now() { return now(); }
    };
    globalThis.letPass = (ms) => localStorage.setItem("test-gone", ms);
}
"""


@dataclass
class Desk:
    name: str
    context: BrowserContext
    page: Page
    clock_off: int
    made: list[dict[str, Any]] = field(default_factory=list)

    def scan(self, ticket: Ticket, direction: str, *, after: int) -> None:
        """So many milliseconds after the beginning."""
        self.let_pass(after)
        told = scan(self.page, ticket.code, direction=direction)
        assert told["result"]["isLocal"] is True
        person = told["result"]["attendee"]["name"]
        self.made.append({**told["scan"], "told": told["result"]["outcome"], "who": person, "desk": self.name})

    def let_pass(self, milliseconds: int) -> None:
        """It is so long since the beginning: a clock matters only when somebody looks at it."""
        self.page.evaluate("(ms) => letPass(ms)", milliseconds)

    def lose_its_tab(self, server: str, slug: str) -> None:
        """As a phone does that needs its memory: no warning, no last word."""
        with suppress(Error):
            self.page.goto("chrome://kill")
        self.page.close()
        self.page = self.context.new_page()
        self.page.goto(f"{server}/checkin/device?event={slug}")
        ready(self.page)

    def reload(self) -> None:
        self.page.reload()
        ready(self.page)


@pytest.fixture
def tonight(session: Session, cast: Cast) -> Event:
    now = clock.now()
    return make_event(owner=cast.ada, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=6))


def desk(browser: Browser, server: str, event: Event, number: int, off: int) -> Desk:
    _device, token = make_device(event, f"Desk {number}")
    context = browser.new_context()
    context.add_init_script(CLOCK % off)
    return Desk(f"Desk {number}", context, open_door(context, server, token), off)


def expected(scans: list[dict[str, Any]]) -> dict[str, str]:
    """The model: what each scan is told once all are known, by scan id. Instants decide; ids never tie here."""
    of_person: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in scans:
        of_person[one["who"]].append(one)
    told = {}
    for passages in of_person.values():
        is_inside = False
        for one in sorted(passages, key=lambda one: str(one["at"])):
            if one["direction"] == "out":
                told[one["id"]], is_inside = "left", False
            else:
                told[one["id"]], is_inside = ("already_in" if is_inside else "admitted"), True
    return told


@pytest.mark.parametrize("seed", [20261203])
def test_whatever_happens_no_scan_is_lost_and_every_desk_learns_the_outcome(
    browser: Browser, server: str, tonight: Event, session: Session, seed: int
) -> None:
    chance = random.Random(seed)
    tickets = [make_ticket(tonight, f"Quixote N{number}") for number in range(PEOPLE)]
    desks = [desk(browser, server, tonight, n + 1, chance.randint(-300_000, 300_000)) for n in range(DESKS)]
    for one in desks:
        one.context.set_offline(True)
    began = datetime.now(UTC)
    _ten_minutes(chance, desks, tickets, server, tonight.slug)

    made = [one for each in desks for one in each.made]
    assert len(made) == SCANS
    # The clocks of the phones were minutes apart, what they told is not: each knew how far it was off.
    instants = [datetime.fromisoformat(one["at"]) for one in made]
    assert min(instants) > began - timedelta(seconds=5)
    assert max(instants) < datetime.now(UTC) + timedelta(minutes=MINUTES, seconds=5)

    chance.shuffle(desks)
    for one in desks:
        one.context.set_offline(False)
        assert synced(one.page) == 0
    _assert_the_books_agree(session, made)
    for one in desks:
        _assert_the_desk_knows(one, expected(made))


def _ten_minutes(chance: random.Random, desks: list[Desk], tickets: list[Ticket], server: str, slug: str) -> None:
    """Scans at all desks while the time goes by, of people who go from desk to desk; tabs reload and die meanwhile."""
    # Some scans follow one another so closely that only the milliseconds tell them apart.
    close = SCANS // 3
    pauses = [7] * close + [MINUTES * 60_000 // (SCANS - close)] * (SCANS - close)
    chance.shuffle(pauses)
    for number, after in enumerate(accumulate(pauses)):
        one = chance.choice(desks)
        one.scan(chance.choice(tickets), "out" if chance.random() < 0.2 else "in", after=after)
        if number % 9 == 4:
            one.lose_its_tab(server, slug)
        elif number % 9 == 8:
            one.reload()
    for each in desks:
        each.let_pass(sum(pauses))


def _assert_the_books_agree(session: Session, made: list[dict[str, Any]]) -> None:
    session.rollback()
    rows = {row.scan_id: row for row in session.scalars(select(Scan))}
    assert set(rows) == {one["id"] for one in made}
    assert {one["id"]: one["told"] for one in made} == {id: row.told for id, row in rows.items()}
    assert all(row.is_offline for row in rows.values())
    truth = {id: row.corrected_outcome or row.outcome for id, row in rows.items()}
    assert truth == expected(made)
    # Each time somebody was let in while they were in already, it is noticed: of those told so, all but one are not.
    first = defaultdict(list)
    for one in made:
        if truth[one["id"]] == "admitted":
            first[one["who"]].append(one["at"])
    admitted = {row.registration_id: row.first_at for row in session.scalars(select(Admission))}
    assert sorted(min(instants) for instants in first.values()) == sorted(_said(at) for at in admitted.values())


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _assert_the_desk_knows(one: Desk, truth: dict[str, str]) -> None:
    """Whoever was told something else reads it, once and never again; all else is quiet."""
    synced(one.page)
    wrong = {scan["id"]: truth[scan["id"]] for scan in one.made if scan["told"] != truth[scan["id"]]}
    assert {notice["id"]: notice["result"]["outcome"] for notice in notices(one.page)} == wrong
    for scan_id in wrong:
        with_door(one.page, "await door.read(given);", scan_id)
    one.reload()
    assert notices(one.page) == []
    assert "Quixote" not in everything_kept(one.page)

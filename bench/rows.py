"""The rows of the table: what is done, how much of it a second, beside what floor."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask
from lxml import html
from sqlalchemy import func, select, text, update

from bench import data, recording
from bench.load import COUNTED, Run, wrk
from bench.server import Server, floor, product
from eventsys.events.models import Event
from eventsys.kernel.database import db, transaction
from eventsys.registration.models import Registration, SeatPool

ROUNDS = 3
SECONDS = 4


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    work: str
    figure: str
    target: str
    floor: str = ""
    ratio: str = ""
    is_met: bool | None = None


@dataclass(frozen=True)
class Bench:
    """What every row needs: the app for filling the database, the environment for servers, a folder for files."""

    app: Flask
    env: dict[str, str]
    folder: Path
    database: str

    @contextmanager
    def filled(self, fill: Callable[[Any], Any]) -> Iterator[Any]:
        with self.app.app_context(), transaction() as session:
            made = fill(session)
        yield made


def pages(bench: Bench) -> Iterator[Row]:
    """The agenda page, the feed and its 304, each against a bare view on the same database."""
    slug = f"pages-{uuid.uuid4().hex[:8]}"

    def fill(session: Any) -> None:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=100)
        data.add_programme(session, event, 200)

    with bench.filled(fill), product(bench.env) as server:
        for work, path, share in (
            ("agenda page, 200 sessions, 8 connections", f"/events/{slug}/agenda", 0.60),
            ("agenda.ics, 200 sessions, 8 connections", f"/events/{slug}/agenda.ics", 0.60),
        ):
            body, etag = _fetched(server, path)
            file = bench.folder / "body"
            file.write_bytes(body)
            with floor({**bench.env, "FLOOR_BODY": str(file), "FLOOR_SLUG": slug}) as bare:
                yield _against(f"{work} ({len(body) / 1024:.0f} kB)", server.url + path, bare.url + "/page", share)
                if path.endswith(".ics"):
                    yield _against(
                        "the same, 304", server.url + path, bare.url + "/empty", 0.70, headers={"If-None-Match": etag}
                    )


def _fetched(server: Server, path: str) -> tuple[bytes, str]:
    connection = HTTPConnection(urlsplit(server.url).netloc)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")
    return body, answer.headers["ETag"]


def _against(work: str, ours: str, bare: str, share: float, headers: dict[str, str] | None = None) -> Row:
    """Ours and the floor in turn, the median of the ratios pair by pair."""
    wrk(ours, connections=8, seconds=1, headers=headers)
    wrk(bare, connections=8, seconds=1)
    pairs = [
        (wrk(ours, connections=8, seconds=SECONDS, headers=headers), wrk(bare, connections=8, seconds=SECONDS))
        for _round in range(ROUNDS)
    ]
    ratio = median(one.rate / other.rate for one, other in pairs)
    rate, base = median(one.rate for one, _ in pairs), median(other.rate for _, other in pairs)
    bad = sum(one.bad for one, _ in pairs)
    figure = f"{rate:,.0f} a second" + (f", {bad} failed" if bad else "")
    return Row(work, figure, f"≥ {share:.0%} of the floor", f"{base:,.0f}", f"{ratio:.0%}", ratio >= share and not bad)


FORM = {
    "first_name": "Ioanna", "last_name": "Papadaki", "organisation": "Hellenic Centre for Security Studies",
    "country": "GR", "sector": "research", "mode": "onsite", "privacy_accepted": "y",
}  # fmt: skip


def loaded_form(server: Server, path: str) -> tuple[str, str]:
    """The cookie and the encoded form without its e-mail address, as a browser would send them."""
    connection = HTTPConnection(urlsplit(server.url).netloc)
    connection.request("GET", path)
    answer = connection.getresponse()
    page = answer.read()
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    form = next(form for form in html.fromstring(page).forms if "email" in form.fields.keys())  # noqa: SIM118
    fields = {name: value for name, value in form.form_values() if name != "email"} | FORM
    return cookie, urlencode(fields)


def _registration_script(path: str, cookie: str, body: str, tries: int) -> str:
    return (
        COUNTED
        + f"""
share = {tries // 2}
function prepare()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Cookie"] = "{cookie}"
  base = "{body}"
end
function request()
  sent = sent + 1
  local email = "p" .. number .. "-" .. sent .. "-{uuid.uuid4().hex[:6]}%40example.org"
  return wrk.format("POST", "{path}", nil, base .. "&email=" .. email)
end
function judge(status, headers, body)
  if status == 303 then return "decided" end
  return "status" .. status
end
"""
    )


def registrations(bench: Bench) -> Iterator[Row]:
    """A thousand tries for 500 seats, 16 at once; then one seat and four at once, forty times."""
    slug = f"seats-{uuid.uuid4().hex[:8]}"

    def fill(session: Any) -> int:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=500)
        warm = data.add_event(session, f"{slug}-warm")
        data.add_pools(session, warm, onsite=500)
        return event.id

    with bench.filled(fill) as event_id, product(bench.env) as server:
        for name, tries in ((f"{slug}-warm", 200), (slug, 1000)):
            path = f"/events/{name}/register"
            cookie, body = loaded_form(server, path)
            run = wrk(server.url + path, connections=16, seconds=60,
                      script=_registration_script(path, cookie, body, tries))  # fmt: skip
        seated, taken = _seated(bench, event_id)
        wrong = {key: value for key, value in run.counted.items() if key != "decided"}
        figure = f"{run.rate:,.0f} a second, p99 {run.p99:.0f} ms, {seated} seated" + (f", {wrong}" if wrong else "")
        base = _replayed_registrations(bench, slug)
        least = 100 if bench.database == "postgresql" else 0
        yield Row("registrations, 16 at once, 500 seats, 1,000 tries", figure,
                  "≥ 100 a second (PostgreSQL), exactly 500 seated", f"{base.rate:,.0f}", f"{run.rate / base.rate:.0%}",
                  run.rate >= least and seated == taken == 500 and not wrong)  # fmt: skip
        yield _last_seat(bench, server)


def _seated(bench: Bench, event_id: int) -> tuple[int, int]:
    with bench.app.app_context():
        seated = db.session.scalar(
            select(func.count()).where(Registration.event_id == event_id, Registration.state == "confirmed")
        )
        taken = db.session.scalar(
            select(SeatPool.taken).where(SeatPool.event_id == event_id, SeatPool.mode == "onsite")
        )
    return int(seated or 0), int(taken or 0)


def recorded_registration(bench: Bench, slug: str) -> tuple[Path, str]:
    """The script of the statements of one decided registration, and the encoded form without its e-mail address."""
    client = bench.app.test_client()
    path = f"/events/{slug}/register"
    page = client.get(path)
    form = next(form for form in html.fromstring(page.data).forms if "email" in form.fields.keys())  # noqa: SIM118
    fields = {name: value for name, value in form.form_values() if name != "email"} | FORM
    emails = [f"recorded{number}-{uuid.uuid4().hex[:6]}@example.org" for number in (0, 1)]

    def ask(number: int) -> str:
        answer = client.post(path, data={**fields, "email": emails[number]})
        if answer.status_code != 303:
            raise SystemExit(f"{path} answered {answer.status_code}")
        return "{}"

    script = recording.recorded(bench.app, ask, lambda number: {"email": emails[number]})
    return recording.kept(script, bench.folder / "registration.json"), urlencode(fields)


def _replayed_registrations(bench: Bench, slug: str) -> Run:
    """The statements of one decided registration, run by a bare view."""
    file, body = recorded_registration(bench, slug)
    with floor({**bench.env, "FLOOR_REPLAY": str(file)}) as bare:
        lua = _registration_script("/replay", "none=1", body, 1000)
        lua = lua.replace("status == 303", "status == 200")
        wrk(bare.url + "/replay", connections=16, seconds=60, script=lua.replace("share = 500", "share = 100"))
        return wrk(bare.url + "/replay", connections=16, seconds=60, script=lua)


def _last_seat(bench: Bench, server: Server) -> Row:
    oversold = 0
    for _round in range(40):
        slug = f"last-{uuid.uuid4().hex[:8]}"

        def fill(session: Any, slug: str = slug) -> int:
            event = data.add_event(session, slug)
            data.add_pools(session, event, onsite=1)
            return event.id

        with bench.filled(fill) as event_id:
            _four_at_once(server, f"/events/{slug}/register")
            seated, taken = _seated(bench, event_id)
            oversold += seated != 1 or taken != 1
    return Row("one seat, 4 at once, 40 rounds", f"{oversold} rounds oversold or unsold", "0", is_met=oversold == 0)


def _four_at_once(server: Server, path: str) -> None:
    cookie, body = loaded_form(server, path)
    ready = threading.Barrier(4)

    def post(number: int) -> None:
        connection = HTTPConnection(urlsplit(server.url).netloc)
        connection.connect()
        ready.wait()
        connection.request("POST", path, f"{body}&email=p{number}%40example.org",
                           {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie})  # fmt: skip
        connection.getresponse().read()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def scan_script(path: str, token: str, codes: list[str], repeats: int, *, is_floor: bool = False) -> str:
    told = ",".join(f'"{code}"' for code in codes)
    judged = (
        'return "admitted"'
        if is_floor
        else """
  local outcome = string.match(body, '"outcome": ?"([a-z_]+)"')
  return outcome or ("status" .. status)"""
    )
    return (
        COUNTED
        + f"""
codes = {{{told}}}
share = {(len(codes) + repeats) // 2}
function prepare()
  math.randomseed({uuid.uuid4().int % 1_000_000_000} + number)
  mine = {{}}
  for at = 1 + number, #codes, 2 do table.insert(mine, codes[at]) end
end
function request()
  sent = sent + 1
  local code = mine[(sent - 1) % #mine + 1]
  local id = string.format("%08x-%04x-4%03x-8%03x-%06x%06x", math.random(0, 0x7fffffff), math.random(0, 0xffff),
    math.random(0, 0xfff), math.random(0, 0xfff), math.random(0, 0xffffff), math.random(0, 0xffffff))
  local at = os.date("!%Y-%m-%dT%H:%M:%S.123Z")
  local headers = {{["Authorization"] = "Bearer {token}", ["Content-Type"] = "application/json"}}
  return wrk.format("POST", "{path}", headers, '{{"scans":[{{"id":"' .. id .. '","code":"' .. code ..
    '","point":"entrance","direction":"in","at":"' .. at .. '","offline":false}}]}}')
end
function judge(status, headers, body)
  if status ~= 200 then return "status" .. status end
  {judged}
end
"""
    )


def scanned(
    bench: Bench, server: Server, people: int, scans: int, repeats: int, *, connections: int = 8
) -> tuple[Run, int]:
    """Tickets through the door's endpoint, one scan a request, and some of them again; gives the event too."""
    slug, token = f"door-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex * 2

    def fill(session: Any) -> tuple[int, list[Any]]:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=None)
        codes = data.add_registrations(session, event, people)
        data.add_device(session, event, token)
        return event.id, codes

    with bench.filled(fill) as (event_id, codes):
        path = f"/api/v1/events/{slug}/checkin/scans"
        asked = [code for code, _ in codes[:scans]]
        with bench.app.app_context():
            db.session.execute(text("ANALYZE"))
        script = scan_script(path, token, asked, repeats)
        return wrk(server.url + path, connections=connections, seconds=120, script=script), event_id


def growth(bench: Bench) -> Iterator[Row]:
    """Whether the cost grows with what lies beside: 10 and 5,000 events, 100 and 50,000 registrations."""
    slug = f"grown-{uuid.uuid4().hex[:8]}"

    def few(session: Any) -> int:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=100)
        data.add_programme(session, event, 60)
        for number in range(9):
            data.add_event(session, f"{slug}-{number}", starts_at=data.clock.now())
        return event.id

    def many(session: Any) -> None:
        for number in range(4990):
            at = data.clock.now() + data.timedelta(hours=number - 2500)
            data.add_event(session, f"{slug}-many-{number}", starts_at=at)

    with bench.filled(few) as event_id, product(bench.env, workers=1) as server:
        paths = (("event list", "/events/"), ("home page", "/"), ("agenda", f"/events/{slug}/agenda"))
        before = {path: _cold(bench, server, path, event_id) for _, path in paths}
        with bench.filled(many):
            pass
        with bench.app.app_context():
            db.session.execute(text("ANALYZE"))
        for name, path in paths:
            after = _cold(bench, server, path, event_id)
            ratio = after / before[path]
            yield Row(f"{name}, made anew, with 10 and 5,000 events", f"{before[path]:.1f} and {after:.1f} ms",
                      "within 1.5 times", "", f"{ratio:.2f} times", ratio <= 1.5)  # fmt: skip
    with product(bench.env) as server:
        scanned(bench, server, 300, 300, 0)
        small = median(scanned(bench, server, 100, 100, 900)[0].rate for _ in range(3))
        large = median(scanned(bench, server, 50_000, 100, 900)[0].rate for _ in range(3))
    ratio = small / large
    yield Row("scans with 100 and 50,000 registrations", f"{small:,.0f} and {large:,.0f} a second",
              "within 1.5 times", "", f"{ratio:.2f} times", ratio <= 1.5)  # fmt: skip


def _cold(bench: Bench, server: Server, path: str, event_id: int) -> float:
    """The median milliseconds of a page that has just changed, so that no kept copy serves."""
    from time import perf_counter

    times = []
    connection = HTTPConnection(urlsplit(server.url).netloc)
    for _try in range(25):
        with bench.app.app_context(), transaction() as session:
            session.execute(update(Event).where(Event.id == event_id).values(version=Event.version + 1))
            session.execute(text("UPDATE revision SET number = number + 1"))
        started = perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        times.append((perf_counter() - started) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
    return median(times[5:])

"""What the organisers' side costs when an event is large: the table, lists in and out, erasing what is over."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import html
from sqlalchemy import func, select, text

from bench import data
from bench.processes import timed
from bench.rows import Bench, Row
from bench.server import BIN, Server, product
from eventsys.kernel.database import db
from eventsys.registration.models import Answer, Registration

LARGE = 50_000
SEARCHES = ("papadaki", "ioanna 4711", "p4711@example.org", "organisation 42", "nobody of this name")


def table(bench: Bench) -> Iterator[Row]:
    """Every sort and filter that the page itself offers, and searches, over 50,000 registrations."""
    slug = f"table-{uuid.uuid4().hex[:8]}"

    def fill(session: Any) -> str:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=None)
        data.add_registrations(session, event, LARGE)
        data.vary_registrations(session, event)
        return data.add_organiser(session, event)

    with bench.filled(fill) as user_id, product(bench.env, workers=1) as server:
        with bench.app.app_context():
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        cookie = _signed_in(bench, user_id)
        path = f"/manage/events/{slug}/registrations"
        asked = _offered(server, path, cookie)
        times = {question: _time_of(server, f"{path}?{urlencode(question)}", cookie) for question in asked}
    slowest = sorted(times, key=lambda question: -times[question])
    worst = times[slowest[0]]
    named = ", ".join(f"{urlencode(question) or 'as it opens'} {times[question]:.0f}" for question in slowest[:3])
    figure = f"{len(times)} questions, median {median(times.values()):.0f} ms, slowest {worst:.0f} ms ({named})"
    yield Row("organiser's table, 50,000 registrations, one at a time", figure, "each < 200 ms", is_met=worst < 200)


def _signed_in(bench: Bench, user_id: str) -> str:
    client = bench.app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = user_id
        kept["_fresh"] = True
    cookie = client.get_cookie("eventsys")
    assert cookie is not None
    return f"eventsys={cookie.value}"


Question = tuple[tuple[str, str], ...]


def _offered(server: Server, path: str, cookie: str) -> list[Question]:
    """One question for each choice of each list of the page's forms that ask, for each link that sorts or filters,
    and for each of `SEARCHES`."""
    page = html.fromstring(_got(server, path, cookie))
    found: dict[Question, None] = {(): None}
    for form in page.forms:
        if form.method != "GET" or not {"q", "sort"} & set(form.fields.keys()):
            continue
        for choice in form.xpath(".//select[@name]/option[@value!='']"):
            found[((choice.getparent().get("name"), choice.get("value")),)] = None
        for box in form.xpath(".//input[@name][@type='checkbox' or @type='radio'][@value!='']"):
            found[((box.get("name"), box.get("value")),)] = None
    for link in page.xpath("//main//a[contains(@href, '?')]/@href"):
        address = urlsplit(link)
        if address.path in ("", path):
            found[tuple(parse_qsl(address.query))] = None
    return [*found, *((("q", words),) for words in SEARCHES)]


def _got(server: Server, path: str, cookie: str) -> bytes:
    connection = HTTPConnection(urlsplit(server.url).netloc)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")
    return body


def _time_of(server: Server, path: str, cookie: str) -> float:
    """Milliseconds: the median of five, after two that warm up."""
    times = []
    for _try in range(7):
        started = perf_counter()
        _got(server, path, cookie)
        times.append((perf_counter() - started) * 1000)
    return median(times[2:])


def lists(bench: Bench) -> Iterator[Row]:
    """10,000 rows in, tried and then for good; 50,000 out, beside what 5,000 weigh."""
    slug = f"lists-{uuid.uuid4().hex[:8]}"

    def fill(session: Any) -> None:
        for name, count in ((slug, 0), (f"{slug}-few", 5000), (f"{slug}-many", LARGE)):
            event = data.add_event(session, name)
            data.add_pools(session, event, onsite=None)
            data.add_registrations(session, event, count)

    with bench.filled(fill):
        file = _list_of(10_000, bench.folder / "people.csv")
        command = [str(BIN / "eventsys"), "registration", "import", slug, str(file)]
        tried, _memory, _said = timed([*command, "--dry-run"], bench.env)
        done, memory, _said = timed(command, bench.env)
        figure = f"dry run with its report {tried:.1f} s, for good {done:.1f} s, {memory:.0f} MB"
        yield Row("import of 10,000 registrations", figure, "< 15 s together", is_met=tried + done < 15)
        command = [str(BIN / "eventsys"), "registration", "export"]
        _wall, few, _said = timed([*command, f"{slug}-few", "--out", str(bench.folder / "few.xlsx")], bench.env)
        wall, many, _said = timed([*command, f"{slug}-many", "--out", str(bench.folder / "many.xlsx")], bench.env)
        figure = f"{wall:.1f} s, {many:.0f} MB (5,000: {few:.0f} MB)"
        yield Row("50,000 registrations out as XLSX", figure, "< 8 s, within 50 MB of what 5,000 take",
                  is_met=wall < 8 and many - few < 50)  # fmt: skip


def _list_of(count: int, path: Path) -> Path:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("first_name", "last_name", "email", "organisation", "country", "sector", "mode", "state"))
        for number in range(count):
            sector = data.SECTORS[number % len(data.SECTORS)]
            rows.writerow((f"Ioanna {number}", f"Papadaki {number % 977}", f"in{number}@example.org",
                           f"Organisation {number % 700}", "GR", sector, "onsite", "confirmed"))  # fmt: skip
    return path


def retention(bench: Bench) -> Iterator[Row]:
    """100,000 registrations with an answer each, of events whose time is over, erased by the worker."""
    slug = f"over-{uuid.uuid4().hex[:8]}"

    def fill(session: Any) -> None:
        for number in range(4):
            event = data.add_event(session, f"{slug}-{number}", starts_at=data.clock.now() - data.timedelta(days=4000))
            data.add_pools(session, event, onsite=None)
            data.add_registrations(session, event, 25_000)
            data.add_answers(session, event)

    with bench.filled(fill):
        wall, memory, _said = timed([str(BIN / "eventsys"), "work", "--once"], bench.env)
        with bench.app.app_context():
            kept = db.session.scalar(select(func.count()).where(Registration.erased_at.is_(None)))
            answers = db.session.scalar(select(func.count()).select_from(Answer))
    figure = f"{wall:.0f} s, {memory:.0f} MB" + (
        f"; **{kept} people, {answers} answers kept**" if kept or answers else ""
    )
    yield Row("retention run over 100,000 registrations", figure, "< 60 s, nobody kept",
              is_met=wall < 60 and not kept and not answers)  # fmt: skip

"""Rows of the door: scans one by one and in batches, and what a device keeps to work without a network."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import func, select, text, update

from bench import data, recording
from bench.load import COUNTED, Run, wrk
from bench.rows import Bench, Row, scan_script, scanned
from bench.server import Server, floor, product
from eventsys.checkin.models import Admission, Scan
from eventsys.kernel import clock
from eventsys.kernel.database import db
from eventsys.registration.models import Registration

CONNECTIONS = 32
PEOPLE = 50_000
BATCH = 100
# wrk has asked for more by the time a thread has all its answers.
SPARE = 20 * BATCH


def scans(bench: Bench) -> Iterator[Row]:
    """5,000 tickets of 50,000 and 1,000 repeats through the door's endpoint, one scan a request."""
    with product(bench.env) as server:
        scanned(bench, server, 300, 200, 100, connections=CONNECTIONS)
        run, event_id = scanned(bench, server, PEOPLE, 5000, 1000, connections=CONNECTIONS)
        admitted = _admitted(bench, event_id)
    base = _replayed(bench)
    share = run.rate / base.rate
    wrong = {key: value for key, value in run.counted.items() if key not in ("admitted", "already_in")}
    figure = f"{run.rate:,.0f} a second, p99 {run.p99:.0f} ms, {admitted} admitted" + (f", {wrong}" if wrong else "")
    exact = admitted == run.counted.get("admitted") == 5000 and not wrong
    quick = run.rate >= 400 and run.p99 < 120 if bench.database == "postgresql" else True
    yield Row("scans one by one, 32 connections, 50,000 registrations", figure,
              "≥ 400 a second (PostgreSQL), p99 < 120 ms, ≥ 60 % of the floor", f"{base.rate:,.0f}", f"{share:.0%}",
              exact and quick and share >= 0.6)  # fmt: skip


def _admitted(bench: Bench, event_id: int) -> int:
    with bench.app.app_context():
        return int(db.session.scalar(select(func.count()).where(Admission.event_id == event_id)) or 0)


def _replayed(bench: Bench) -> Run:
    """The statements of one admitted scan, run by a bare view on an event as large."""
    slug, token = f"floor-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex * 2

    def fill(session: Any) -> list[Any]:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=None)
        data.add_device(session, event, token)
        return data.add_registrations(session, event, PEOPLE)

    with bench.filled(fill) as codes:
        ids = [str(uuid.uuid4()) for _ in (0, 1)]
        client = bench.app.test_client()
        headers = {"Authorization": f"Bearer {token}"}

        def ask(number: int) -> str:
            answer = client.post(
                f"/api/v1/events/{slug}/checkin/scans", json={"scans": [_scan(ids[number], codes[100 + number][0])]},
                headers=headers,
            )  # fmt: skip
            if answer.status_code != 200 or answer.get_json()["results"][0]["outcome"] != "admitted":
                raise SystemExit(f"the scan to record was answered {answer.get_data(as_text=True)}")
            return answer.get_data(as_text=True)

        def known(number: int) -> dict[str, Any]:
            return {"scan": ids[number], "code": codes[100 + number][0], "person": codes[100 + number][1]}

        # The endpoint makes the entrance once, and notes a device's contact once a minute: not what is recorded.
        client.post(f"/api/v1/events/{slug}/checkin/scans", headers=headers,
                    json={"scans": [_scan(str(uuid.uuid4()), codes[99][0])]})  # fmt: skip
        script = recording.recorded(bench.app, ask, known)
        script["people"] = dict(codes)
        file = recording.kept(script, bench.folder / "scan.json")
        with bench.app.app_context():
            db.session.execute(text("ANALYZE"))
        with floor({**bench.env, "FLOOR_REPLAY": str(file)}) as bare:
            asked = [code for code, _ in codes[102:]]
            lua = scan_script("/replay", token, asked[:98], 0, is_floor=True)
            wrk(bare.url + "/replay", connections=CONNECTIONS, seconds=60, script=lua)
            lua = scan_script("/replay", token, asked[98:6098], 0, is_floor=True)
            return wrk(bare.url + "/replay", connections=CONNECTIONS, seconds=60, script=lua)


def _scan(scan_id: str, code: str, **values: Any) -> dict[str, Any]:
    return {"id": scan_id, "code": code, "point": "entrance", "direction": "in", "at": clock.now().isoformat(),
            "offline": False} | values  # fmt: skip


def _batch_script(path: str, token: str, codes: list[str]) -> str:
    told = ",".join(f'"{code}"' for code in codes)
    return (
        COUNTED
        + f"""
codes = {{{told}}}
share = {(len(codes) - SPARE) // BATCH // 2}
function prepare()
  math.randomseed({uuid.uuid4().int % 1_000_000_000} + number)
end
function request()
  sent = sent + 1
  local first = ((sent - 1) * 2 + (number % 2)) * {BATCH}
  local at = os.date("!%Y-%m-%dT%H:%M:%S.123Z")
  local scans = {{}}
  for k = 1, {BATCH} do
    local id = string.format("%08x-%04x-4%03x-8%03x-%06x%06x", math.random(0, 0x7fffffff), math.random(0, 0xffff),
      math.random(0, 0xfff), math.random(0, 0xfff), math.random(0, 0xffffff), math.random(0, 0xffffff))
    scans[k] = '{{"id":"' .. id .. '","code":"' .. codes[first + k] ..
      '","point":"entrance","direction":"in","at":"' .. at .. '","offline":true,"told":"admitted"}}'
  end
  local headers = {{["Authorization"] = "Bearer {token}", ["Content-Type"] = "application/json"}}
  return wrk.format("POST", "{path}", headers, '{{"scans":[' .. table.concat(scans, ",") .. ']}}')
end
function judge(status, headers, body)
  if status ~= 200 then return "status" .. status end
  local _, admitted = string.gsub(body, '"outcome": ?"admitted"', "")
  if admitted == {BATCH} then return "whole" end
  return "only" .. admitted
end
"""
    )


def batches(bench: Bench) -> Iterator[Row]:
    """What desks kept without a network, 100 scans a call."""
    with product(bench.env) as server:
        _batched(bench, server, 2000)
        run, admitted = _batched(bench, server, 40_000)
    rate = run.rate * BATCH
    wrong = {key: value for key, value in run.counted.items() if key != "whole"}
    figure = f"{rate:,.0f} a second, p99 {run.p99:.0f} ms, {admitted:,} admitted" + (f", {wrong}" if wrong else "")
    quick = rate >= 3000 if bench.database == "postgresql" else True
    yield Row("scans in batches of 100, 8 connections, 50,000 registrations", figure, "≥ 3,000 a second (PostgreSQL)",
              is_met=quick and admitted >= 40_000 and not wrong)  # fmt: skip


def _batched(bench: Bench, server: Server, count: int) -> tuple[Run, int]:
    slug, token = f"batch-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex * 2

    def fill(session: Any) -> tuple[int, list[Any]]:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=None)
        data.add_device(session, event, token)
        return event.id, data.add_registrations(session, event, max(count + SPARE, PEOPLE if count > 2000 else 0))

    with bench.filled(fill) as (event_id, codes):
        with bench.app.app_context():
            db.session.execute(text("ANALYZE"))
        path = f"/api/v1/events/{slug}/checkin/scans"
        script = _batch_script(path, token, [code for code, _ in codes[: count + SPARE]])
        run = wrk(server.url + path, connections=8, seconds=120, script=script)
    return run, _admitted(bench, event_id)


def snapshot(bench: Bench) -> Iterator[Row]:
    """What a device loads of 20,000 people and 50,000 scans, and what changed since."""
    people, total = 20_000, 50_000
    slug, token = f"snapshot-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex * 2

    def fill(session: Any) -> list[Any]:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=None)
        data.add_device(session, event, token)
        return data.add_registrations(session, event, people)

    with bench.filled(fill) as codes, product(bench.env) as server:
        asked = [codes[number % people][0] for number in range(total)]
        _post(server, slug, token, asked)
        _an_hour_ago(bench)
        size, raw, seconds, cursor = _whole(server, slug, token)
        least = size < 3_000_000 and seconds < 2
        yield Row("snapshot of 20,000 people after 50,000 scans",
                  f"{size / 1e6:.2f} MB compressed, {raw / people:.0f} bytes a person before, {seconds:.2f} s",
                  "< 3 MB compressed, 5,000 in 1 MiB, < 2 s", is_met=least and raw / people * 5000 < 2**20)  # fmt: skip
        _post(server, slug, token, asked[:BATCH])
        changed, took = _since(server, slug, token, cursor)
        yield Row(f"the same, {changed} changes since a cursor", f"{took * 1000:.0f} ms", "< 100 ms",
                  is_met=took < 0.1 and changed == BATCH)  # fmt: skip


def _post(server: Server, slug: str, token: str, codes: list[str]) -> None:
    connection = HTTPConnection(urlsplit(server.url).netloc)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for start in range(0, len(codes), 500):
        sent = [_scan(str(uuid.uuid4()), code, offline=True) for code in codes[start : start + 500]]
        connection.request("POST", f"/api/v1/events/{slug}/checkin/scans", json.dumps({"scans": sent}), headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"scans were answered {answer.status}")
        answer.read()


def _an_hour_ago(bench: Bench) -> None:
    """What changed in the last half minute is told twice: here nothing did."""
    before = clock.now() - timedelta(hours=1)
    with bench.app.app_context():
        db.session.execute(update(Scan).values(received_at=before).execution_options(synchronize_session=False))
        db.session.execute(update(Registration).values(updated_at=before).execution_options(synchronize_session=False))
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _get(server: Server, slug: str, token: str, query: str = "") -> tuple[bytes, float]:
    connection = HTTPConnection(urlsplit(server.url).netloc)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
    started = perf_counter()
    connection.request("GET", f"/api/v1/events/{slug}/checkin/snapshot{query}", headers=headers)
    body = connection.getresponse().read()
    return body, perf_counter() - started


def _whole(server: Server, slug: str, token: str) -> tuple[int, int, float, str]:
    tries = [_get(server, slug, token) for _try in range(4)]
    raw = gzip.decompress(tries[0][0])
    cursor = str(json.loads(raw)["cursor"])
    return len(tries[0][0]), len(raw), median(took for _body, took in tries[1:]), cursor


def _since(server: Server, slug: str, token: str, cursor: str) -> tuple[int, float]:
    tries = [_get(server, slug, token, f"?since={quote(cursor)}") for _try in range(7)]
    changed = json.loads(gzip.decompress(tries[0][0]))
    return len(changed["people"]), median(took for _body, took in tries[2:])

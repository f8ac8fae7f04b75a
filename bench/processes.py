"""Rows of whole processes: commands timed and weighed from outside, servers weighed while they rest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import data
from bench.rows import Bench, Row
from bench.server import BIN, ROOT, product

SHARED = ROOT.parent / "shared" / "data" / "fosdem-2019.xml"

BADGES = """
import sys, time
from eventsys.factory import create_app
from eventsys.kernel.database import reading
from eventsys.events.queries import find_event
from eventsys.registration.faces import badge_faces
from eventsys.badges.sheets import write_badges
with create_app().app_context(), open(sys.argv[2], "wb") as out:
    event = find_event(reading(), sys.argv[1])
    started = time.perf_counter()
    pages = write_badges(badge_faces(reading(), event), out)
    print(pages / (time.perf_counter() - started))
"""


def timed(command: list[str], env: dict[str, str]) -> tuple[float, float, str]:
    """Wall seconds, peak memory in MB and output of a command that must succeed."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **env}, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:4]} ended with {process.returncode}")
    return wall, usage.ru_maxrss / 1024, said


def badges(bench: Bench) -> Iterator[Row]:
    """Badges of one event as one PDF: a thousand with all that begins once, and ten thousand for speed and memory."""
    for people, least, megabytes in ((1000, 300, 5), (10_000, 500, 50)):
        slug = f"badges-{uuid.uuid4().hex[:8]}"

        def fill(session: Any, slug: str = slug, people: int = people) -> None:
            event = data.add_event(session, slug)
            data.add_pools(session, event, onsite=None)
            data.add_registrations(session, event, people)

        with bench.filled(fill):
            out = bench.folder / "badges.pdf"
            _wall, memory, said = timed([sys.executable, "-c", BADGES, slug, str(out)], bench.env)
            wall, _memory, _said = timed([str(BIN / "eventsys"), "badge", "print", slug, "--out", str(out)], bench.env)
        rate, size = float(said.split()[-1]), out.stat().st_size / 1e6
        figure = f"{rate:,.0f} a second, {memory:.0f} MB, PDF {size:.1f} MB; the command {wall:.1f} s"
        yield Row(f"badges, {people:,}", figure, f"≥ {least} a second, < 400 MB, PDF < {megabytes} MB",
                  is_met=rate >= least and memory < 400 and size < megabytes)  # fmt: skip


def export(bench: Bench) -> Iterator[Row]:
    """5,000 registrations as XLSX."""
    slug = f"export-{uuid.uuid4().hex[:8]}"

    def fill(session: Any) -> None:
        event = data.add_event(session, slug)
        data.add_pools(session, event, onsite=None)
        data.add_registrations(session, event, 5000)

    with bench.filled(fill):
        out = bench.folder / "people.xlsx"
        command = [str(BIN / "eventsys"), "registration", "export", slug, "--out", str(out)]
        nothing = [str(BIN / "eventsys"), "registration", "export", "--help"]
        walls = [timed(command, bench.env)[0] - timed(nothing, bench.env)[0] for _try in range(3)]
    work = sorted(walls)[1]
    yield Row("5,000 registrations out as XLSX", f"{work:.2f} s of work", "< 1 s of work", is_met=work < 1)


def imports(bench: Bench) -> Iterator[Row]:
    """A real conference of 775 sessions, new; and again, when nothing changes."""
    if not SHARED.is_file():
        yield Row("import of FOSDEM 2019", "skipped: the file is not here", "< 6 s, < 250 MB")
        return
    slug = f"fosdem-{uuid.uuid4().hex[:8]}"
    command = [str(BIN / "eventsys"), "event", "import", str(SHARED), "--slug", slug]
    wall, memory, _said = timed(command, bench.env)
    again, _memory, _said = timed(command, bench.env)
    figure = f"{wall:.1f} s, {memory:.0f} MB; again {again:.1f} s"
    yield Row("import of FOSDEM 2019", figure, "< 6 s, < 250 MB", is_met=wall < 6 and memory < 250)


def idle(bench: Bench) -> Iterator[Row]:
    """Two web workers and the worker at rest, after a first request each."""
    command = [str(BIN / "eventsys"), "work"]
    with product(bench.env) as server:
        worker = subprocess.Popen(command, env={**os.environ, **bench.env}, cwd=ROOT)
        try:
            # The worker has no door to knock at: its memory is read once it has stopped growing.
            memory, steady = 0.0, 0
            while steady < 10:
                time.sleep(0.3)
                found = server.memory() + _weight(worker.pid)
                steady = steady + 1 if abs(found - memory) < 0.5 else 0
                memory = found
        finally:
            worker.terminate()
            worker.wait(20)
        ready = server.ready_after
    yield Row("two web workers and the worker, idle", f"{memory:.0f} MB (PSS); ready after {ready:.1f} s",
              "< 300 MB, ready within 3 s", is_met=memory < 300 and ready < 3)  # fmt: skip


def _weight(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def demo(bench: Bench) -> Iterator[Row]:
    """The demo community, loaded into an empty SQLite database."""
    env = {**bench.env, "EVENTSYS_DATA_DIR": str(bench.folder / "demo")}
    env["EVENTSYS_DATABASE_URL"] = f"sqlite:///{bench.folder / 'demo.sqlite3'}"
    timed([str(BIN / "eventsys"), "db", "upgrade"], env)
    wall, memory, _said = timed([str(BIN / "eventsys"), "demo", "load"], env)
    yield Row("the demo community, loaded", f"{wall:.1f} s, {memory:.0f} MB", "< 20 s", is_met=wall < 20)

"""`python -m bench [ROW …] [--db sqlite|postgresql]`: measure, print the table, write it to bench/results/."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from bench import camera, door, keeping, listening, opening, processes, rows
from bench.rows import Bench, Row
from eventsys.factory import create_app
from eventsys.kernel.database import db
from eventsys.settings import read_settings
from tests.postgresql import server_url

RESULTS = Path(__file__).resolve().parent / "results"
ROWS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "pages": rows.pages,
    "registrations": rows.registrations,
    "opening": opening.opening,
    "pools": opening.pools,
    "scans": door.scans,
    "batches": door.batches,
    "snapshot": door.snapshot,
    "live": listening.live,
    "camera": camera.camera,
    "names": camera.names,
    "badges": processes.badges,
    "export": processes.export,
    "table": keeping.table,
    "lists": keeping.lists,
    "retention": keeping.retention,
    "import": processes.imports,
    "idle": processes.idle,
    "growth": rows.growth,
    "demo": processes.demo,
}


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    server = server_url()
    if server is None:
        raise SystemExit("no PostgreSQL server is here: install postgresql, or measure with --db sqlite")
    name = f"eventsys_bench_{uuid.uuid4().hex[:10]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def _measured(names: list[str], kind: str) -> Iterator[Row]:
    folder = Path(tempfile.mkdtemp(prefix="eventsys-bench-"))
    try:
        for name in names:
            # Each row has a database of its own: what one leaves behind must not weigh on the next.
            with _database(kind, folder) as url:
                env = {
                    "EVENTSYS_DATABASE_URL": url,
                    "EVENTSYS_DATA_DIR": str(folder),
                    "EVENTSYS_SECRET_KEY": "a key for measuring that is long enough to be taken",
                    "EVENTSYS_RATE_LIMITS": "off",
                }
                app = create_app(read_settings(env))
                with app.app_context():
                    upgrade()
                    db.session.remove()
                yield from ROWS[name](Bench(app, env, folder, kind))
                with app.app_context():
                    db.engine.dispose()
            for file in folder.glob("bench.sqlite3*"):
                file.unlink()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _line(row: Row) -> str:
    met = {True: "yes", False: "**no**", None: "–"}[row.is_met]
    return f"| {row.work} | {row.figure} | {row.floor} | {row.ratio} | {row.target} | {met} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="postgresql")
    asked = parser.parse_args()
    names = asked.rows or list(ROWS)
    if unknown := [name for name in names if name not in ROWS]:
        parser.error(f"no such row: {', '.join(unknown)}")
    head = [
        f"# Figures of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {asked.db}",
        "",
        f"{os.cpu_count()} cores, Python {platform.python_version()}; the load runs on the same cores.",
        "",
        "| work | measured | floor (a second) | ratio | target | met |",
        "|---|---|---|---|---|---|",
    ]
    print("\n".join(head), flush=True)
    found = []
    for row in _measured(names, asked.db):
        found.append(row)
        print(_line(row), flush=True)
    if not asked.rows:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{asked.db}.md").write_text("\n".join([*head, *map(_line, found)]) + "\n")
    return 1 if any(row.is_met is False for row in found) else 0


if __name__ == "__main__":
    sys.exit(main())

"""The floor: a bare Flask app that runs the same statements through the same session and returns the same bytes.

`python -m bench.floor PORT WORKERS` serves it on the server that `eventsys serve` uses, with the same threads.
"""

from __future__ import annotations

import json
import os
import secrets
import string
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import select

from eventsys.events.models import Event
from eventsys.kernel.database import WRITING, db, open_database
from eventsys.settings import read_settings

HEX = "0123456789abcdef"
READABLE = string.ascii_uppercase + string.digits


def create_floor() -> Flask:
    """Views: /page (one SELECT by key, bytes from memory), /empty (the same without bytes), /replay (statements)."""
    app = Flask("floor")
    open_database(app, read_settings())
    body = Path(os.environ["FLOOR_BODY"]).read_bytes() if "FLOOR_BODY" in os.environ else b""
    script = json.loads(Path(os.environ["FLOOR_REPLAY"]).read_text()) if "FLOOR_REPLAY" in os.environ else {}
    slug = os.environ.get("FLOOR_SLUG", "")

    @app.get("/up")
    def up() -> str:
        return "up"

    @app.get("/page")
    def page() -> Response:
        db.session.execute(select(Event.id, Event.status, Event.version).where(Event.slug == slug)).one()
        return Response(body, content_type="text/html; charset=utf-8")

    @app.get("/empty")
    def empty() -> Response:
        db.session.execute(select(Event.id, Event.status, Event.version).where(Event.slug == slug)).one()
        return Response(status=304)

    @app.post("/replay")
    def replay() -> Response:
        known: dict[str, Any] = {}
        if request.is_json:
            scan = request.get_json()["scans"][0]
            known = {"scan": scan["id"], "code": scan["code"], "person": script["people"].get(scan["code"])}
        else:
            known = {"email": request.form["email"]}
        _replay(script["statements"], known)
        return Response(script["answer"], content_type="application/json")

    return app


def _replay(statements: list[dict[str, Any]], known: dict[str, Any]) -> None:
    """On SQLite the statements say themselves where a transaction begins; on PostgreSQL all of them are one."""
    made: dict[str, Any] = {}
    session = db.session()
    connection = None
    for statement in statements:
        if statement["sql"].startswith("BEGIN"):
            session.commit()
            connection = session.connection(execution_options={WRITING: "IMMEDIATE" in statement["sql"]})
            continue
        connection = connection or session.connection()
        sets = [_given(_filled(values, known, made)) for values in statement["parameters"]]
        result = connection.exec_driver_sql(statement["sql"], sets[0] if len(sets) == 1 else sets)
        if result.returns_rows:
            rows = result.fetchall()
            if statement["makes"] and rows:
                made[statement["makes"]] = rows[0][0]
    session.commit()


def _given(values: dict[str, Any]) -> Any:
    """As the driver takes them: values whose names are positions by position."""
    return tuple(values.values()) if "0" in values else values


def _filled(values: dict[str, Any], known: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value, known, made) for name, value in values.items()}


def _value(value: Any, known: dict[str, Any], made: dict[str, Any]) -> Any:
    """A recorded parameter, or what fills the hole that it left."""
    if not isinstance(value, dict):
        return value
    kind, what = next(iter(value.items()))
    if kind == "known":
        return known.get(what)
    if kind == "made":
        return made.get(what)
    if kind == "now":
        now = datetime.now(UTC)
        if what == "in JSON":
            return now.isoformat()
        return now if what is True else now.replace(tzinfo=None).isoformat(" ", "microseconds")
    if kind == "json":
        return json.dumps(_value(what, known, made))
    if kind == "object":
        return _filled(what, known, made)
    if kind == "list":
        return [_value(one, known, made) for one in what]
    if kind == "fresh":
        alphabet = HEX if what["hex"] else READABLE
        return "".join(secrets.choice(alphabet) for _ in range(what["length"]))
    return what


def main() -> None:
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        "bench.floor:create_floor",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=int(sys.argv[2]),
        blocking_threads=int(os.environ.get("FLOOR_THREADS", "3")),
        log_enabled=False,
    )
    server.serve()


if __name__ == "__main__":
    main()

"""Records the statements of one request, so that the floor can run the same ones with values of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from eventsys.kernel.database import db


def recorded(app: Flask, ask: Callable[[int], str], known: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """Run `ask(0)` and `ask(1)`, and turn the second's statements into a script: what differs between the two is
    filled in anew by the floor. `known(n)` names values of request n by what the floor calls them."""
    runs, answer = [], ""
    for number in (0, 1):
        statements: list[tuple[str, list[dict[str, Any]]]] = []
        answer = _listening(app, statements, lambda n=number: ask(n))
        runs.append(_with_ids(app, statements))
    names = known(1)
    return {"answer": answer, "statements": _script(*runs, names)}


def _script(first: list[Any], second: list[Any], names: dict[str, Any]) -> list[dict[str, Any]]:
    """Each statement of the second run beside its like in the first, found by its text: a request may have run more
    or fewer statements than the one before it."""
    earlier: dict[str, list[Any]] = {}
    for sql, sets, _makes, _made in first:
        earlier.setdefault(sql, []).append(sets)
    script = []
    for sql, sets, makes, made in second:
        like = earlier[sql].pop(0) if earlier.get(sql) else sets
        holes = [_template(now, before, names, made) for now, before in zip(sets, like, strict=False)]
        script.append({"sql": sql, "parameters": holes, "makes": makes})
    return script


def _listening(app: Flask, statements: list[Any], ask: Callable[[], str]) -> str:
    def note(_conn: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, many: bool) -> None:
        sets = list(parameters) if many else [parameters or {}]
        statements.append((sql, [_named(values) for values in sets]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        return ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _named(values: Any) -> dict[str, Any]:
    """SQLite's driver is given values by position, which then is their name."""
    return dict(values) if isinstance(values, dict) else {str(at): value for at, value in enumerate(values)}


def _with_ids(app: Flask, statements: list[Any]) -> list[Any]:
    """Beside each statement: the table whose row it makes, and the ids made before it by table."""
    found, made = [], {}
    for sql, sets in statements:
        insert = re.match(r"INSERT INTO (\w+)", sql)
        makes = insert[1] if insert and re.search(r"RETURNING (\w+\.)?id\b", sql) else None
        found.append((sql, sets, makes, dict(made)))
        if makes:
            with app.app_context():
                made[makes] = db.session.execute(text(f"SELECT max(id) FROM {makes}")).scalar()
    return found


def _template(
    values: dict[str, Any], before: dict[str, Any], names: dict[str, Any], made: dict[str, Any]
) -> dict[str, Any]:
    return {name: _hole(value, before.get(name), names, made) for name, value in values.items()}


def _hole(value: Any, before: Any, names: dict[str, Any], made: dict[str, Any]) -> Any:  # noqa: C901  One kind a line.
    if hasattr(value, "obj"):
        return {"json": _hole(value.obj, getattr(before, "obj", None), names, made)}
    if isinstance(value, str) and value[:1] in ("{", "["):
        return {"json": _hole(json.loads(value), json.loads(before) if before else None, names, made)}
    if isinstance(value, dict | list):
        return _holes(value, before, names, made)
    if isinstance(value, datetime):
        return {"now": True}
    if isinstance(value, date):
        return {"same": value.isoformat()}
    if value == before or value is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", value):
        return {"now": "as text"}  # SQLite keeps instants as text.
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value):
        return {"now": "in JSON"}
    if name := next((name for name, known in names.items() if value == known), None):
        return {"known": name}
    if isinstance(value, int):
        table = next((table for table, number in made.items() if value == number), None)
        return {"made": table} if table else value
    return {"fresh": {"length": len(value), "hex": bool(re.fullmatch(r"[0-9a-f]+", value))}}


def _holes(value: Any, before: Any, names: dict[str, Any], made: dict[str, Any]) -> Any:
    """The parts of a parameter that has some: rows in one document, several codes."""
    if isinstance(value, dict):
        like = before if isinstance(before, dict) else {}
        return {"object": {name: _hole(one, like.get(name), names, made) for name, one in value.items()}}
    others = before if isinstance(before, list) and len(before) == len(value) else value
    return {"list": [_hole(one, other, names, made) for one, other in zip(value, others, strict=True)]}


def kept(script: dict[str, Any], path: Path) -> Path:
    path.write_text(json.dumps(script))
    return path

"""The files of the door's page: what a browser is told to keep, and under which version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventsys.checkin import shell

STATIC = Path(__file__).resolve().parents[2] / "static"


def asked(client: FlaskClient, path: str) -> TestResponse:
    """The answer, read to its end: files are closed then."""
    return client.get(path, buffered=True)


def kept_by(worker: TestResponse) -> Any:
    return json.loads(worker.text.partition("\n")[0].removeprefix("const KEPT = ")[:-1])


def test_the_worker_and_the_scripts_are_served_so_that_none_goes_stale(client: FlaskClient) -> None:
    worker = asked(client, "/checkin/worker.js")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.headers["Service-Worker-Allowed"] == "/checkin/"
    assert worker.headers["Content-Type"] == "text/javascript; charset=utf-8"
    kept = kept_by(worker)
    assert [path for path in kept["assets"] if asked(client, path).status_code != 200] == []
    assert kept["shells"] == ["/checkin/device"]

    current, former = asked(client, shell.module("door.js")), asked(client, "/checkin/app/0000/js/checkin/door.js")
    assert "immutable" in current.headers["Cache-Control"]
    assert former.headers["Cache-Control"] == "no-cache"
    assert asked(client, f"/checkin/app/{shell.version()}/css/tokens.css").status_code == 404
    assert asked(client, f"/checkin/app/{shell.version()}/../../eventsys/settings.py").status_code == 404


def test_every_script_that_the_page_imports_is_kept(client: FlaskClient) -> None:
    kept = kept_by(asked(client, "/checkin/worker.js"))
    root = f"/checkin/app/{shell.version()}/"
    mine = {path.removeprefix(root) for path in kept["assets"] if path.startswith(root)}
    scripts = {path.name for path in (STATIC / "js" / "checkin").glob("*.js")} - {"worker.js"}
    assert {name.removeprefix("js/checkin/") for name in mine if name.startswith("js/checkin/")} == scripts

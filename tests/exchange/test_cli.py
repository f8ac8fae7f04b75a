"""The commands as scripts run them: exit codes, one line on stderr, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event, Membership
from eventsys.events.queries import find_event
from eventsys.kernel.facts import Fact
from tests import beside
from tests.cast import Cast
from tests.factories.exchange import as_json, example

SLUG = "ceris-fct-2026"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "event.json"
    path.write_bytes(as_json(example()))
    return path


class Shell:
    """Runs the real command beside the test, on its database."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder

    def run(self, *words: str | Path) -> tuple[int, str, str]:
        done = beside.run(*words, environment=self._environment, folder=self._folder)
        return done.status, done.out, done.err


@pytest.fixture
def shell(app: Flask, environment: dict[str, str], tmp_path: Path) -> Shell:
    return Shell(environment, tmp_path)


def events(session: Session) -> int:
    session.rollback()
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Event)) or 0


def test_import_dry_import_and_export(shell: Shell, file: Path, session: Session, cast: Cast, tmp_path: Path) -> None:
    status, out, err = shell.run("event", "import", file, "--dry-run", "--publish")
    assert (status, err, out.splitlines()[:2]) == (
        0, "", ["dry run: nothing was written", f"{SLUG}: sessions: 2 added, 0 updated, 0 withdrawn, 0 unchanged"]
    )  # fmt: skip
    session.rollback()
    assert (events(session), session.scalar(select(func.count()).select_from(Fact))) == (0, 0)
    status, out, err = shell.run(
        "event", "import", file, "--owner", "ADA@example.org", "--publish", "--title", "T", "--kind", "seminar",
        "--slug", "mine", "--timezone", "Europe/Athens",
    )  # fmt: skip
    assert (status, err) == (0, "")
    session.rollback()
    event = find_event(session, "mine")
    assert event is not None
    assert (event.title, event.kind, event.timezone, event.status) == ("T", "seminar", "Europe/Athens", "published")
    assert f"{event.starts_at:%H:%M}" == "07:00"
    assert session.scalars(select(Membership.user_id)).all() == [cast.ada.id]
    status, out, err = shell.run("event", "export", "mine", "--format", "event", "--out", tmp_path / "out.json")
    assert (status, out, err) == (0, "", "")
    assert json.loads((tmp_path / "out.json").read_bytes())["slug"] == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_without_an_owner_the_event_belongs_to_the_administrators(shell: Shell, file: Path, session: Session) -> None:
    assert shell.run("event", "import", file)[0] == 0
    assert (events(session), session.scalars(select(Membership.id)).all()) == (1, [])


def test_what_is_refused_is_one_line_and_leaves_nothing(shell: Shell, file: Path, session: Session) -> None:
    file.write_text('{"format": "eventsys-event/1",\n"slug": 7}')
    assert shell.run("event", "import", file) == (1, "", "event.json, line 1: “kind” is missing\n")
    assert shell.run("event", "import", "nowhere.xml") == (
        1, "", "nowhere.xml: it cannot be read (No such file or directory)\n"
    )  # fmt: skip
    file.write_bytes(as_json(example()))
    assert shell.run("event", "import", file, "--owner", "x@example.org")[::2] == (
        1, "event.json: there is no account of x@example.org\n"
    )  # fmt: skip
    assert shell.run("event", "export", "nowhere", "--format", "csv", "--out", "x.csv") == (
        1, "", "there is no event “nowhere”\n"
    )  # fmt: skip
    assert events(session) == 0


def test_wrong_usage_answers_2(shell: Shell, file: Path, session: Session) -> None:
    for words in (
        ("import",), ("import", file, "--bogus"), ("import", file, "--kind", "party"), ("export", "x"),
        ("export", "x", "--format", "pdf", "--out", "y"),
    ):  # fmt: skip
        status, out, err = shell.run("event", *words)
        assert (status, out) == (2, "")
        assert "Usage: eventsys event" in err
    assert events(session) == 0


def test_a_place_that_cannot_be_written_is_named_in_one_line(shell: Shell, file: Path, session: Session) -> None:
    assert shell.run("event", "import", file)[0] == 0
    code, _out, said = shell.run("registration", "export", SLUG, "--out", "/no-such-folder/people.csv")
    assert (code, said) == (1, "/no-such-folder/people.csv: it cannot be read or written (No such file or directory)\n")

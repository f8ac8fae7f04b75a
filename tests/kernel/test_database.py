"""One transaction, one commit: what is read inside is fresh, what fails leaves nothing."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eventsys.agenda.models import SessionRole
from eventsys.community.models import Theme
from eventsys.events.models import Event
from eventsys.kernel.database import NestedTransaction, db, transaction
from tests.factories import make_event, make_person, make_session


def test_a_transaction_refuses_to_nest(session: Session) -> None:
    with transaction(), pytest.raises(NestedTransaction), transaction():
        pass


def _add_and_fail() -> None:
    with transaction() as session:
        session.add(Theme(key="lost", name="Lost"))
        session.flush()
        raise ZeroDivisionError


def test_what_fails_leaves_nothing(session: Session) -> None:
    make_event(themes=("kept",))
    with pytest.raises(ZeroDivisionError):
        _add_and_fail()
    assert session.scalars(select(Theme.key)).all() == ["kept"]


def test_the_version_of_an_event_grows_once_with_what_its_pages_show(session: Session) -> None:
    event = make_event()
    before = session.scalar(select(Event.version))
    make_session(event)
    assert session.scalar(select(Event.version)) == before + 1
    assert session.scalar(select(func.count()).select_from(Event)) == 1


def test_the_version_grows_also_where_a_row_names_its_parent_by_key_alone(session: Session) -> None:
    event = make_event()
    entry, person = make_session(event), make_person(event)
    before = session.scalar(select(Event.version))
    with transaction() as writing:
        writing.add(SessionRole(session_id=entry.id, person_id=person.id, role="chair"))
    assert session.scalar(select(Event.version)) == before + 1


def test_writers_of_all_processes_stand_in_one_line(app: Flask, session: Session) -> None:
    """On SQLite a writer is let in by the one who ends, at once: nobody sleeps and looks again."""
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL lines its writers up itself")
    path = f"{db.engine.url.database}-turn"
    with transaction(), Path(path).open("ab") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with Path(path).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)

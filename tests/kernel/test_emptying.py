"""What one test leaves under way must not become the next one's failure."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from eventsys.accounts.models import User
from eventsys.kernel.database import db
from tests.cast import Cast
from tests.emptying import empty_all_tables


def _are_there(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(User)) or 0


def test_all_tables_are_emptied_beside_one_who_only_reads(app: Flask, session: Session, cast: Cast) -> None:
    session.rollback()
    with db.engine.connect() as reader:
        assert reader.scalar(select(func.count()).select_from(User)) == 4
        empty_all_tables(db.engine)
        reader.rollback()
    assert _are_there(session) == 0


def test_who_is_in_the_way_is_named_and_sent_away(app: Flask, session: Session, cast: Cast) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer, who cannot be sent away")
    session.rollback()
    with db.engine.connect() as writer:
        writer.execute(text("UPDATE user_account SET name = 'Ida' WHERE email = 'ada@example.org'"))
        with pytest.raises(pytest.fail.Exception, match=r"Still at work: UPDATE user_account SET name = 'Ida'"):
            empty_all_tables(db.engine, patience="100ms")
        writer.invalidate()
    assert _are_there(session) == 0

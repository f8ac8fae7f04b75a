"""How often somebody may try: counted in a table, so that all processes count together."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, String, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from eventsys.kernel import clock
from eventsys.kernel.database import Base, Instant, transaction
from eventsys.kernel.errors import TooManyTries

P = ParamSpec("P")
R = TypeVar("R")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RateWindow(Base):
    """Tries of one kind by one caller in one window of time. `key` is hashed: no address of a person is kept."""

    __tablename__ = "rate_window"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[Instant]

    __table_args__ = (Index(None, "ends_at"),)


def is_on() -> bool:
    """Whether limits hold; EVENTSYS_RATE_LIMITS=off lifts them, and checks of timing against robots, for load tests."""
    return bool(current_app.config["SETTINGS"].has_rate_limits)


def take(name: str, *, most: int, seconds: int, by: str | None = None) -> None:
    """Count one try in a transaction of its own. Raises TooManyTries above `most` tries within `seconds`.

    `by` is who tries: the client's address unless given. Windows are fixed, so that over a boundary twice as many may
    pass at worst. Call it before the view's own transaction, and before rows are read.
    """
    if not is_on():
        return
    now = clock.now()
    number, ends_at = _window(now, seconds)
    with transaction() as session:
        tries = _count(session, _key(name, by or client(), number), ends_at)
    if tries > most:
        raise _too_many(ends_at, now)


def glance(name: str, *, most: int, seconds: int) -> None:
    """Count one look of the client's address in this process alone. Raises TooManyTries.

    For reads that are asked for with every letter somebody types: they must not cost a write.
    """
    if not is_on():
        return
    now = clock.now()
    number, ends_at = _window(now, seconds)
    known, looks = _looks.get(name, (number, Counter()))
    if known != number:
        looks = Counter()
    _looks[name] = (number, looks)
    looks[client()] += 1
    if looks[client()] > most:
        raise _too_many(ends_at, now)


# By what is limited: the number of the window and the looks in it. Gone with the window and with the process.
_looks: dict[str, tuple[int, Counter[str]]] = {}


def _too_many(ends_at: datetime, now: datetime) -> TooManyTries:
    return TooManyTries(
        _l("Too many tries. Please wait a little and try again."),
        retry_after=max(1, int((ends_at - now).total_seconds()) + 1),
    )


def give_back(name: str, *, seconds: int, by: str | None = None) -> None:
    """Uncount a try that has proved to be none of those that are limited, such as the right password."""
    if not is_on():
        return
    number, _ends_at = _window(clock.now(), seconds)
    with transaction() as session:
        session.execute(
            update(RateWindow)
            .where(RateWindow.key == _key(name, by or client(), number), RateWindow.tries > 0)
            .values(tries=RateWindow.tries - 1),
            execution_options={"synchronize_session": False},
        )


def limited(
    name: str, *, most: int, seconds: int, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a view: every request by one of `methods` counts as a try of the client's address (see `take`)."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if request.method in methods:
                take(name, most=most, seconds=seconds)
            return view(*args, **kwargs)

        return guarded

    return guard


def client() -> str:
    """The address of who asks; that of a proxy counts only where EVENTSYS_PROXY_HOPS says that there is one."""
    return request.remote_addr or "unknown"


def forget_ended(now: datetime) -> int:
    """The job that drops windows that have ended; returns 0, since what it drops makes no other work."""
    with transaction() as session:
        session.execute(delete(RateWindow).where(RateWindow.ends_at <= now))
    return 0


def _count(session: Session, key: str, ends_at: datetime) -> int:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    counted = insert(RateWindow).values(key=key, tries=1, ends_at=ends_at)
    # One statement counts and answers: two processes at once never get the same number.
    counted = counted.on_conflict_do_update(index_elements=[RateWindow.key], set_={"tries": RateWindow.tries + 1})
    return session.execute(counted.returning(RateWindow.tries)).scalar_one()


def _window(now: datetime, seconds: int) -> tuple[int, datetime]:
    """The number of the window that `now` lies in, and when it ends."""
    number = int(now.timestamp()) // seconds
    return number, _EPOCH + timedelta(seconds=(number + 1) * seconds)


def _key(name: str, by: str, number: int) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"limits\0{name}\0{by}\0{number}".encode(), hashlib.sha256).hexdigest()

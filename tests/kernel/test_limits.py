"""Tries are counted together by all processes, by client or by what is tried, and forgotten afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel import clock, limits
from eventsys.kernel.errors import TooManyTries
from eventsys.kernel.limits import RateWindow
from eventsys.settings import SettingRefused, read_settings


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, has_rate_limits=True)
    yield app
    app.config["SETTINGS"] = settings


def may(app: Flask, by: str = "bo", *, name: str = "try", most: int = 3) -> bool:
    with app.app_context():
        try:
            limits.take(name, most=most, seconds=86400, by=by)
        except TooManyTries:
            return False
        return True


def test_the_fourth_of_three_is_refused(limited: Flask) -> None:
    assert [may(limited) for _ in range(5)] == [True, True, True, False, False]
    with limited.app_context(), pytest.raises(TooManyTries) as refused:
        limits.take("try", most=3, seconds=86400, by="bo")
    assert 0 < refused.value.details["retry_after"] <= 86401


def test_others_and_other_things_count_apart(limited: Flask) -> None:
    assert [may(limited) for _ in range(4)] == [True, True, True, False]
    assert may(limited, "cyd") is True
    assert may(limited, name="another") is True


def test_all_at_once_exactly_as_many_pass_as_may(limited: Flask) -> None:
    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(lambda _: may(limited, most=7), range(20)))
    assert sum(passed) == 7


def test_off_means_off(app: Flask, session: Session) -> None:
    assert [may(app) for _ in range(5)] == [True] * 5
    assert session.scalars(select(RateWindow)).all() == []


def test_nobodys_address_is_kept_and_what_ended_is_forgotten(limited: Flask, session: Session) -> None:
    may(limited, "bo@example.org")
    window = session.scalars(select(RateWindow)).one()
    assert "bo" not in window.key
    assert len(window.key) == 64
    limits.forget_ended(clock.now())
    assert len(session.scalars(select(RateWindow)).all()) == 1
    limits.forget_ended(clock.now() + timedelta(days=1))
    assert session.scalars(select(RateWindow)).all() == []


@pytest.mark.parametrize("hops", ["-1", "many", "11"])
def test_the_number_of_proxies_is_a_number(environment: dict[str, str], hops: str) -> None:
    with pytest.raises(SettingRefused, match="EVENTSYS_PROXY_HOPS"):
        read_settings(environment | {"EVENTSYS_PROXY_HOPS": hops})

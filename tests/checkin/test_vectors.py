"""The vectors of the door, which the browser answers too: who may pass, what scans mean beside one another."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from eventsys.checkin import rules
from eventsys.checkin.models import Outcome
from eventsys.checkin.rules import Entry, Holder, Passage, Place

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text())


def of(section: str) -> pytest.MarkDecorator:
    """Every vector of a section, named by its title."""
    return pytest.mark.parametrize("vector", [pytest.param(one, id=one["title"]) for one in VECTORS[section]])


def holder_of(given: dict[str, Any] | None) -> Holder | None:
    if given is None:
        return None
    values = VECTORS["defaults"]["holder"] | given
    sets = {name: frozenset(values[name]) for name in ("days", "sessions")}
    return Holder(**values | sets)


def place_of(given: dict[str, Any] | None) -> Place | None:
    if given is None:
        return None
    values = VECTORS["defaults"]["place"] | given
    sets = {name: frozenset(values[name]) for name in ("states", "modes", "types")}
    instants = {name: datetime.fromisoformat(values[name]) for name in ("opens_at", "closes_at")}
    return Place(**values | sets | instants)


@of("judge")
def test_who_may_pass(vector: dict[str, Any]) -> None:
    at = datetime.fromisoformat(vector["scan"]["at"])
    entry = Entry(id="1", code="", point="entrance", direction=vector["scan"]["direction"], at=at)
    holder, place = holder_of(vector["holder"]), place_of(vector["place"])
    outcome = rules.judge(entry, holder, place, event_id=VECTORS["event_id"], day=vector["day"])
    assert outcome == vector["outcome"]


@of("told")
def test_what_scans_mean_beside_one_another(vector: dict[str, Any]) -> None:
    passages = [_passage(one) for one in vector["passages"] if not one.get("is_undone")]
    answered, presence = rules.told(passages, repeats=vector["repeats"])
    assert {one.scan_id: _said(one) for one in answered} == vector["answers"]
    assert presence.is_inside == vector["inside"]
    assert presence.last_at == (vector["last_at"] and datetime.fromisoformat(vector["last_at"]))


def _passage(one: dict[str, Any]) -> Passage:
    at = datetime.fromisoformat(one["at"])
    return Passage(scan_id=one["id"], at=at, order=one["order"], direction=one["direction"], device=one["device"])


def _said(one: Passage) -> dict[str, Any]:
    first = {"at": _instant(one.first.at), "device": one.first.device} if one.first else None
    return {"outcome": one.outcome, "first": first}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@of("days")
def test_which_day_a_scan_belongs_to(vector: dict[str, Any]) -> None:
    zone, at = ZoneInfo(vector["timezone"]), datetime.fromisoformat(vector["at"])
    place = place_of({"repeats": vector["repeats"]})
    assert rules.local_day(at, zone).isoformat() == vector["local"]
    assert rules.book_day(place, at, zone=zone).isoformat() == vector["book"]


@of("full")
def test_when_a_room_is_full(vector: dict[str, Any]) -> None:
    place = place_of({"seats": vector["seats"]})
    assert place is not None
    inside, is_inside = vector["inside"], vector["is_inside"]
    assert rules.is_full(place, vector["direction"], inside=inside, is_inside=is_inside) == vector["full"]


def test_every_outcome_of_the_conditions_has_a_vector() -> None:
    refusals = {condition.outcome for condition in rules.CONDITIONS}
    assert {one["outcome"] for one in VECTORS["judge"]} == {None, *refusals}
    assert {answer["outcome"] for one in VECTORS["told"] for answer in one["answers"].values()} == rules.PASSED
    assert {*refusals, *rules.PASSED, Outcome.FULL} == set(Outcome)


def test_every_condition_is_asked_both_ways_of_who_comes_and_who_leaves() -> None:
    asked = {(one["scan"]["direction"], one["outcome"]) for one in VECTORS["judge"]}
    for condition in rules.CONDITIONS:
        ways = {"in", "out"} if condition.direction is None else {condition.direction}
        assert {(way, condition.outcome) for way in ways} <= asked, condition

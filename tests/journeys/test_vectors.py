"""The vectors of the door in a real browser: the page judges as the server does (tests/checkin/test_vectors.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from eventsys.checkin import rules, shell

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "checkin" / "vectors.json").read_text())
MODULE = shell.module("judging.js")

JUDGED = """async ([module, vectors, conditions]) => {
    const { judge } = await import(module);
    const over = (defaults, given) => given && { ...defaults, ...given };
    return vectors.judge.map(({ scan, day, holder, place }) => judge(conditions, scan.direction, {
        holder: over(vectors.defaults.holder, holder), place: over(vectors.defaults.place, place),
        event_id: vectors.event_id, at: scan.at, day,
    }));
}"""
TOLD = """async ([module, vectors]) => {
    const { told } = await import(module);
    const said = (at) => (at === null ? null : new Date(at).toISOString());
    return vectors.told.map(({ passages, repeats }) => {
        const known = passages.filter((one) => !one.is_undone).map((one) => ({ ...one, at: Date.parse(one.at) }));
        const { answered, isInside, lastAt } = told(known, repeats);
        const answer = ({ id, outcome, first }) => [id, { outcome, first: first && { ...first, at: said(first.at) } }];
        return { answers: Object.fromEntries(answered.map(answer)), inside: isInside, last_at: said(lastAt) };
    });
}"""
DAYS = """async ([module, vectors]) => {
    const { bookDay, localDay } = await import(module);
    return vectors.days.map(({ at, timezone, repeats }) => (
        { local: localDay(at, timezone), book: bookDay({ repeats }, at, { timezone }) }));
}"""
FULL = """async ([module, vectors]) => {
    const { isFull } = await import(module);
    return vectors.full.map(({ seats, direction, inside, is_inside }) => isFull(seats, direction, inside, is_inside));
}"""


@pytest.fixture
def page(browser: Browser, server: str) -> Page:
    page = browser.new_context(service_workers="block").new_page()
    page.goto(f"{server}/checkin/device")
    return page


def titled(section: str, values: list[Any]) -> dict[str, Any]:
    return {vector["title"]: value for vector, value in zip(VECTORS[section], values, strict=True)}


def test_the_page_lets_pass_whom_the_server_lets_pass(page: Page) -> None:
    found = page.evaluate(JUDGED, [MODULE, VECTORS, rules.said_conditions()])
    assert titled("judge", found) == titled("judge", [vector["outcome"] for vector in VECTORS["judge"]])


def test_the_page_tells_scans_beside_one_another_as_the_server_does(page: Page) -> None:
    wanted = [{name: vector[name] for name in ("answers", "inside", "last_at")} for vector in VECTORS["told"]]
    assert titled("told", page.evaluate(TOLD, [MODULE, VECTORS])) == titled("told", wanted)


def test_the_page_enters_a_scan_in_the_books_of_the_same_day(page: Page) -> None:
    wanted = [{"local": vector["local"], "book": vector["book"]} for vector in VECTORS["days"]]
    assert titled("days", page.evaluate(DAYS, [MODULE, VECTORS])) == titled("days", wanted)


def test_the_page_finds_a_room_full_when_the_server_does(page: Page) -> None:
    found = page.evaluate(FULL, [MODULE, VECTORS])
    assert titled("full", found) == titled("full", [vector["full"] for vector in VECTORS["full"]])

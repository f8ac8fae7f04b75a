"""What the second database is not asked is still there to be left out."""

from __future__ import annotations

from pathlib import Path

from tests.second_database import ONE_CASE

TESTS = Path(__file__).parents[1]


def test_every_law_that_is_tried_once_on_the_second_database_is_one_of_the_tests() -> None:
    there = {
        (path.name, line.removeprefix("def ").partition("(")[0])
        for path in TESTS.rglob("test_*.py")
        for line in path.read_text().splitlines()
        if line.startswith("def test_")
    }
    assert ONE_CASE - there == set()

"""Seats are dealt by wish: as many wishes as can be, no rank worse than need be, and the lot decides what is left."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventsys.registration.dealing import (
    Account,
    Deal,
    Dealt,
    Got,
    Option,
    Person,
    deal,
    explain,
    refuse_unless_wishable,
    solving,
    why,
)
from eventsys.registration.errors.breakouts import WishUnusable

START = datetime(2026, 12, 3, 9, tzinfo=UTC)
FIXED_SEEDS = [f"draw {number}" for number in range(600)]


def option(key: str, seats: int | None, *, round: str = "one", at: int = 0, long: int = 1, **more: bool) -> Option:
    """A session that begins `at` hours into the morning; its title is its key in capitals."""
    begin = START + timedelta(hours=at)
    return Option(key, key.upper(), round, begin, begin + timedelta(hours=long), seats, **more)


def wishing(*wishes: str) -> list[Person]:
    """People from number 1 on, each with wishes written as one letter a session."""
    return [Person(number, tuple(letters)) for number, letters in enumerate(wishes, 1)]


def sessions(result: Deal, round: str = "one") -> list[str | None]:
    return [entry.session for entry in result.entries if entry.round == round]


def only(result: Deal, person: int, round: str = "one") -> Dealt:
    return next(entry for entry in result.entries if (entry.person, entry.round) == (person, round))


def test_as_many_as_possible_get_a_wish() -> None:
    """The first wish of one gives way where somebody else would be left with nothing."""
    for seed in FIXED_SEEDS[:20]:
        assert sessions(deal([option("a", 1), option("b", 1)], wishing("ab", "a"), seed=seed)) == ["b", "a"]


def test_no_number_of_first_wishes_makes_up_for_a_last_one() -> None:
    """Two first wishes and a third one, or one first wish and two second ones: nobody is pushed to the third."""
    options = [option("a", 1), option("b", 1), option("c", 1)]
    result = deal(options, wishing("abc", "bac", "bca"), seed="x")
    assert sessions(result) == ["a", "b", "c"]
    result = deal(options, wishing("abc", "acb", "bac"), seed="x")
    assert sorted(entry.rank or 9 for entry in result.entries) == [1, 1, 2]
    result = deal([option("a", 1), option("b", 1), option("c", 1)], wishing("abc", "abc", "bca"), seed="x")
    assert sorted(entry.rank or 9 for entry in result.entries) == [1, 2, 2]


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Option], list[Person]]:
    """Up to five people and three rounds of up to three sessions, some long, some cancelled, some without seats."""
    options = []
    for number, name in enumerate(("one", "two", "three")[: draw(st.integers(1, 3))]):
        for letter in "abc"[: draw(st.integers(1, 3))]:
            options.append(
                option(
                    f"{letter}{number}",
                    draw(st.sampled_from([0, 1, 1, 2, None])),
                    round=name,
                    at=number,
                    long=draw(st.sampled_from([1, 1, 2])),
                    is_cancelled=draw(st.integers(0, 9)) == 0,
                )
            )
    keys = [one.key for one in options]
    people = [
        Person(
            number,
            tuple(draw(st.lists(st.sampled_from(keys), unique=True, max_size=7))),
            tuple(draw(st.lists(st.sampled_from(keys), max_size=draw(st.sampled_from([0, 0, 0, 1]))))),
            tuple(draw(st.lists(st.sampled_from([1, 2, None]), max_size=2))),
        )
        for number in range(1, 1 + draw(st.integers(0, 5)))
    ]
    return options, people


@given(days(), st.sampled_from(FIXED_SEEDS), st.booleans())
@settings(max_examples=400, deadline=None)
def test_nothing_is_given_that_cannot_be(day: tuple[list[Option], list[Person]], seed: str, fills: bool) -> None:
    options, people = day
    known = {one.key: one for one in options}
    result = deal(options, people, seed=seed, fills=fills)
    assert len(result.entries) == len(people) * len({one.round for one in options})
    for person in people:
        mine = [entry for entry in result.entries if entry.person == person.id]
        taken = [known[entry.session] for entry in mine if entry.session]
        assert not any(one.is_cancelled for one in taken)
        assert not any(one.overlaps(other) for one, other in combinations(taken, 2))
        assert {entry.session for entry in mine if entry.got == Got.KEPT} == {
            key for key in person.held if not known[key].is_cancelled
        }
        for entry in mine:
            assert (entry.session is None) == (entry.got in (Got.MISSED, Got.UNASKED))
            assert (entry.session in person.wishes) >= (entry.got == Got.WISHED)
            assert entry.got != Got.FILLED or fills
    for count in result.account.sessions:
        holders = [entry for entry in result.entries if entry.session == count.key]
        assert count.given == len(holders)
        if count.seats is not None:
            assert count.given <= max(count.seats, count.kept)


@given(days(), st.sampled_from(FIXED_SEEDS), st.sampled_from([1, 2, 500]))
@settings(max_examples=300, deadline=None)
def test_no_other_deal_is_better(day: tuple[list[Option], list[Person]], seed: str, at_once: int) -> None:
    """Every possible deal of each round is looked at: the one given is the best, and there is no second such."""
    options, people = day
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solving, "_AT_ONCE", at_once)
        result = deal(options, people, seed=seed)
    known = {one.key: one for one in options}
    held = {person.id: [known[key] for key in person.held if not known[key].is_cancelled] for person in people}
    kept = [one.key for mine in held.values() for one in mine]
    past = {person.id: list(person.past) for person in people}
    for name in dict.fromkeys(one.round for one in options):
        choosing = sorted(
            (entry for entry in result.entries if entry.round == name and entry.place), key=lambda one: one.place or 0
        )
        assert [entry.place for entry in choosing] == list(range(1, len(choosing) + 1))
        # Who fared worse before is never behind one who fared better.
        fortunes = [(past[one.person].count(None), sum(r - 1 for r in past[one.person] if r)) for one in choosing]
        assert fortunes == sorted(fortunes, reverse=True)
        possible = [
            [key for key in _wishes(entry, known) if not any(known[key].overlaps(one) for one in held[entry.person])]
            for entry in choosing
        ]
        free = {
            one.key: (len(people) if one.seats is None else max(0, one.seats - kept.count(one.key))) for one in options
        }
        found = sorted(
            _worth(choosing, possible, picked)
            for picked in product(*[[*keys, None] for keys in possible])
            if all(picked.count(key) <= free[key] for key in free)
        )
        assert _worth(choosing, possible, [entry.session for entry in choosing]) == found[0]
        assert found[:1] != found[1:2]
        for entry in choosing:
            past[entry.person].append(entry.rank)
            held[entry.person] += [known[entry.session]] if entry.session else []


def _wishes(entry: Dealt, known: dict[str, Option]) -> list[str]:
    return [key for key in entry.wishes if not known[key].is_cancelled]


def _worth(
    choosing: Sequence[Dealt], possible: Sequence[Sequence[str]], picked: Iterable[str | None]
) -> tuple[list[int], list[int]]:
    """Smaller is better: how many got nothing, the 7th wish, the 6th, …; then what each got, as they chose."""
    chosen = list(picked)
    ranks = [entry.wishes.index(key) if key else 7 for entry, key in zip(choosing, chosen, strict=True)]
    levels = [keys.index(key) if key else len(keys) for keys, key in zip(possible, chosen, strict=True)]
    return [ranks.count(rank) for rank in range(7, -1, -1)], levels


@given(days(), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=100, deadline=None)
def test_the_same_seed_gives_the_same_result_in_whatever_order_people_came(
    day: tuple[list[Option], list[Person]], shuffled: random.Random, fills: bool
) -> None:
    options, people = day
    first = deal(options, people, seed="x", fills=fills)
    shuffled.shuffle(options)
    shuffled.shuffle(people)
    assert deal(options, people, seed="x", fills=fills) == first


def test_another_seed_is_another_lot() -> None:
    people = wishing(*["a"] * 12)
    winners = {tuple(deal([option("a", 6)], people, seed=seed).given()) for seed in FIXED_SEEDS[:20]}
    assert len(winners) > 15


def test_the_lot_is_fair() -> None:
    """Three people for one seat, 600 draws: each wins 200 times, give or take four standard deviations (46)."""
    wins = [sessions(deal([option("a", 1)], wishing("a", "a", "a"), seed=seed)).index("a") for seed in FIXED_SEEDS]
    assert all(154 <= wins.count(person) <= 246 for person in range(3))


def test_each_round_has_a_lot_of_its_own() -> None:
    """Winning a seat in one round says nothing about another that is dealt from the same seed."""
    people = wishing("a", "a")
    winners = [
        [sessions(deal([option("a", 1, round=name)], people, seed=seed), name).index("a") for name in ("one", "two")]
        for seed in FIXED_SEEDS[:100]
    ]
    assert 30 <= [one == two for one, two in winners].count(True) <= 70


def test_luck_goes_round() -> None:
    """Who had no luck in a round is preferred in the next of the same run."""
    options = [option("b", 1, round="two", at=2), option("c", 1, round="three", at=4)]
    people = [Person(number, ("b", "c")) for number in (1, 2, 3)]
    for seed in FIXED_SEEDS[:50]:
        result = deal(options, people, seed=seed)
        assert sessions(result, "two").index("b") != sessions(result, "three").index("c")


def test_who_fared_worse_before_is_preferred() -> None:
    for seed in FIXED_SEEDS[:50]:
        rivals = [Person(1, ("a",), past=(1,)), Person(2, ("a",), past=(2,)), Person(3, ("a",), past=(1, 1))]
        assert sessions(deal([option("a", 1)], rivals, seed=seed)) == [None, "a", None]
        rivals = [Person(1, ("a",), past=(5, 5)), Person(2, ("a",), past=(1, None)), Person(3, ("a",))]
        assert sessions(deal([option("a", 2)], rivals, seed=seed)) == ["a", "a", None]


def test_seats_that_people_hold_are_kept_and_counted() -> None:
    people = [Person(1, ("b", "a"), held=("a",)), *[Person(number, ("a", "b")) for number in (2, 3)]]
    result = deal([option("a", 2), option("b", 1)], people, seed="x")
    assert only(result, 1) == Dealt(1, "one", Got.KEPT, "a", rank=2, wishes=("b", "a"))
    assert sorted(entry.session or "" for entry in result.given()) == ["a", "b"]
    overbooked = [Person(number, held=("a",)) for number in (1, 2, 3)]
    result = deal([option("a", 2)], [*overbooked, Person(4, ("a",))], seed="x")
    assert sessions(result) == ["a", "a", "a", None]
    assert why(result.account, only(result, 4)) == "Your wish was full. “A” had no seat to deal."


def test_who_is_elsewhere_gets_nothing_meanwhile() -> None:
    """A seat in what is not dealt, or in a long session of the round before, bars what overlaps."""
    options = [option("visit", 5, round="", at=0, long=3), option("a", 5), option("b", 5, round="two", at=4)]
    result = deal(options, [Person(1, ("a", "b"), held=("visit",)), Person(2, ("a", "b"))], seed="x", fills=True)
    assert sessions(result) == [None, "a"]
    assert sessions(result, "two") == ["b", "b"]
    assert only(result, 1).barred == ("a",)
    assert why(result.account, only(result, 1)) == (
        "No wish of yours could be fulfilled. “A” overlaps with another session of yours."
    )
    long = [option("a", 1, long=3), option("b", 1, round="two", at=2), option("c", 1, round="two", at=3)]
    result = deal(long, wishing("abc"), seed="x")
    assert [entry.session for entry in result.entries] == ["a", "c"]


def test_what_is_left_is_filled_and_said_to_be_no_wish() -> None:
    people = [*wishing("a", "a", "a"), Person(4), Person(5)]
    options = [option("a", 1), option("b", 2), option("c", 1)]
    assert [entry.got for entry in deal(options, people, seed="x").entries].count(Got.FILLED) == 0
    result = deal(options, people, seed="x", fills=True)
    # Those who wished in vain come before those who did not wish.
    assert sorted(sessions(result)[:3], key=str) in (["a", "b", "b"], ["a", "b", "c"])
    assert sorted(entry.got for entry in result.entries) == ["filled", "filled", "filled", "unasked", "wished"]
    unlucky = next(entry for entry in result.entries if entry.wishes and entry.got == Got.FILLED)
    assert why(result.account, unlucky) == (
        "Your wish was full. “A”: 3 people asked for 1 seat."
        " You were given a seat where room was left; you had not wished for it."
    )
    assert [(one.wished, one.filled) for one in result.account.sessions] == [(1, 0), (0, 2), (0, 1)]


def test_what_is_filled_is_spread() -> None:
    people = [Person(number) for number in range(1, 31)]
    result = deal([option("a", 20), option("b", 40), option("c", 0)], people, seed="x", fills=True)
    assert [one.filled for one in result.account.sessions] == [10, 20, 0]
    result = deal([option("a", None), option("b", None)], people, seed="x", fills=True)
    assert [one.filled for one in result.account.sessions] == [15, 15]


def test_forty_people_ask_for_twenty_seats() -> None:
    result = deal([option("a", 20)], wishing(*["a"] * 40), seed="x")
    assert [entry.got for entry in result.entries].count(Got.WISHED) == 20
    unlucky = next(entry for entry in result.entries if entry.got == Got.MISSED)
    assert why(result.account, unlucky) == "Your wish was full. “A”: 40 people asked for 20 seats."
    count = result.account.rounds[0]
    assert (count.asked, count.by_rank, count.missed) == (40, (20,), 20)


def test_a_later_wish_is_explained_by_the_earlier_ones() -> None:
    result = deal([option("a", 1), option("b", None)], wishing("ab", "ab"), seed="x")
    first, second = sorted(result.entries, key=lambda entry: entry.rank or 9)
    assert why(result.account, first) == "You got your first wish."
    assert why(result.account, second) == "You got your wish number 2. “A”: 2 people asked for 1 seat."


def test_nobody_and_nothing_are_dealt() -> None:
    assert deal([option("a", 5)], [], seed="x", fills=True).entries == ()
    assert deal([], [Person(1)], seed="x", fills=True).entries == ()
    result = deal([option("a", 0)], wishing("a", ""), seed="x", fills=True)
    assert [entry.got for entry in result.entries] == [Got.MISSED, Got.UNASKED]
    assert [why(result.account, entry) for entry in result.entries] == [
        "Your wish was full. “A” had no seat to deal.", "You made no wish.",
    ]  # fmt: skip


def test_a_cancelled_session_is_passed_over_and_named() -> None:
    options = [option("a", 5, is_cancelled=True), option("b", 5)]
    result = deal(options, [*wishing("ab", "a"), Person(3, held=("a",))], seed="x", fills=True)
    assert [(entry.got, entry.session) for entry in result.entries] == [
        (Got.WISHED, "b"), (Got.FILLED, "b"), (Got.FILLED, "b"),
    ]  # fmt: skip
    assert "No wish of yours could be fulfilled. “A” was cancelled." in why(result.account, only(result, 2))
    assert explain(result.account)[-1] == "“A” was cancelled, so wishes for it were passed over."


def test_what_cannot_be_wished_for_is_refused_by_a_sentence() -> None:
    options = [option("a", 5), option("b", 5), option("c", 5, is_cancelled=True)]
    refuse_unless_wishable(options, ["b", "a"], most=2)
    for wishes, most, sentence in [
        (["a", "x"], None, "There is no session “x” to wish for here."),
        (["c"], None, "“C” was cancelled. Choose another session."),
        (["a", "b", "a"], None, "You chose “A” twice."),
        (["a", "b"], 1, "Choose at most 1 session."),
    ]:
        with pytest.raises(WishUnusable) as refusal:
            refuse_unless_wishable(options, wishes, most=most)
        assert str(refusal.value) == sentence
    for person in (Person(7, wishes=("x",)), Person(7, held=("x",))):
        with pytest.raises(WishUnusable) as refusal:
            deal(options, [person], seed="x")
        assert str(refusal.value) == "Person 7 has the session “x”, which is not among those to be dealt."


def test_a_run_explains_itself_also_from_the_database() -> None:
    result = deal([option("a", 1), option("b", 1)], [*wishing("ab", "ab", "ab"), Person(4)], seed="7f", fills=True)
    told = explain(result.account, {"one": "Thursday morning"})
    assert "“7f”" in told[0]
    assert "networkx" in told[1]
    assert told[-3:] == [
        "Thursday morning: 3 people asked; wish 1: 1, wish 2: 1, no wish fulfilled: 1; without a seat: 2.",
        "“A”: 3 people asked for 1 seat.",
        "“B”: 3 people asked for 1 seat.",
    ]
    assert Account.from_json(result.account.as_json()) == result.account


def test_a_whole_conference_is_dealt() -> None:
    """2,000 people, 12 sessions of 150 seats in three rounds: every seat that is asked for is given."""
    chance = random.Random(1)
    options = [option(f"{n}{key}", 150, round=f"r{n}", at=2 * n) for n in range(3) for key in "abcd"]
    people = [
        Person(number, tuple(chance.sample([one.key for one in options], 8))) for number in range(1, 2001)
    ]  # fmt: skip
    result = deal(options, people, seed="x")
    assert [(count.wished, count.left) for count in result.account.sessions] == [(150, 0)] * 12
    assert all(count.by_rank[0] == 600 for count in result.account.rounds)
    # Who got nothing in the first two rounds has a seat in the third before anybody who had luck twice.
    luck = {person.id: 0 for person in people}
    for entry in result.entries:
        luck[entry.person] += entry.session is not None
    assert max(luck.values()) - min(luck.values()) <= 1


def test_an_idle_server_does_not_carry_the_library() -> None:
    code = "import sys, eventsys.registration.dealing; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

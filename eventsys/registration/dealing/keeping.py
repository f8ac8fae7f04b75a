"""What a run began from and what it brought, as JSON: kept beside the run, anybody can repeat it and compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventsys.registration.dealing.shapes import Account, Deal, Dealt, Got, Option, Person


@dataclass(frozen=True)
class Table:
    """Everything that decides a run of one round, but for its seed."""

    options: tuple[Option, ...]
    people: tuple[Person, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "options": [
                [one.key, one.title, one.round, one.starts_at.isoformat(), one.ends_at.isoformat(), one.seats,
                 one.is_cancelled]
                for one in self.options
            ],
            "people": [[one.id, list(one.wishes), list(one.held), list(one.past)] for one in self.people],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Table:
        """What `as_json` gave, also after a stay in the database."""
        options = tuple(
            Option(key, title, name, datetime.fromisoformat(start), datetime.fromisoformat(end), seats, is_cancelled)
            for key, title, name, start, end, seats, is_cancelled in kept["options"]
        )
        people = tuple(
            Person(number, tuple(wishes), tuple(held), tuple(past)) for number, wishes, held, past in kept["people"]
        )
        return cls(options, people)

    def digest(self, seed: str, *, fills: bool) -> str:
        """Tells whether a run of now would be the run that somebody has seen."""
        text = json.dumps([self.as_json(), seed, fills], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def kept_deal(table: Table, found: Deal) -> dict[str, Any]:
    """What is kept of a run; `entries` are by the id of the person, without the wishes, which `table` has."""
    return {
        "account": found.account.as_json(),
        "table": table.as_json(),
        "entries": {
            str(one.person): [str(one.got), one.session, one.rank, one.place, list(one.barred)] for one in found.entries
        },
    }


def deal_of(kept: Mapping[str, Any]) -> Deal:
    """The run that `kept_deal` kept, of one round."""
    account = Account.from_json(kept["account"])
    name, wishable = account.rounds[0].round, {one.key for one in account.sessions}
    wishes = {person[0]: [key for key in person[1] if key in wishable] for person in kept["table"]["people"]}
    entries = [entry_of(int(number), name, wishes[int(number)], one) for number, one in kept["entries"].items()]
    return Deal(tuple(sorted(entries, key=lambda one: one.person)), account)


def entry_of(person: int, name: str, wishes: Sequence[str], kept: Sequence[Any]) -> Dealt:
    """What the run of a round brought to one person."""
    got, session, rank, place, barred = kept
    return Dealt(person, name, Got(got), session, rank, place, tuple(wishes), tuple(barred))


def past_of(kept: Sequence[Any]) -> tuple[int | None, ...]:
    """How a round ended for somebody, as later rounds see it: nothing where they had no wish to be dealt."""
    got, _session, rank, place, _barred = kept
    if got == Got.KEPT or place is None:
        return ()
    return (rank if got == Got.WISHED else None,)

"""A run done again from what it began from, and compared with what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventsys.registration.dealing.keeping import Table, deal_of
from eventsys.registration.dealing.running import deal
from eventsys.registration.dealing.shapes import Account
from eventsys.registration.dealing.solving import method


@dataclass(frozen=True)
class Check:
    """`results` are the people to whom the repeated run gives something else; `wishes` those whose wishes are kept
    otherwise than the run took them; `given` those whose result is kept otherwise than the run brought it; `gone` how
    many have been erased since."""

    account: Account
    people: int
    results: tuple[int, ...]
    wishes: tuple[int, ...]
    given: tuple[int, ...]
    gone: int
    method: str

    @property
    def is_same(self) -> bool:
        return not (self.results or self.wishes or self.given)


def check_run(kept: Mapping[str, Any], wishes: Mapping[int, tuple[Sequence[str], str | None]]) -> Check:
    """Repeat a run that was kept; `wishes` are, by person, the ranking and the session given as they are kept now."""
    table, brought = Table.from_json(kept["table"]), deal_of(kept)
    again = deal(table.options, table.people, seed=brought.account.seed, fills=brought.account.fills)
    entries = {one.person: one for one in brought.entries}
    given = {one.person: one.session for one in brought.given()}
    known = {one.key for one in brought.account.sessions}
    wished = {person.id: person.wishes for person in table.people if person.wishes}
    return Check(
        account=brought.account,
        people=len(entries),
        results=tuple(one.person for one in again.entries if entries[one.person] != one),
        wishes=tuple(
            number for number, (ranking, _given) in wishes.items()
            if tuple(key for key in ranking if key in known) != wished.get(number, ())
        ),
        given=tuple(number for number, (_ranking, session) in wishes.items() if session != given.get(number)),
        gone=len({*wished, *given} - set(wishes)),
        method=method(),
    )  # fmt: skip

"""Whom a line of writing means: a short code, or a name as somebody copied it from paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.kernel import tokens
from eventsys.kernel.text import search_key
from eventsys.registration.models import Registration, Ticket


@dataclass(frozen=True)
class Named:
    """Somebody of an event, as far as a list shows them. `code` is the one that is valid now, if there is one."""

    id: int
    name: str
    organisation: str
    state: str
    mode: str
    code: str
    short_code: str


def people_meant(session: Session, event_id: int, lines: Iterable[str]) -> dict[str, list[Named]]:
    """The people each line may mean, in the order of their names; one, where it is clear.

    A code means its owner, also one that was replaced. Of a name every word counts, in any order, accents and script
    aside: a whole name before the beginnings of words.
    """
    wanted = list(dict.fromkeys(lines))
    if not wanted:
        return {}
    people = _everybody(session, event_id)
    by_code = _owners(session, event_id, [tokens.as_typed(line[:40]) for line in wanted])
    whole: dict[tuple[str, ...], list[int]] = defaultdict(list)
    words = {number: search_key(one.name).split() for number, one in people.items()}
    for number, mine in words.items():
        whole[tuple(sorted(mine))].append(number)
    found = {}
    for line in wanted:
        owner = by_code.get(tokens.as_typed(line[:40]))
        ids = [owner] if owner else _called(search_key(line).split(), whole, words)
        found[line] = [people[number] for number in ids if number in people]
    return found


def _called(
    asked: Sequence[str], whole: dict[tuple[str, ...], list[int]], words: dict[int, list[str]]
) -> Sequence[int]:
    if not asked:
        return []
    if same := whole.get(tuple(sorted(asked))):
        return same
    return [number for number, mine in words.items() if all(any(m.startswith(a) for m in mine) for a in asked)]


def _everybody(session: Session, event_id: int) -> dict[int, Named]:
    one, ticket = Registration, Ticket
    rows = session.execute(
        select(
            one.id, one.first_name, one.last_name, one.organisation, one.state, one.mode, ticket.code, ticket.short_code
        )
        .outerjoin(ticket, (ticket.registration_id == one.id) & ticket.replaced_at.is_(None))
        .where(one.event_id == event_id, one.erased_at.is_(None))
        .order_by(one.last_name, one.first_name, one.id)
    )
    return {
        row.id: Named(
            row.id, f"{row.first_name} {row.last_name}".strip(), row.organisation, row.state, row.mode, row.code or "",
            row.short_code or "",
        )
        for row in rows
    }  # fmt: skip


def _owners(session: Session, event_id: int, codes: Sequence[str]) -> dict[str, int]:
    query = select(Ticket.short_code, Ticket.registration_id).where(
        Ticket.event_id == event_id, Ticket.short_code.in_(sorted({code for code in codes if 0 < len(code) <= 8}))
    )
    return {row.short_code: row.registration_id for row in session.execute(query)}

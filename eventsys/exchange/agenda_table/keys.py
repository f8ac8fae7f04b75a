"""Which session of the event a row means, and which room or track a name: so that a corrected table updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from eventsys.agenda.models import AgendaSession, Room, Track
from eventsys.exchange.document import Part, SessionPart
from eventsys.kernel.text import search_key, slugified


@dataclass(frozen=True)
class Drawn:
    """A session as a row draws it; `key` is empty where the row has none."""

    key: str
    part: SessionPart


class Places:
    """The rooms or tracks of an event, and those that a table adds, by their names."""

    def __init__(self, known: Sequence[Room | Track]) -> None:
        self._parts = {row.key: Part(row.key, {"name": row.name}) for row in known}
        self._keys: dict[str, str] = {_folded(row.name): row.key for row in reversed(known)}

    def key_of(self, name: str) -> str | None:
        """The key of the place with this name, made when there is none yet; None for no name."""
        if not name:
            return None
        folded = _folded(name)
        if folded not in self._keys:
            key = free_key(slugified(name, most=60) or "place", self._parts)
            self._keys[folded] = key
            self._parts[key] = Part(key, {"name": name})
        return self._keys[folded]

    def parts(self) -> list[Part]:
        return list(self._parts.values())


def _folded(name: str) -> str:
    return search_key(name) or name


def free_key(stem: str, taken: Iterable[str]) -> str:
    """`stem`, or `stem-2`, `stem-3`, … whichever is free."""
    used, key, number = set(taken), stem, 2
    while key in used:
        key, number = f"{stem}-{number}", number + 1
    return key


@dataclass
class _Matching:
    """Rows without a key meet sessions with the same title: at the same time and place first, then in order."""

    free: dict[str, list[AgendaSession]] = field(default_factory=dict)

    def take(self, title: str, *tests: object) -> AgendaSession | None:
        queue = self.free.get(search_key(title) or title, [])
        for entry in queue:
            if all(callable(test) and test(entry) for test in tests):
                queue.remove(entry)
                return entry
        return None


def matched(drawn: list[Drawn], known: Sequence[AgendaSession]) -> list[Drawn]:
    """The rows with keys: their own, those of the sessions they mean, or new ones made from the title."""
    taken = {one.key for one in drawn if one.key}
    matching = _Matching()
    for entry in known:
        if entry.key not in taken:
            matching.free.setdefault(search_key(entry.title) or entry.title, []).append(entry)
    keys = [one.key for one in drawn]
    for is_same in (_same_place, _same_time, _any):
        for number, one in enumerate(drawn):
            if not keys[number]:
                values = one.part
                found = matching.take(
                    values.values["title"], lambda entry, part=values, same=is_same: same(entry, part)
                )
                keys[number] = found.key if found else ""
    taken = {key for key in keys if key} | {entry.key for entry in known}
    for number, one in enumerate(drawn):
        if not keys[number]:
            keys[number] = free_key(slugified(one.part.values["title"], most=60) or "session", taken)
            taken.add(keys[number])
    return [replace(one, key=key, part=replace(one.part, key=key)) for one, key in zip(drawn, keys, strict=True)]


def _same_place(entry: AgendaSession, part: SessionPart) -> bool:
    room = entry.room.key if entry.room else None
    return _same_time(entry, part) and room == part.room


def _same_time(entry: AgendaSession, part: SessionPart) -> bool:
    return bool(entry.starts_at == part.values["starts_at"])


def _any(_entry: AgendaSession, _part: SessionPart) -> bool:
    return True

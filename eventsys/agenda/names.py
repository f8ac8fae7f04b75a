"""How people are named where organisers type them, and who is meant by what they type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from eventsys.agenda.models import Person


class NameBook:
    """The people of one event by label: the name, and what tells apart those who share it."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = list(people)
        names = Counter(_folded(person.name) for person in self.people)
        longer = Counter(_folded(_with_affiliation(person)) for person in self.people)
        self._labels = {person.id: self._chosen(person, names, longer) for person in self.people}
        self._found = {_folded(label): person for person in self.people for label in [self._labels[person.id]]}

    @staticmethod
    def _chosen(person: Person, names: Counter[str], longer: Counter[str]) -> str:
        if names[_folded(person.name)] == 1:
            return person.name
        if person.affiliation and longer[_folded(_with_affiliation(person))] == 1:
            return _with_affiliation(person)
        return f"{person.name} [{person.key}]"

    @property
    def labels(self) -> list[str]:
        return list(self._labels.values())

    def label(self, person: Person) -> str:
        return self._labels.get(person.id, person.name)

    def find(self, typed: str) -> Person | None:
        """Who is meant, in whatever case it was typed; None for somebody new."""
        return self._found.get(_folded(typed))

    def add(self, person: Person) -> None:
        """Somebody who has just been written down."""
        self.people.append(person)
        self._labels[person.id] = person.name
        self._found.setdefault(_folded(person.name), person)


def _with_affiliation(person: Person) -> str:
    return f"{person.name} · {person.affiliation}"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())

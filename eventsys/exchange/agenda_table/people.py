"""People as one cell names them: “Name (Affiliation) – role; Name – role”."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flask_babel import gettext as _

from eventsys.agenda.models import Person, ProgrammeRole, SessionKind
from eventsys.agenda.rules import ROLE_LABELS
from eventsys.exchange.document import Part, RolePart
from eventsys.kernel.text import clean_line, search_key, slugified

_ROLE = re.compile(r"(.+?)\s+[–—-]\s+([^–—()]+)")
_AFFILIATION = re.compile(r"([^()]+?)\s*\((.*)\)")
_ALSO = {
    "speaker": ProgrammeRole.PRESENTER, "presentation": ProgrammeRole.PRESENTER, "panelist": ProgrammeRole.PANELLIST,
    "chairperson": ProgrammeRole.CHAIR, "moderation": ProgrammeRole.MODERATOR, "trainer": ProgrammeRole.FACILITATOR,
}  # fmt: skip
_STANDARD = {SessionKind.KEYNOTE: ProgrammeRole.KEYNOTE, SessionKind.PANEL: ProgrammeRole.PANELLIST}


def shown(person: Person) -> str:
    """A person as a cell names them; what separates people cannot be in a name."""
    name = person.name.replace(";", ",")
    return f"{name} ({person.affiliation.replace(';', ',')})" if person.affiliation else name


def role_called(word: str) -> ProgrammeRole | None:
    """The role of this name, as files write it or as people say it."""
    folded = search_key(word)
    for role in ProgrammeRole:
        if folded in (role.value, search_key(str(ROLE_LABELS[role]))):
            return role
    return _ALSO.get(folded)


@dataclass
class Register:
    """The people of an event while its table is read: those who are known, and those whom the table adds."""

    known: list[Person]
    added: dict[str, Part] = field(default_factory=dict)
    _by_words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for person in reversed(self.known):
            self._by_words[search_key(person.name) or person.name] = person.key
        for person in reversed(self.known):
            self._by_words[shown(person)] = person.key

    def roles_in(self, text: str, kind: str) -> tuple[RolePart, ...]:
        """The people of one cell. Raises ValueError with a sentence."""
        parts: dict[RolePart, None] = {}
        for piece in re.split(r"[;\n]", text):
            if words := clean_line(piece):
                parts[self._role(words, kind)] = None
        return tuple(parts)

    def _role(self, words: str, kind: str) -> RolePart:
        role: str = _STANDARD.get(SessionKind(kind), ProgrammeRole.PRESENTER)
        found = _ROLE.fullmatch(words)
        if found:
            called = role_called(found[2])
            if called is None:
                names = ", ".join(ProgrammeRole)
                raise ValueError(_("“%(role)s” is no role; roles are: %(names)s", role=found[2][:40], names=names))
            words, role = found[1], called
        return RolePart(self._key(words), str(role))

    def _key(self, words: str) -> str:
        if words in self._by_words:
            return self._by_words[words]
        found = _AFFILIATION.fullmatch(words)
        name, affiliation = (found[1], clean_line(found[2])) if found else (words, "")
        if len(name) > 200:
            raise ValueError(_("“%(name)s…” is too long for a name; separate people with “;”", name=name[:40]))
        folded = search_key(name) or name
        if folded not in self._by_words:
            key = self._new_key(name)
            self._by_words[folded] = key
            self.added[key] = Part(key, {"name": name, "affiliation": affiliation})
        return self._by_words[folded]

    def _new_key(self, name: str) -> str:
        taken = {person.key for person in self.known} | self.added.keys()
        stem = key = slugified(name, most=60) or "person"
        number = 2
        while key in taken:
            key, number = f"{stem}-{number}", number + 1
        return key

"""A value in a JSON document that knows where it stands, so that whatever is wrong with it is refused by its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NoReturn, TypeVar

from flask_babel import gettext as _

from eventsys.exchange.locating import line_of, said_path
from eventsys.kernel.errors import Refusal
from eventsys.kernel.tables import FileRefused
from eventsys.kernel.text import clean_line, clean_prose

T = TypeVar("T")
MOST_BYTES = 50 * 1024 * 1024


class _Pairs(dict[str, Any]):
    """An object of JSON, and the first name in it that came twice."""

    twice: str | None = None


@dataclass(frozen=True)
class Source:
    """The file that is read."""

    name: str
    text: str


@dataclass(frozen=True)
class Node:
    """A value at `path` in a source."""

    source: Source
    path: tuple[str | int, ...]
    value: Any

    def refuse(self, reason: Any) -> NoReturn:
        """Raises FileRefused that names file, line and place."""
        line = line_of(self.source.text, self.path) if self.source.text else None
        raise FileRefused(self.source.name, reason, line=line, at=said_path(self.path) or None)

    def judged(self, judge: Callable[..., T], *args: Any) -> T:
        """What a rule makes of something here; its refusal gets the place added."""
        try:
            return judge(*args)
        except FileRefused:
            raise
        except Refusal as refusal:
            self.refuse(str(refusal))

    def has(self, name: str) -> bool:
        return name in self.value

    def at(self, name: str) -> Node:
        return Node(self.source, (*self.path, name), self.value.get(name))

    def an_object(self, *, required: Collection[str] = (), known: Collection[str] | None = None) -> Node:
        """This node, when it is an object with the required names and no others than those known."""
        if not isinstance(self.value, dict):
            self.refuse(_("this must be an object, written in { }"))
        twice = getattr(self.value, "twice", None)
        if twice is not None:
            self.at(twice).refuse(_("“%(name)s” is there twice", name=_short(twice)))
        for name in self.value if known is not None else ():
            if name not in (known or ()):
                self.at(name).refuse(_("“%(name)s” is not known here", name=_short(name)))
        for name in required:
            if name not in self.value:
                self.refuse(_("“%(name)s” is missing", name=name))
        return self

    def items(self, *, most: int = 20_000) -> Iterator[Node]:
        """The values of a list."""
        if not isinstance(self.value, list):
            self.refuse(_("this must be a list, written in [ ]"))
        if len(self.value) > most:
            self.refuse(_("there are more than %(most)d", most=most))
        for number, value in enumerate(self.value):
            yield Node(self.source, (*self.path, number), value)

    def line(self, *, most: int = 500, is_needed: bool = False) -> str:
        """A text on one line."""
        found = self._cleaned(clean_line, most)
        if is_needed and not found:
            self.refuse(_("this must not be empty"))
        return found

    def prose(self, *, most: int = 100_000) -> str:
        """A text on many lines."""
        return self._cleaned(clean_prose, most)

    def _cleaned(self, clean: Callable[[str], str], most: int) -> str:
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            self.refuse(_("this must be a text"))
        found = clean(self.value)
        if len(found) > most:
            self.refuse(_("this is longer than %(most)d characters", most=most))
        return found

    def lines(self, *, most: int = 200) -> list[str]:
        """A list of texts, none of them empty."""
        return [item.line(is_needed=True) for item in self.items(most=most)]

    def one_of(self, known: Iterable[str]) -> str:
        """One of the names known."""
        names = [str(name) for name in known]
        if not isinstance(self.value, str) or self.value not in names:
            shown = self.value if isinstance(self.value, str) else json.dumps(self.value)
            told = ", ".join(names)
            self.refuse(_("“%(value)s” is not known; known are: %(names)s", value=_short(shown), names=told))
        return self.value

    def number(self, *, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number; `true` is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.refuse(_("this must be a whole number"))
        if not least <= self.value <= most:
            self.refuse(_("this must lie between %(least)d and %(most)d", least=least, most=most))
        return self.value

    def number_or_none(self, *, least: int = 0) -> int | None:
        return None if self.value is None else self.number(least=least)

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            self.refuse(_("this must be true or false"))
        return self.value

    def instant(self, read: Callable[[str], datetime]) -> datetime:
        """A time, which `read` understands or refuses."""
        if not isinstance(self.value, str):
            self.refuse(_("this must be a time such as 2026-12-03T09:00"))
        return self.judged(partial(read, self.value))


def _short(text: str) -> str:
    return clean_line(text)[:60]


def opened(data: bytes, filename: str) -> Node:
    """The root of a JSON file. Raises FileRefused where it is none, is too large, or is nested beyond reason."""
    if len(data) > MOST_BYTES:
        raise FileRefused(filename, _("the file is larger than %(most)d MB", most=MOST_BYTES // 1024 // 1024))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused(filename, _("this is not UTF-8"), line=line) from error
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise FileRefused(filename, _("this is no JSON (%(why)s)", why=error.msg), line=error.lineno) from error
    except RecursionError as error:
        raise FileRefused(filename, _("this is nested too deeply"), line=1) from error
    except ValueError as error:
        raise FileRefused(filename, _("it holds a number that is none"), line=1) from error
    return Node(Source(filename, text), (), value)


def _pairs(pairs: list[tuple[str, Any]]) -> _Pairs:
    found = _Pairs(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        found.twice = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)

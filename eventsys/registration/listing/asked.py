"""What the table shall show, as its address says it: words, filters, order and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from eventsys.community.models import Sector
from eventsys.kernel.text import clean_line
from eventsys.registration.listing.catalogue import Catalogue
from eventsys.registration.models import Coming, Mode, RegistrationType, State

NEWEST = "-registered"
YES_OR_NO = frozenset({"yes", "no"})
# What each filter may be; the others are numbers of rows, or words.
KNOWN: dict[str, frozenset[str]] = {
    "state": frozenset(map(str, State)),
    "mode": frozenset(map(str, Mode)),
    "type": frozenset(map(str, RegistrationType)),
    "sector": frozenset(map(str, Sector)),
    "coming": frozenset(map(str, Coming)),
    "email": YES_OR_NO,
    "bounced": YES_OR_NO,
    "beyond": YES_OR_NO,
    "doubles": frozenset({"yes"}),
}
NUMBERS = ("pool", "delegation", "invitation")
WORDS = {"country": 2, "tag": 60, "organisation": 300}
FILTERS = (*KNOWN, *NUMBERS, *WORDS)
# Orders as addresses named them before each column could be sorted.
_FORMER = {"newest": NEWEST}


@dataclass(frozen=True)
class Asked:
    """What the table shall show; unknown values mean no filter. `sort` is a column's key, with `-` before it the other
    way round; `columns` are those beside the name, in their order."""

    q: str = ""
    sort: str = NEWEST
    filters: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    has_own_columns: bool = False

    @property
    def sorted_by(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def has_filter(self) -> bool:
        return bool(self.q or self.filters)

    @property
    def is_laborious(self) -> bool:
        """Whether all rows must be compared with each other to know who matches."""
        return "doubles" in self.filters

    def arguments(self) -> list[tuple[str, str]]:
        """The address's query, as pairs: only what differs from the table as it opens."""
        found = [("q", self.q)] if self.q else []
        found += [(name, value) for name, value in self.filters.items()]
        if self.sort != NEWEST:
            found.append(("sort", self.sort))
        if self.has_own_columns:
            found += [("col", key) for key in self.columns]
        return found

    def query(self) -> str:
        """The same as text."""
        return urlencode(self.arguments())

    def sorted_the_other_way(self, key: str) -> Asked:
        """Sorted by a column: upwards first, then downwards."""
        is_turned = self.sort == key
        return replace(self, sort=f"-{key}" if is_turned else key)

    def without(self, name: str) -> Asked:
        """Without one filter."""
        return replace(self, filters={one: value for one, value in self.filters.items() if one != name})

    def moved(self, key: str, steps: int) -> Asked:
        """With one column earlier or later."""
        columns = list(self.columns)
        at = columns.index(key)
        columns.insert(max(0, at + steps), columns.pop(at))
        return replace(self, columns=tuple(columns), has_own_columns=True)


def read_asked(arguments: MultiDict[str, str], known: Catalogue) -> Asked:
    """What an address asks for, as far as it is known here."""
    sort = arguments.get("sort", NEWEST)
    sort = _FORMER.get(sort, sort)
    columns = tuple(dict.fromkeys(key for key in arguments.getlist("col") if key in known.choosable))
    return Asked(
        q=clean_line(arguments.get("q", ""))[:200],
        sort=sort if sort.removeprefix("-") in known.columns else NEWEST,
        filters=_filters(arguments, known),
        columns=columns or known.usual,
        has_own_columns=bool(columns) and columns != known.usual,
    )


def _filters(arguments: MultiDict[str, str], known: Catalogue) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, values in KNOWN.items():
        if (value := arguments.get(name, "")) in values:
            found[name] = value
    for name in NUMBERS:
        value = arguments.get(name, "")
        if value.isdecimal() and value.isascii() and len(value) <= 18:
            found[name] = value
    for name, most in WORDS.items():
        if value := clean_line(arguments.get(name, ""))[:most]:
            found[name] = value
    for name, question in known.asked_for.items():
        value = arguments.get(name, "")
        if value in known.answers(question):
            found[name] = value
    return found

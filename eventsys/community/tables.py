"""Lists of organisations as tables, in and out: every row understood, or the whole file refused by line and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from eventsys.community import rules
from eventsys.community.models import Organisation, Sector
from eventsys.kernel.locale import countries
from eventsys.kernel.tables import Cell, Row, Table
from eventsys.kernel.text import clean_line

COLUMNS = ("name", "short_name", "country", "sector", "listed", "other_names")
MOST_ROWS = 20_000
_MOST = {"name": rules.NAME_MOST, "short_name": rules.SHORT_MOST}
_YES_OR_NO = {"": None, "true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class ListedOrganisation:
    """One row of a list. What is empty, and `is_listed` where it is None, leaves what is known as it is."""

    line: int
    name: str
    short_name: str
    country: str
    sector: str
    is_listed: bool | None
    other_names: tuple[str, ...]


def read_organisations(table: Table) -> list[ListedOrganisation]:
    """All rows of a list. Raises FileRefused that names file, line, column and reason."""
    for column in table.columns:
        if column not in COLUMNS:
            known = ", ".join(COLUMNS)
            raise table.refusal(_("this column is not known; known are %(known)s", known=known), line=1, column=column)
    if "name" not in table.columns:
        raise table.refusal(_("the column “name” is missing"), line=1)
    rows = [_read_row(table, row) for row in table.rows]
    _refuse_doubles(table, rows)
    return rows


def _read_row(table: Table, row: Row) -> ListedOrganisation:
    values = {column: clean_line(row.text(column)) for column in COLUMNS}
    _check(table, row, values)
    others = tuple(name for part in values["other_names"].split(";") if (name := part.strip()))
    for name in others:
        _check_name(table, row, "other_names", name)
    return ListedOrganisation(
        row.line,
        values["name"],
        values["short_name"],
        values["country"].upper(),
        values["sector"],
        _YES_OR_NO[values["listed"].lower()],
        others,
    )


def _check(table: Table, row: Row, values: dict[str, str]) -> None:
    _check_name(table, row, "name", values["name"])
    _check_length(table, row, "short_name", values["short_name"])
    if values["country"] and values["country"].upper() not in dict(countries()):
        reason = _("“%(value)s” is no ISO 3166 code of a country, such as BE", value=values["country"])
        raise table.refusal(reason, line=row.line, column="country")
    for column, known in (("sector", [str(sector) for sector in Sector]), ("listed", ["yes", "no"])):
        value = values[column]
        is_known = value in known or (column == "listed" and value.lower() in _YES_OR_NO)
        if value and not is_known:
            reason = _("“%(value)s” is not known; known are %(known)s", value=value, known=", ".join(known))
            raise table.refusal(reason, line=row.line, column=column)


def _check_name(table: Table, row: Row, column: str, name: str) -> None:
    _check_length(table, row, column, name)
    if not rules.name_key(name):
        raise table.refusal(_("an organisation needs letters or digits in its name"), line=row.line, column=column)


def _check_length(table: Table, row: Row, column: str, value: str) -> None:
    most = _MOST.get(column, rules.NAME_MOST)
    if len(value) > most:
        raise table.refusal(_("at most %(most)d characters fit here", most=most), line=row.line, column=column)


def _refuse_doubles(table: Table, rows: list[ListedOrganisation]) -> None:
    """The same name twice in one file cannot mean two organisations."""
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(rules.name_key(row.name), row.line)
        if line != row.line:
            reason = _("this name is in line %(line)d already", line=line)
            raise table.refusal(reason, line=row.line, column="name")


def as_rows(organisations: Iterable[Organisation]) -> Iterator[list[Cell]]:
    """The directory in the columns that the import takes."""
    for one in organisations:
        others = "; ".join(alias.name.replace(";", ",") for alias in one.aliases)
        listed = "yes" if one.is_listed else "no"
        yield [one.name, one.short_name, one.country, one.sector, listed, others]

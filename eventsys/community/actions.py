"""Themes come into being when an event first names them; organisations are added, renamed, merged and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from eventsys.community import queries, rules
from eventsys.community.errors import MergedWithItself, NameTaken, NameUnreadable
from eventsys.community.models import Organisation, OrganisationAlias, Theme
from eventsys.community.tables import ListedOrganisation
from eventsys.kernel.errors import BadInput
from eventsys.kernel.facts import record
from eventsys.kernel.text import clean_line, slugified


def themes_named(session: Session, names: Iterable[str]) -> list[Theme]:
    """The themes of these names or keys, in this order and each once; those not yet known are made."""
    wanted = {_key_of(name): clean_line(name) for name in names if clean_line(name)}
    found = {theme.key: theme for theme in session.scalars(select(Theme).where(Theme.key.in_(wanted)))}
    for key, name in wanted.items():
        if key not in found:
            found[key] = _added(session, key, name)
    return [found[key] for key in wanted]


def _key_of(name: str) -> str:
    key = slugified(name, most=60)
    if not key and clean_line(name):
        raise BadInput(_("A theme needs letters or digits in its name."), field="themes")
    return key


def _added(session: Session, key: str, name: str) -> Theme:
    theme = Theme(key=key, name=name[:200])
    try:
        with session.begin_nested():
            session.add(theme)
    except IntegrityError:
        # Another organiser made it a moment ago.
        return session.scalars(select(Theme).where(Theme.key == key)).one()
    return theme


@dataclass(frozen=True, kw_only=True)
class OrganisationValues:
    """What is known of an organisation. `other_names` find it too: former names, other languages, abbreviations."""

    name: str
    short_name: str = ""
    country: str = ""
    sector: str = ""
    is_listed: bool = True
    other_names: Sequence[str] = ()


def add_organisation(session: Session, values: OrganisationValues, *, now: datetime) -> Organisation:
    """A new entry of the directory. Raises NameUnreadable, NameTaken."""
    names = _names(session, values, besides=None)
    organisation = Organisation(created_at=now, name="", name_key="", search_key="", aliases=[])
    _write(organisation, values, names, now=now)
    session.add(organisation)
    session.flush()
    _tell(session, "organisation.added", organisation, now)
    return organisation


def change_organisation(
    session: Session, organisation: Organisation, values: OrganisationValues, *, now: datetime
) -> bool:
    """Write what is known now; a name that is given up goes on finding the organisation. False: nothing differs.

    Raises NameUnreadable, NameTaken.
    """
    if values == values_of(organisation):
        return False
    former = organisation.name
    if rules.name_key(values.name) != organisation.name_key and former not in values.other_names:
        values = replace(values, other_names=[*values.other_names, former])
    names = _names(session, values, besides=organisation.id)
    _write(organisation, values, names, now=now)
    session.flush()
    _tell(session, "organisation.changed", organisation, now, **({"former": former} if former != values.name else {}))
    return True


def values_of(organisation: Organisation) -> OrganisationValues:
    """What an entry says, as it is given to `change_organisation`."""
    return OrganisationValues(
        name=organisation.name,
        short_name=organisation.short_name,
        country=organisation.country,
        sector=organisation.sector,
        is_listed=organisation.is_listed,
        other_names=[alias.name for alias in organisation.aliases],
    )


def remove_organisation(session: Session, organisation: Organisation, *, now: datetime) -> None:
    """Take an entry out of the directory; what people wrote of themselves stays as it is."""
    _tell(session, "organisation.removed", organisation, now)
    session.delete(organisation)
    session.flush()


def merge_organisations(session: Session, stays: Organisation, goes: Organisation, *, now: datetime) -> None:
    """Two entries of one organisation become one, which all names of both find. Raises MergedWithItself."""
    if stays.id == goes.id:
        raise MergedWithItself(field="other")
    known = values_of(stays)
    names = [*known.other_names, goes.name, *(alias.name for alias in goes.aliases)]
    lost = {"merged": goes.name, "merged_key": goes.name_key}
    values = replace(
        known,
        short_name=stays.short_name or goes.short_name,
        country=stays.country or goes.country,
        sector=stays.sector or goes.sector,
        other_names=names,
    )
    session.delete(goes)
    # Its names must be free before they are given away.
    session.flush()
    _write(stays, values, {rules.name_key(name): name for name in names}, now=now)
    session.flush()
    _tell(session, "organisation.merged", stays, now, **lost)


@dataclass(frozen=True)
class BroughtIn:
    """What a list did or would do: how many were added, changed and left alone, and which columns changed of whom."""

    counts: Counter[str] = field(default_factory=Counter)
    changes: list[tuple[str, list[str]]] = field(default_factory=list)


def bring_in(session: Session, rows: Sequence[ListedOrganisation], *, now: datetime) -> BroughtIn:
    """Add what a list has and the directory has not, and complete what both have; nothing is removed or emptied.

    Raises NameTaken, whose details name the `line`.
    """
    done = BroughtIn()
    known = queries.all_organisations(session)
    owner = {organisation.name_key: organisation for organisation in known}
    owner |= {alias.name_key: organisation for organisation in known for alias in organisation.aliases}
    for row in rows:
        organisation = owner.get(rules.name_key(row.name))
        before = values_of(organisation) if organisation is not None else None
        values = _completed(before, row)
        names = {rules.name_key(name): name for name in (values.name, *values.other_names)}
        for key, name in names.items():
            if (other := owner.get(key)) is not None and other is not organisation:
                raise NameTaken(name=name, organisation=other.name, line=row.line, field="other_names")
        if values == before:
            done.counts["unchanged"] += 1
            continue
        if organisation is None:
            organisation = Organisation(created_at=now, name="", name_key="", search_key="", aliases=[])
            session.add(organisation)
        _write(organisation, values, names, now=now)
        owner |= dict.fromkeys(names, organisation)
        done.counts["added" if before is None else "changed"] += 1
        done.changes.append((values.name, _differing(before, values)))
    session.flush()
    numbers: dict[str, Any] = dict(done.counts)
    record(session, "organisation.imported", at=now, subject="organisation", **numbers)
    return done


def _completed(before: OrganisationValues | None, row: ListedOrganisation) -> OrganisationValues:
    known = before or OrganisationValues(name=row.name)
    keys = {rules.name_key(name) for name in (known.name, *known.other_names)}
    return replace(
        known,
        short_name=row.short_name or known.short_name,
        country=row.country or known.country,
        sector=row.sector or known.sector,
        is_listed=known.is_listed if row.is_listed is None else row.is_listed,
        other_names=[*known.other_names, *(name for name in row.other_names if rules.name_key(name) not in keys)],
    )


def _differing(before: OrganisationValues | None, after: OrganisationValues) -> list[str]:
    if before is None:
        return []
    return [each.name for each in fields(after) if getattr(before, each.name) != getattr(after, each.name)]


def _names(session: Session, values: OrganisationValues, *, besides: int | None) -> dict[str, str]:
    """All names by their keys, the first of a key kept. Raises NameUnreadable, NameTaken."""
    names: dict[str, str] = {}
    for name in (values.name, *values.other_names):
        key = rules.name_key(name)
        if not key:
            raise NameUnreadable(field="name" if name == values.name else "other_names")
        names.setdefault(key, name)
    for key, organisation in queries.names_in_use(session, names, besides=besides):
        blamed = "name" if key == rules.name_key(values.name) else "other_names"
        raise NameTaken(name=names[key], organisation=organisation, field=blamed)
    return names


def _write(organisation: Organisation, values: OrganisationValues, names: dict[str, str], *, now: datetime) -> None:
    organisation.name = values.name
    organisation.name_key = rules.name_key(values.name)
    organisation.short_name = values.short_name
    organisation.country = values.country
    organisation.sector = values.sector
    organisation.is_listed = values.is_listed
    organisation.updated_at = now
    others = {key: name for key, name in names.items() if key != organisation.name_key}
    kept = {alias.name_key: alias for alias in organisation.aliases if alias.name_key in others}
    for key, alias in kept.items():
        alias.name = others[key]
    new = [OrganisationAlias(name=name, name_key=key) for key, name in others.items() if key not in kept]
    organisation.aliases[:] = [*kept.values(), *new]
    organisation.search_key = rules.found_by([values.name, values.short_name, *others.values()])


def _tell(session: Session, kind: str, organisation: Organisation, now: datetime, **data: Any) -> None:
    record(
        session, kind, at=now, subject="organisation", subject_id=organisation.id, name=organisation.name,
        key=organisation.name_key, **data,
    )  # fmt: skip

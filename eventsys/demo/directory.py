"""The organisations that the demo's people come from, as its administrator has written them down."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda.models import Person
from eventsys.community import rules
from eventsys.community.actions import bring_in
from eventsys.community.tables import ListedOrganisation
from eventsys.demo.crowd import sector_of
from eventsys.registration.models import Registration


def fill(session: Session, *, now: datetime) -> None:
    """Put every organisation that occurs into the directory, once, by the name that most people write."""
    asked = select(Registration.organisation, Registration.country, Registration.sector)
    rows = session.execute(asked.where(Registration.organisation != "")).all()
    found = [(name, country, sector) for name, country, sector in rows]
    programme = session.scalars(select(Person.affiliation).where(Person.affiliation != "").distinct())
    found += [(name, "", sector_of(name)) for name in programme]
    bring_in(session, _listed(found), now=now)


def _listed(found: Iterable[tuple[str, str, str]]) -> list[ListedOrganisation]:
    """A row a name. What comes from several countries, as a ministry of any of them, has none."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    countries: defaultdict[str, set[str]] = defaultdict(set)
    sectors: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, country, sector in found:
        key = rules.name_key(name)
        names[key][name] += 1
        countries[key].update({country} - {""})
        sectors[key][sector] += bool(sector)
    return [
        ListedOrganisation(
            line=line,
            name=_most(names[key]),
            short_name="",
            country=next(iter(countries[key])) if len(countries[key]) == 1 else "",
            sector=_most(sectors[key]),
            is_listed=None,
            other_names=(),
        )
        for line, key in enumerate(sorted(filter(None, names)), start=2)
    ]


def _most(counted: Counter[str]) -> str:
    """What occurs most; of several the first in order, so that every loading makes the same."""
    return max(sorted(counted), key=counted.__getitem__)

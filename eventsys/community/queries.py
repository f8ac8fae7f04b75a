"""Reads of what all events share: themes, and the directory of organisations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Select, bindparam, case, false, func, or_, select, union_all
from sqlalchemy.orm import Session, selectinload

from eventsys.community import rules
from eventsys.community.models import Organisation, OrganisationAlias, Theme
from eventsys.kernel.text import search_key

MOST_SUGGESTIONS = 8
# SQLite takes no more than 32,766 values in one statement.
_PIECE = 10_000


def themes(session: Session) -> list[Theme]:
    """All themes, by name."""
    return list(session.scalars(select(Theme).order_by(Theme.name, Theme.key)))


def organisations(words: str = "", country: str = "", sector: str = "") -> Select[Organisation]:
    """Organisations of which one name holds words that begin so, in any order; by name."""
    query = select(Organisation).order_by(Organisation.name_key, Organisation.id)
    query = query.where(*_holding(words)) if words else query
    query = query.where(Organisation.country == country) if country else query
    return query.where(Organisation.sector == sector) if sector else query


def all_organisations(session: Session) -> list[Organisation]:
    """The whole directory with all names, by name."""
    return list(session.scalars(organisations().options(selectinload(Organisation.aliases))))


def countries_of_organisations(session: Session) -> set[str]:
    """The countries that occur in the directory."""
    return set(session.scalars(select(Organisation.country).where(Organisation.country != "").distinct()))


def suggestions(session: Session, words: str) -> list[Organisation]:
    """At most eight listed organisations for what somebody is typing: what is called or begins so comes first."""
    key = search_key(words)
    begins = case(
        (func.lower(Organisation.short_name) == key, 0),
        (Organisation.name_key.startswith(key, autoescape=True), 1),
        else_=2,
    )
    query = select(Organisation).where(Organisation.is_listed, *_holding(words))
    query = query.order_by(begins, func.length(Organisation.name_key), Organisation.name_key)
    return list(session.scalars(query.limit(MOST_SUGGESTIONS)))


def _holding(words: str) -> Iterator[ColumnElement[bool]]:
    """A condition a word; none is met where nothing of the words can be searched."""
    folded = search_key(words).split()
    if not folded:
        yield false()
    for word in folded[:12]:
        yield Organisation.search_key.contains(f" {word}", autoescape=True)


def find_organisation(session: Session, name: str) -> Organisation | None:
    """The organisation that a name means, present or former, in whatever spelling."""
    key = rules.name_key(name)
    if not key:
        return None
    former = select(OrganisationAlias.organisation_id).where(OrganisationAlias.name_key == key).scalar_subquery()
    query = select(Organisation).where(or_(Organisation.name_key == key, Organisation.id == former))
    return session.scalars(query.order_by(case((Organisation.name_key == key, 0), else_=1)).limit(1)).first()


def organisation_key(session: Session, name: str) -> str:
    """The key by which people of one organisation are counted: the directory's, or the folded name where it has none.

    Empty where nothing of the name can be folded.
    """
    return organisation_keys(session, [name])[name]


def organisation_keys(session: Session, names: Iterable[str]) -> dict[str, str]:
    """The same for many names at once, by name as given."""
    folded = {name: rules.name_key(name) for name in names}
    meant = _former(session, sorted(set(folded.values()) - {""}))
    return {name: meant.get(key, key) for name, key in folded.items()}


def _former(session: Session, keys: list[str]) -> dict[str, str]:
    """The present keys of those that are of former names."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), _PIECE):
        rows = session.connection().execute(_FORMER, {"keys": keys[start : start + _PIECE]})
        found.update({row[0]: row[1] for row in rows})
    return found


# Made once: everybody who registers is looked up, and putting the query together takes longer than its answer.
_FORMER = (
    select(OrganisationAlias.name_key, Organisation.name_key)
    .join(OrganisationAlias.organisation)
    .where(OrganisationAlias.name_key.in_(bindparam("keys", expanding=True)))
)


def names_in_use(session: Session, keys: Iterable[str], *, besides: int | None) -> list[tuple[str, str]]:
    """Which of these keys are names of another organisation: the key and what that organisation is called."""
    wanted, other = list(keys), besides or 0
    present = select(Organisation.name_key, Organisation.name).where(
        Organisation.name_key.in_(wanted), Organisation.id != other
    )
    former = (
        select(OrganisationAlias.name_key, Organisation.name)
        .join(OrganisationAlias.organisation)
        .where(OrganisationAlias.name_key.in_(wanted), Organisation.id != other)
    )
    return list(session.execute(union_all(present, former)).all())

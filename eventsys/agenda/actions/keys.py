"""Keys: given by a file or made from a title, unique in their event."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.agenda import rules
from eventsys.agenda.errors import KeyTaken
from eventsys.agenda.models import AgendaSession, Person, Room, Track
from eventsys.kernel.text import clean_line, slugified


def key_for(
    session: Session, model: type[Room | Track | Person | AgendaSession], event_id: int, title: str, given: str | None
) -> str:
    """The given key, or one made from the title. Raises KeyMalformed, KeyTaken."""
    table: Any = model
    if given is not None:
        rules.refuse_unless_key(given)
        if session.scalar(select(table.id).where(table.event_id == event_id, table.key == given)) is not None:
            raise KeyTaken(key=given, field="key")
        return given
    stem = stem_of(title, model.__tablename__)
    taken = session.scalars(
        select(table.key).where(table.event_id == event_id, table.key.startswith(stem, autoescape=True))
    )
    return free_key(stem, set(taken))


def stem_of(title: str, otherwise: str) -> str:
    """The start of a key: the words of a title, or the name of the thing where none can be written."""
    return slugified(title, most=60) or otherwise.rpartition("_")[2]


def free_key(stem: str, taken: Collection[str]) -> str:
    """`stem`, or `stem-2`, `stem-3`, … whichever is free."""
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


# What stands on one line also where it comes from a file.
_LINES = {"title", "subtitle", "name", "affiliation", "project", "email"}


def set_values(row: Any, values: dict[str, Any]) -> None:
    """Set the columns that differ, so that a row that stays as it is does not count as changed."""
    for name, value in values.items():
        if not hasattr(type(row), name):
            raise TypeError(f"{type(row).__name__} has no {name!r}")
        kept = clean_line(value) if name in _LINES and isinstance(value, str) else value
        if getattr(row, name) != kept:
            setattr(row, name, kept)

"""Acts on many: what was done, how far it is, and who could not be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys.accounts.queries import names_of
from eventsys.events.models import Event
from eventsys.kernel.locale import say_stamp
from eventsys.registration.errors import ActUnknown
from eventsys.registration.models import BulkAct, Mode, Registration, RegistrationType
from eventsys.registration.rules import MODE_LABELS, TYPE_LABELS

_SHOWN = 50
_REFUSED_SHOWN = 200
_RECENT = timedelta(minutes=10)
# What an act has done, to be followed by with how many.
ACT_LABELS = {
    "tag": _l("Tagged “%(tag)s”"),
    "untag": _l("Tag “%(tag)s” taken off"),
    "type": _l("Type set to “%(type)s”"),
    "mode": _l("Way set to “%(mode)s”"),
    "approve": _l("Approved"),
    "decline": _l("Declined"),
    "cancel": _l("Cancelled"),
    "restore": _l("Restored"),
    "resend": _l("Link sent again"),
    "message": _l("Written to: “%(subject)s”"),
    "merge": _l("Two registrations made one"),
}


@dataclass(frozen=True)
class Act:
    """One act as a page shows it."""

    id: int
    words: str
    who: str
    when: str
    count: int
    done: int
    left: int
    refused: int
    is_undone: bool
    undone: str = ""

    @property
    def is_going_on(self) -> bool:
        return self.left > 0


def said(act: BulkAct) -> str:
    """What an act came to, in one line."""
    if act.undone_at is not None:
        number = len(act.before["done"]) - len(act.before["refused"])
        return str(ngettext("Undone for %(num)d person.", "Undone for %(num)d people.", number))
    people = ngettext("%(num)d person", "%(num)d people", len(act.before["done"]))
    return f"{words_of(act)}: {people}."


def words_of(act: BulkAct) -> str:
    """What was done, in words."""
    values: dict[str, Any] = dict(act.before.get("values") or {})
    if "type" in values:
        values["type"] = str(TYPE_LABELS[RegistrationType(values["type"])])
    if "mode" in values:
        values["mode"] = str(MODE_LABELS[Mode(values["mode"])])
    words = str(ACT_LABELS[act.kind])
    return words % values if "%(" in words else words


def recent_acts(session: Session, event: Event) -> list[Act]:
    """The latest acts, newest first, with the names of who did them."""
    rows = session.scalars(
        select(BulkAct).where(BulkAct.event_id == event.id).order_by(BulkAct.id.desc()).limit(_SHOWN)
    ).all()
    return _shown(session, event, rows)


def latest_act(session: Session, event: Event, actor: str, now: datetime) -> Act | None:
    """What this organiser did with many just now and may want to undo."""
    query = select(BulkAct).where(
        BulkAct.event_id == event.id, BulkAct.by == actor, BulkAct.at > now - _RECENT, BulkAct.undone_at.is_(None)
    )
    row = session.scalars(query.order_by(BulkAct.id.desc()).limit(1)).first()
    if row is None or not (row.before["done"] or row.before["left"]):
        return None
    return _shown(session, event, [row])[0]


def act_of(session: Session, event: Event, number: int) -> Act:
    """One act of this event. Raises ActUnknown."""
    row = session.get(BulkAct, number)
    if row is None or row.event_id != event.id:
        raise ActUnknown
    return _shown(session, event, [row])[0]


def _shown(session: Session, event: Event, rows: Sequence[BulkAct]) -> list[Act]:
    names = names_of(session, (row.by for row in rows))
    return [
        Act(
            id=row.id,
            words=words_of(row),
            who=names.get(row.by, row.by),
            when=say_stamp(row.at, event.zone),
            count=row.count,
            done=len(row.before["done"]),
            left=len(row.before["back"] if row.undone_at else row.before["left"]),
            refused=len(row.before["refused"]),
            is_undone=row.undone_at is not None,
            undone=say_stamp(row.undone_at, event.zone) if row.undone_at else "",
        )
        for row in rows
    ]


def act_begun_with(session: Session, event_id: int, once: str) -> int | None:
    """The act of this event that the confirmation with this key began, where it was sent before."""
    if not once:
        return None
    key = BulkAct.before["once"].as_string()
    return session.scalars(select(BulkAct.id).where(BulkAct.event_id == event_id, key == once).limit(1)).first()


def refused_of(session: Session, event: Event, number: int) -> list[tuple[int, str, str]]:
    """Who could not be changed: the registration's id, the name and the reason; the first of them, if many."""
    refused: list[tuple[int, str]] = session.get_one(BulkAct, number).before["refused"][:_REFUSED_SHOWN]
    ids = [one for one, _why in refused]
    rows = session.scalars(select(Registration).where(Registration.event_id == event.id, Registration.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    return [(one, names.get(one, _("not there any more")), why) for one, why in refused]


def unfinished_acts(session: Session, now: datetime) -> Sequence[tuple[int, str]]:
    """Acts of the last days that have something left to do, with who began them."""
    is_pending = BulkAct.before["is_pending"].as_boolean()
    query = select(BulkAct.id, BulkAct.by).where(BulkAct.at > now - timedelta(days=7), is_pending)
    return [(number, by) for number, by in session.execute(query.order_by(BulkAct.id))]

"""What can be done with many registrations, and how each is undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.facts import Fact
from eventsys.registration.actions.bulk.merging import unmerge
from eventsys.registration.actions.bulk.standing import put_back, set_type, standing_of, stands_otherwise
from eventsys.registration.actions.leaving import cancel, decline
from eventsys.registration.actions.pools import Held
from eventsys.registration.actions.standing import approve, restore, switch_mode
from eventsys.registration.actions.telling import note_fact, tell
from eventsys.registration.errors import ChangedMeanwhile, MailHasLeft
from eventsys.registration.models import Mode, Registration, RegistrationTag, RegistrationType

People = Sequence[Registration]


@dataclass
class Work:
    """One batch: `held` are the pools where seats may move, `tells` whether who is put back hears of it."""

    session: Session
    event: Event
    held: Held | None
    values: dict[str, Any]
    act_id: int
    now: datetime
    tells: bool = True

    def pools(self) -> Held:
        assert self.held is not None
        return self.held


def _nothing(_work: Work, _one: Registration) -> None:
    return None


def _stays(_work: Work, _one: Registration, _known: dict[str, Any]) -> None:
    return None


@dataclass(frozen=True)
class Deed:
    """`do` gives what must be known to undo it, None where nothing was to be done; or `do_all` the ids of those for
    whom something was. `batch` is how many go into one transaction."""

    do: Callable[[Work, Registration], dict[str, Any] | None] = _nothing
    undo: Callable[[Work, Registration, dict[str, Any]], None] = _stays
    do_all: Callable[[Work, People], list[int]] | None = None
    undo_all: Callable[[Work, People], None] | None = None
    moves_seats: bool = True
    is_undoable: bool = True
    # Pools are held meanwhile, and everybody who registers waits: half a second at most.
    batch: int = 50


def _tag(work: Work, people: People) -> list[int]:
    known = _tagged(work, people)
    return _write_tags(work, [one for one in people if one.id not in known])


def _untag(work: Work, people: People) -> list[int]:
    known = _tagged(work, people)
    return _remove_tags(work, [one for one in people if one.id in known])


def _tagged(work: Work, people: People) -> set[int]:
    query = select(RegistrationTag.registration_id).where(RegistrationTag.tag == work.values["tag"])
    return set(work.session.scalars(query.where(RegistrationTag.registration_id.in_([one.id for one in people]))))


def _write_tags(work: Work, people: People) -> list[int]:
    tag = work.values["tag"]
    rows = [{"registration_id": one.id, "tag": tag, "event_id": work.event.id} for one in people]
    if rows:
        work.session.execute(insert(RegistrationTag), rows)
    return _note_all(work, people, "tagged")


def _remove_tags(work: Work, people: People) -> list[int]:
    ids = [one.id for one in people]
    work.session.execute(
        delete(RegistrationTag)
        .where(RegistrationTag.registration_id.in_(ids), RegistrationTag.tag == work.values["tag"])
        .execution_options(synchronize_session=False)
    )
    return _note_all(work, people, "untagged")


def _note_all(work: Work, people: People, what: str) -> list[int]:
    """One line in the timeline of each, in one statement."""
    rows = [
        {
            "at": work.now, "kind": f"registration.{what}", "event_id": work.event.id, "subject": "registration",
            "subject_id": one.id, "actor": work.session.info.get("actor") or "system",
            "data": {"tag": work.values["tag"]},
        }
        for one in people
    ]  # fmt: skip
    if rows:
        work.session.execute(insert(Fact), rows)
    return [one.id for one in people]


def _take_tags_back(work: Work, people: People) -> None:
    _remove_tags(work, people)


def _give_tags_back(work: Work, people: People) -> None:
    _tag(work, people)


def _set_type(work: Work, one: Registration) -> dict[str, Any] | None:
    before, wanted = one.type, RegistrationType(work.values["type"])
    if not set_type(work.session, one, wanted, work.pools(), now=work.now):
        return None
    return {"type": before}


def _unset_type(work: Work, one: Registration, known: dict[str, Any]) -> None:
    if one.type != work.values["type"]:
        raise ChangedMeanwhile
    set_type(work.session, one, RegistrationType(known["type"]), work.pools(), now=work.now)


def _set_mode(work: Work, one: Registration) -> dict[str, Any] | None:
    before = standing_of(work.session, one)
    if before["mode"] == work.values["mode"]:
        return None
    switch_mode(work.session, one, Mode(work.values["mode"]), now=work.now)
    return before | {"after": one.state}


def _unset_mode(work: Work, one: Registration, known: dict[str, Any]) -> None:
    if one.mode != work.values["mode"] or one.state != known["after"]:
        raise ChangedMeanwhile
    put_back(work.session, one, work.pools(), known, now=work.now, tells=work.tells)


def _state_changed(do: Callable[[Work, Registration], None]) -> Callable[[Work, Registration], dict[str, Any]]:
    def deed(work: Work, one: Registration) -> dict[str, Any]:
        before = standing_of(work.session, one)
        do(work, one)
        return before | {"after": one.state}

    return deed


def _state_undone(work: Work, one: Registration, known: dict[str, Any]) -> None:
    if stands_otherwise(one, known):
        raise ChangedMeanwhile
    put_back(work.session, one, work.pools(), known, now=work.now, tells=work.tells)


def _approve(work: Work, one: Registration) -> None:
    approve(work.session, one, now=work.now, overbook=bool(work.values.get("overbook")))


def _decline(work: Work, one: Registration) -> None:
    decline(work.session, one, now=work.now)


def _cancel(work: Work, one: Registration) -> None:
    cancel(work.session, one, now=work.now)


def _restore(work: Work, one: Registration) -> None:
    restore(work.session, one, now=work.now, overbook=bool(work.values.get("overbook")))


def _resend(work: Work, one: Registration) -> dict[str, Any] | None:
    is_told = tell(work.session, one, "link", now=work.now, about=f"act{work.act_id}")
    return {} if is_told else None


def _write_to(work: Work, one: Registration) -> dict[str, Any] | None:
    is_told = tell(work.session, one, "message", now=work.now, about=f"act{work.act_id}", act_id=work.act_id)
    if not is_told:
        return None
    note_fact(work.session, one, "written_to", now=work.now, headline=work.values["subject"])
    return {}


def _take_mail_back(work: Work, one: Registration, _known: dict[str, Any]) -> None:
    if work.tells:
        raise MailHasLeft


def _take_message_back(work: Work, one: Registration, known: dict[str, Any]) -> None:
    _take_mail_back(work, one, known)
    note_fact(work.session, one, "message_taken_back", now=work.now, headline=work.values["subject"])


def _unmerge(work: Work, one: Registration, known: dict[str, Any]) -> None:
    unmerge(work.session, one, work.pools(), known, now=work.now, tells=work.tells)


# The act "merge" of two is begun and done at once; it stands here so that it can be undone like the others.
DEEDS: dict[str, Deed] = {
    "tag": Deed(do_all=_tag, undo_all=_take_tags_back, moves_seats=False, batch=2000),
    "untag": Deed(do_all=_untag, undo_all=_give_tags_back, moves_seats=False, batch=2000),
    "type": Deed(_set_type, _unset_type, batch=100),
    "mode": Deed(_set_mode, _unset_mode),
    "approve": Deed(_state_changed(_approve), _state_undone),
    "decline": Deed(_state_changed(_decline), _state_undone),
    "cancel": Deed(_state_changed(_cancel), _state_undone),
    "restore": Deed(_state_changed(_restore), _state_undone),
    "resend": Deed(_resend, _take_mail_back, moves_seats=False, batch=500),
    "merge": Deed(undo=_unmerge),
    "message": Deed(_write_to, _take_message_back, moves_seats=False, batch=500),
}

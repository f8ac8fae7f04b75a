"""The programme as its organisers see it: every session by day, found by filters, clashes told beside it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.agenda import planning, rules
from eventsys.agenda.manage.door import bp
from eventsys.agenda.models import AgendaSession, Room, SessionStatus, Track
from eventsys.agenda.rules import Clash, Slot
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel.database import reading
from eventsys.kernel.locale import say_day, say_time
from eventsys.kernel.paging import page_number, paginated

_TONES = {SessionStatus.TENTATIVE: "warn", SessionStatus.CANCELLED: "bad"}


@bp.get("/manage/events/<slug>/programme")
def programme(slug: str) -> str:
    """Sessions by day, a hundred a page."""
    session = reading()
    event = event_to_manage(session, slug)
    slots = planning.slots(session, event.id)
    rooms, tracks = planning.rooms(session, event.id), planning.tracks(session, event.id)
    days = sorted({slot.starts_at.astimezone(event.zone).date() for slot in slots})
    chosen = _chosen(days)
    query = planning.listed_sessions(event.id, **_wanted(chosen, event))
    page = paginated(session, query, number=page_number(), size=100)
    told = said_clashes(rules.clashes(slots), event)
    is_filtered = any(chosen.values())
    return render_template(
        "agenda/manage/programme.html",
        event=event,
        page=page,
        days=_by_day(page.items, event, told),
        total=len(slots),
        clashing=len(told),
        chosen=chosen,
        choices=_choices(days, rooms, tracks),
        found=ngettext("%(num)d session", "%(num)d sessions", page.total) if is_filtered else None,
        is_filtered=is_filtered,
        undo=_just_cancelled(slots),
    )


def _chosen(days: list[date]) -> dict[str, str]:
    day = request.args.get("day", "")
    chosen = {name: request.args.get(name, "").strip()[:200] for name in ("q", "room", "track", "status")}
    if chosen["status"] not in set(SessionStatus):
        chosen["status"] = ""
    return chosen | {"day": day if day in {one.isoformat() for one in days} else ""}


def _wanted(chosen: dict[str, str], event: Event) -> dict[str, Any]:
    """The filters as the query takes them: a day is from one local midnight to the next."""
    wanted: dict[str, Any] = {name: chosen[name] for name in ("q", "room", "track", "status")}
    if chosen["day"]:
        first = date.fromisoformat(chosen["day"])
        # Some zones begin a day at one o'clock: what a missing midnight stands for is good enough for a boundary.
        midnights = [datetime.combine(day, time(), event.zone) for day in (first, first + timedelta(days=1))]
        wanted["within"] = (midnights[0], midnights[1])
    return wanted


def _choices(days: list[date], rooms: list[Room], tracks: list[Track]) -> dict[str, list[tuple[str, str]]]:
    return {
        "day": [("", _("all days")), *((day.isoformat(), say_day(day)) for day in days)],
        "room": [("", _("all rooms")), *((room.key, room.name) for room in rooms), ("-", _("no room"))],
        "track": [("", _("all tracks")), *((track.key, track.name) for track in tracks), ("-", _("no track"))],
        "status": [("", _("any state")), *((key, str(label)) for key, label in rules.STATUS_LABELS.items())],
    }


def _by_day(entries: list[AgendaSession], event: Event, told: dict[int, list[str]]) -> list[tuple[date, Any]]:
    by_day = groupby(entries, key=lambda entry: entry.starts_at.astimezone(event.zone).date())
    return [(day, [_line(entry, event, told) for entry in group]) for day, group in by_day]


def _line(entry: AgendaSession, event: Event, told: dict[int, list[str]]) -> dict[str, Any]:
    """What one line of the list draws."""
    people = ", ".join(f"{role.person.name} ({rules.role_label(role.role).lower()})" for role in entry.roles)
    return {
        "entry": entry,
        "kind": rules.kind_label(entry.kind),
        "status": rules.status_label(entry.status),
        "tone": _TONES.get(SessionStatus(entry.status), ""),
        "is_pause": rules.is_pause(entry),
        "is_outside": rules.is_outside(event, entry.starts_at, entry.ends_at),
        "people": people,
        "talks": ngettext("%(num)d talk", "%(num)d talks", len(entry.talks)) if entry.talks else "",
        "clashes": told.get(entry.id, []),
    }


def said_clashes(clashes: list[Clash], event: Event) -> dict[int, list[str]]:
    """By session, what to say about it and the other one."""
    said: dict[int, list[str]] = defaultdict(list)
    for clash in clashes:
        for one, other in ((clash.first, clash.second), (clash.second, clash.first)):
            said[one.id].append(_sentence(clash, other, event))
    return said


def _sentence(clash: Clash, other: Slot, event: Event) -> str:
    when = say_time(other.starts_at, event.zone)
    if clash.kind == "room":
        return str(_("%(room)s is taken by “%(title)s” at %(time)s.", room=clash.name, title=other.title, time=when))
    return str(_("%(person)s is in “%(title)s” at %(time)s too.", person=clash.name, title=other.title, time=when))


def _just_cancelled(slots: list[Slot]) -> Slot | None:
    """The session whose cancellation may be taken back with one press."""
    key = request.args.get("cancelled")
    return next((slot for slot in slots if slot.key == key and slot.status == SessionStatus.CANCELLED), None)

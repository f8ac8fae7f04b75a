"""The points of an event as its door's page lists them: by kind, folded where there are many; what was just done."""

from __future__ import annotations

from typing import Any

from flask import request
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.checkin.models import Point, PointKind
from eventsys.checkin.point_wording import KIND_TITLES, how_often, when_open, who_passes
from eventsys.checkin.queries import doors
from eventsys.events.models import Event
from eventsys.kernel.database import reading

# A page with more of them is folded by kind, and with still more has a search.
_MOST_UNFOLDED, _MOST_UNSEARCHED = 6, 12
_MOST_NAMED = 6
_SAID = "door_points"


def drawn(event: Event, counts: dict[str, Any]) -> dict[str, Any]:
    """All that the list shows; `counts` are those of `queries.figures`."""
    lines = _lines(event, counts)
    return {
        "points": lines,
        "point_groups": _groups(lines),
        "has_point_search": len(lines) > _MOST_UNSEARCHED,
        "points_said": _said(event),
    }


def _lines(event: Event, counts: dict[str, Any]) -> list[dict[str, Any]]:
    session = reading()
    titles = {entry.key: entry.title for entry in doors.sessions_of(session, event.id)}
    has_days = doors.has_days(session, event.id)
    return [
        {
            "key": point.key,
            "kind": point.kind,
            "name": place.name,
            "who": who_passes(place, session_title=titles.get(place.session or ""), has_days=has_days),
            "often": how_often(place),
            "open": when_open(place, event.zone),
            "seats": place.seats,
            "inside": counts["points"][point.key]["in"],
            "came": counts["points"][point.key]["came"],
        }
        for point, place in doors.points_of(session, event)
    ]


def _groups(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines by kind; of many, only the doors and the kind that somebody just worked on are unfolded."""
    opened = (PointKind.DOOR, request.args.get("of"))
    kinds = {kind: [line for line in lines if line["kind"] == kind] for kind in PointKind}
    return [
        {
            "kind": kind.value,
            "title": KIND_TITLES[kind],
            "lines": of_kind,
            "inside": sum(line["inside"] for line in of_kind),
            "came": sum(line["came"] for line in of_kind),
            "is_open": len(lines) <= _MOST_UNFOLDED or kind in opened,
        }
        for kind, of_kind in kinds.items()
        if of_kind
    ]


def say(event: Event, words: str, *, added: list[Point] | None = None) -> None:
    """Tell, beside the list when it is drawn next, what was done; points that were added can be removed there."""
    span = [added[0].id, added[-1].id] if added else None
    cookie[_SAID] = {"event": event.id, "words": words, "span": span}


def say_added(event: Event, added: list[Point]) -> None:
    """Name what was added, or say that there was nothing to add."""
    if not added:
        say(event, _("Each has its point already."))
        return
    names = ", ".join(point.name for point in added[:_MOST_NAMED])
    if len(added) > _MOST_NAMED:
        names = _("%(names)s and %(number)d more", names=names, number=len(added) - _MOST_NAMED)
    words = ngettext(
        "%(num)d point is added: %(names)s.", "%(num)d points are added: %(names)s.", len(added), names=names
    )
    say(event, words, added=added)


def _said(event: Event) -> dict[str, Any] | None:
    said = cookie.get(_SAID)
    if said is None or said["event"] != event.id:
        return None
    found: dict[str, Any] = cookie.pop(_SAID)
    return found

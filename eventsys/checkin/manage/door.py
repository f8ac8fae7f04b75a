"""The door as organisers see it: who came and when, points, devices, the latest scans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventsys.checkin import actions, rules
from eventsys.checkin.manage import point_lines
from eventsys.checkin.manage import points as points_page
from eventsys.checkin.manage.devices import lines_of
from eventsys.checkin.models import Scan
from eventsys.checkin.queries import doors, figures
from eventsys.checkin.wording import OUTCOME_LABELS
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.locale import say_day, say_time


def door(slug: str) -> str:
    """All of it on one page; it loads in a fixed number of statements."""
    return _page(event_to_manage(reading(), slug))


def undo_scan(slug: str, scan_id: str) -> Response:
    """Take back one scan, with a reason."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        desk = doors.desk_without_device(session, event, name="")
        reason = request.form.get("reason", "")
        actions.undo(session, desk, scan_id, reason, now=clock.now(), by=access.actor())
    flash(_("The scan is undone."), "good")
    return _back(slug)


def _back(slug: str) -> Response:
    return redirect(url_for("checkin_manage.door", slug=slug), 303)


def _page(event: Event) -> str:
    session, now = reading(), clock.now()
    day = rules.door_day(now, starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone)
    points = doors.points_of(session, event)
    counts = figures.counts(session, event.id, points=[point.key for point, _place in points], day=day)
    curve = figures.arrivals(session, event.id, day=day, zone=event.zone)
    return render_template(
        "checkin/manage/door.html",
        event=event,
        day=say_day(day),
        **point_lines.drawn(event, counts),
        may_add_days=len(actions.days_of(event)) > len({point.day for point, _place in points if point.day}),
        may_add_sessions=points_page.lack_points(event, {point.session_key for point, _place in points}),
        counts=counts,
        curve=[(say_time(instant, event.zone), number) for instant, number in curve],
        lines=lines_of(event, now=now),
        scans=[_line(line, event) for line in doors.latest_scans(session, event.id)],
    )


def _clock_note(scan: Scan) -> str:
    """What to say of a device whose clock stood wrong: its instants decide who was first."""
    ahead = rules.clock_is_off(scan.at, scan.received_at, is_offline=scan.is_offline)
    if ahead is None:
        return ""
    minutes = max(1, round(abs(ahead).total_seconds() / 60))
    if ahead > timedelta(0):
        return str(ngettext("its clock was %(num)d minute fast", "its clock was %(num)d minutes fast", minutes))
    return str(ngettext("its clock was %(num)d minute slow", "its clock was %(num)d minutes slow", minutes))


def _line(line: doors.ScanLine, event: Event) -> dict[str, Any]:
    outcome, scan = line.outcome, line.scan
    return {
        "time": say_time(scan.at, event.zone),
        "name": line.name,
        "device": line.device,
        "outcome": OUTCOME_LABELS[outcome],  # type: ignore[index]
        "kind": "good" if outcome in ("admitted", "left") else "warn" if outcome == "already_in" else "bad",
        "is_corrected": scan.corrected_outcome is not None,
        "is_offline": scan.is_offline,
        "clock": _clock_note(scan),
        "undone": scan.undone_reason if scan.undone_at else "",
        "may_undo": scan.undone_at is None and outcome in ("admitted", "left"),
        "id": scan.scan_id,
    }

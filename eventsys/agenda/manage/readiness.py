"""What an event still lacks before it is published: told, not refused."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.agenda import planning, rules
from eventsys.agenda.manage.door import bp
from eventsys.agenda.rules import Slot
from eventsys.events.models import Event, EventKind
from eventsys.events.queries import event_to_manage
from eventsys.events.rules import may_step
from eventsys.kernel import clock
from eventsys.kernel.database import reading
from eventsys.kernel.locale import say_days


@dataclass(frozen=True)
class Point:
    """One line of the checklist."""

    is_done: bool
    words: str
    more: str
    url: str
    todo: str = ""

    @property
    def act(self) -> str:
        return str(_("Change") if self.is_done else self.todo or _("Write it"))


@bp.get("/manage/events/<slug>/publish")
def ready(slug: str) -> str:
    """The checklist with the button."""
    event = event_to_manage(reading(), slug)
    points = points_of(event, planning.slots(reading(), event.id))
    return render_template(
        "agenda/manage/ready.html",
        event=event,
        points=points,
        missing=sum(not point.is_done for point in points),
        may_publish=may_step(event, "publish"),
        is_past=event.ends_at < clock.now(),
    )


def points_of(event: Event, slots: list[Slot]) -> list[Point]:
    """The checklist of one event, done and undone."""
    details = url_for("events_manage.edit", slug=event.slug)
    programme = url_for("agenda_manage.programme", slug=event.slug)
    clashing = len(rules.clashes(slots))
    days = say_days(event.starts_at, event.ends_at, event.zone)
    count = ngettext("%(num)d session", "%(num)d sessions", len(slots)) if slots else _("No session yet.")
    place = _("Where people go, or that it takes place online.")
    points = [
        Point(True, _("Title and days"), f"{event.title}, {days}", details),
        Point(bool(event.summary), _("Summary"), _("What the event is about and for whom."), f"{details}#summary"),
        Point(_has_place(event), _("Place"), place, f"{details}#venue_name"),
        Point(bool(event.organisers), _("Organisers"), _("Who invites."), f"{details}#organisers"),
        Point(bool(event.contact), _("Contact"), _("Whom participants may write to."), f"{details}#contact"),
        Point(
            bool(event.privacy_notice and event.privacy_controller), _("Privacy"),
            _("Who is responsible for the data, and the notice people agree to."), f"{details}#privacy_controller",
        ),
        Point(bool(slots), _("Programme"), count, programme, _("Add a session")),
    ]  # fmt: skip
    if clashing:
        words = ngettext(
            "%(num)d session cannot happen as planned.", "%(num)d sessions cannot happen as planned.", clashing
        )
        points.append(Point(False, _("Clashes"), words, programme, _("Look at them")))
    return points


def _has_place(event: Event) -> bool:
    return event.kind == EventKind.WEBINAR or bool(event.venue_name or event.venue_city)

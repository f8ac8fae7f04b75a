"""The paper lists, by day or by choice: what each has boxes for, and the list itself as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField

from eventsys.badges.lists import ListHead, ListLine, list_pdf
from eventsys.checkin import actions
from eventsys.checkin.errors import PointUnknown
from eventsys.checkin.queries import gate
from eventsys.checkin.rules import ENTRANCE, OPENS_BEFORE, Place, door_day
from eventsys.checkin.rules.listing import MOST_BOXES, Box, boxes_of, lists_of
from eventsys.checkin.wording import type_label
from eventsys.events.models import Event, MemberRole
from eventsys.events.queries import event_to_manage
from eventsys.kernel import clock
from eventsys.kernel.database import reading
from eventsys.kernel.errors import NotFound
from eventsys.kernel.locale import say_day, say_instant
from eventsys.registration import rules as registering
from eventsys.registration.forms import CheckboxesField, choices_of
from eventsys.registration.models import Mode, Registration, RegistrationType, State, Ticket

ALL_DAYS = "all"


class ListForm(FlaskForm):
    """For which day and which points there are to be boxes; it changes nothing, so it needs no token."""

    class Meta:
        csrf = False

    day = SelectField()
    point = CheckboxesField()


@dataclass(frozen=True)
class Wanted:
    """The days and points of some lists, and how their address says it."""

    days: list[date]
    places: list[Place]
    query: dict[str, Any]

    def lists(self, event: Event) -> list[list[Box]]:
        return lists_of(boxes_of(self.places, self.days, event.zone))

    def said(self, box: Box) -> str:
        """What stands over a box; beside others of its point, the day."""
        if box.day is None:
            return box.place.name
        return say_day(box.day) if len(self.places) == 1 else f"{box.place.name}, {say_day(box.day)}"

    @property
    def title(self) -> str:
        return say_day(self.days[0]) if len(self.days) == 1 else str(_("All days"))


def paper_list(slug: str) -> Response:
    """Everyone confirmed on site as a PDF in the language of the event, with boxes for today unless the address names
    a day and points. Door staff may have it: they will need it."""
    session = reading()
    event = event_to_manage(session, slug, needs=MemberRole.DOOR)
    wanted = _wanted(session, event, day=request.args.get("day") or _today(event).isoformat())
    lists, part = wanted.lists(event), request.args.get("part", default=1, type=int)
    if not 1 <= part <= len(lists):
        raise NotFound
    with force_locale(event.language):
        head = ListHead(
            event=event.title,
            printed=_("Printed %(when)s", when=say_instant(clock.now(), event.zone)),
            about=_about(wanted, part, len(lists)),
            boxes=[wanted.said(box) for box in lists[part - 1]],
            language=event.language,
        )
        pdf = list_pdf(head, _expected(session, event.id))
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="door-{event.slug}-{wanted.query["day"]}-{part}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def drawn(event: Event) -> dict[str, Any]:
    """What the page shows: the lists that are chosen, else those of each day, and the choice."""
    return {"lists": _offered(event), "choice": _form(event), "most_boxes": MOST_BOXES}


def _form(event: Event) -> ListForm:
    form = ListForm(request.args)
    form.day.choices = choices_of({day.isoformat(): say_day(day) for day in actions.days_of(event)} | _all_days(event))
    if not request.args.get("day"):
        form.day.data = _today(event).isoformat()
    form.point.choices = choices_of({place.key: place.name for place in _places(reading(), event)})
    return form


def _offered(event: Event) -> list[dict[str, Any]]:
    """Groups of lists, that of today unfolded: `{title, is_open, lists: [{url, label, boxes}]}`."""
    session = reading()
    if request.args.get("day"):
        return [_group(event, _wanted(session, event, day=request.args["day"])) | {"is_open": True}]
    today = _today(event)
    return [
        _group(event, _wanted(session, event, day=day.isoformat())) | {"is_open": day == today}
        for day in actions.days_of(event)
    ]


def _today(event: Event) -> date:
    return door_day(clock.now(), starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone)


def _group(event: Event, wanted: Wanted) -> dict[str, Any]:
    lists = wanted.lists(event)
    return {
        "title": wanted.title,
        "lists": [
            {
                "url": url_for("checkin_manage.paper_list", slug=event.slug, part=part, **wanted.query),
                "label": _("List %(part)d of %(parts)d", part=part, parts=len(lists)) if len(lists) > 1 else _("List"),
                "boxes": [wanted.said(box) for box in boxes],
            }
            for part, boxes in enumerate(lists, start=1)
        ],
    }


def _wanted(session: Session, event: Event, *, day: str) -> Wanted:
    """What the address asks for; raises NotFound for a day, and PointUnknown for a point, that the event has not."""
    days, asked = actions.days_of(event), request.args.getlist("point")
    if day != ALL_DAYS:
        days = [one for one in days if one.isoformat() == day]
    if not days:
        raise NotFound
    places = _places(session, event)
    known = {place.key for place in places}
    for key in asked:
        if key not in known:
            raise PointUnknown(point=key)
    query = {"day": day} | ({"point": asked} if asked else {})
    return Wanted(days, [place for place in places if not asked or place.key in asked], query)


def _places(session: Session, event: Event) -> list[Place]:
    """The points of the event; before its first device the entrance alone, which every event has."""
    entrance = Place(
        key=ENTRANCE, name=str(_("Entrance")), opens_at=event.starts_at - OPENS_BEFORE, closes_at=event.ends_at
    )
    return list(gate.places_of(session, event.id).values()) or [entrance]


def _all_days(event: Event) -> dict[str, str]:
    return {ALL_DAYS: str(_("All days"))} if event.ends_at - event.starts_at > timedelta(hours=12) else {}


def _about(wanted: Wanted, part: int, parts: int) -> str:
    said = _("List %(part)d of %(parts)d", part=part, parts=parts)
    return f"{wanted.title} · {said}" if parts > 1 else wanted.title


def _expected(session: Session, event_id: int) -> list[ListLine]:
    one = Registration
    rows = session.execute(
        select(one.first_name, one.last_name, one.organisation, one.type, Ticket.short_code)
        .outerjoin(Ticket, (Ticket.registration_id == one.id) & Ticket.replaced_at.is_(None))
        .where(one.event_id == event_id, one.state == State.CONFIRMED, one.mode == Mode.ONSITE)
    )
    return [
        ListLine(
            family=last, given=first, organisation=organisation,
            type_label="" if kind == RegistrationType.PARTICIPANT else type_label(kind),
            short_code=registering.spoken(code) if code else "",
        )
        for first, last, organisation, kind, code in rows
    ]  # fmt: skip

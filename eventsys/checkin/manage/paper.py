"""A paper list is entered after the day, by the keyboard alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.checkin.actions.paper import PaperLine, enter
from eventsys.checkin.manage import paper_lists
from eventsys.checkin.manage.desk_forms import PaperForm
from eventsys.checkin.models import Outcome
from eventsys.checkin.queries import doors
from eventsys.checkin.queries.naming import Named, people_meant
from eventsys.checkin.rules import ENTRANCE
from eventsys.checkin.wording import OUTCOME_LABELS
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.events.rules import instant_of
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction, tried
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import say_time
from eventsys.kernel.text import clean_line
from eventsys.registration import rules as registering
from eventsys.registration.forms import choices_of

Answer = Response | str | tuple[str, int]

_MOST_LINES = 500
_OWN_TIME = re.compile(r"^(.*?)[\s,;]+(\d{1,2})[:.h](\d{2})$")


@dataclass(frozen=True)
class Line:
    """One line of the list: as it was written, whom it means, when they came, and what is wrong with it."""

    words: str
    person: Named | None
    at: datetime | None
    wrong: str = ""


def paper(slug: str) -> Answer:
    """Type the list, look what each line will do, then do it. Lines that mean nobody stay to be corrected."""
    event = event_to_manage(reading(), slug)
    form = _form(event)
    if not form.validate_on_submit():
        return _page(event, form, []), 422 if form.errors else 200
    try:
        lines = _read(event, form)
    except Refusal as refusal:
        form[refusal.field or "at"].errors = [str(refusal)]
        return _page(event, form, []), 422
    if request.form.get("save") != "1":
        looked = tried(lambda session: _entered(session, slug, form, lines), actor=access.actor())
        return _page(event_to_manage(reading(), slug), form, _rows(event, lines, looked), is_checked=True)
    with transaction(actor=access.actor()) as session:
        done = _entered(session, slug, form, lines)
    form.people.data = "\n".join(line.words for line in lines if line.wrong)
    return _page(event_to_manage(reading(), slug), form, _rows(event, lines, done), is_done=True)


def _form(event: Event) -> PaperForm:
    now = clock.now()
    form = PaperForm(at=min(now, event.ends_at).astimezone(event.zone).replace(tzinfo=None, second=0, microsecond=0))
    points = {point.key: point.name for point, _place in doors.points_of(reading(), event)}
    form.point.choices = choices_of(points or {ENTRANCE: _("Entrance")})
    return form


def _read(event: Event, form: PaperForm) -> list[Line]:
    """What each line says; raises TimeSkipped and PaperTooLong that name the field."""
    assert form.at.data is not None
    written = [line for line in map(clean_line, (form.people.data or "").splitlines()) if line][:_MOST_LINES]
    parts = [_apart(line) for line in written]
    meant = people_meant(reading(), event.id, [words for words, _time in parts])
    lines = []
    for line, (words, own) in zip(written, parts, strict=True):
        at = form.at.data if own is None else _near(form.at.data, own)
        lines.append(_line(line, meant[words], instant_of(at, event.zone, field="at"), clock.now()))
    return lines


def _apart(line: str) -> tuple[str, tuple[int, int] | None]:
    """The person and the time of a line that says its own."""
    found = _OWN_TIME.match(line)
    if found is None or int(found[2]) > 23 or int(found[3]) > 59:
        return line, None
    return found[1], (int(found[2]), int(found[3]))


def _near(at: datetime, own: tuple[int, int]) -> datetime:
    """The time of a line on the day of the list; on the evening before, where the list was closed after midnight."""
    found = at.replace(hour=own[0], minute=own[1])
    return found - timedelta(days=1) if found - at > timedelta(hours=12) else found


def _line(words: str, people: list[Named], at: datetime, now: datetime) -> Line:
    wrong = ""
    if not people:
        wrong = _("Nobody is called so, or has this code.")
    elif len(people) > 1:
        names = ", ".join(f"{one.name} {registering.spoken(one.short_code)}".strip() for one in people[:4])
        wrong = _("Several people: %(names)s", names=names)
    elif not people[0].code:
        wrong = _("%(name)s has no ticket: help them at the desk.", name=people[0].name)
    elif at > now:
        wrong = _("This time is still to come.")
    return Line(words, people[0] if len(people) == 1 else None, at, str(wrong))


def _entered(session: Session, slug: str, form: PaperForm, lines: list[Line]) -> list[dict[str, Any]]:
    event = event_to_manage(session, slug)
    good = [
        PaperLine(line.person.id, line.person.code, line.at)
        for line in lines
        if line.person is not None and line.at is not None and not line.wrong
    ]
    return enter(session, event, good, point=form.point.data, now=clock.now())


def _rows(event: Event, lines: list[Line], answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines as the table shows them: those that are wrong say why, the others what comes of them."""
    told = iter(answers)
    rows = []
    for line in lines:
        answer = None if line.wrong else next(told)
        outcome = Outcome(answer["outcome"]) if answer else None
        rows.append({
            "words": line.words,
            "name": line.person.name if line.person else "",
            "time": say_time(line.at, event.zone) if line.at else "",
            "kind": "good" if outcome == Outcome.ADMITTED else "warn" if outcome == Outcome.ALREADY_IN else "bad",
            "label": OUTCOME_LABELS[outcome] if outcome else _("Not entered"),
            "message": answer["message"] if answer else line.wrong,
        })  # fmt: skip
    return rows


def _page(event: Event, form: PaperForm, rows: list[dict[str, Any]], **stage: bool) -> str:
    wrong = sum(row["kind"] == "bad" and row["label"] == _("Not entered") for row in rows)
    lists = paper_lists.drawn(event)
    return render_template(
        "checkin/manage/paper.html", event=event, form=form, rows=rows, wrong=wrong, most=_MOST_LINES, **lists, **stage
    )

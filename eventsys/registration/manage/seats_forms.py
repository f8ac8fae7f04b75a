"""What organisers say about seats: how many, and by what else they are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from eventsys.community.rules import SECTOR_LABELS
from eventsys.events.models import Event
from eventsys.kernel.locale import day_of, say_day
from eventsys.kernel.text import clean_line
from eventsys.registration.forms import choices_of
from eventsys.registration.models import Mode, PoolKind, Question, QuestionType
from eventsys.registration.rules import MODE_LABELS, TYPE_LABELS, answer_key

MOST = 1_000_000
_COUNTED = (QuestionType.CHOICE, QuestionType.CHOICES)
_DAYS_MOST = 31


class ModesForm(FlaskForm):
    """The seats of the event itself; an empty number means no limit, 0 not offered."""

    onsite = IntegerField(
        _l("Seats on site"), validators=[Optional(), NumberRange(min=0, max=MOST)],
        description=_l("Empty: no limit. 0: nobody takes part this way."),
    )  # fmt: skip
    online = IntegerField(
        _l("Places online"), validators=[Optional(), NumberRange(min=0, max=MOST)],
        description=_l("Empty: no limit. 0: nobody takes part this way."),
    )  # fmt: skip


class PoolForm(FlaskForm):
    """Another number of seats."""

    seats = IntegerField(
        _l("Seats"), validators=[Optional(), NumberRange(min=0, max=MOST)], description=_l("Empty: no limit.")
    )


class NewPoolForm(PoolForm):
    """One thing more that seats are counted by."""

    what = SelectField(_l("Count seats by"), validators=[InputRequired(_l("Please choose one."))])
    organisation = StringField(
        _l("Name of the organisation"),
        filters=[lambda value: clean_line(value or "")],
        validators=[Length(max=300)],
        description=_l("Only for an organisation: every spelling in the directory counts as one."),
    )
    mode = RadioField(
        _l("Whose seats"), default=str(Mode.ONSITE),
        choices=choices_of({**MODE_LABELS, "": _l("both together")}),
    )  # fmt: skip


class CapForm(FlaskForm):
    """How many of every organisation may come."""

    most = IntegerField(
        _l("People of one organisation on site"), validators=[Optional(), NumberRange(min=1, max=MOST)],
        description=_l("Empty: as many as come."),
    )  # fmt: skip


def offer(form: NewPoolForm, event: Event, questions: Iterable[Question]) -> None:
    """What can be counted in this event, by kind."""
    first = SelectChoice("", _("Choose one"))
    named = {
        _("Type of participant"): _as(PoolKind.TYPE, TYPE_LABELS),
        _("Sector"): _as(PoolKind.SECTOR, SECTOR_LABELS),
        _("Day"): _as(PoolKind.DAY, {day.isoformat(): say_day(day) for day in _days(event)}),
    }
    for question in questions:
        if question.type in _COUNTED:
            choices = {answer_key(question.id, choice): choice for choice in question.choices}
            named[question.label] = _as(PoolKind.ANSWER, choices)
    named[_("Organisation")] = _as(PoolKind.ORGANISATION, {"": _("The organisation named below")})
    grouped = [replace(each, optgroup=head) for head, choices in named.items() for each in choices]
    form.what.choices = [first, *grouped]


def _as(kind: PoolKind, labels: Mapping[Any, Any]) -> list[SelectChoice]:
    return choices_of({f"{kind}:{key}": label for key, label in labels.items()})


def _days(event: Event) -> list[Any]:
    first, last = day_of(event.starts_at, event.zone), day_of(event.ends_at - timedelta(microseconds=1), event.zone)
    return [first + timedelta(days=number) for number in range(min((last - first).days + 1, _DAYS_MOST))]

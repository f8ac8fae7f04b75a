"""How a person ranks the sessions of a round, and what an organiser fills in to make one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from eventsys.events.forms import in_reach
from eventsys.kernel.locale import say_day, say_range
from eventsys.kernel.text import clean_line
from eventsys.registration.forms.fields import CheckboxesField, choices_of
from eventsys.registration.models import Breakout
from eventsys.registration.rules.breakouts import MOST_WISHES, Shape, Slot

_WALL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_FIRST = (_l("First wish"), _l("Second wish"), _l("Third wish"))


class WishForm(FlaskForm):
    """One field a wish, best first; no session twice."""

    def fields(self) -> list[Field]:
        return [field for field in self if field.short_name.startswith("wish_")]

    def ranking(self) -> list[str]:
        return [field.data for field in self.fields()]

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        seen: set[str] = set()
        for field in self.fields():
            if field.data and field.data in seen:
                field.errors = [*field.errors, _("You have chosen this session above already.")]
                is_valid = False
            seen.add(field.data)
        return is_valid


def wish_form(slots: Sequence[Slot], number: int, ranking: Sequence[str], *, key: str) -> WishForm:
    """Ask for so many wishes; `key` keeps the forms of several rounds on one page apart."""
    offered = [slot for slot in slots if not slot.is_cancelled]
    choices = choices_of({"": _("– choose –")} | {slot.key: _label(slot) for slot in offered})
    fields = {
        f"wish_{place}": SelectField(
            _FIRST[place - 1] if place <= len(_FIRST) else _("Wish number %(place)d", place=place),
            choices=choices,
            validators=[InputRequired(_l("Please choose a session."))],
        )
        for place in range(1, number + 1)
    }
    known = {slot.key for slot in offered}
    data = {f"wish_{place}": wish for place, wish in enumerate(ranking, 1) if wish in known}
    made: WishForm = type("WishForm", (WishForm,), fields)(data=data, prefix=key)
    return made


def _label(slot: Slot) -> str:
    return f"{slot.title} ({slot.room})" if slot.room else slot.title


class RoundForm(FlaskForm):
    """A round: which sessions, how many wishes, until when."""

    name = StringField(
        _l("Name"),
        description=_l("What people read above their wishes, such as “Workshops on Thursday afternoon”."),
        filters=[lambda value: clean_line(value or "")],
        validators=[InputRequired(_l("Give the round a name.")), Length(max=120)],
    )
    sessions = CheckboxesField(
        _l("Sessions"),
        description=_l("Those that run at the same time: everybody gets at most one of them."),
        validators=[InputRequired(_l("Choose at least two sessions that run at the same time."))],
    )
    wishes_most = IntegerField(
        _l("How many wishes"),
        description=_l("Everybody is asked for the same number: nobody wins by a short list."),
        default=3,
        validators=[InputRequired(_l("Write a number.")), NumberRange(1, MOST_WISHES)],
    )
    closes_at = DateTimeLocalField(
        _l("Wishes can be changed until"),
        description=_l("Empty: until you deal."),
        format=_WALL,
        validators=[Optional(), in_reach],
    )
    fills = BooleanField(
        _l("Give what is left to those without a seat"),
        description=_l("Also to people who made no wish. They are told that they had not wished for it."),
    )

    def validate_wishes_most(self, field: Field) -> None:
        if self.sessions.data and field.data and field.data > len(self.sessions.data):
            raise ValidationError(_("There are only %(number)d sessions.", number=len(self.sessions.data)))

    def shape(self, zone: ZoneInfo) -> Shape:
        closes = self.closes_at.data
        return Shape(
            name=self.name.data or "",
            sessions=tuple(self.sessions.data or ()),
            wishes_most=self.wishes_most.data or 1,
            closes_at=closes.replace(tzinfo=zone).astimezone(UTC) if closes else None,
            fills=bool(self.fills.data),
        )


def round_form(slots: Sequence[Slot], zone: ZoneInfo, breakout: Breakout | None = None) -> RoundForm:
    """The form of a new round, or of one that is to be changed; `slots` are those that can be chosen."""
    data: dict[str, Any] = {}
    if breakout is not None:
        closes = breakout.closes_at
        data = {
            "name": breakout.name,
            "sessions": list(breakout.sessions),
            "wishes_most": breakout.wishes_most,
            "closes_at": closes.astimezone(zone).replace(tzinfo=None) if closes else None,
            "fills": breakout.fills,
        }
    form = RoundForm(data=data)
    form.sessions.choices = choices_of({slot.key: _described(slot, zone) for slot in slots})
    return form


def _described(slot: Slot, zone: ZoneInfo) -> str:
    seats = _("%(seats)s seats", seats=slot.seats)
    when = f"{say_day(slot.starts_at, zone)}, {say_range(slot.starts_at, slot.ends_at, zone)}"
    return " · ".join(part for part in (slot.title, when, slot.room, seats) if part)

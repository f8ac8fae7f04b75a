"""What organisers fill in for the desk: whom to wait for, and a list that was kept on paper."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from eventsys.events.forms import in_reach
from eventsys.kernel.text import clean_line


def _line(text: str | None) -> str:
    return clean_line(text or "")


class WatchForm(FlaskForm):
    """Whose arrival is waited for, and what the desk is to do."""

    who = StringField(
        _l("Who"),
        filters=[_line],
        validators=[InputRequired(_l("Write a name, or the code under the QR.")), Length(max=200)],
        description=_l("The whole name, or the code under the QR."),
    )
    words = StringField(
        _l("What the desk is told"),
        filters=[_line],
        validators=[Length(max=200)],
        description=_l("Stands on the screen that lets them in: Bring to the speaker room."),
    )


class PaperForm(FlaskForm):
    """People who were ticked off on paper: a line each, at one point, at one time unless a line says its own."""

    point = SelectField(_l("Where"))
    at = DateTimeLocalField(_l("When they came"), validators=[InputRequired(_l("Please give a time.")), in_reach])
    people = TextAreaField(
        _l("Codes or names"),
        validators=[InputRequired(_l("Please write one person a line.")), Length(max=100_000)],
        description=_l(
            "One person a line: the short code or the name. A time of their own may follow: K7PM-2QXD 09:12"
        ),
    )

"""What an act on many still needs to know, a form an act."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from eventsys.kernel.text import clean_line, clean_prose
from eventsys.registration.forms.fields import choices_of
from eventsys.registration.models import Mode, RegistrationType
from eventsys.registration.rules import MODE_LABELS, TYPE_LABELS


def _line(text: str | None) -> str:
    return clean_line(text or "")


class PlainForm(FlaskForm):
    """Nothing more to know."""

    def values(self) -> dict[str, Any]:
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}


class TagForm(PlainForm):
    tag = StringField(
        _l("Tag"), [InputRequired(_l("Write the tag.")), Length(max=60)], filters=[_line],
        description=_l("A word of your own, such as VIP or visa letter. Only organisers see it."),
    )  # fmt: skip


class TypeForm(PlainForm):
    type = SelectField(
        _l("Type"), choices=choices_of(TYPE_LABELS),
        default=str(RegistrationType.PARTICIPANT),
    )  # fmt: skip


class ModeForm(PlainForm):
    mode = RadioField(_l("Way"), choices=choices_of(MODE_LABELS), default=str(Mode.ONLINE))


class SeatForm(PlainForm):
    overbook = BooleanField(
        _l("Let them in even where no seat is left"),
        description=_l("The surplus is counted, shown and noted in the timeline."),
    )


class MessageForm(PlainForm):
    subject = StringField(_l("Subject"), [InputRequired(_l("Write a subject.")), Length(max=150)], filters=[_line])
    text = TextAreaField(
        _l("Message"), [InputRequired(_l("Write the message.")), Length(max=10_000)],
        filters=[lambda text: clean_prose(text or "")],
        description=_l("Markdown: **bold**, lists with -, [links](https://example.org). Greeting and personal link are "
                       "added."),
    )  # fmt: skip


FORMS: dict[str, type[PlainForm]] = {
    "tag": TagForm,
    "untag": TagForm,
    "type": TypeForm,
    "mode": ModeForm,
    "approve": SeatForm,
    "restore": SeatForm,
    "message": MessageForm,
}

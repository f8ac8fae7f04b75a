"""What organisers say about a stream."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, URLField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange

from eventsys.registration.models import Audience

AUDIENCES = {
    Audience.PUBLIC: _l("Everybody"),
    Audience.REGISTERED: _l("Everyone registered, on site and online"),
    Audience.ONLINE: _l("Those registered online"),
    Audience.ONSITE: _l("Those registered on site"),
    Audience.STAFF: _l("The team of the event"),
}

AUDIENCE_NOTES = {
    Audience.PUBLIC: _l("Nobody needs to register."),
    Audience.REGISTERED: _l("Confirmed participants who opened their personal link in that browser."),
    Audience.STAFF: _l("Whoever works on the event, and those registered as staff."),
}


class StreamForm(FlaskForm):
    """An existing stream."""

    url = URLField(
        _l("Address"),
        [InputRequired(_l("Give the address of the stream.")), Length(max=2000)],
        description=_l(
            "YouTube, Vimeo, PeerTube and .m3u8 addresses play in the page; any other, such as a meeting, is joined. "
            "Only those it is for ever learn it."
        ),
    )
    audience = RadioField(
        _l("Who may see it"),
        choices=[SelectChoice(key.value, label) for key, label in AUDIENCES.items()],
        default="registered",
    )
    opens_minutes_before = IntegerField(
        _l("Opens before the start, in minutes"), [NumberRange(0, 1440, _l("Between 0 and 1440 minutes."))], default=15
    )


class NewStreamForm(StreamForm):
    """A new stream and its place: `room:<id>` or `session:<id>`."""

    place = SelectField(_l("Room or session"))

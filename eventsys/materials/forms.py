"""What organisers send when they put something up."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, ValidationError

from eventsys.kernel.text import clean_line
from eventsys.materials.models import MaterialKind
from eventsys.registration.models import Audience

KINDS = {
    MaterialKind.SLIDES: _l("Slides"),
    MaterialKind.RECORDING: _l("Recording"),
    MaterialKind.REPORT: _l("Report"),
    MaterialKind.DOCUMENT: _l("Document"),
    MaterialKind.LINK: _l("Link"),
}
AUDIENCES = {
    Audience.PUBLIC: _l("Everybody"),
    Audience.REGISTERED: _l("Registered participants"),
    Audience.ONLINE: _l("Registered, online"),
    Audience.ONSITE: _l("Registered, on site"),
    Audience.STAFF: _l("The team of the event"),
}


class DetailsForm(FlaskForm):
    """What is said about a material."""

    title = StringField(
        _l("Title"), [InputRequired(_l("Give it a title.")), Length(max=300)], filters=[lambda v: clean_line(v or "")]
    )
    kind = SelectField(_l("What it is"), choices=[SelectChoice(key.value, label) for key, label in KINDS.items()])
    audience = RadioField(
        _l("Who may have it"),
        choices=[SelectChoice(key.value, label) for key, label in AUDIENCES.items()],
        default="public",
    )


class ContentForm(FlaskForm):
    """A file or an address: one of the two."""

    file = FileField(_l("File"))
    url = StringField(_l("Or a link"), [Length(max=2000)])

    def validate_url(self, field: StringField) -> None:
        has_file = bool(self.file.data and self.file.data.filename)
        if has_file == bool(field.data and field.data.strip()):
            raise ValidationError(_l("Choose a file, or give a link: one of the two."))


class NewMaterialForm(DetailsForm, ContentForm):
    """A new material, and where it belongs: `event`, `session:<id>` or `talk:<id>`."""

    place = SelectField(_l("Belongs to"))

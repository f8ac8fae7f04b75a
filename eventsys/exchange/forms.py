"""What organisers send to bring an event in or to copy one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, FileField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from eventsys.kernel.tables.uploads import Upload
from eventsys.kernel.text import clean_line


def _line(text: str | None) -> str:
    return clean_line(text or "")


class UploadForm(FlaskForm):
    """One file."""

    file = FileField(
        _l("File"),
        description=_l("Event file or frab schedule (JSON, XML), or an agenda (CSV, XLSX); at most 20 MB."),
    )

    def validate_file(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_l("Choose a file."))

    def upload(self) -> Upload:
        return Upload(self.file.data.filename or "file", self.file.data.read())


class NewImportForm(UploadForm):
    """A file that becomes a new event, and what shall be otherwise than it says."""

    file = FileField(_l("File"), description=_l("Event file or frab schedule (JSON, XML); at most 20 MB."))
    title = StringField(
        _l("Title"), [Length(max=300)], filters=[_line], description=_l("Only when it shall not be the file's.")
    )
    slug = StringField(
        _l("Address"),
        [Length(max=100)],
        filters=[_line],
        description=_l("Only when it shall not be made from the file."),
    )
    timezone = SelectField(
        _l("Time zone"), [Optional()], description=_l("Of the times in the file, where it names none.")
    )


class CloneForm(FlaskForm):
    """The same event once more, on other days."""

    title = StringField(_l("Title"), [InputRequired(_l("Give it a title.")), Length(max=300)], filters=[_line])
    slug = StringField(
        _l("Address"), [InputRequired(_l("Give it an address.")), Length(max=100)], filters=[_line],
        description=_l("The last part of its web address: lower-case letters, digits and hyphens."),
    )  # fmt: skip
    first_day = DateField(
        _l("First day"), [InputRequired(_l("Say when it begins."))],
        description=_l("All times of day stay; all dates move with the first day."),
    )  # fmt: skip
    has_streams = BooleanField(_l("Copy the links of streams too"))

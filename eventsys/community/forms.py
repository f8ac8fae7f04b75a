"""What administrators type about organisations."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from eventsys.community import rules
from eventsys.community.actions import OrganisationValues
from eventsys.kernel.locale import countries
from eventsys.kernel.tables.uploads import Upload
from eventsys.kernel.text import clean_line

_TOO_LONG = _l("At most %(max)d characters fit here.")


def _line(text: str | None) -> str:
    return clean_line(text or "")


class OrganisationForm(FlaskForm):
    """One entry of the directory."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter the name.")), Length(max=rules.NAME_MOST, message=_TOO_LONG)],
        filters=[_line],
    )
    short_name = StringField(
        _l("Short name"),
        [Length(max=rules.SHORT_MOST, message=_TOO_LONG)],
        filters=[_line],
        description=_l("As people abbreviate it. The search finds it too."),
    )
    country = SelectField(_l("Country"), [Optional()])
    sector = SelectField(_l("Sector"), [Optional()])
    other_names = TextAreaField(
        _l("Other names"),
        description=_l("One a line: former names, names in other languages. Who writes one of them is counted here."),
    )
    is_listed = BooleanField(
        _l("Suggest it in registration forms"), description=_l("Unlisted, it still counts as one organisation.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [("", _("not known")), *countries()]
        self.sector.choices = [("", _("not known")), *((str(key), str(word)) for key, word in _SECTORS)]

    def validate_other_names(self, field: TextAreaField) -> None:
        if any(len(name) > rules.NAME_MOST for name in self._others()):
            raise ValidationError(_("A name holds at most %(most)d characters.", most=rules.NAME_MOST))

    def values(self) -> OrganisationValues:
        return OrganisationValues(
            name=self.name.data or "",
            short_name=self.short_name.data or "",
            country=self.country.data or "",
            sector=self.sector.data or "",
            is_listed=bool(self.is_listed.data),
            other_names=self._others(),
        )

    def _others(self) -> list[str]:
        return [name for line in (self.other_names.data or "").splitlines() if (name := clean_line(line))]


_SECTORS = rules.SECTOR_LABELS.items()


class MergeForm(FlaskForm):
    """The other entry of the same organisation."""

    other = StringField(_l("The other entry"), [InputRequired(_l("Name the other entry."))], filters=[_line])


class ListForm(FlaskForm):
    """A list of organisations as a file."""

    file = FileField(
        _l("File"),
        description=_l("CSV or XLSX with the columns name, short_name, country, sector, listed, other_names."),
    )

    def validate_file(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_("Choose a file."))

    def upload(self) -> Upload:
        return Upload(self.file.data.filename or "file", self.file.data.read())

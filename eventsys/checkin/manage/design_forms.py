"""What organisers send of badge designs: their name and document, a file, a picture."""

from __future__ import annotations

import json
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from eventsys.badges.errors import DesignMisread
from eventsys.kernel.errors import BadInput
from eventsys.kernel.text import clean_line

# Sixty elements on each of four sides, with long texts in all of them, stay below half of it.
MOST_LETTERS = 400_000


def _line(text: str | None) -> str:
    return clean_line(text or "")


class NewDesignForm(FlaskForm):
    """A new design: its name, and the format or design it begins as."""

    name = StringField(
        _l("Name"),
        filters=[_line],
        validators=[DataRequired(_l("Give the design a name.")), Length(max=200)],
        description=_l("Such as “Speakers” or “Label at the desk”."),
    )
    start = SelectField(_l("Start from"))


class DesignFileForm(FlaskForm):
    """A design that was downloaded, here or at another event."""

    file = FileField(_l("File"))


class DesignForm(FlaskForm):
    """The designer without script: the name and the document itself."""

    name = StringField(
        _l("Name"), filters=[_line], validators=[DataRequired(_l("Give the design a name.")), Length(max=200)]
    )
    design = TextAreaField(_l("Design as JSON"), validators=[DataRequired(_l("The design is empty."))])


def read_document(text: str) -> Any:
    """The values of a JSON text. Raises DesignMisread, which names the line."""
    if len(text) > MOST_LETTERS:
        raise DesignMisread(where=_("design"), fault=_("this is more than a design can be"), field="design")
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = _("line %(number)s", number=error.lineno)
        raise DesignMisread(where=where, fault=_("this is no JSON (%(why)s)", why=error.msg), field="design") from error
    except (RecursionError, ValueError) as error:
        raise DesignMisread(where=_("design"), fault=_("this is no JSON of a design"), field="design") from error


def _no_constant(name: str) -> None:
    raise ValueError(name)


def sent_json() -> dict[str, Any]:
    """The object that the designer sent. Raises BadInput."""
    if (request.content_length or 0) > 2 * MOST_LETTERS:
        raise DesignMisread(where=_("design"), fault=_("this is more than a design can be"))
    found = read_document(request.get_data(as_text=True))
    if not isinstance(found, dict):
        raise BadInput(_l("A JSON object is needed."))
    return found


def text_of(values: dict[str, Any], name: str) -> str:
    """A text of the object; empty where there is none."""
    found = values.get(name)
    return found if isinstance(found, str) else ""

"""What a person fills in to be reached elsewhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField
from wtforms.validators import InputRequired


class AddressForm(FlaskForm):
    """A new e-mail address."""

    email = EmailField(
        _l("New e-mail address"),
        filters=[lambda value: (value or "").strip()],
        validators=[InputRequired(_l("Please give the new address."))],
    )

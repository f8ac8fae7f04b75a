"""What people type about themselves and administrators about others."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length, ValidationError

from eventsys.accounts import rules
from eventsys.accounts.models import Role
from eventsys.kernel.text import clean_line

_ADDRESS = [
    InputRequired(_l("Enter the e-mail address.")),
    Email(_l("This is not an e-mail address.")),
    Length(max=254, message=_l("This is too long.")),
]


def _line(text: str | None) -> str:
    return clean_line(text or "")


def _trimmed(text: str | None) -> str:
    return (text or "").strip()


class SignInForm(FlaskForm):
    """Who signs in. Whether the address is well-formed is no question here: it has an account or it has none."""

    email = EmailField(_l("E-mail address"), filters=[_trimmed], validators=[InputRequired(_l("Enter your address."))])
    password = PasswordField(_l("Password"), validators=[InputRequired(_l("Enter your password."))])
    remember = BooleanField(_l("Keep me signed in on this device"))
    next = HiddenField()


class ForgottenForm(FlaskForm):
    """The address of who forgot."""

    email = EmailField(_l("E-mail address"), filters=[_trimmed], validators=_ADDRESS)


class _NewPassword(FlaskForm):
    password = PasswordField(
        _l("New password"),
        validators=[
            InputRequired(_l("Choose a password.")),
            Length(max=rules.MOST_CHARACTERS, message=_l("This is too long.")),
        ],
        description=_l("At least 10 characters. A few words that only you would put together are good."),
    )
    again = PasswordField(
        _l("The same again"), validators=[EqualTo("password", message=_l("The two passwords differ."))]
    )


class ChoosePasswordForm(_NewPassword):
    """A password chosen by a link."""


class ChangePasswordForm(_NewPassword):
    """A password changed by its owner, who must know the old one."""

    present = PasswordField(_l("Present password"), validators=[InputRequired(_l("Enter your present password."))])


class NameForm(FlaskForm):
    """How somebody is called."""

    name = StringField(
        _l("Name"),
        filters=[_line],
        validators=[InputRequired(_l("Enter the name.")), Length(max=200, message=_l("This is too long."))],
    )

    def validate_name(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError(_("Enter the name."))


class RoleForm(FlaskForm):
    """What somebody may do."""

    role = SelectField(
        _l("Role"), choices=lambda: [(role.value, rules.role_label(role.value)) for role in Role], default="organiser"
    )


class NewUserForm(NameForm, RoleForm):
    """A new account; its owner chooses the password by a link."""

    email = EmailField(_l("E-mail address"), filters=[_trimmed], validators=_ADDRESS)

"""What people write of themselves, and the code of the badge they scanned."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, StringField, TelField, URLField, ValidationError
from wtforms.validators import Email, Length, Optional

from eventsys.kernel.text import clean_line


def _line(text: str | None) -> str:
    return clean_line(text or "")


def _is_link(_form: FlaskForm, field: Any) -> None:
    if not _leads_somewhere(field.data or ""):
        raise ValidationError(str(_l("Give an address that begins with https://.")))


def _leads_somewhere(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        # https://[x: a bracket begins an address of digits, and this is none.
        return False


class CardForm(FlaskForm):
    """One's own card: name and organisation are those of the registration."""

    role = StringField(_l("What you do"), filters=[_line], validators=[Length(max=200)])
    email = EmailField(_l("E-mail"), filters=[_line], validators=[Optional(), Length(max=254), Email()])
    phone = TelField(_l("Telephone"), filters=[_line], validators=[Length(max=40)])
    link = URLField(_l("Website or profile"), filters=[_line], validators=[Optional(), Length(max=400), _is_link])
    is_open = BooleanField(
        _l("Give my card to whoever scans my badge"),
        description=_l("Without this you are asked each time."),
    )

    def values(self) -> dict[str, Any]:
        return {
            "role": self.role.data or "",
            "email": self.email.data or "",
            "phone": self.phone.data or "",
            "link": self.link.data or "",
            "is_open": bool(self.is_open.data),
        }


class CodeForm(FlaskForm):
    """A badge: what its QR holds, or the short code under it."""

    code = StringField(
        _l("Code under the QR"),
        filters=[_line],
        validators=[Length(min=1, max=60, message=_l("Scan a badge, or type the code under its QR."))],
    )

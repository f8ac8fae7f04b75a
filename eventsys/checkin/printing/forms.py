"""What administrators and organisers write about printers and what is printed, turned into typed values."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from eventsys.checkin.models import PrinterKind
from eventsys.kernel.text import clean_line


def _line(text: str | None) -> str:
    return clean_line(text or "")


class PrinterForm(FlaskForm):
    """A printer of the installation."""

    name = StringField(
        _l("Name"),
        filters=[_line],
        validators=[DataRequired(_l("Give the printer a name, such as Desk 1 or Foyer left.")), Length(max=100)],
        description=_l("Desks choose it by this name."),
    )
    kind = RadioField(
        _l("How it is spoken to"),
        choices=[
            SelectChoice(PrinterKind.IPP.value, _l("Print queue (IPP)")),
            SelectChoice(PrinterKind.ZPL.value, _l("Label printer (ZPL)")),
        ],
        default=PrinterKind.IPP.value,
    )
    address = StringField(
        _l("Address"),
        filters=[_line],
        validators=[DataRequired(_l("Give the address at which the printer listens.")), Length(max=400)],
        description=_l("Of a queue such as ipp://192.168.1.20/printers/badges; of a label printer such as "
                       "192.168.1.21:9100."),
    )  # fmt: skip
    dpi = IntegerField(
        _l("Dots per inch"),
        default=203,
        validators=[
            Optional(),
            NumberRange(100, 1200, _l("Printers draw 100 to 1,200 dots per inch; label printers usually 203 or 300.")),
        ],
        description=_l("Only label printers need it: 203 or 300."),
    )

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "kind": self.kind.data,
            "address": self.address.data,
            "dpi": self.dpi.data or 203,
        }


class PaperForm(FlaskForm):
    """What a test badge is drawn on."""

    format = SelectField(_l("Paper"))

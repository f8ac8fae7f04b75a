"""What reports refuse."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import NotFound, Refusal


class NotAttended(Refusal):
    code = "not_attended"
    sentence = _l("There is a certificate for who was let in at the door, once the event is over.")


class CertificateUnknown(NotFound):
    code = "certificate_unknown"
    sentence = _l("No certificate has this code. Compare it with the paper, letter by letter.")

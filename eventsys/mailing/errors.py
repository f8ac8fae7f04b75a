"""What the outbox refuses, each as a sentence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput


class NoDeliveryReport(BadInput):
    code = "no_delivery_report"
    sentence = _l("%(file)s: this is no delivery status notification (RFC 3464) that names a recipient.")


class ReportTooLong(BadInput):
    code = "report_too_long"
    sentence = _l("%(file)s: this message is larger than %(most)d MB.")

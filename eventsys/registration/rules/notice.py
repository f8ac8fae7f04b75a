"""The privacy notice of an event: the text that somebody accepts, in a form or at a desk."""

from __future__ import annotations

from flask_babel import gettext as _

from eventsys.events.models import Event
from eventsys.events.rules import default_privacy_notice


def privacy_text(event: Event) -> str:
    """The text that is accepted, as markdown: who answers for the data, then the notice."""
    who = event.privacy_controller or ", ".join(event.organisers)
    head = _("Responsible for your data: %(controller)s.", controller=who) + "\n\n" if who else ""
    return str(head + (event.privacy_notice or default_privacy_notice()))

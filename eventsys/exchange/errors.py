"""What the exchange of whole events refuses besides the files themselves."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, Refusal


class EventThere(Refusal):
    code = "event_there"
    sentence = _l(
        "There is an event “%(slug)s” already. Choose another address for the new one, or import into that event from "
        "its own page."
    )


class AnotherEvent(BadInput):
    code = "another_event"
    sentence = _l("This file is of another event.")

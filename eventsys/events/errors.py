"""What the events domain refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import Forbidden, NotFound, Refusal


class EventUnknown(NotFound):
    code = "event_unknown"
    sentence = _l("There is no event at this address.")


class NotYourEvent(Forbidden):
    code = "not_your_event"
    sentence = _l("You may not do this in this event. Ask one of its owners to invite you.")


class SlugTaken(Refusal):
    code = "slug_taken"
    sentence = _l("Another event already has the address “%(slug)s”.")

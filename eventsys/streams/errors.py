"""What the streams domain refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, Forbidden, NotFound, Refusal


class StreamUnknown(NotFound):
    code = "stream_unknown"
    sentence = _l("There is no such stream at this event.")


class StreamNotForYou(Forbidden):
    code = "stream_not_for_you"
    sentence = _l("This stream is not for you. The live page says for whom it is, and what you can do.")


class StreamNotOpen(Refusal):
    code = "stream_not_open"
    sentence = _l("This stream is not open now. The live page says when it is.")


class StreamAddressNotTaken(BadInput):
    code = "stream_address_not_taken"
    sentence = _l("The address of a stream begins with https:// or http:// and names a site.")


class PlaceTaken(Refusal):
    code = "place_taken"
    sentence = _l("This place already has a stream: change that one.")

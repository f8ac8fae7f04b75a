"""What the materials domain refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, Forbidden, NotFound


class MaterialUnknown(NotFound):
    code = "material_unknown"
    sentence = _l("There is no such file or link at this event.")


class MaterialNotForYou(Forbidden):
    code = "material_not_for_you"
    sentence = _l(
        "This is for registered participants. Open your personal link from the confirmation mail in this browser, "
        "then come back."
    )


class TypeNotTaken(BadInput):
    code = "type_not_taken"
    sentence = _l(
        "“%(filename)s” is not a file we take: its content is not what its name says, or it is of another kind. "
        "We take PDF, Office and OpenDocument files, pictures, MP4, WebM, MP3, text, CSV and ZIP."
    )


class FileEmpty(BadInput):
    code = "file_empty"
    sentence = _l("“%(filename)s” is empty.")


class AddressNotTaken(BadInput):
    code = "address_not_taken"
    sentence = _l("A link begins with https:// or http:// and names a site.")

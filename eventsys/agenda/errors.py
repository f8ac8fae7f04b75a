"""What the programme refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, NotFound, Refusal


class SessionUnknown(NotFound):
    code = "session_unknown"
    sentence = _l("There is no such session in this programme.")


class RoomUnknown(NotFound):
    code = "room_unknown"
    sentence = _l("There is no such room in this event.")


class TrackUnknown(NotFound):
    code = "track_unknown"
    sentence = _l("There is no such track in this event.")


class PersonUnknown(NotFound):
    code = "person_unknown"
    sentence = _l("There is no such person in this programme.")


class KeyTaken(Refusal):
    code = "key_taken"
    sentence = _l("The key “%(key)s” is used already.")


class KeyMalformed(BadInput):
    code = "key_malformed"
    sentence = _l("“%(key)s” cannot be a key: use letters, digits, “.”, “_” and “-”, at most 100.")


class ColourUnknown(BadInput):
    code = "colour_unknown"
    sentence = _l("“%(colour)s” is no colour. Write it as #0b5394.")


class LinkMalformed(BadInput):
    code = "link_malformed"
    sentence = _l("“%(link)s” is no web address. It begins with https:// or http://.")


class RoleTwice(BadInput):
    code = "role_twice"
    sentence = _l("%(name)s has the same role here twice.")


class SessionNotRemovable(Refusal):
    code = "session_not_removable"
    sentence = _l("Visitors and calendars know this session: cancel it instead of removing it.")


class SamePerson(BadInput):
    code = "same_person"
    sentence = _l("Choose two different people to merge.")

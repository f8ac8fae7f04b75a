"""Writes of the programme: rooms, tracks, people, sessions, talks and who does what in them."""

from eventsys.agenda.actions.people import (
    add_person,
    merge_people,
    remove_person,
    update_person,
)
from eventsys.agenda.actions.places import (
    add_room,
    add_track,
    order_rooms,
    remove_room,
    remove_track,
    update_room,
    update_track,
)
from eventsys.agenda.actions.sessions import (
    TalkEntry,
    add_session,
    cancel_session,
    duplicate_session,
    remove_session,
    restore_session,
    set_session_people,
    set_talks,
    update_session,
)

__all__ = [
    "TalkEntry",
    "add_person",
    "add_room",
    "add_session",
    "add_track",
    "cancel_session",
    "duplicate_session",
    "merge_people",
    "order_rooms",
    "remove_person",
    "remove_room",
    "remove_session",
    "remove_track",
    "restore_session",
    "set_session_people",
    "set_talks",
    "update_person",
    "update_room",
    "update_session",
    "update_track",
]

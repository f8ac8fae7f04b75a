"""Everything that happens to registrations: each deed in the module of its subject, all of them to be had here."""

from __future__ import annotations

from eventsys.registration.actions.details import (
    add_note,
    change_details,
    confirm_email,
    request_email_change,
    send_link,
)
from eventsys.registration.actions.entering import add_people, register, register_programme_people
from eventsys.registration.actions.leaving import cancel, decline, decline_many, decline_offer, expire_offers
from eventsys.registration.actions.questions import (
    add_question,
    change_question,
    change_settings,
    ensure_settings,
    erase_due_answers,
    move_question,
    retire_question,
)
from eventsys.registration.actions.seats import ensure_pools, promote_waiting, recount, set_seats
from eventsys.registration.actions.standing import accept_offer, approve, approve_many, restore, switch_mode
from eventsys.registration.actions.telling import tell
from eventsys.registration.actions.tickets import issue_ticket, replace_ticket

__all__ = [
    "accept_offer",
    "add_note",
    "add_people",
    "add_question",
    "approve",
    "approve_many",
    "cancel",
    "change_details",
    "change_question",
    "change_settings",
    "confirm_email",
    "decline",
    "decline_many",
    "decline_offer",
    "ensure_pools",
    "ensure_settings",
    "erase_due_answers",
    "expire_offers",
    "issue_ticket",
    "move_question",
    "promote_waiting",
    "recount",
    "register",
    "register_programme_people",
    "replace_ticket",
    "request_email_change",
    "restore",
    "retire_question",
    "send_link",
    "set_seats",
    "switch_mode",
    "tell",
]

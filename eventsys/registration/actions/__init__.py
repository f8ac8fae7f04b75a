"""Everything that happens to registrations: each deed in the module of its subject, all of them to be had here."""

from __future__ import annotations

from eventsys.registration.actions.adding import add_people, programme_entries, register_programme_people
from eventsys.registration.actions.asking import answer_coming, ask_batch, free_silent, note_asking
from eventsys.registration.actions.codes import (
    add_invitation,
    change_invitation,
    revoke_invitation,
    with_invitation,
)
from eventsys.registration.actions.confirming import confirm_address
from eventsys.registration.actions.consents import give_consent, withdraw_consent
from eventsys.registration.actions.deciding import Decided, Outcome, Skipped, decide, undo_round
from eventsys.registration.actions.details import (
    add_note,
    change_details,
    confirm_email,
    request_email_change,
    send_link,
)
from eventsys.registration.actions.entering import register
from eventsys.registration.actions.grouping import (
    add_members,
    member_of,
    register_group,
    remind_member,
    replace_member,
    withdraw_member,
)
from eventsys.registration.actions.inviting import (
    accept_invitation,
    complete,
    invite,
    invite_again,
    invite_many,
    remind_invited,
    withdraw_invitation,
)
from eventsys.registration.actions.leaving import cancel, decline, decline_offer, expire_offers
from eventsys.registration.actions.listing import bring_in
from eventsys.registration.actions.looks import note_look
from eventsys.registration.actions.pools import ensure_pools, have_alone, hold_all
from eventsys.registration.actions.promoting import promote_waiting, set_seats
from eventsys.registration.actions.questions import (
    add_question,
    change_question,
    change_settings,
    delete_question,
    ensure_settings,
    move_question,
    place_question,
    retire_question,
)
from eventsys.registration.actions.reviewing import pick, review
from eventsys.registration.actions.sessions import choose_days, leave_session, sign_up
from eventsys.registration.actions.shaping import (
    Shape,
    Shaped,
    add_pool,
    cap_organisations,
    change_pool,
    follow_programme,
    recount,
    remove_pool,
    shape_of,
)
from eventsys.registration.actions.standing import (
    accept_offer,
    approve,
    change_seats,
    restore,
    seat_present,
    switch_mode,
)
from eventsys.registration.actions.substituting import substitute
from eventsys.registration.actions.tags import add_tag, remove_tag
from eventsys.registration.actions.telling import tell
from eventsys.registration.actions.tickets import issue_ticket, replace_ticket
from eventsys.registration.actions.views import remove_view, save_view

__all__ = [
    "Decided",
    "Outcome",
    "Shape",
    "Shaped",
    "Skipped",
    "accept_invitation",
    "accept_offer",
    "add_invitation",
    "add_members",
    "add_note",
    "add_people",
    "add_pool",
    "add_question",
    "add_tag",
    "answer_coming",
    "approve",
    "ask_batch",
    "bring_in",
    "cancel",
    "cap_organisations",
    "change_details",
    "change_invitation",
    "change_pool",
    "change_question",
    "change_seats",
    "change_settings",
    "choose_days",
    "complete",
    "confirm_address",
    "confirm_email",
    "decide",
    "decline",
    "decline_offer",
    "delete_question",
    "ensure_pools",
    "ensure_settings",
    "expire_offers",
    "follow_programme",
    "free_silent",
    "give_consent",
    "have_alone",
    "hold_all",
    "invite",
    "invite_again",
    "invite_many",
    "issue_ticket",
    "leave_session",
    "member_of",
    "move_question",
    "note_asking",
    "note_look",
    "pick",
    "place_question",
    "programme_entries",
    "promote_waiting",
    "recount",
    "register",
    "register_group",
    "register_programme_people",
    "remind_invited",
    "remind_member",
    "remove_pool",
    "remove_tag",
    "remove_view",
    "replace_member",
    "replace_ticket",
    "request_email_change",
    "restore",
    "retire_question",
    "review",
    "revoke_invitation",
    "save_view",
    "seat_present",
    "send_link",
    "set_seats",
    "shape_of",
    "sign_up",
    "substitute",
    "switch_mode",
    "tell",
    "undo_round",
    "with_invitation",
    "withdraw_consent",
    "withdraw_invitation",
    "withdraw_member",
]

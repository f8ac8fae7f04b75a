"""Writes of events: their life from draft to cancelled, their address, their themes, their team."""

from eventsys.events.actions.lives import (
    cancel,
    create_event,
    new_key,
    publish,
    remove_draft,
    rename_slug,
    restore_to_draft,
    set_themes,
    update_event,
)
from eventsys.events.actions.team import (
    accept_invitation,
    change_role,
    find_membership,
    invite_member,
    remove_member,
    token_of,
    withdraw_invitation,
)

__all__ = [
    "accept_invitation",
    "cancel",
    "change_role",
    "create_event",
    "find_membership",
    "invite_member",
    "new_key",
    "publish",
    "remove_draft",
    "remove_member",
    "rename_slug",
    "restore_to_draft",
    "set_themes",
    "token_of",
    "update_event",
    "withdraw_invitation",
]

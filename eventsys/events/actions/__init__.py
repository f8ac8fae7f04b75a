"""Writes of events: their life from draft to cancelled, their address, their themes, their team."""

from eventsys.events.actions.lives import (
    cancel,
    create_event,
    publish,
    remove_draft,
    rename_slug,
    restore_to_draft,
    set_themes,
    update_event,
)

__all__ = [
    "cancel",
    "create_event",
    "publish",
    "remove_draft",
    "rename_slug",
    "restore_to_draft",
    "set_themes",
    "update_event",
]

"""The calendar invitation of one registration: one UID for ever, a SEQUENCE that grows with every change."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from flask_babel import gettext as _

from eventsys.calendars.entries import event_entry
from eventsys.calendars.writer import invitation
from eventsys.events.models import Event
from eventsys.kernel.pages import absolute, settings
from eventsys.mailing.letters import Attachment
from eventsys.registration import queries, rules
from eventsys.registration.models import Mode, Registration


def calendar_file(
    registration: Registration, event: Event, method: Literal["REQUEST", "CANCEL"] = "REQUEST"
) -> Attachment:
    """The invitation, or its cancellation, as it goes along with a letter (RFC 6047)."""
    link = absolute("site.personal", token=queries.link_of(registration))
    entry = event_entry(event, url=link, takes_time=True)
    entry = replace(entry, updated_at=max(entry.updated_at, registration.updated_at), status="confirmed")
    if registration.mode == Mode.ONLINE:
        entry = replace(entry, location=_("Online"))
    body = invitation(
        entry,
        method=method,
        attendee_email=registration.email or "",
        attendee_name=registration.name,
        organizer_email=contact_of(event) or settings().mail_from,
        organizer_name=", ".join(event.organisers) or settings().site_name,
        uid=rules.calendar_uid(event, registration),
        sequence=rules.calendar_sequence(event, registration),
    )
    name = "invitation.ics" if method == "REQUEST" else "cancellation.ics"
    return Attachment(name, f"text/calendar; method={method}; charset=utf-8", body)


def contact_of(event: Event) -> str:
    """The address that answers go to, where the organisers gave one."""
    contact = event.contact.strip()
    return contact if "@" in contact and not any(sign in contact for sign in " :,\r\n") else ""

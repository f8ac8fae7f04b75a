"""The row of a new registration: what was asked for, and the personal link that belongs to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from eventsys.community.queries import organisation_keys
from eventsys.kernel import tokens
from eventsys.registration import queries
from eventsys.registration.entries import NewEntry, address_key, door_key, normal_address
from eventsys.registration.models import Coming


def organisations_of(session: Session, names: Iterable[str]) -> dict[str, str]:
    """How organisations are counted, by name as given: all names of one in the directory have one key."""
    return {name: key[:300] for name, key in organisation_keys(session, names).items()}


def row_of(event_id: int, entry: NewEntry, organisation_key: str, *, now: datetime) -> dict[str, Any]:
    """All columns that do not depend on seats; `organisation_key` is how the organisation is counted, as
    `organisations_of` says. Raises AddressUnusable."""
    email = normal_address(entry.email) if entry.email else None
    nonce = tokens.new_nonce()
    return {
        "event_id": event_id,
        "type": str(entry.type),
        "mode": str(entry.mode),
        "first_name": entry.first_name,
        "last_name": entry.last_name,
        "email": email,
        "email_key": address_key(email) if email else None,
        "organisation": entry.organisation,
        "organisation_key": organisation_key,
        "country": entry.country,
        "sector": entry.sector,
        "language": entry.language,
        "search_key": door_key(entry.first_name, entry.last_name, entry.organisation),
        "person_key": entry.person_key,
        "link_nonce": nonce,
        "link_hash": tokens.hashed(tokens.derived(queries.LINK, nonce)),
        "invitation_id": entry.invitation_id,
        "delegation_id": entry.delegation_id,
        "stands_in_for_id": entry.stands_in_for_id,
        "accompanies_id": entry.accompanies_id,
        "address_confirmed_at": now if entry.is_address_confirmed else None,
        "privacy_accepted_at": now if entry.privacy_text_hash else None,
        "privacy_text_hash": entry.privacy_text_hash,
        "registered_at": entry.registered_at or now,
        "updated_at": now,
        **_AT_FIRST,
    }


# Named, though they are the defaults: a row that is written without reading it back has no column that is unknown.
_AT_FIRST = {
    "queue_number": None,
    "offer_until": None,
    "is_online_meanwhile": False,
    "verdict": None,
    "score": None,
    "coming": str(Coming.UNASKED),
    "coming_until": None,
    "erased_at": None,
    "notes": "",
    "sequence": 0,
    "cancelled_at": None,
}

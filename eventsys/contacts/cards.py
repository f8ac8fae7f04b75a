"""Cards as files that phones and mail programs take: vCard 3.0 (RFC 2426), which all of them read."""

from __future__ import annotations

from collections.abc import Iterable

from eventsys.contacts.models import ContactCard
from eventsys.events.models import Event
from eventsys.registration.models import Registration

CONTENT_TYPE = "text/vcard; charset=utf-8"


def vcards(people: Iterable[tuple[Registration, ContactCard]], event: Event) -> str:
    """The cards of these people, one after the other, each with a note where they met."""
    return "".join(_vcard(person, card, event) for person, card in people)


def _vcard(person: Registration, card: ContactCard, event: Event) -> str:
    import vobject

    found = vobject.vCard()
    found.add("n").value = vobject.vcard.Name(family=person.last_name, given=person.first_name)
    found.add("fn").value = person.name
    if person.organisation:
        found.add("org").value = [person.organisation]
    for name, value in (("title", card.role), ("email", card.email), ("tel", card.phone), ("url", card.link)):
        if value:
            found.add(name).value = value
    found.add("note").value = f"{event.title}, {event.starts_at.astimezone(event.zone).date().isoformat()}"
    said: str = found.serialize()
    return said

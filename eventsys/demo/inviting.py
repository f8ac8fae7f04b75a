"""Ways in besides the open form: a delegation, codes, personal invitations, and a meeting found by its link only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice

from eventsys.community.models import Sector
from eventsys.demo.history import Loading
from eventsys.events.actions import update_event
from eventsys.events.models import Event
from eventsys.registration import actions as registration
from eventsys.registration.entries import NewEntry
from eventsys.registration.models import Admission, Delegation, Mode, RegistrationType
from eventsys.registration.queries.invited import members_of

_OF_A_GROUP = 8


def bring_delegation(loading: Loading, event: Event) -> None:
    """One person brings six colleagues: two have accepted, one has refused, one was replaced, the others think."""
    session, at = loading.session, loading.now - timedelta(days=4)
    registration.change_settings(session, event, group_most=_OF_A_GROUP, now=at)
    people = (one for one in iter(lambda: _next(loading, event), None) if one.country == "LT")
    head, *members, another = [
        replace(one, organisation="Ministry of Civil Protection", sector=str(Sector.POLICY))
        for one in islice(people, 8)
    ]
    first = registration.register_group(session, event, head, members, waits=False, now=at)
    delegation = session.get_one(Delegation, first.delegation_id)
    named = [one for one in members_of(session, delegation) if one.id != first.id]
    for one, entry in list(zip(named, members, strict=True))[:2]:
        registration.accept_invitation(session, one, entry, now=at + timedelta(hours=7))
    registration.decline_offer(session, named[2], now=at + timedelta(hours=9))
    registration.replace_member(session, first, named[3], another, now=at + timedelta(days=1))


def invite_guests(loading: Loading, event: Event) -> None:
    """The press has a code, a network its domain; three guests are invited by name, one has accepted."""
    session, at, me = loading.session, loading.now - timedelta(days=6), f"user:{loading.organiser.id}"
    press = registration.add_invitation(
        session, event, code="PRESS-DESK", label="Newsrooms", type=RegistrationType.PRESS, uses=20, now=at, by=me
    )
    registration.add_invitation(
        session, event, domain="network.example.org", label="Members of the network", uses=40, now=at, by=me
    )
    for _one in range(3):
        entry = loading.crowd(event).entry(Mode.ONSITE, privacy_text=event.privacy_notice, type=RegistrationType.PRESS)
        registration.register(session, event, replace(entry, invitation_id=press.id), now=at + timedelta(days=1))
    guests = [replace(_next(loading, event), type=RegistrationType.GUEST) for _one in range(3)]
    until = loading.now + timedelta(days=12)
    invited = registration.invite_many(session, event, guests, until=until, now=at + timedelta(days=2))
    accepting = invited[0].registration
    assert accepting is not None
    registration.accept_invitation(session, accepting, guests[0], now=at + timedelta(days=3))


def close_the_circle(loading: Loading, event: Event) -> None:
    """From now on only its link leads to the meeting, and only who is invited gets in."""
    at = loading.now - timedelta(days=2)
    update_event(loading.session, event, is_private=True)
    registration.change_settings(loading.session, event, admission=Admission.INVITED, now=at)
    members = [_next(loading, event) for _one in range(4)]
    until = loading.now + timedelta(days=20)
    registration.invite_many(loading.session, event, members, until=until, now=at)


def _next(loading: Loading, event: Event) -> NewEntry:
    return loading.crowd(event).entry(Mode.ONSITE, privacy_text=event.privacy_notice)

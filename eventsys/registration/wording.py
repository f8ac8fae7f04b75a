"""Seats and steps in words: what a visitor reads beside each way to take part, and organisers in a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from eventsys.kernel.facts import Fact
from eventsys.registration.models import Mode, RegistrationSettings, RegistrationType, State, WaitingList
from eventsys.registration.rules import MODE_LABELS, STATE_LABELS, TYPE_LABELS, Seats


def mode_notes(seats: Mapping[Mode, Seats], settings: RegistrationSettings) -> dict[str, str]:
    """One sentence a mode: how many seats are left, or what choosing a full one means."""
    return {str(mode): _note(mode, found, settings) for mode, found in seats.items() if found.seats != 0}


def _note(mode: Mode, found: Seats, settings: RegistrationSettings) -> str:
    if found.left is None:
        return str(_("No limit of places") if mode == Mode.ONLINE else _("Seats for everybody"))
    if found.has_room:
        return str(ngettext("%(num)d seat left", "%(num)d seats left", found.left))
    if settings.has_approval:
        return str(_("All seats are taken; the organisers decide about your application"))
    if settings.waiting_list == WaitingList.NONE:
        return str(_("All seats are taken"))
    waiting = ngettext("%(num)d person is waiting", "%(num)d people are waiting", found.waiting)
    if not found.waiting:
        return str(_("All seats are taken: you join the waiting list as the first"))
    return str(_("All seats are taken: you join the waiting list (%(waiting)s)", waiting=waiting))


_DEEDS = {
    "confirmed": _l("Registered, with a seat"),
    "waiting": _l("Registered, on the waiting list"),
    "applied": _l("Applied"),
    "unverified": _l("Registered, the address to be confirmed"),
    "address_confirmed": _l("The address was confirmed"),
    "never_verified": _l("The address was not confirmed in time"),
    "promoted": _l("Moved up from the waiting list"),
    "offered": _l("A freed seat was offered"),
    "offer_accepted": _l("The offer was accepted"),
    "offer_declined": _l("The offer was refused"),
    "offer_expired": _l("The offer expired"),
    "approved": _l("The application was approved"),
    "declined": _l("Declined"),
    "cancelled": _l("Cancelled"),
    "restored": _l("Restored"),
    "mode_switched": _l("Switched between on site and online"),
    "details_changed": _l("Details were changed"),
    "note_changed": _l("The note for the door was changed"),
    "address_change_requested": _l("Another address was asked for"),
    "address_changed": _l("The address was changed"),
    "ticket_replaced": _l("The ticket was replaced"),
    "imported": _l("Brought in from a list"),
    "session_joined": _l("Signed up for a session"),
    "session_waited_for": _l("Waits for a seat in a session"),
    "session_promoted": _l("Moved up in a session"),
    "session_left": _l("Left a session"),
    "days_chosen": _l("Other days were chosen"),
    "wished": _l("Ranked sessions by wish"),
    "wish_taken_back": _l("Took the wishes back"),
    "wish_reminded": _l("Asked by mail for wishes"),
    "wish_dealt": _l("Was dealt a seat in a session"),
    "wish_missed": _l("Was dealt no seat: the wishes were full"),
    "wish_undone": _l("The deal of sessions was undone"),
    "reviewed": _l("An opinion of the application was given"),
    "put_on_list": _l("Put on the waiting list"),
    "opinions_passed_over": _l("Decided before enough organisers had looked at it"),
    "decision_undone": _l("The decision was undone"),
    "asked_again": _l("Asked: are you still coming?"),
    "still_comes": _l("Still comes"),
    "comes_no_more": _l("Cannot come any more"),
    "tagged": _l("Tagged"),
    "untagged": _l("Tag taken off"),
    "type_changed": _l("Comes in another quality"),
    "put_back": _l("An act on many was undone"),
    "written_to": _l("Written to"),
    "message_taken_back": _l("A message was taken back before it left"),
    "merged": _l("Two registrations were made one"),
    "unmerged": _l("One registration was made two again"),
    "let_go": _l("Did not answer in time: the seat was freed"),
    "invited": _l("Invited"),
    "invited_again": _l("The invitation was sent again"),
    "invitation_reminded": _l("Reminded of the invitation"),
    "invitation_accepted": _l("The invitation was accepted"),
    "invitation_declined": _l("The invitation was refused"),
    "invitation_expired": _l("The invitation expired"),
    "invitation_withdrawn": _l("The invitation was withdrawn"),
    "group_registered": _l("Named people of a group"),
    "named_again": _l("Named in a group by an address that is registered already"),
    "handed_over": _l("The seat was handed to a colleague"),
    "stepped_in": _l("Took over the seat of a colleague"),
    "given_seat": _l("Was given the seat of somebody who cannot come"),
    "seat_not_needed": _l("Was offered the seat of a colleague, and has one"),
    "completed": _l("Completed the details"),
    "consent_given": _l("A consent was given"),
    "consent_withdrawn": _l("A consent was withdrawn"),
    "erased": _l("Names, addresses and answers were erased"),
    "certificate_issued": _l("A certificate of attendance was issued"),
    "seated_at_the_door": _l("Was given a free seat at the door"),
    "helped": _l("Helped at the desk"),
}


FIELD_LABELS = {
    "first_name": _l("First name"),
    "last_name": _l("Last name"),
    "email": _l("E-mail address"),
    "organisation": _l("Organisation"),
    "country": _l("Country"),
    "sector": _l("Sector"),
    "language": _l("Language"),
    "notes": _l("Note"),
}


@dataclass(frozen=True)
class Named:
    """What facts name by number: organisers by actor (`user:7`), questions by id."""

    people: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[int, str] = field(default_factory=dict)


def fact_words(fact: Fact, named: Named) -> str:
    """One step of a timeline in words: what, what of it, and by whom."""
    what = str(_DEEDS.get(fact.kind.removeprefix("registration."), fact.kind))
    if more := _more(fact, named):
        what += f": {more}"
    if fact.data.get("is_overbooked"):
        what += " " + _("(beyond the seats)")
    return f"{what}, {_by(fact.actor, named)}"


def _more(fact: Fact, named: Named) -> str:
    """What the fact holds, as far as people read it."""
    data = fact.data
    match fact.kind.removeprefix("registration."):
        case "details_changed" | "merged":
            return ", ".join(_field_label(name, named) for name in data.get("fields", ()))
        case "mode_switched":
            return _from_to(MODE_LABELS, Mode, data)
        case "type_changed":
            return _from_to(TYPE_LABELS, RegistrationType, data)
        case "tagged" | "untagged":
            return f"“{data['tag']}”"
        case "put_back":
            return str(STATE_LABELS[State(data["state"])])
        case "approved" | "restored" | "imported" if data.get("state") in set(State):
            return str(STATE_LABELS[State(data["state"])])
        case "written_to" | "message_taken_back":
            return f"“{data['headline']}”"
        case "helped":
            return str(data.get("reason", ""))
    return ""


def _field_label(name: str, named: Named) -> str:
    if name.startswith("answer:"):
        return named.questions.get(int(name[7:]), str(_("an answer")))
    return str(FIELD_LABELS.get(name, name))


def _from_to(labels: Mapping[Any, Any], kind: type[StrEnum], data: Mapping[str, Any]) -> str:
    if not {data.get("before"), data.get("after")} <= set(kind):
        return ""
    before, after = (str(labels[kind(data[when])]) for when in ("before", "after"))
    return f"{before} → {after}"


def _by(actor: str, named: Named) -> str:
    if actor in named.people:
        return str(_("by %(name)s", name=named.people[actor]))
    if actor.startswith("user:"):
        return str(_("by an organiser"))
    if actor.partition(":")[0] == "device":
        return str(_("at the door"))
    known = {"registrant": _("by the person"), "command": _("by command"), "system": _("by itself")}
    return str(known.get(actor, actor))

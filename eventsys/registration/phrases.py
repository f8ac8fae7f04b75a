"""What each letter about a registration says, in the language in force."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel.locale import say_instant
from eventsys.registration import queries
from eventsys.registration.models import Mode, Registration, RegistrationSettings, State, WaitingList


@dataclass(frozen=True)
class Words:
    """What one letter says: `label` names its button, `prose` is markdown that an organiser wrote."""

    subject: str
    heading: str
    sentences: tuple[str, ...]
    label: str
    prose: str = ""


@dataclass(frozen=True)
class About:
    """What a letter may draw on."""

    session: Session
    registration: Registration
    event: Event

    @property
    def title(self) -> str:
        return self.event.title

    @property
    def is_onsite(self) -> bool:
        return self.registration.mode == Mode.ONSITE

    @property
    def settings(self) -> RegistrationSettings:
        return queries.settings_of(self.session, self.event.id)


def confirmed(about: About) -> Words:
    return Words(_("You are in: %(event)s", event=about.title), _("You are in"), coming(about), your_page())


def promoted(about: About) -> Words:
    moved = _("A seat has become free, and it is yours.") if about.is_onsite else _("A place is free, and it is yours.")
    return Words(
        _("You have moved up: %(event)s", event=about.title),
        _("You have moved up"),
        (moved, *coming(about), _("If you cannot come, please cancel on your page: the next in line is waiting.")),
        your_page(),
    )


def coming(about: About) -> tuple[str, ...]:
    if about.is_onsite:
        return (
            _("Your seat on site is reserved. Your ticket is attached: show its code at the door, on paper or screen."),
        )
    return (_("You take part online. On the day, open your personal page and join from there."),)


def waiting(about: About) -> Words:
    place = queries.place_in_queue(about.session, about.registration)
    return Words(
        _("You are on the waiting list: %(event)s", event=about.title),
        _("You are on the waiting list"),
        (_("All seats are taken. You are number %(place)d in line.", place=place), *until_a_seat(about)),
        your_page(),
    )


def put_on_list(about: About) -> Words:
    place = queries.place_in_queue(about.session, about.registration)
    return Words(
        _("You are on the waiting list: %(event)s", event=about.title),
        _("You are on the waiting list"),
        (
            _(
                "The organisers cannot give you a seat now and have put you on the waiting list. "
                "You are number %(place)d in line.",
                place=place,
            ),
            *until_a_seat(about),
        ),
        your_page(),
    )


def until_a_seat(about: About) -> tuple[str, ...]:
    """What happens when a seat is free, and where somebody who waits takes part until then."""
    if about.settings.waiting_list == WaitingList.OFFERS:
        then = _("When a seat is free, we hold it for you and ask you whether you want it.")
    else:
        then = _("When a seat is free, it is yours at once, and we tell you.")
    return (then, *meanwhile(about))


def meanwhile(about: About) -> tuple[str, ...]:
    if not about.registration.is_online_meanwhile:
        return ()
    return (_("Until a seat is free you take part online: open your personal page on the day and join from there."),)


def applied(about: About) -> Words:
    return Words(
        _("We have your application: %(event)s", event=about.title),
        _("We have your application"),
        (_("The organisers decide who can take part, and tell you by mail. Nothing is left for you to do."),),
        your_page(),
    )


def offered(about: About) -> Words:
    until = about.registration.offer_until
    deadline = say_instant(until, about.event.zone) if until else ""
    return Words(
        _("A seat is held for you: %(event)s", event=about.title),
        _("A seat is held for you"),
        (
            _("A seat has become free. It is held for you until %(deadline)s.", deadline=deadline),
            _("Please accept or refuse it on your page. Afterwards it goes to the next in line."),
            *meanwhile(about),
        ),
        _("Accept or refuse"),
    )


def offer_expired(about: About) -> Words:
    return Words(
        _("The held seat has gone to the next: %(event)s", event=about.title),
        _("The held seat has gone to the next"),
        (_("We did not hear from you in time. If you still want to come, you can register again."),),
        your_page(),
    )


def declined(about: About) -> Words:
    return Words(
        _("No place this time: %(event)s", event=about.title),
        _("The organisers could not give you a place"),
        (_("We are sorry. What was shown is published on the event's page afterwards."),),
        your_page(),
    )


def cancelled(about: About) -> Words:
    return Words(
        _("Your registration is cancelled: %(event)s", event=about.title),
        _("Your registration is cancelled"),
        (_("Your place has been given back, and your ticket opens no door. You can register again at any time."),),
        your_page(),
    )


def switched(about: About) -> Words:
    now = _("You now take part on site.") if about.is_onsite else _("You now take part online.")
    return Words(_("Changed: %(event)s", event=about.title), now, coming(about), your_page())


def ticket_replaced(about: About) -> Words:
    return Words(
        _("Your new ticket: %(event)s", event=about.title),
        _("Your new ticket"),
        (_("Your ticket was replaced. The code you had before opens no door any more; the new one is attached."),),
        your_page(),
    )


def still_coming(about: About) -> Words:
    until = about.registration.coming_until
    deadline = say_instant(until, about.event.zone) if until else ""
    if about.settings.frees_silent:
        then = _("Without an answer your seat goes to the next in line.")
    else:
        then = _("If you cannot come, somebody else is glad of the seat.")
    return Words(
        _("Are you still coming? %(event)s", event=about.title),
        _("Are you still coming?"),
        (_("Please tell us on your page by %(deadline)s: yes, or no.", deadline=deadline), then),
        _("Answer"),
    )


def let_go(about: About) -> Words:
    return Words(
        _("Your seat has gone to the next: %(event)s", event=about.title),
        _("Your seat has gone to the next"),
        (
            _("We asked whether you still come and did not hear from you in time, so somebody else has the seat now."),
            _("Your ticket opens no door. If you want to come after all, you can register again."),
        ),
        your_page(),
    )


def unverified(about: About) -> Words:
    return Words(
        _("Confirm your address: %(event)s", event=about.title),
        _("Is this your address?"),
        (
            _("Somebody registered for this event with this address. Confirm that it was you: then the seat is taken."),
            _("The link works for two days. If it was not you, do nothing: the registration then goes by itself."),
        ),
        _("Confirm the address"),
    )


def never_verified(about: About) -> Words:
    return Words(
        _("Not confirmed in time: %(event)s", event=about.title),
        _("Your registration was not confirmed in time"),
        (_("Nobody opened the link in our letter, so no seat was taken. If you still want to come, register again."),),
        _("See the event"),
    )


def link(about: About) -> Words:
    if about.registration.state == State.UNVERIFIED:
        return unverified(about)
    return Words(
        _("Your registration: %(event)s", event=about.title),
        _("Your personal link"),
        (_("This address is registered for the event. Your page shows and changes the registration."),),
        your_page(),
    )


def your_page() -> str:
    return str(_("Open your page"))

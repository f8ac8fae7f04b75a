"""What letters say to those who are called by somebody else: invited, named in a group, handed a seat."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from eventsys.kernel.locale import say_instant
from eventsys.registration.models import Delegation, Registration
from eventsys.registration.phrases import About, Words, coming, your_page
from eventsys.registration.queries import invited as queries


def invited(about: About) -> Words:
    return Words(
        _("You are invited: %(event)s", event=about.title),
        _("You are invited"),
        (called_by(about.session, about.registration), *_kept(about), _please(about)),
        _("Accept or refuse"),
    )


def invitation_reminder(about: About) -> Words:
    return Words(
        _("Please answer soon: %(event)s", event=about.title),
        _("Your invitation ends soon"),
        (
            _("We have not heard from you yet."),
            called_by(about.session, about.registration),
            *_kept(about),
            _please(about),
        ),
        _("Accept or refuse"),
    )


def invitation_expired(about: About) -> Words:
    return Words(
        _("Your invitation has ended: %(event)s", event=about.title),
        _("Your invitation has ended"),
        (
            _("We did not hear from you in time, so nothing is kept for you any more."),
            _("If you still want to come, please ask whoever invited you."),
        ),
        your_page(),
    )


def invitation_withdrawn(about: About) -> Words:
    return Words(
        _("Your invitation is withdrawn: %(event)s", event=about.title),
        _("Your invitation is withdrawn"),
        (_("Whoever invited you has taken it back. You need not do anything."),),
        your_page(),
    )


def named_in_group(about: About) -> Words:
    return Words(
        _("Your colleagues come too: %(event)s", event=about.title),
        _("You were named in a group"),
        (
            _("Somebody named you as a member of their group. This address is registered already, so nothing changes."),
            _("They do not see your registration. Tell them yourself if you like."),
        ),
        your_page(),
    )


def stepped_in(about: About) -> Words:
    return Words(
        _("You are in: %(event)s", event=about.title),
        _("A colleague hands you their seat"),
        (
            *_given_by(about),
            *coming(about),
            _("Please open your page, say who you are and read the privacy notice."),
        ),
        _("Complete your details"),
    )


def given_seat(about: About) -> Words:
    return Words(
        _("You are in: %(event)s", event=about.title),
        _("A colleague hands you their seat"),
        (_("You had no seat yet. Somebody who cannot come gave you theirs."), *coming(about)),
        your_page(),
    )


def seat_not_needed(about: About) -> Words:
    return Words(
        _("A colleague cannot come: %(event)s", event=about.title),
        _("A colleague wanted to hand you their seat"),
        (
            _("Somebody who cannot come gave you theirs. You need none: this address is registered already."),
            _("Nothing changes for you, and they do not see your registration."),
        ),
        your_page(),
    )


def handed_over(about: About) -> Words:
    return Words(
        _("Your seat is handed on: %(event)s", event=about.title),
        _("Your seat is handed on"),
        (_("Your ticket opens no door any more. Your colleague has mail from us."),),
        your_page(),
    )


def called_by(session: Session, registration: Registration) -> str:
    """Who called: the head of the group, or else the organisers, who need no name."""
    head = _head_of(session, registration)
    if head is None:
        return str(_("The organisers would like you to take part."))
    if head.organisation:
        words = {"name": head.name, "organisation": head.organisation}
        return str(_("%(name)s of %(organisation)s has named you as one of their group.", **words))
    return str(_("%(name)s has named you as one of their group.", name=head.name))


def _head_of(session: Session, registration: Registration) -> Registration | None:
    """Who registered the group that this person belongs to."""
    number = registration.delegation_id
    delegation = session.get(Delegation, number) if number else None
    head = session.get(Registration, delegation.head_id) if delegation and delegation.head_id else None
    return head if head is not None and head.id != registration.id else None


def _kept(about: About) -> tuple[str, ...]:
    if not queries.has_kept_seat(about.session, about.registration.id):
        return ()
    if about.is_onsite:
        return (_("A seat on site is kept for you."),)
    return (_("A place online is kept for you."),)


def _please(about: About) -> str:
    until = about.registration.offer_until
    deadline = say_instant(until, about.event.zone) if until else ""
    return str(_("Please accept or refuse on your page until %(deadline)s.", deadline=deadline))


def _given_by(about: About) -> tuple[str, ...]:
    giver = about.session.get(Registration, about.registration.stands_in_for_id or 0)
    return (_("%(name)s cannot come and hands you the seat.", name=giver.name),) if giver else ()

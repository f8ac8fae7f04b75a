"""What the events domain refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, Forbidden, NotFound, Refusal


class EventUnknown(NotFound):
    code = "event_unknown"
    sentence = _l("There is no event at this address.")


class NotYourEvent(Forbidden):
    code = "not_your_event"
    sentence = _l("You may not do this in this event. Ask one of its owners to invite you.")


class MayNotCreate(Forbidden):
    code = "may_not_create_events"
    sentence = _l("Your account may not create events. Ask an administrator.")


class SlugTaken(Refusal):
    code = "slug_taken"
    sentence = _l("Another event already has the address “%(slug)s”.")


class SlugMalformed(BadInput):
    code = "slug_malformed"
    sentence = _l("“%(slug)s” cannot be an address: use lower-case letters, digits and single hyphens, at most 100.")


class TimezoneUnknown(BadInput):
    code = "timezone_unknown"
    sentence = _l("There is no time zone “%(name)s”. Zones are named as in “Europe/Brussels”.")


class TimeSkipped(BadInput):
    code = "time_skipped"
    sentence = _l("%(time)s does not exist in %(zone)s: the clocks go forward then. Choose another time.")


class YearOutOfReach(BadInput):
    code = "year_out_of_reach"
    sentence = _l("The year %(year)d is out of reach: choose one from %(first)d to %(last)d.")


class EndsBeforeStart(BadInput):
    code = "ends_before_start"
    sentence = _l("The end must come after the start.")


class ValueUnknown(BadInput):
    code = "value_unknown"
    sentence = _l("“%(value)s” is not known here. Known are: %(known)s.")


class StepNotPossible(Refusal):
    code = "step_not_possible"
    sentence = _l("This event is %(status)s: that step is not possible now.")


class ReplacesItself(BadInput):
    code = "replaces_itself"
    sentence = _l("An event cannot be replaced by itself, nor by one that it replaces.")


class AlreadyMember(Refusal):
    code = "already_member"
    sentence = _l("%(email)s already works on this event.")


class MemberUnknown(NotFound):
    code = "member_unknown"
    sentence = _l("This person does not work on this event any more.")


class LastOwner(Refusal):
    code = "last_owner"
    sentence = _l("An event keeps at least one owner. Make somebody else an owner first.")


class InvitationUnknown(NotFound):
    code = "invitation_unknown"
    sentence = _l("There is no invitation at this address. It may have been withdrawn: ask who invited you.")


class InvitationUsed(Refusal):
    code = "invitation_used"
    status = 410
    sentence = _l("This invitation has been accepted already, or it has expired. Ask for a new one.")


class AccountExists(Refusal):
    code = "account_exists"
    sentence = _l("%(email)s has an account already. Sign in, then open the invitation again.")


class ChangedMeanwhile(Refusal):
    code = "changed_meanwhile"
    sentence = _l(
        "Somebody else saved this while you were writing. Nothing is lost: your text is still here. "
        "Look at theirs in another window, then save again to replace it."
    )

"""What rounds of parallel sessions refuse: their wishes and their deal."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, NotFound, Refusal


class WishUnusable(BadInput):
    """A session that cannot be wished for; the sentence says which and why."""

    code = "wish_unusable"
    sentence = _l("This session cannot be wished for.")


class BreakoutUnknown(NotFound):
    code = "breakout_unknown"
    sentence = _l("There is no such round of sessions in this event.")


class BreakoutUnfit(BadInput):
    """Sessions that cannot be dealt in one round; the sentence says which and why."""

    code = "breakout_unfit"
    sentence = _l("These sessions cannot be dealt in one round.")


class WishesClosed(Refusal):
    code = "wishes_closed"
    sentence = _l("Wishes for “%(round)s” can no longer be changed.")


class WishesOpen(Refusal):
    code = "wishes_open"
    sentence = _l("People can still change their wishes. Close the round first, then deal.")


class DealtAlready(Refusal):
    code = "dealt_already"
    sentence = _l("“%(round)s” has been dealt.")


class DealOutdated(Refusal):
    """What would be dealt now is not what was shown."""

    code = "deal_outdated"
    sentence = _l("People, wishes or seats have changed since you looked. Please look at it again: nothing was dealt.")


class NotDealt(Refusal):
    code = "not_dealt"
    sentence = _l("“%(round)s” has not been dealt yet.")


class DealDiffers(Refusal):
    """A run that was done again and is not what is kept of it."""

    code = "deal_differs"
    sentence = _l(
        "Not the same: %(results)d people would get something else, the wishes of %(wishes)d are kept otherwise than "
        "the run took them, what %(given)d got is kept otherwise than the run gave it."
    )

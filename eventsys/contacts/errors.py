"""What an exchange of contacts refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, NotFound, Refusal


class CardMissing(Refusal):
    """Who asks for somebody's card gives their own."""

    code = "card_missing"
    sentence = _l("First write your own card: an exchange goes both ways.")


class CodeUnread(BadInput):
    """The code is nobody's at this event, or of somebody who does not take part (any more): a stranger learns no
    difference."""

    code = "code_unread"
    sentence = _l("Nobody at this event can be reached by this code. Scan the QR on the badge once more.")


class OwnBadge(BadInput):
    code = "own_badge"
    sentence = _l("This is your own badge. Scan the one of somebody else.")


class ExchangeUnknown(NotFound):
    code = "exchange_unknown"
    sentence = _l("There is no such contact on your page.")


class ExchangeClosed(Refusal):
    code = "exchange_closed"
    sentence = _l("Contacts are exchanged while the event goes on and for 30 days after it.")

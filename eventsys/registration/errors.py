"""What the registration domain refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, NotFound, Refusal


class LinkUnknown(NotFound):
    code = "link_unknown"
    sentence = _l("This personal link is not known here. Copy the whole link from your mail, or ask for a new one.")


class RegistrationUnknown(NotFound):
    code = "registration_unknown"
    sentence = _l("There is no such registration in this event.")


class RegistrationClosed(Refusal):
    code = "registration_closed"
    sentence = _l("Registration for this event is closed.")


class RegistrationNotOpen(Refusal):
    code = "registration_not_open"
    sentence = _l("Registration for this event is not open yet.")


class EventCancelled(Refusal):
    code = "event_cancelled"
    sentence = _l("This event is cancelled.")


class EventOver(Refusal):
    code = "event_over"
    sentence = _l("This event is over, so nothing can be changed any more.")


class AlreadyRegistered(Refusal):
    """The address has a living registration; `registration_id` names it, for the mail and never for the page."""

    code = "already_registered"
    sentence = _l("This address is registered already.")

    def __init__(self, registration_id: int | None = None) -> None:
        super().__init__(field="email")
        self.registration_id = registration_id


class SeatsGone(Refusal):
    code = "seats_gone"
    sentence = _l("No seat is left.")


class ModeNotOffered(Refusal):
    code = "mode_not_offered"
    sentence = _l("This event does not offer this way to take part.")


class PrivacyNotAccepted(BadInput):
    code = "privacy_not_accepted"
    sentence = _l("Please read the privacy notice and accept it: without it we may not keep your data.")


class AddressUnusable(BadInput):
    code = "address_unusable"
    sentence = _l("This is not an e-mail address that mail can reach. Please check it.")


class AnswerUnusable(BadInput):
    code = "answer_unusable"
    sentence = _l("Please answer this question.")


class OfferGone(Refusal):
    code = "offer_gone"
    sentence = _l("This offer has ended.")


class NotPossibleNow(Refusal):
    """The registration stands where this cannot be done; the sentence says why."""

    code = "not_possible_now"
    sentence = _l("This is not possible in the present state of the registration.")


class QuestionKeyTaken(Refusal):
    code = "question_key_taken"
    sentence = _l("Another question already has the key “%(key)s”.")


class NobodyToAdd(Refusal):
    code = "nobody_to_add"
    sentence = _l("Nobody is to be added: write one person a line.")


class WishUnusable(BadInput):
    """A session that cannot be wished for; the sentence says which and why."""

    code = "wish_unusable"
    sentence = _l("This session cannot be wished for.")

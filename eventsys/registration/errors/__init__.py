"""What the registration domain refuses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import BadInput, NotFound, Refusal


class LinkUnknown(NotFound):
    code = "link_unknown"
    sentence = _l("This personal link is not known here. Copy the whole link from your mail, or ask for a new one.")


class RegistrationErased(Refusal):
    """Only what is counted is left of this registration."""

    code = "registration_erased"
    status = 410
    sentence = _l("What was kept of this person has been erased. Only figures that name nobody are left.")


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


class PoolKnown(Refusal):
    code = "pool_known"
    sentence = _l("These seats are counted already. Change their number instead.")


class InvitationNeeded(Refusal):
    code = "invitation_needed"
    sentence = _l("Registration is by invitation: please give the code that you were sent.")

    def __init__(self) -> None:
        super().__init__(field="code")


class CodeUnknown(Refusal):
    code = "code_unknown"
    sentence = _l("This code is not known for this event. Please check it.")

    def __init__(self) -> None:
        super().__init__(field="code")


class InvitationGone(Refusal):
    """A code or domain that opens nothing any more; the sentence says why."""

    code = "invitation_gone"
    sentence = _l("This code has been used as often as it may be. Please ask the organisers for another one.")

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence, field="code")


class InvitationTaken(Refusal):
    code = "invitation_taken"
    sentence = _l("This event has the same code or domain already.")


class InvitationUnknown(NotFound):
    code = "invitation_unknown"
    sentence = _l("There is no such invitation in this event.")


class GroupTooBig(Refusal):
    code = "group_too_big"
    sentence = _l("A group can have at most %(most)d people besides yourself.")


class GroupNotSeated(Refusal):
    """Not enough seats for all of a group; the sentence says how many there are."""

    code = "group_not_seated"
    sentence = _l("There are not enough seats for all of you.")


class SubstitutionNotOffered(Refusal):
    code = "substitution_not_offered"
    sentence = _l("The organisers of this event do not let seats be handed on. Please write to them.")


class SessionUnknown(NotFound):
    code = "session_unknown"
    sentence = _l("There is no such session with seats of its own in this event.")


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


class AddressDisposable(BadInput):
    code = "address_disposable"
    sentence = _l(
        "This address is lent for some minutes only, so your ticket and changes would not reach you. "
        "Please give one that you will still read on the day."
    )


class FileNotTaken(BadInput):
    code = "file_not_taken"
    sentence = _l(
        "“%(filename)s” is not a file we take: its content is not what its name says, or it is of another kind. "
        "We take PDF, pictures, and files of Office and OpenDocument."
    )


class FileTooLarge(BadInput):
    code = "file_too_large"
    sentence = _l("“%(filename)s” is larger than %(most)d MB.")


class QuestionAnswered(Refusal):
    """What cannot be done to a question that people have answered; the sentence says why and what can be done."""

    code = "question_answered"
    sentence = _l("People have answered this question. Take it out of the form instead: the answers stay readable.")


class QuestionNeeded(Refusal):
    """Another question, or a number of seats, rests on this one; the sentence names it."""

    code = "question_needed"
    sentence = _l("Something else rests on this question.")


class NameMissing(BadInput):
    code = "name_missing"
    sentence = _l("Give it a name.")


class ViewTooLong(BadInput):
    code = "view_too_long"
    sentence = _l("This view has too many filters and columns to be kept.")


class ViewUnknown(NotFound):
    code = "view_unknown"
    sentence = _l("There is no such view of yours.")


class NobodyChosen(BadInput):
    code = "nobody_chosen"
    sentence = _l("Nobody was chosen: tick people, or choose all that match.")


class ActUnknown(NotFound):
    code = "act_unknown"
    sentence = _l("There is no such act in this event.")


class UndoneAlready(Refusal):
    code = "undone_already"
    sentence = _l("This cannot be undone: it was undone before, or it is still going on.")


class ChangedMeanwhile(Refusal):
    code = "changed_meanwhile"
    sentence = _l("It was changed since, and stays as it is.")


class ListHasProblems(Refusal):
    code = "list_has_problems"
    sentence = _l("Some rows cannot be taken, so nobody was registered. Look at the list again.")


class MailHasLeft(Refusal):
    code = "mail_has_left"
    sentence = _l("The mail had left already.")

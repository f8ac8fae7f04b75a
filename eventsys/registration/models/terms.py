"""The words of registration: how people come, where they stand, what a seat and a question may be."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """How a person takes part."""

    ONSITE = "onsite"
    ONLINE = "online"


class State(StrEnum):
    """Where a registration stands."""

    UNVERIFIED = "unverified"
    INVITED = "invited"
    APPLIED = "applied"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    DECLINED = "declined"
    CANCELLED = "cancelled"


# Those who sit in every pool they ask for. Who is invited sits too, where the seat is kept for them.
SEATED = frozenset({State.CONFIRMED, State.OFFERED})
ENDED = frozenset({State.DECLINED, State.CANCELLED})


class RegistrationType(StrEnum):
    """In which quality a person comes."""

    PARTICIPANT = "participant"
    SPEAKER = "speaker"
    STAFF = "staff"
    PRESS = "press"
    GUEST = "guest"


class WaitingList(StrEnum):
    """What happens with a freed seat."""

    NONE = "none"
    AUTOMATIC = "automatic"
    OFFERS = "offers"


class Admission(StrEnum):
    """Who may register: everybody, or those who were invited, have a code or write from a known domain."""

    OPEN = "open"
    INVITED = "invited"


class Audience(StrEnum):
    """Who may see a stream or a material, from everybody to the few."""

    PUBLIC = "public"
    REGISTERED = "registered"
    ONLINE = "online"
    ONSITE = "onsite"
    STAFF = "staff"


class PoolKind(StrEnum):
    """What the seats of a pool are counted by."""

    MODE = "mode"
    TYPE = "type"
    SECTOR = "sector"
    ORGANISATION = "organisation"
    DAY = "day"
    SESSION = "session"
    ANSWER = "answer"


# What people choose, as against what they are: a full one is named, and another can be chosen.
CHOSEN_KINDS = frozenset({PoolKind.DAY, PoolKind.SESSION, PoolKind.ANSWER})


class SeatState(StrEnum):
    """Whether a seat is only asked for (and counted nowhere), waited for, or taken."""

    ASKED = "asked"
    WANTED = "wanted"
    TAKEN = "taken"


class QuestionType(StrEnum):
    """What a question asks for; a section asks nothing and heads those that follow."""

    SECTION = "section"
    TEXT = "text"
    LONGTEXT = "longtext"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    DATE = "date"
    COUNTRY = "country"
    ORGANISATION = "organisation"
    FILE = "file"
    STATEMENT = "statement"


class Basis(StrEnum):
    """Why the data may be kept (GDPR, Article 6(1))."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"


class Verdict(StrEnum):
    """What should come of an application."""

    ACCEPT = "accept"
    WAIT = "wait"
    DECLINE = "decline"


class Coming(StrEnum):
    """What somebody answered to "Are you still coming?"."""

    UNASKED = "unasked"
    ASKED = "asked"
    YES = "yes"
    NO = "no"

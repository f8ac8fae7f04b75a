"""Registrations, the seats they hold, the questions they answer and the tickets they show."""

from __future__ import annotations

from eventsys.registration.models.coming_in import DecisionRound, Delegation, Invitation, Review
from eventsys.registration.models.forms import AcceptedText, Answer, Consent, Question, RegistrationSettings
from eventsys.registration.models.people import EmailChange, Registration, Ticket
from eventsys.registration.models.seats import Seat, SeatPool
from eventsys.registration.models.table import BulkAct, RegistrationTag, SavedView, SensitiveLook
from eventsys.registration.models.terms import (
    CHOSEN_KINDS,
    ENDED,
    SEATED,
    Admission,
    Audience,
    Basis,
    Coming,
    Mode,
    PoolKind,
    QuestionType,
    RegistrationType,
    SeatState,
    State,
    Verdict,
    WaitingList,
)
from eventsys.registration.models.wishes import Breakout, BreakoutWish

__all__ = [
    "CHOSEN_KINDS",
    "ENDED",
    "SEATED",
    "AcceptedText",
    "Admission",
    "Answer",
    "Audience",
    "Basis",
    "Breakout",
    "BreakoutWish",
    "BulkAct",
    "Coming",
    "Consent",
    "DecisionRound",
    "Delegation",
    "EmailChange",
    "Invitation",
    "Mode",
    "PoolKind",
    "Question",
    "QuestionType",
    "Registration",
    "RegistrationSettings",
    "RegistrationTag",
    "RegistrationType",
    "Review",
    "SavedView",
    "Seat",
    "SeatPool",
    "SeatState",
    "SensitiveLook",
    "State",
    "Ticket",
    "Verdict",
    "WaitingList",
]

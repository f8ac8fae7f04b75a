"""Taking people out: one who asks for it, or all of an event when its time has come."""

from __future__ import annotations

from eventsys.privacy.actions.agreeing import agree, disagree
from eventsys.privacy.actions.forgetting import erase_person
from eventsys.privacy.actions.retaining import begin, go_on

__all__ = ["agree", "begin", "disagree", "erase_person", "go_on"]

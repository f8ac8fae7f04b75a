"""The form that visitors of an event see, kept in each process until the event's version grows."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.registration import rules
from eventsys.registration.models import Question
from eventsys.registration.queries.questions import questions_of

_MOST = 200
_kept: OrderedDict[tuple[str, int, str], tuple[Question, ...]] = OrderedDict()
_lock = Lock()


def form_of(session: Session, event: Event, language: str) -> tuple[Question, ...]:
    """The questions that visitors are asked, in their language, sections among them. Rows of no session, to be read
    only: everybody at the opening minute is asked the same, and no query is spent on it."""
    key = (event.uid, event.version, language)
    found = _kept.get(key)
    if found is None:
        asked = questions_of(session, event.id)
        found = tuple(rules.in_language(one, language) for one in asked if not one.is_internal)
        with _lock:
            _kept[key] = found
            while len(_kept) > _MOST:
                _kept.popitem(last=False)
    return found

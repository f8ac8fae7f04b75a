"""The organisers' doors to a programme: its list, one session, rooms and tracks, people, and what is still missing."""

from eventsys.agenda.manage import people, places, programme, readiness, sessions
from eventsys.agenda.manage.door import bp

__all__ = ["bp", "people", "places", "programme", "readiness", "sessions"]

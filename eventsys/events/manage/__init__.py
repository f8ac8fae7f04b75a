"""The organisers' doors to events: their list, one event's details, its life, its team, and joining a team."""

from eventsys.events.manage import details, home, joining, lives, members
from eventsys.events.manage.door import bp

__all__ = ["bp", "details", "home", "joining", "lives", "members"]

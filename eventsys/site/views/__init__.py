"""Pages put together from several domains: home, an event, a session, the desk of an event, the state of the house."""

from __future__ import annotations

from flask import Blueprint

from eventsys.site.around import around
from eventsys.site.marks import marks_of
from eventsys.site.views import dashboard, event, feed, health, home, personal, session

bp = Blueprint("site", __name__)

bp.add_url_rule("/", "home", home.home)
bp.add_url_rule("/events/<slug>/", "event", event.event)
bp.add_url_rule("/events/<slug>/sessions/<key>", "session", session.session)
bp.add_url_rule("/manage/events/<slug>/", "dashboard", dashboard.dashboard)
bp.add_url_rule("/r/<token>", "personal", personal.personal)
bp.add_url_rule("/r/<token>/calendar.ics", "personal_feed", feed.personal_feed)
bp.add_url_rule("/healthz", "healthz", health.healthz)
bp.add_url_rule("/readyz", "readyz", health.readyz)

# Pages of lower floors are drawn with these: what they show beside their own matter is composed here.
bp.add_app_template_global(around, "around")
bp.add_app_template_global(marks_of, "marks_of")

"""The public programme for other programs: schedule.xml and schedule.json. Drafts have none."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.events import visits
from eventsys.events.models import Event
from eventsys.exchange.exporting import WRITERS, ExportFormat, exported
from eventsys.exchange.queries import whole_event

bp = Blueprint("exchange", __name__)


@bp.get("/events/<slug>/schedule.xml")
def frab_xml(slug: str) -> AnyResponse:
    """The schedule in the format of frab, as XML."""
    return _schedule(slug, ExportFormat.FRAB_XML)


@bp.get("/events/<slug>/schedule.json")
def frab_json(slug: str) -> AnyResponse:
    """The schedule in the format of frab, as JSON."""
    return _schedule(slug, ExportFormat.FRAB_JSON)


def _schedule(slug: str, format: ExportFormat) -> AnyResponse:
    def made(session: Session, event: Event) -> tuple[bytes, datetime]:
        return exported(whole_event(session, event), format), event.changed_at

    return visits.feed(slug, str(format), made, content_type=WRITERS[format].media_type)

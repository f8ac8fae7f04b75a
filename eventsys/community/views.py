"""What registration forms ask while somebody types: which organisation is meant."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from eventsys.community import queries
from eventsys.kernel import limits
from eventsys.kernel.database import reading
from eventsys.kernel.text import clean_line

bp = Blueprint("community", __name__)

LEAST_CHARACTERS = 2


@bp.get("/organisations/suggest")
def suggest() -> Response:
    """At most eight listed organisations for two characters and more: name, short name, country and sector."""
    limits.glance("suggestions", most=1200, seconds=60)
    words = clean_line(request.args.get("q", ""))[:200]
    found = queries.suggestions(reading(), words) if len(words) >= LEAST_CHARACTERS else []
    answer = jsonify(
        {
            "organisations": [
                {"name": one.name, "short_name": one.short_name, "country": one.country, "sector": one.sector}
                for one in found
            ]
        }
    )
    # The same for everybody, and as late as a minute.
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer

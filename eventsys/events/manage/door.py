"""The blueprint that the organisers' pages of events hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("events_manage", __name__)

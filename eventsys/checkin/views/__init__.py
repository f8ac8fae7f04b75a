"""Doors of door staff and their devices: the events they work at, the scanner, the device that a browser becomes."""

from __future__ import annotations

from flask import Blueprint

from eventsys.checkin import phrasebook, shell
from eventsys.checkin.views import app, kiosk, scanner, trust, wall

bp = Blueprint("checkin", __name__)

bp.add_url_rule("/checkin/", "home", scanner.home)
bp.add_url_rule("/checkin/<slug>/", "scanner", scanner.scanner)
bp.add_url_rule("/checkin/device", "opened_by_link", scanner.opened_by_link)
bp.add_url_rule("/checkin/<slug>/device", "become_device", scanner.become_device, methods=["POST"])
bp.add_url_rule("/checkin/kiosk", "kiosk", kiosk.kiosk)
bp.add_url_rule("/checkin/trust", "trust", trust.trust)
bp.add_url_rule("/checkin/trust/screen", "trust_screen", trust.screen)
bp.add_url_rule("/checkin/trust/authority.crt", "authority", trust.authority)
bp.add_url_rule("/checkin/app.webmanifest", "manifest", app.manifest)
bp.add_url_rule("/checkin/worker.js", "worker", app.worker)
bp.add_url_rule("/checkin/app/<version>/<path:filename>", "script", app.script)

# Templates of the door name its scripts and carry its sentences.
bp.app_context_processor(lambda: {"door_module": shell.module, "phrases": phrasebook.phrases})
bp.add_url_rule("/checkin/wall", "wall", wall.wall)

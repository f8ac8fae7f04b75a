"""Doors of visitors: the registration form, and what a person does with their registration."""

from __future__ import annotations

from flask import Blueprint

from eventsys.registration.views import (
    choosing,
    confirming,
    details,
    entering,
    group,
    handing,
    invited,
    person,
    wishing,
)

bp = Blueprint("registration", __name__)

bp.add_url_rule("/events/<slug>/register", "register", entering.register, methods=["GET", "POST"])
bp.add_url_rule("/events/<slug>/register/sent", "sent", entering.sent)
bp.add_url_rule("/events/<slug>/privacy", "privacy", entering.privacy)

bp.add_url_rule("/events/<slug>/register/group", "register_group", group.register_group, methods=["GET", "POST"])

bp.add_url_rule("/r/<token>/accept", "accept", invited.accept, methods=["GET", "POST"])
bp.add_url_rule("/r/<token>/hand-on", "hand_on", handing.hand_on, methods=["GET", "POST"])
bp.add_url_rule("/r/<token>/group", "bring", group.bring, methods=["GET", "POST"])
bp.add_url_rule("/r/<token>/group/<int:number>", "replace_member", group.replace_member, methods=["GET", "POST"])
bp.add_url_rule("/r/<token>/group/<int:number>/<act>", "act_on_member", group.act_on_member, methods=["POST"])
bp.add_url_rule("/r/<token>/cancel", "cancel", person.cancel, methods=["POST"])
bp.add_url_rule("/r/<token>/mode", "switch_mode", person.switch_mode, methods=["POST"])
bp.add_url_rule("/r/<token>/offer", "answer_offer", person.answer_offer, methods=["POST"])
bp.add_url_rule("/r/<token>/coming", "answer_coming", person.answer_coming, methods=["POST"])
bp.add_url_rule("/r/<token>/sessions", "choose_session", choosing.choose_session, methods=["POST"])
bp.add_url_rule("/r/<token>/days", "choose_days", choosing.choose_days, methods=["POST"])
bp.add_url_rule("/r/<token>/details", "change_details", details.change_details, methods=["GET", "POST"])
bp.add_url_rule("/r/<token>/files/<key>", "file", details.file)
bp.add_url_rule("/r/confirm/<token>", "confirm", confirming.confirm, methods=["GET", "POST"])
bp.add_url_rule("/r/<token>/wishes/<key>", "wishes", wishing.wishes, methods=["GET", "POST"])
bp.add_url_rule("/r/<token>/email", "change_email", person.change_email, methods=["GET", "POST"])
bp.add_url_rule("/r/<token>/ticket.pdf", "ticket", person.ticket)
bp.add_url_rule("/r/<token>/qr.svg", "qr", person.qr)
bp.add_url_rule("/r/new-address/<token>", "new_address", person.new_address, methods=["GET", "POST"])

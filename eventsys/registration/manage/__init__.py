"""Doors of organisers: the table of registrations, one of them, the form and seats of an event, its badges."""

from __future__ import annotations

from flask import Blueprint

from eventsys.registration.manage import adding, badges, form, person, table

bp = Blueprint("registration_manage", __name__, url_prefix="/manage/events/<slug>")

bp.add_url_rule("/registrations", "index", table.index)
bp.add_url_rule("/registrations/decide", "decide", table.decide, methods=["POST"])
bp.add_url_rule("/registrations/add", "add", adding.add, methods=["GET", "POST"])
bp.add_url_rule("/registrations/list", "add_list", adding.add_list, methods=["GET", "POST"])
bp.add_url_rule("/registrations/programme", "add_programme", adding.add_programme, methods=["POST"])

bp.add_url_rule("/registrations/<int:number>", "show", person.show)
bp.add_url_rule("/registrations/<int:number>/sensitive", "show_sensitive", person.show_sensitive, methods=["POST"])
bp.add_url_rule("/registrations/<int:number>/<act>", "act", person.act, methods=["POST"])

bp.add_url_rule("/registration-form", "form", form.form, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/questions/new", "new_question", form.new_question, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/questions/<key>", "question", form.question, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/questions/<key>/<act>", "move_question", form.move_question, methods=["POST"])

bp.add_url_rule("/badges", "badges", badges.badges)
bp.add_url_rule("/badges/badges.pdf", "badges_pdf", badges.badges_pdf)
bp.add_url_rule("/registrations/<int:number>/badge.pdf", "badge_pdf", badges.badge_pdf)

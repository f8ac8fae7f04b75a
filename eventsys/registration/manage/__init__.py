"""Doors of organisers: the table of registrations, one of them, the form and seats of an event, its badges."""

from __future__ import annotations

from flask import Blueprint

from eventsys.registration.manage import (
    adding,
    answers,
    applications,
    badges,
    breakouts,
    bulk,
    codes,
    coming,
    dealt,
    decisions,
    doubles,
    handing,
    importing,
    inviting,
    person,
    questions,
    seats,
    settings,
    sign_ups,
    table,
)

bp = Blueprint("registration_manage", __name__, url_prefix="/manage/events/<slug>")

bp.add_url_rule("/registrations", "index", table.index)
bp.add_url_rule("/registrations/views", "save_view", table.save_view, methods=["POST"])
bp.add_url_rule("/registrations/views/<int:number>/remove", "remove_view", table.remove_view, methods=["POST"])
bp.add_url_rule("/registrations/bulk", "bulk", bulk.prepare)
bp.add_url_rule("/registrations/bulk", "do_bulk", bulk.do, methods=["POST"])
bp.add_url_rule("/registrations/acts", "acts_page", bulk.acts_page)
bp.add_url_rule("/registrations/acts/<int:number>", "act_page", bulk.act_page)
bp.add_url_rule("/registrations/acts/<int:number>/undo", "undo_act", bulk.undo_act, methods=["POST"])
bp.add_url_rule("/registrations/doubles", "doubles", doubles.doubles)
bp.add_url_rule("/registrations/doubles/<int:number>/<int:other>", "compare", doubles.compare)
bp.add_url_rule("/registrations/doubles/<int:number>/<int:other>", "merge", doubles.merge, methods=["POST"])
bp.add_url_rule("/registrations/import", "import_people", importing.import_people, methods=["GET", "POST"])
bp.add_url_rule("/registrations/import/confirm", "confirm_import", importing.confirm_import, methods=["POST"])
bp.add_url_rule("/registrations/add", "add", adding.add, methods=["GET", "POST"])
bp.add_url_rule("/registrations/list", "add_list", adding.add_list, methods=["GET", "POST"])
bp.add_url_rule("/registrations/programme", "add_programme", adding.add_programme, methods=["POST"])

bp.add_url_rule("/registrations/<int:number>", "show", person.show)
bp.add_url_rule("/registrations/<int:number>/sensitive", "show_sensitive", person.show_sensitive, methods=["POST"])
bp.add_url_rule("/registrations/<int:number>/answers", "answers", answers.answers, methods=["GET", "POST"])
bp.add_url_rule("/registrations/<int:number>/files/<key>", "answer_file", answers.file, methods=["GET", "POST"])
bp.add_url_rule("/registrations/<int:number>/hand-on", "hand_on", handing.hand_on, methods=["GET", "POST"])
bp.add_url_rule("/registrations/<int:number>/<act>", "act", person.act, methods=["POST"])

bp.add_url_rule("/registration-form", "form", seats.index, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/seats/new", "new_pool", seats.new_pool, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/seats/<int:number>", "pool", seats.pool, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/seats/<int:number>/remove", "remove_pool", seats.remove_pool, methods=["POST"])
bp.add_url_rule("/registration-form/organisations", "organisations", seats.organisations, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/settings", "settings", settings.settings, methods=["GET", "POST"])
bp.add_url_rule("/sessions/<key>/sign-ups", "sign_ups", sign_ups.sign_ups)
bp.add_url_rule("/sessions/<key>/sign-ups.<ending>", "sign_ups_file", sign_ups.sign_ups_file)
bp.add_url_rule("/registration-form/questions", "questions", questions.index)
bp.add_url_rule("/registration-form/questions/new", "new_question", questions.new_question, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/questions/preview", "preview_question", questions.preview, methods=["POST"])
bp.add_url_rule("/registration-form/questions/<key>", "question", questions.question, methods=["GET", "POST"])
bp.add_url_rule("/registration-form/questions/<key>/<act>", "change_form", questions.change_form, methods=["POST"])

bp.add_url_rule("/registrations/<int:number>/badge.pdf", "badge_pdf", badges.badge_pdf)

bp.add_url_rule("/applications", "applications", applications.index)
bp.add_url_rule("/applications/pick", "pick_applications", applications.pick, methods=["POST"])
bp.add_url_rule("/applications/<int:number>", "application", applications.application, methods=["GET", "POST"])
bp.add_url_rule("/applications/decide", "decide_applications", decisions.decide, methods=["GET", "POST"])
bp.add_url_rule("/applications/rounds/<int:number>", "round", decisions.round_page)
bp.add_url_rule("/applications/rounds/<int:number>/undo", "undo_round", decisions.undo, methods=["POST"])
bp.add_url_rule("/coming", "coming", coming.coming, methods=["GET", "POST"])

bp.add_url_rule("/invitations", "invitations", inviting.index)
bp.add_url_rule("/invitations/people", "invite", inviting.invite, methods=["GET", "POST"])
bp.add_url_rule("/invitations/programme", "invite_programme", inviting.invite_programme, methods=["POST"])
bp.add_url_rule("/invitations/people/<int:number>/<act>", "act_on_invited", inviting.act, methods=["POST"])
bp.add_url_rule("/invitations/new", "new_code", codes.new, methods=["GET", "POST"])
bp.add_url_rule("/invitations/<int:number>", "code", codes.code, methods=["GET", "POST"])
bp.add_url_rule("/invitations/<int:number>/qr.svg", "code_qr", codes.qr)
bp.add_url_rule("/invitations/<int:number>/<act>", "act_on_code", codes.act, methods=["POST"])

bp.add_url_rule("/breakouts", "breakouts", breakouts.index)
bp.add_url_rule("/breakouts/new", "new_breakout", breakouts.new, methods=["GET", "POST"])
bp.add_url_rule("/breakouts/<key>", "breakout", breakouts.show)
bp.add_url_rule("/breakouts/<key>/edit", "edit_breakout", breakouts.edit, methods=["GET", "POST"])
bp.add_url_rule("/breakouts/<key>/preview", "preview_breakout", dealt.preview)
bp.add_url_rule("/breakouts/<key>/deal", "deal_breakout", dealt.run, methods=["POST"])
bp.add_url_rule("/breakouts/<key>/undo", "undo_breakout", dealt.undo, methods=["POST"])
bp.add_url_rule("/breakouts/<key>/check", "check_breakout", dealt.check)
bp.add_url_rule("/breakouts/<key>/people.<ending>", "breakout_people", dealt.people)
bp.add_url_rule("/breakouts/<key>/<act>", "act_on_breakout", breakouts.act, methods=["POST"])

bp.add_app_template_global(breakouts.counts_seats, "counts_seats")

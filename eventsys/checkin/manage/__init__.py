"""Doors of organisers to the door of an event: who came, points, devices, the latest scans."""

from __future__ import annotations

from flask import Blueprint

from eventsys.checkin.manage import (
    designing,
    designs,
    desk,
    devices,
    door,
    jobs,
    live,
    pairing,
    paper,
    paper_lists,
    points,
    printing,
)

bp = Blueprint("checkin_manage", __name__, url_prefix="/manage/events/<slug>")

bp.add_url_rule("/door", "door", door.door)
bp.add_url_rule("/door/live", "live", live.live)
bp.add_url_rule("/door/live/stream", "live_stream", live.live_stream)
bp.add_url_rule("/door/devices", "devices", devices.devices)
bp.add_url_rule("/door/devices/new", "new_device", devices.new_device, methods=["GET", "POST"])
bp.add_url_rule("/door/devices/revoke", "revoke_all", devices.revoke_all, methods=["POST"])
bp.add_url_rule("/door/devices/pairing", "pairing_sheet", pairing.pairing_sheet)
bp.add_url_rule("/door/devices/pairing/state", "pairing_state", devices.pairing_state)
bp.add_url_rule("/door/devices/<int:number>", "change_device", devices.change_device, methods=["GET", "POST"])
bp.add_url_rule("/door/devices/<int:number>/pairing", "pairing", pairing.pairing)
bp.add_url_rule("/door/devices/<int:number>/pairing", "offer_pairing", devices.offer_pairing, methods=["POST"])
bp.add_url_rule("/door/devices/<int:number>/revoke", "revoke_device", devices.revoke_device, methods=["POST"])
bp.add_url_rule("/door/scans/<scan_id>/undo", "undo_scan", door.undo_scan, methods=["POST"])
# Apart from the addresses of points, whose keys may be any word.
bp.add_url_rule("/door/new-point", "new_point", points.new_point, methods=["GET", "POST"])
bp.add_url_rule("/door/point-series/days", "add_day_points", points.add_days, methods=["POST"])
bp.add_url_rule("/door/point-series/sessions", "add_session_points", points.add_sessions, methods=["POST"])
bp.add_url_rule("/door/point-series/remove", "remove_added", points.remove_added, methods=["POST"])
bp.add_url_rule("/door/points/<key>", "change_point", points.change_point, methods=["GET", "POST"])
bp.add_url_rule("/door/points/<key>/remove", "remove_point", points.remove_point, methods=["POST"])
bp.add_url_rule("/door/points/<key>/move", "move_point", points.move_point, methods=["POST"])
bp.add_url_rule("/door/desk", "desk", desk.desk)
bp.add_url_rule("/door/desk/watches", "watch", desk.watch, methods=["POST"])
bp.add_url_rule("/door/desk/watches/<int:number>", "watch_person", desk.watch_person, methods=["POST"])
bp.add_url_rule("/door/desk/watches/<int:number>/remove", "unwatch", desk.unwatch, methods=["POST"])
bp.add_url_rule("/door/list.pdf", "paper_list", paper_lists.paper_list)
bp.add_url_rule("/door/paper", "paper", paper.paper, methods=["GET", "POST"])
bp.add_url_rule("/badges", "badges", printing.badges)
bp.add_url_rule("/badges/badges.pdf", "badges_pdf", printing.badges_pdf)
bp.add_url_rule("/badges/print", "print_badges", printing.print_badges, methods=["POST"])
bp.add_url_rule("/badges/batches/<int:number>/print", "print_batch_again", printing.print_again, methods=["POST"])
bp.add_url_rule("/badges/batches/<int:number>/forget", "forget_batch", printing.forget_batch, methods=["POST"])
bp.add_url_rule("/badges/jobs", "print_jobs", jobs.jobs)
bp.add_url_rule("/badges/jobs/<int:number>/print", "print_job_again", jobs.print_again, methods=["POST"])
bp.add_url_rule("/badges/jobs/<int:number>/cancel", "cancel_job", jobs.cancel, methods=["POST"])
bp.add_url_rule("/badges/jobs/<int:number>/move", "move_job", jobs.move, methods=["POST"])
bp.add_url_rule("/badges/designs", "designs", designs.designs)
bp.add_url_rule("/badges/designs", "add_design", designs.add_design, methods=["POST"])
bp.add_url_rule("/badges/design-files", "upload_design", designs.upload_design, methods=["POST"])
bp.add_url_rule("/badges/designs/<key>", "design", designing.design)
bp.add_url_rule("/badges/designs/<key>", "save_design", designing.save_design, methods=["POST"])
bp.add_url_rule("/badges/designs/<key>/file", "design_file", designs.design_file)
bp.add_url_rule("/badges/designs/<key>/picture.png", "design_picture", designs.design_picture)
bp.add_url_rule("/badges/designs/<key>/duplicate", "duplicate_design", designs.duplicate_design, methods=["POST"])
bp.add_url_rule("/badges/designs/<key>/default", "default_design", designs.default_design, methods=["POST"])
bp.add_url_rule("/badges/designs/<key>/remove", "remove_design", designs.remove_design, methods=["POST"])
bp.add_url_rule("/badges/trial", "try_design", designing.try_design, methods=["POST"])
bp.add_url_rule("/badges/trial.pdf", "try_design_pdf", designing.try_design_pdf, methods=["POST"])
bp.add_url_rule("/badges/pictures", "add_picture", designing.add_picture, methods=["POST"])
bp.add_url_rule("/badges/pictures/<picture>", "picture", designing.picture)

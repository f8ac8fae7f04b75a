"""Acts on many: what will happen is said first, then done in batches; recent acts, and how they are undone."""

from __future__ import annotations

import re
import time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput, Refusal
from eventsys.kernel.text import markdown
from eventsys.kernel.tokens import new_nonce
from eventsys.registration.actions import bulk as acts
from eventsys.registration.errors import NobodyChosen
from eventsys.registration.manage.badges import badges_of
from eventsys.registration.manage.bulk_forms import FORMS, PlainForm
from eventsys.registration.manage.choosing import Chosen, chosen
from eventsys.registration.models import BulkAct, Registration
from eventsys.registration.queries.acts import act_begun_with, act_of, recent_acts, refused_of, said

# A request does what it can in so many seconds; the worker does the rest.
_PATIENCE = 3.0
# The key of a confirmation, as `new_nonce` makes it.
_ONCE = re.compile(r"[\w-]{22}", re.ASCII)
ACTS = {
    "tag": _l("Put a tag on"),
    "untag": _l("Take a tag off"),
    "type": _l("Set the type"),
    "mode": _l("Set the way"),
    "approve": _l("Approve"),
    "decline": _l("Decline"),
    "cancel": _l("Cancel"),
    "restore": _l("Restore"),
    "resend": _l("Send the link again"),
    "message": _l("Write to them"),
    "badges": _l("Print badges"),
}
_CONSEQUENCES = {
    "tag": (_l("Nobody is told, and no seat moves."),),
    "untag": (_l("Nobody is told, and no seat moves."),),
    "type": (_l("Where seats are counted by type, they move along; who finds none there stays as they are."),
             _l("Nobody is told; badges are printed with the new type.")),
    "mode": (_l("Each gets a seat of the other way where one is free, and gives theirs to the next in line."),
             _l("Who is confirmed is told by mail.")),
    "approve": (_l("In the order in which they came they get a seat each; when all are taken, the others wait."),
                _l("Each is told by mail.")),
    "decline": (_l("They get no place. Each is told by mail."),),
    "cancel": (_l("Their seats go to those who wait, their tickets open no door, and each is told by mail."),),
    "restore": (_l("Each gets a seat where one is free, or waits. Each is told by mail."),),
    "resend": (_l("Each gets the personal link once more."),),
    "message": (_l("Each gets it as a mail of their own, with the personal link."),),
    "badges": (_l("A PDF with a badge each, by family name. Nothing is changed."),),
}  # fmt: skip
_MAILS = frozenset({"mode", "approve", "decline", "cancel", "restore", "resend", "message"})


def prepare(slug: str) -> str | tuple[str, int] | Response:
    """Say what the act will do with whom, and ask what it still needs to know."""
    session = reading()
    event = event_to_manage(session, slug)
    act = request.args.get("act", "")
    if act not in ACTS:
        flash(_("Choose what shall be done."), "bad")
        return _back(slug, request.args.get("of", ""))
    return _page(event, act, chosen(session, event.id, act, request.args), _form(act, MultiDict()))


def _form(act: str, values: MultiDict[str, str]) -> PlainForm:
    return FORMS.get(act, PlainForm)(values)


def _page(event: Event, act: str, whom: Chosen, form: PlainForm, *, preview: Any = None, hint: str = "") -> str:
    return render_template(
        "registration/manage/bulk.html",
        event=event,
        act=act,
        label=ACTS[act],
        whom=whom,
        once=new_nonce(),
        form=form,
        consequences=_CONSEQUENCES[act],
        is_mailed=act in _MAILS,
        is_undoable=act in acts.DEEDS,
        preview=preview,
        prose=markdown(form.values().get("text") or "") if preview else "",
        hint=hint,
    )


def do(slug: str) -> str | tuple[str, int] | Response:
    """Do what was said, with those whom it was said of: who matches only since then is shown first."""
    session = reading()
    event = event_to_manage(session, slug)
    act = request.form.get("act", "")
    if act not in ACTS:
        raise BadInput
    once, is_preview = _once(), request.form.get("then") == "preview"
    if not is_preview and (first := act_begun_with(session, event.id, once)):
        return _begun_before(slug, first)
    whom, form = chosen(session, event.id, act, request.form), _form(act, request.form)
    if not whom.ids:
        flash(str(NobodyChosen()), "bad")
        return _back(slug, whom.query)
    if whom.is_all and request.form.get("said") != str(len(whom.ids)):
        hint = _("The list has changed meanwhile: please look at the number again.")
        return _page(event, act, whom, form, hint=hint), 422
    if not form.validate():
        return _page(event, act, whom, form), 422
    if is_preview:
        return _page(event, act, whom, form, preview=session.get_one(Registration, whom.ids[0]))
    if act == "badges":
        return badges_of(event, whom.ids)
    with transaction(actor=access.actor()) as writing:
        first = acts.begun_before(writing, event.id, once)
        if first is None:
            known, now = writing.get_one(Event, event.id), clock.now()
            number = acts.begin(writing, known, act, whom.ids, now=now, once=once, **form.values()).id
    return _begun_before(slug, first) if first else _carried(slug, number, whom.query)


def _once() -> str:
    """The key of the confirmation that was sent: each page that asks for one has its own."""
    once = request.form.get("once", "")
    return once if _ONCE.fullmatch(once) else ""


def _begun_before(slug: str, number: int) -> Response:
    """Lead to what the same confirmation began before: nothing is done twice."""
    flash(_("This was confirmed before, and is done only once. To do it again, begin at the table."), "info")
    return redirect(url_for("registration_manage.act_page", slug=slug, number=number), 303)


def _carried(slug: str, number: int, query: str = "") -> Response:
    """Do as much as a request may take, then lead to the table, or to the act where there is more to see."""
    is_left, until = True, time.monotonic() + _PATIENCE
    while is_left and time.monotonic() < until:
        with transaction(actor=access.actor()) as session:
            is_left = acts.carry_on(session, number, now=clock.now())
    act = reading().get_one(BulkAct, number)
    if is_left or act.before["refused"]:
        return redirect(url_for("registration_manage.act_page", slug=slug, number=number), 303)
    flash(said(act), "good")
    return _back(slug, query)


def _back(slug: str, query: str = "") -> Response:
    address = url_for("registration_manage.index", slug=slug)
    return redirect(f"{address}?{query}" if query else address, 303)


def acts_page(slug: str) -> str:
    """What was done with many of late, newest first, each with its way back."""
    session = reading()
    event = event_to_manage(session, slug)
    return render_template("registration/manage/acts.html", event=event, acts=recent_acts(session, event))


def act_page(slug: str, number: int) -> str:
    """One act: how far it is, who could not be changed and why."""
    session = reading()
    event = event_to_manage(session, slug)
    act = act_of(session, event, number)
    return render_template(
        "registration/manage/act.html", event=event, act=act, refused=refused_of(session, event, number)
    )


def undo_act(slug: str, number: int) -> Response:
    """Let everybody stand where they stood before, as far as seats are still free."""
    event = event_to_manage(reading(), slug)
    act_of(reading(), event, number)
    try:
        with transaction(actor=access.actor()) as session:
            acts.undo(session, session.get_one(BulkAct, number), now=clock.now())
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(url_for("registration_manage.acts_page", slug=slug), 303)
    return _carried(slug, number)

"""Publishing, cancelling, restoring, removing: each says first what it will do."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.events import actions, queries, rules
from eventsys.events.forms import CancelForm, blame
from eventsys.events.manage.door import bp
from eventsys.events.models import Event, MemberRole
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import Refusal
from eventsys.kernel.locale import say_days

Answer = Response | str | tuple[str, int]


@bp.post("/manage/events/<slug>/publish")
def publish(slug: str) -> Response:
    """Show the event to the public, also one that was cancelled."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        actions.publish(session, event, now=clock.now())
    flash(_("The event is public now."), "good")
    return redirect(url_for("site.dashboard", slug=slug), 303)


@bp.route("/manage/events/<slug>/cancel", methods=["GET", "POST"])
def cancel(slug: str) -> Answer:
    """Say that it does not take place; owners only, because everyone registered is told."""
    session = reading()
    event = event_to_manage(session, slug, needs=MemberRole.OWNER)
    rules.refuse_unless_step(event, "cancel")
    form = CancelForm()
    form.replaced_by.choices = [("", _("nothing"))] + [
        (other.slug, f"{other.title} · {say_days(other.starts_at, other.ends_at, other.zone)}")
        for other in queries.possible_replacements(session, event)
    ]
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as session:
                event = event_to_manage(session, slug, needs=MemberRole.OWNER)
                _cancel(session, event, form)
            flash(_("The event is cancelled. Everyone registered is told by mail."), "good")
            return redirect(url_for("events_manage.edit", slug=slug), 303)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            blame(form, refusal)
            event = event_to_manage(reading(), slug, needs=MemberRole.OWNER)
    page = render_template("events/manage/cancel.html", event=event, form=form)
    return (page, 422) if form.errors else page


def _cancel(session: Session, event: Event, form: CancelForm) -> None:
    other = queries.find_event(session, form.replaced_by.data) if form.replaced_by.data else None
    actions.cancel(session, event, now=clock.now(), note=form.note.data or "", replaced_by=other)


@bp.post("/manage/events/<slug>/status")
def status(slug: str) -> Response:
    """Take a cancellation back, take the event off the public pages, or remove a draft."""
    step = request.form.get("step", "")
    if step not in _STEPS:
        abort(400)
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug, needs=MemberRole.OWNER)
        _STEPS[step](session, event)
    flash(_SAID[step](), "good")
    gone = step == "remove"
    return redirect(url_for("events_manage.home") if gone else url_for("events_manage.edit", slug=slug), 303)


_STEPS = {
    "publish": lambda session, event: actions.publish(session, event, now=clock.now()),
    "draft": actions.restore_to_draft,
    "remove": actions.remove_draft,
}
_SAID = {
    "publish": lambda: _("The event takes place after all."),
    "draft": lambda: _("The event is a draft again: only its team sees it."),
    "remove": lambda: _("The draft is removed."),
}

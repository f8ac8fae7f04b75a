"""What seats are counted by: shown as meters, changed after what will happen was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.events.forms import blame
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction, tried
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.registration import actions, queries
from eventsys.registration.actions.rows import organisations_of
from eventsys.registration.manage.seats_forms import CapForm, ModesForm, NewPoolForm, PoolForm, offer
from eventsys.registration.meters import beyond_of, meters_of, pool_names, shaped_words
from eventsys.registration.models import Mode, PoolKind, SeatPool

Answer = str | tuple[str, int] | Response
Act = Callable[[Session, Event], actions.Shaped]


def index(slug: str) -> Answer:
    """All pools as meters, who sits beyond the seats, and the way to more; the seats of the event itself are set here,
    and more let in those who wait at once."""
    session = reading()
    event = event_to_manage(session, slug)
    form = ModesForm(data={str(mode): found.seats for mode, found in queries.seats(session, event.id).items()})
    if form.validate_on_submit():
        _flash(_set_modes(slug, form))
        return redirect(url_for("registration_manage.form", slug=slug), 303)
    page = render_template(
        "registration/manage/seats/index.html",
        event=event,
        form=form,
        groups=meters_of(session, event),
        most=queries.settings_of(session, event.id).organisation_seats,
        beyond=beyond_of(session, event),
    )
    return page if request.method == "GET" else (page, 422)


def _set_modes(slug: str, form: ModesForm) -> actions.Shaped:
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        before = actions.shape_of(session, event)
        for mode in Mode:
            actions.set_seats(session, event, mode, form[str(mode)].data, now=clock.now())
        return before.compared(actions.shape_of(session, event))


def new_pool(slug: str) -> Answer:
    """Count seats by one thing more."""
    session = reading()
    event = event_to_manage(session, slug)
    form = NewPoolForm()
    offer(form, event, queries.questions_of(session, event.id))

    def act(writing: Session, its: Event) -> actions.Shaped:
        kind, key, mode = _counted(writing, form)
        before = actions.shape_of(writing, its)
        actions.add_pool(writing, its, kind, key, form.seats.data, mode=mode, now=clock.now())
        return before.compared(actions.shape_of(writing, its))

    return _answer(event, form, act, title=_("Count seats by one thing more"))


def _counted(session: Session, form: NewPoolForm) -> tuple[PoolKind, str, str]:
    """Kind, key and mode of the pool that is asked for; an organisation counts on site."""
    kind, _colon, key = (form.what.data or "").partition(":")
    if kind != PoolKind.ORGANISATION:
        return PoolKind(kind), key, form.mode.data or ""
    name = form.organisation.data or ""
    found = organisations_of(session, [name])[name]
    if not found:
        raise Refusal(_("Please name the organisation."), field="organisation")
    return PoolKind.ORGANISATION, found, str(Mode.ONSITE)


def pool(slug: str, number: int) -> Answer:
    """Another number of seats for one pool."""
    session = reading()
    event = event_to_manage(session, slug)
    found = _pool_of(session, event, number)
    form = PoolForm(data={"seats": found.seats})

    def act(writing: Session, its: Event) -> actions.Shaped:
        before = actions.shape_of(writing, its)
        actions.change_pool(writing, its, number, form.seats.data, now=clock.now())
        return before.compared(actions.shape_of(writing, its))

    name = pool_names(session, event, [found])[found.id]
    is_removable = found.kind not in (PoolKind.MODE, PoolKind.SESSION)
    return _answer(event, form, act, title=name, pool=found if is_removable else None)


def remove_pool(slug: str, number: int) -> Answer:
    """Count no more by this."""
    with transaction(actor=access.actor()) as session:
        event = event_to_manage(session, slug)
        _pool_of(session, event, number)
        before = actions.shape_of(session, event)
        actions.remove_pool(session, event, number, now=clock.now())
        done = before.compared(actions.shape_of(session, event))
    _flash(done)
    return redirect(url_for("registration_manage.form", slug=slug), 303)


def organisations(slug: str) -> Answer:
    """One number for all organisations."""
    session = reading()
    event = event_to_manage(session, slug)
    form = CapForm(data={"most": queries.settings_of(session, event.id).organisation_seats})

    def act(writing: Session, its: Event) -> actions.Shaped:
        before = actions.shape_of(writing, its)
        actions.cap_organisations(writing, its, form.most.data, now=clock.now())
        return before.compared(actions.shape_of(writing, its))

    return _answer(event, form, act, title=_("Seats for each organisation"))


def _pool_of(session: Session, event: Event, number: int) -> SeatPool:
    found = session.get(SeatPool, number)
    if found is None or found.event_id != event.id:
        raise NotFound
    return found


def _answer(event: Event, form: Any, act: Act, **about: Any) -> Answer:
    """Say first what will happen; do it when that was seen."""
    foreseen: list[str] = []
    if form.validate_on_submit():
        try:
            if request.form.get("sure"):
                with transaction(actor=access.actor()) as session:
                    done = act(session, event_to_manage(session, event.slug))
                _flash(done)
                return redirect(url_for("registration_manage.form", slug=event.slug), 303)
            slug = event.slug
            done = tried(lambda session: act(session, event_to_manage(session, slug)), actor=access.actor())
            foreseen = shaped_words(done, is_done=False)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            blame(form, refusal, key="what")
        event = event_to_manage(reading(), event.slug)
    page = render_template("registration/manage/seats/pool.html", event=event, form=form, foreseen=foreseen, **about)
    return page if request.method == "GET" or foreseen else (page, 422)


def _flash(done: actions.Shaped) -> None:
    flash(_("Saved."), "good")
    for sentence in shaped_words(done, is_done=True):
        flash(sentence, "info")

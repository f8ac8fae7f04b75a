"""Rounds of sessions that people wish for: listed, made, changed, closed, and what was wished so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.events.forms import blame
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.locale import say_when
from eventsys.kernel.paging import mapped, page_number, paginated
from eventsys.registration.actions import breakouts as actions
from eventsys.registration.actions import dealing_out
from eventsys.registration.errors.breakouts import BreakoutUnfit
from eventsys.registration.forms.wishing import RoundForm, round_form
from eventsys.registration.manage.dealt import outcome_of
from eventsys.registration.models import Breakout
from eventsys.registration.queries import breakouts as queries
from eventsys.registration.queries import dealt as outcomes
from eventsys.registration.rules import breakouts as judged
from eventsys.registration.rules.applying import undo_until
from eventsys.registration.rules.breakouts import Slot

ROWS = 30


@dataclass(frozen=True)
class Listed:
    """A round as the list shows it."""

    breakout: Breakout
    when: str
    sessions: int
    seats: int | None
    is_open: bool
    wishes: int
    given: int | None


@dataclass(frozen=True)
class Demand:
    """What was wished of one session, beside its seats; the widths are percents of the widest bar."""

    slot: Slot
    first: int
    asked: int
    first_width: float
    asked_width: float
    seats_at: float | None


def counts_seats(event_id: int) -> bool:
    """Whether the event has sessions that count seats: asked once a page, by its navigation."""
    known: dict[int, bool] = g.setdefault("counts_seats", {})
    if event_id not in known:
        known[event_id] = queries.has_countable(reading(), event_id)
    return known[event_id]


def index(slug: str) -> str:
    """All rounds of the event, by time."""
    session = reading()
    event = event_to_manage(session, slug)
    slots, wishes = queries.slots_of(session, event.id), queries.wish_counts(session, event.id)
    accounts = outcomes.accounts_of(session, event.id)
    found = []
    for one in queries.rounds(session, event.id):
        mine = queries.slots_in(one, slots)
        account = accounts.get(one.id)
        given = sum(each.given for each in account.sessions) if account else None
        found.append(_listed(event, one, mine, wishes.get(one.id, 0), given))
    return render_template("registration/manage/breakouts/index.html", event=event, rounds=found, has_slots=bool(slots))


def _listed(event: Event, one: Breakout, slots: Sequence[Slot], wishes: int, given: int | None) -> Listed:
    counted = [slot.seats for slot in slots if not slot.is_cancelled]
    return Listed(
        breakout=one,
        when=when_of(event, slots),
        sessions=len(slots),
        seats=None if None in counted else sum(seats or 0 for seats in counted),
        is_open=judged.is_open(one, slots, clock.now()),
        wishes=wishes,
        given=given,
    )


def when_of(event: Event, slots: Sequence[Slot]) -> str:
    """From the first session's beginning to the last one's end."""
    if not slots:
        return ""
    return say_when(min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots), event.zone)


def new(slug: str) -> str | tuple[str, int] | Response:
    """Make a round: people can wish as soon as it is there."""
    session = reading()
    event = event_to_manage(session, slug)
    form = round_form(_choosable(session, event), event.zone)
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as writing:
                known = event_to_manage(writing, slug)
                key = actions.make(writing, known, form.shape(known.zone), now=clock.now()).key
            flash(_("The round is open for wishes."), "good")
            return redirect(url_for("registration_manage.breakout", slug=slug, key=key), 303)
        except BreakoutUnfit as refusal:
            blame(form, refusal)
        event = event_to_manage(reading(), slug)
    return _drawn(event, form, None)


def edit(slug: str, key: str) -> str | tuple[str, int] | Response:
    """Change a round that is not dealt."""
    session = reading()
    event = event_to_manage(session, slug)
    breakout = queries.round_of(session, event.id, key)
    judged.refuse_dealt(breakout)
    form = round_form(_choosable(session, event, but=breakout), event.zone, breakout)
    if form.validate_on_submit():
        try:
            with transaction(actor=access.actor()) as writing:
                known = queries.round_of(writing, event_to_manage(writing, slug).id, key)
                actions.change(writing, known, form.shape(event.zone), now=clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for("registration_manage.breakout", slug=slug, key=key), 303)
        except BreakoutUnfit as refusal:
            blame(form, refusal)
        event = event_to_manage(reading(), slug)
    return _drawn(event, form, breakout)


def _choosable(session: Session, event: Event, but: Breakout | None = None) -> list[Slot]:
    """Sessions to come that take place and are in no other round."""
    others = {key for one in queries.rounds(session, event.id) if but is None or one.id != but.id
              for key in one.sessions}  # fmt: skip
    mine = set(but.sessions) if but else set()
    return [
        slot
        for slot in queries.slots_of(session, event.id)
        if slot.key in mine or (slot.key not in others and not slot.is_cancelled and slot.starts_at > clock.now())
    ]


def _drawn(event: Event, form: RoundForm, breakout: Breakout | None) -> str | tuple[str, int]:
    page = render_template("registration/manage/breakouts/edit.html", event=event, form=form, breakout=breakout)
    return page if request.method == "GET" else (page, 422)


def show(slug: str, key: str) -> str:
    """One round: the wishes so far and who has none, or what the deal brought."""
    session = reading()
    event = event_to_manage(session, slug)
    breakout = queries.round_of(session, event.id, key)
    slots = queries.slots_in(breakout, queries.slots_of(session, event.id))
    draw = _wished if breakout.dealt_at is None else _dealt
    return draw(session, event, breakout, slots)


def _wished(session: Session, event: Event, breakout: Breakout, slots: list[Slot]) -> str:
    tally = queries.tally(session, breakout.id)
    page = paginated(session, queries.silent(breakout, slots), number=page_number(), size=ROWS)
    return render_template(
        "registration/manage/breakouts/show.html",
        event=event,
        breakout=breakout,
        when=when_of(event, slots),
        tally=tally,
        demands=_demands(slots, tally),
        page=page,
        is_open=judged.is_open(breakout, slots, clock.now()),
        run=outcomes.run_of(session, breakout.id),
    )


def _demands(slots: Sequence[Slot], tally: queries.Tally) -> list[Demand]:
    asked = {slot.key: tally.asked.get(slot.key, 0) for slot in slots}
    top = max([1, *asked.values(), *(slot.seats or 0 for slot in slots)])
    return [
        Demand(
            slot=slot,
            first=tally.first.get(slot.key, 0),
            asked=asked[slot.key],
            first_width=100 * tally.first.get(slot.key, 0) / top,
            asked_width=100 * asked[slot.key] / top,
            seats_at=None if slot.seats is None else 100 * slot.seats / top,
        )
        for slot in slots
    ]


def _dealt(session: Session, event: Event, breakout: Breakout, slots: list[Slot]) -> str:
    asked = outcomes.Asked(request.args.get("q", "").strip()[:200], request.args.get("session", ""))
    page = paginated(session, outcomes.people_in(breakout, slots, asked), number=page_number(), size=ROWS)
    sittings = {one.person: one for one in outcomes.sittings(session, breakout, slots, page.items)}
    account = outcomes.account_of(session, breakout.id)
    assert account is not None
    return render_template(
        "registration/manage/breakouts/dealt.html",
        event=event,
        breakout=breakout,
        when=when_of(event, slots),
        outcome=outcome_of(account, breakout),
        asked=asked,
        choices=[("", _("all sessions")), *((slot.key, slot.title) for slot in slots), ("none", _("without a seat"))],
        titles={slot.key: slot.title for slot in slots},
        taken=[(slot, slot.taken) for slot in slots],
        page=mapped(page, sittings.__getitem__),
        undo_until=undo_until(breakout.dealt_at) if judged.may_undo(breakout, clock.now()) else None,  # type: ignore[arg-type]
    )


def act(slug: str, key: str, act: str) -> Response:
    """Close a round, remind those who have not wished, take it away, or forget a run that was asked for."""
    session = reading()
    event = event_to_manage(session, slug)
    breakout = queries.round_of(session, event.id, key)
    back = url_for("registration_manage.breakout", slug=slug, key=key)
    try:
        match act:
            case "remind":
                _remind(breakout.id)
            case "close" | "remove" | "drop":
                with transaction(actor=access.actor()) as writing:
                    _change(writing, writing.get_one(Breakout, breakout.id), act)
            case _:
                raise NotFound
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        flash(str(refusal), "bad")
        return redirect(back, 303)
    return redirect(url_for("registration_manage.breakouts", slug=slug) if act == "remove" else back, 303)


def _change(session: Session, breakout: Breakout, act: str) -> None:
    now = clock.now()
    if act == "close":
        actions.close(session, breakout, now=now)
        flash(_("No more wishes are taken. Look at what a deal would bring."), "good")
    elif act == "remove":
        actions.remove(session, breakout, now=now)
        flash(_("“%(name)s” is taken away.", name=breakout.name), "good")
    else:
        dealing_out.drop_run(session, breakout)


def _remind(breakout_id: int) -> None:
    """In batches, so that no transaction is long."""
    written, after = 0, 0
    while True:
        with transaction(actor=access.actor()) as session:
            known = session.get_one(Breakout, breakout_id)
            more, after = actions.remind_batch(session, known, after=after, now=clock.now())
        written += more
        if not after:
            break
    flash(
        ngettext("%(num)d person is asked by mail.", "%(num)d people are asked by mail.", written)
        if written
        else _("Everybody who has not wished was asked today already, or has no address."),
        "good" if written else "info",
    )

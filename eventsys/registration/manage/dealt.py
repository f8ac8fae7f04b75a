"""What a deal brings, as organisers see it: before it is carried out, after it, and once more to check it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock, tokens
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.tables import Sheet, write_csv, write_xlsx
from eventsys.kernel.text import clean_line
from eventsys.registration.actions import dealing_out as actions
from eventsys.registration.dealing import Account, Deal, Got, SessionCount, check_run, deal_of, explain
from eventsys.registration.models import Breakout, Registration
from eventsys.registration.queries import breakouts as queries
from eventsys.registration.queries import dealt as outcomes
from eventsys.registration.rules.breakouts import AT_ONCE

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NAMED = 20


@dataclass(frozen=True)
class Outcome:
    """A run in figures and words: `ranks` are people by what they got, as a chart draws them."""

    account: Account
    figures: list[tuple[str, int]]
    ranks: list[tuple[str, int]]
    sessions: tuple[SessionCount, ...]
    sentences: list[str]
    without: int


def outcome_of(account: Account, breakout: Breakout) -> Outcome:
    """What a run of this round brought, or would bring."""
    one = account.rounds[0]
    without = one.missed + one.unasked - one.filled
    ranks = [(str(_("Wish number %(rank)d", rank=rank)), count) for rank, count in enumerate(one.by_rank, 1)]
    more = [
        (_("Room that was left"), one.filled), (_("Had a seat already"), one.kept), (_("Without a seat"), without),
    ]  # fmt: skip
    return Outcome(
        account=account,
        figures=[
            (_("Wished"), one.asked),
            (_("First wish"), one.by_rank[0] if one.by_rank else 0),
            (_("Another wish"), sum(one.by_rank[1:])),
            (_("No wish fulfilled"), one.missed),
        ],
        ranks=[*ranks, *((str(label), count) for label, count in more if count)],
        sessions=account.sessions,
        sentences=explain(account, {breakout.key: breakout.name}),
        without=without,
    )


def preview(slug: str, key: str) -> str | Response:
    """What would be dealt now, with nothing written; of a large round, what the worker has calculated."""
    session = reading()
    event = event_to_manage(session, slug)
    breakout = queries.round_of(session, event.id, key)
    if breakout.dealt_at is not None:
        return redirect(url_for("registration_manage.breakout", slug=slug, key=key), 303)
    seed = _seed(request.args.get("seed", ""))
    run = outcomes.run_of(session, breakout.id)
    if not seed:
        seed = run.get("seed") or outcomes.last_seed(session, breakout.id) or tokens.readable(8)
        return redirect(url_for("registration_manage.preview_breakout", slug=slug, key=key, seed=seed), 303)
    slots = queries.slots_in(breakout, queries.slots_of(session, event.id))
    people = queries.candidates_count(session, breakout, slots)
    if people > AT_ONCE and (run.get("seed") != seed or run.get("state") != "ready"):
        mine = run if run.get("seed") == seed else {}
        return render_template(
            "registration/manage/breakouts/running.html",
            event=event,
            breakout=breakout,
            seed=seed,
            run=mine,
            people=people,
        )
    if people > AT_ONCE:
        found, digest = deal_of(breakout.report), run["digest"]
    else:
        calculated = actions.calculate(session, breakout, seed)
        found, digest = calculated.deal, calculated.digest
    return _previewed(session, event, breakout, seed, digest, found)


def _previewed(session: Session, event: Event, breakout: Breakout, seed: str, digest: str, found: Deal) -> str:
    missing = [one.person for one in found.entries if one.got == Got.MISSED]
    return render_template(
        "registration/manage/breakouts/preview.html",
        event=event,
        breakout=breakout,
        seed=seed,
        another=tokens.readable(8),
        digest=digest,
        outcome=outcome_of(found.account, breakout),
        given=len(found.given()),
        letters=sum(bool(one.wishes) or one.got == Got.FILLED for one in found.entries),
        missing=_names(session, missing),
        more=max(0, len(missing) - _NAMED),
        is_closed=breakout.closes_at is None or breakout.closes_at <= clock.now(),
    )


def _names(session: Session, ids: list[int]) -> list[Registration]:
    """The first few of those without a seat, by name."""
    query = select(Registration).where(Registration.id.in_(ids[:_NAMED]))
    return list(session.scalars(query.order_by(Registration.last_name, Registration.first_name, Registration.id)))


def _seed(text: str) -> str:
    return clean_line(text)[:40]


def run(slug: str, key: str) -> Response:
    """Carry out what was seen, or let the worker calculate or carry out a large round."""
    session = reading()
    event = event_to_manage(session, slug)
    breakout = queries.round_of(session, event.id, key)
    seed, digest = _seed(request.form.get("seed", "")), request.form.get("digest", "")
    slots = queries.slots_in(breakout, queries.slots_of(session, event.id))
    is_large = queries.candidates_count(session, breakout, slots) > AT_ONCE
    here = url_for("registration_manage.preview_breakout", slug=slug, key=key, seed=seed or None)
    try:
        with transaction(actor=access.actor()) as writing:
            known = writing.get_one(Breakout, breakout.id)
            is_dealt = _run(writing, known, seed, digest, is_large=is_large)
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(here, 303)
    if not is_dealt:
        return redirect(here, 303)
    flash(_("The seats are dealt. The letters leave in two minutes; until then you can undo it."), "good")
    return redirect(url_for("registration_manage.breakout", slug=slug, key=key), 303)


def _run(session: Session, breakout: Breakout, seed: str, digest: str, *, is_large: bool) -> bool:
    """Whether the seats are dealt now."""
    said: dict[str, Any] = {"actor": access.actor(), "now": clock.now()}
    if not digest:
        actions.ask_run(session, breakout, seed or tokens.readable(8), **said)
    elif is_large:
        actions.ask_deal(session, breakout, seed, digest, **said)
    else:
        actions.carry_out(session, breakout, seed, digest, **said)
        return True
    return False


def undo(slug: str, key: str) -> Response:
    """Take the deal back, as long as no letter has left."""
    event = event_to_manage(reading(), slug)
    number = queries.round_of(reading(), event.id, key).id
    try:
        with transaction(actor=access.actor()) as session:
            freed = actions.undo(session, session.get_one(Breakout, number), now=clock.now())
        flash(
            ngettext(
                "The deal is undone: %(num)d seat is free again, and nobody is told.",
                "The deal is undone: %(num)d seats are free again, and nobody is told.",
                freed,
            ),
            "good",
        )
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("registration_manage.breakout", slug=slug, key=key), 303)


def check(slug: str, key: str) -> str:
    """Run it again from what it began from, and compare; a large one is checked by command."""
    session = reading()
    event = event_to_manage(session, slug)
    breakout = queries.round_of(session, event.id, key)
    if breakout.dealt_at is None:
        raise NotFound
    kept = breakout.report
    is_large = len(kept["entries"]) > AT_ONCE
    found = None if is_large else check_run(kept, outcomes.kept_wishes(session, breakout.id))
    return render_template(
        "registration/manage/breakouts/check.html",
        event=event,
        breakout=breakout,
        check=found,
        sentences=explain(Account.from_json(kept["account"]), {breakout.key: breakout.name}),
        command=f"eventsys registration check-deal {event.slug} {breakout.key}",
    )


def people(slug: str, key: str, ending: str) -> FlaskResponse:
    """Who sits in which session, as a list to print and to take along."""
    session = reading()
    event = event_to_manage(session, slug)
    breakout = queries.round_of(session, event.id, key)
    if ending not in _TYPES:
        raise NotFound
    slots = queries.slots_in(breakout, queries.slots_of(session, event.id))
    by_key = {slot.key: slot for slot in slots}
    heads = [
        _("Session"), _("Begins"), _("Room"), _("First name"), _("Last name"), _("Organisation"), _("E-mail address"),
        _("Wish number"),
    ]  # fmt: skip
    rows = []
    for one in outcomes.listed(session, breakout, slots):
        slot, person = by_key.get(one.session or ""), one.person
        place = (slot.title, slot.starts_at.astimezone(event.zone), slot.room) if slot else (_("no seat"), None, "")
        rows.append([*place, person.first_name, person.last_name, person.organisation, person.email or "", one.rank])
    out = BytesIO()
    if ending == "csv":
        write_csv(out, heads, rows, with_mark=True)
    else:
        write_xlsx(out, Sheet(breakout.name, heads, rows, widths=(36, 18, 18, 16, 20, 30, 30, 12)))
    response = FlaskResponse(out.getvalue(), content_type=_TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{event.slug}-{breakout.key}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response

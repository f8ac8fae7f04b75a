"""Rounds of decisions: seen before they are carried out, with the very letters; then carried out, or undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.accounts.models import User
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage, rank_of
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction, tried
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.text import clean_prose
from eventsys.registration import actions, queries, rules
from eventsys.registration.errors import NotPossibleNow
from eventsys.registration.manage.applications import VERDICTS
from eventsys.registration.manage.previewing import TOLD, WHY, Preview, Wish, carried_out, preview
from eventsys.registration.manage.room import warnings_of
from eventsys.registration.models import (
    DecisionRound,
    State,
    Verdict,
)
from eventsys.registration.queries import applying
from eventsys.registration.queries.balance import balances, way_of
from eventsys.registration.rules.applying import Balance, Comparison, compared, undo_until

TEXT_MOST = 1000
OWNER = 3


def decide(slug: str) -> str | Response | tuple[str, int]:
    """See what the picks come to, write a sentence to each kind, and carry them out."""
    session = reading()
    event = event_to_manage(session, slug)
    is_owner = rank_of(session, event.id) >= OWNER
    wish = _wish(is_owner=is_owner)
    if request.method == "POST" and request.form.get("act") == "confirm":
        return _carry_out(slug, event.id, wish)
    picked = {one.id: str(one.verdict) for one in applying.picks(session, event.id)}
    counts = applying.picked_counts(session, event.id)
    way, _ways = way_of(session, event.id, "")
    everybody, *before = balances(session, event.id, way)
    seen = None
    event_id, waiting_list = event.id, rules.has_waiting_list(queries.settings_of(session, event.id))
    refused = ""
    if picked:
        try:
            seen = tried(lambda writing: preview(writing, event_id, picked, wish, way), actor=access.actor())
        except Refusal as refusal:
            refused = str(refusal)
    return render_template(
        "registration/manage/applications/decide.html",
        event=event_to_manage(reading(), slug),
        picked=picked,
        left=sum(counts[str(key)] for key in VERDICTS) - len(picked),
        undecided=counts[""],
        preview=seen,
        refused=refused,
        wish=wish,
        is_owner=is_owner,
        has_waiting_list=waiting_list,
        whole=everybody.shares[0],
        comparisons=_comparisons(before, seen),
        warnings=_warnings(seen),
        verdicts=VERDICTS,
        why=WHY,
        text_most=TEXT_MOST,
        mode_label=rules.MODE_LABELS[way],
    )


def _wish(*, is_owner: bool) -> Wish:
    form = request.form
    beyond = form.get("beyond", "")
    return Wish(
        texts={str(key): clean_prose(form.get(f"text_{key}", ""))[:TEXT_MOST] for key in VERDICTS},
        beyond=int(beyond) if beyond.isdecimal() and len(beyond) < 6 else 0,
        passes_opinions=is_owner and form.get("passes_opinions") == "1",
        shown={kind: int(form[f"show_{kind}"]) for kind in TOLD if form.get(f"show_{kind}", "").isdecimal()},
    )


def _warnings(seen: Preview | None) -> list[str]:
    """What is out of balance once the round is carried out, whatever else is picked."""
    if seen is None:
        return []
    settled = [replace(one, shares=tuple(replace(share, picked=0) for share in one.shares)) for one in seen.balances]
    return warnings_of(replace(seen.whole, picked=0), settled)


def _comparisons(before: Sequence[Balance], seen: Preview | None) -> list[Comparison]:
    after = {one.kind: one for one in seen.balances} if seen else {}
    return [compared(one, after.get(one.kind)) for one in before if one.shares]


def _carry_out(slug: str, event_id: int, wish: Wish) -> Response:
    picked = {}
    for one in request.form.getlist("pick"):
        number, _colon, verdict = one.partition(":")
        if number.isdecimal() and len(number) <= 18 and verdict in set(Verdict):
            picked[int(number)] = verdict
    if not picked:
        flash(_("Nobody is picked yet."), "info")
        return redirect(url_for("registration_manage.applications", slug=slug), 303)
    try:
        with transaction(actor=access.actor()) as session:
            outcome = carried_out(session, session.get_one(Event, event_id), picked, wish)
            if not outcome.decided:
                # The second of two clicks finds everybody decided: it leaves no empty round behind.
                raise NotPossibleNow(_("Nothing was decided: nobody of them awaits this decision any more."))
    except Refusal as refusal:
        flash(str(refusal), "bad")
        return redirect(url_for("registration_manage.decide_applications", slug=slug), 303)
    return redirect(url_for("registration_manage.round", slug=slug, number=outcome.round_id), 303)


def round_page(slug: str, number: int) -> str:
    """A round as it was carried out: who, what, when, by whom; and its undoing while its letters wait."""
    session = reading()
    event = event_to_manage(session, slug)
    row = _round(session, event.id, number)
    people = applying.people_of_round(session, row)
    decided = [(people[one[0]], TOLD[one[2]]) for one in row.counts["people"] if one[0] in people]
    until = undo_until(row.decided_at)
    return render_template(
        "registration/manage/applications/round.html",
        event=event,
        row=row,
        by=_name_of(session, row.decided_by),
        decided=decided,
        skipped=[(people[one[0]], WHY[one[1]]) for one in row.counts["skipped"] if one[0] in people],
        texts=[(VERDICTS[Verdict(key)], text) for key, text in row.texts.items() if text and key in set(Verdict)],
        until=until,
        may_undo=clock.now() < until and not row.counts.get("undone_at"),
        undone_at=datetime.fromisoformat(row.counts["undone_at"]) if row.counts.get("undone_at") else None,
        undone_by=_name_of(session, row.counts.get("undone_by", "")),
        applied=State.APPLIED,
    )


def undo(slug: str, number: int) -> Response:
    """Take a round back before its letters leave."""
    event_id = event_to_manage(reading(), slug).id
    _round(reading(), event_id, number)
    try:
        with transaction(actor=access.actor()) as session:
            row = session.get_one(DecisionRound, number)
            undone, kept = actions.undo_round(
                session, session.get_one(Event, event_id), row, actor=access.actor(), now=clock.now()
            )
        flash(ngettext("%(num)d decision is undone.", "%(num)d decisions are undone.", undone), "good")
        if kept:
            words = ngettext(
                "%(num)d stands: the person has moved on, or was told already.",
                "%(num)d stand: the people have moved on, or were told already.",
                kept,
            )
            flash(words, "warn")
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("registration_manage.round", slug=slug, number=number), 303)


def _round(session: Session, event_id: int, number: int) -> DecisionRound:
    found = applying.round_of_event(session, event_id, number)
    if found is None:
        raise NotFound
    return found


def _name_of(session: Session, actor: str) -> str:
    kind, _colon, number = actor.partition(":")
    user = session.get(User, int(number)) if kind == "user" and number.isdecimal() else None
    return (user.name or user.email) if user is not None else str(_("somebody who has left"))

"""Applications: who applied, what each organiser thinks of them, who is picked, and the balance of the room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length
from wtforms.validators import Optional as MayBeEmpty

from eventsys.accounts.models import User
from eventsys.community.models import Sector
from eventsys.community.rules import SECTOR_LABELS, sector_label
from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import BadInput, Refusal
from eventsys.kernel.locale import country_name
from eventsys.kernel.paging import mapped, page_number, paginated
from eventsys.kernel.text import clean_prose
from eventsys.registration import actions, queries, rules
from eventsys.registration.answers import said
from eventsys.registration.forms import choices_of
from eventsys.registration.manage.room import balance_of
from eventsys.registration.models import Answer, Mode, Question, Registration, Review, State, Verdict
from eventsys.registration.queries import applying
from eventsys.registration.rules.applying import SCORES, Opinion, undo_until

ROWS = 30
VERDICTS = {Verdict.ACCEPT: _l("Accept"), Verdict.WAIT: _l("Waiting list"), Verdict.DECLINE: _l("Decline")}
_MOST_PICKED = 20_000


@dataclass(frozen=True)
class Row:
    """One application as the list shows it: `score` and `pick` are None where the reader shall judge first."""

    person: Registration
    sector: str
    country: str
    answers: list[tuple[str, str]]
    opinions: int
    is_mine_given: bool
    score: float | None
    pick: str | None
    is_hidden: bool
    is_ticked: bool


class ReviewForm(FlaskForm):
    """One organiser's opinion of an application."""

    score = RadioField(
        _l("Score"),
        choices=choices_of({"": _l("none"), **{score: str(score) for score in SCORES}}),
        default="",
        validators=[MayBeEmpty()],
        description=_l("1: does not fit. 5: must be there."),
    )
    verdict = RadioField(
        _l("Opinion"), choices=choices_of({"": _l("none"), **VERDICTS}), default="", validators=[MayBeEmpty()]
    )
    note = TextAreaField(
        _l("Note"), filters=[lambda value: clean_prose(value or "")], validators=[Length(max=2000)],
        description=_l("The other organisers read it, the person may ask for it."),
    )  # fmt: skip

    def opinion(self) -> Opinion:
        verdict = Verdict(self.verdict.data) if self.verdict.data else None
        return Opinion(int(self.score.data) if self.score.data else None, verdict, self.note.data or "")


def index(slug: str) -> str:
    """Those who wait for a decision, and beside them what the room is like now and would be."""
    session = reading()
    event = event_to_manage(session, slug)
    asked, user_id = applying.read_asked(request.args), access.user_id() or 0
    ticked = numbers(request.args.getlist("id"))
    page = paginated(session, applying.applications(session, event.id, asked, user_id), number=page_number(), size=ROWS)
    counts = applying.picked_counts(session, event.id)
    questions = applying.choice_questions(session, event.id)
    return render_template(
        "registration/manage/applications/index.html",
        event=event,
        asked=asked,
        page=mapped(page, _rows(session, event, page.items, user_id, ticked).__getitem__),
        total=sum(counts.values()),
        counts=counts,
        verdicts=VERDICTS,
        choices=_choices(session, event, questions),
        rounds=[(one, undo_until(one.decided_at) > clock.now()) for one in applying.rounds_of(session, event.id)],
        needed=queries.settings_of(session, event.id).opinions_needed,
        **balance_of(session, event.id, ticked),
    )


def _rows(
    session: Session, event: Event, people: Sequence[Registration], user_id: int, ticked: Sequence[int]
) -> dict[Registration, Row]:
    ids = [one.id for one in people]
    reviews = applying.reviews_of(session, ids)
    answers = applying.plain_answers_of(session, ids)
    needed = queries.settings_of(session, event.id).opinions_needed
    return {
        one: _row(one, reviews.get(one.id, []), answers.get(one.id, []), user_id, needed, one.id in ticked)
        for one in people
    }


def _row(
    person: Registration,
    reviews: Sequence[Review],
    answers: Sequence[Answer],
    user_id: int,
    needed: int,
    is_ticked: bool,
) -> Row:
    given = [one for one in reviews if one.score is not None or one.verdict is not None]
    is_mine = any(one.user_id == user_id for one in given)
    # A second opinion is worth something only where it does not know the first.
    is_hidden = not is_mine and (needed > 1 or bool(given))
    return Row(
        person=person,
        sector=sector_label(person.sector),
        country=country_name(person.country) if person.country else "",
        answers=[(one.question.label, said(one.value)) for one in answers],
        opinions=len(given),
        is_mine_given=is_mine,
        score=None if is_hidden else person.score,
        pick=None if is_hidden and needed > 1 else person.verdict,
        is_hidden=is_hidden,
        is_ticked=is_ticked,
    )


def _choices(session: Session, event: Event, questions: Sequence[Question]) -> dict[str, list[tuple[str, str]]]:
    countries = [(code, country_name(code)) for code in applying.countries_of_applicants(session, event.id)]
    answers = [
        (f"{question.id}={choice}", f"{question.label}: {choice}")
        for question in questions
        for choice in question.choices
    ]
    return {
        "sector": [("", _("all sectors")), *((str(key), str(SECTOR_LABELS[key])) for key in Sector)],
        "country": [("", _("all countries")), *sorted(countries, key=lambda one: one[1])],
        "answer": [("", _("all answers")), *answers] if answers else [],
        "pick": [("", _("all")), ("none", _("not picked")), *((str(key), str(name)) for key, name in VERDICTS.items())],
        "opinion": [("", _("all")), ("missing", _("not yet given")), ("given", _("given"))],
        "sort": [("date", _("first come first")), ("score", _("best score first")), ("name", _("name"))],
    }


def pick(slug: str) -> Response:
    """Mark those who are ticked, or all that the filter shows, for what should come of them."""
    act = request.form.get("act", "")
    if act not in (*VERDICTS, "none", "recount"):
        raise BadInput
    session = reading()
    event_id, user_id = event_to_manage(session, slug).id, access.user_id() or 0
    chosen = numbers(request.form.getlist("id"))
    kept: dict[str, Any] = {name: value for name, value in request.args.to_dict().items() if name != "id"}
    if act == "recount":
        return redirect(url_for("registration_manage.applications", slug=slug, **kept, id=chosen), 303)
    if request.form.get("scope") == "filtered":
        query = applying.applications(session, event_id, applying.read_asked(request.args), user_id)
        chosen = list(session.scalars(query.with_only_columns(Registration.id).limit(_MOST_PICKED)))
    verdict = None if act == "none" else Verdict(act)
    with transaction(actor=access.actor()) as writing:
        marked = actions.pick(writing, event_id, chosen, verdict, user_id, now=clock.now())
    flash(_said(marked, verdict), "good" if marked else "info")
    if request.form.get("back", "").isdecimal():
        return redirect(url_for("registration_manage.application", slug=slug, number=int(request.form["back"])), 303)
    return redirect(url_for("registration_manage.applications", slug=slug, **kept), 303)


def _said(marked: int, verdict: Verdict | None) -> str:
    if not marked:
        return str(_("Nobody was chosen: tick the people first."))
    if verdict is None:
        return str(ngettext("%(num)d pick is taken back.", "%(num)d picks are taken back.", marked))
    return str(
        ngettext(
            "%(num)d application is picked: %(what)s. Nobody is told yet.",
            "%(num)d applications are picked: %(what)s. Nobody is told yet.",
            marked,
            what=VERDICTS[verdict],
        )
    )


def application(slug: str, number: int) -> str | Response | tuple[str, int]:
    """One application with all that was answered, and one's own opinion of it; then those of the others."""
    session = reading()
    event = event_to_manage(session, slug)
    registration, user_id = applying.application(session, event.id, number), access.user_id() or 0
    reviews = applying.reviews_of(session, [number]).get(number, [])
    mine = next((one for one in reviews if one.user_id == user_id), None)
    form = ReviewForm(data=_data(mine))
    if form.validate_on_submit():
        return _keep_opinion(slug, registration, form)
    answers = applying.plain_answers_of(session, [number]).get(number, [])
    needed = queries.settings_of(session, event.id).opinions_needed
    row = _row(registration, reviews, answers, user_id, needed, False)
    before, after = applying.neighbours(session, registration)
    page = render_template(
        "registration/manage/applications/show.html",
        event=event,
        registration=registration,
        row=row,
        form=form,
        others=[] if row.is_hidden else [_shown(one) for one in reviews if one.user_id != user_id],
        needed=needed,
        before=before,
        after=after,
        verdicts=VERDICTS,
        mode_label=rules.MODE_LABELS[Mode(registration.mode)],
        is_open=registration.state == State.APPLIED,
    )
    return page if request.method == "GET" else (page, 422)


def _data(mine: Review | None) -> dict[str, str]:
    if mine is None:
        return {}
    return {
        "score": str(mine.score) if mine.score else "",
        "verdict": str(mine.verdict) if mine.verdict else "",
        "note": mine.note,
    }


def _shown(review: Review) -> dict[str, Any]:
    user: User = review.user
    return {
        "who": user.name or user.email,
        "score": review.score,
        "verdict": VERDICTS[Verdict(review.verdict)] if review.verdict else "",
        "note": review.note,
        "at": review.updated_at,
    }


def _keep_opinion(slug: str, registration: Registration, form: ReviewForm) -> Response:
    number, after = registration.id, applying.neighbours(reading(), registration)[1]
    try:
        with transaction(actor=access.actor()) as session:
            known = session.get_one(Registration, number)
            actions.review(session, known, access.user_id() or 0, form.opinion(), now=clock.now())
        flash(_("Your opinion is kept."), "good")
    except Refusal as refusal:
        flash(str(refusal), "bad")
    to = after if request.form.get("then") == "next" and after else number
    return redirect(url_for("registration_manage.application", slug=slug, number=to), 303)


def numbers(texts: Sequence[str]) -> list[int]:
    """The ids among what was sent."""
    return [int(one) for one in texts if one.isdecimal() and len(one) <= 18]

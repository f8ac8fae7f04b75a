"""Organisers invite: people by name, a line each or by file, with a report of what came of every one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from eventsys.events.models import Event
from eventsys.events.queries import event_to_manage
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.locale import say_instant
from eventsys.kernel.paging import mapped, page_number, paginated
from eventsys.kernel.tables import read_table
from eventsys.registration import actions, queries, rules
from eventsys.registration.actions.inviting import Invited
from eventsys.registration.forms import choices_of
from eventsys.registration.manage.inviting_forms import InviteForm, Line, instant_of, invite_form
from eventsys.registration.models import Admission, Invitation, Mode, Registration, RegistrationType
from eventsys.registration.queries import invited as asked
from eventsys.registration.rules import invited
from eventsys.registration.tables import read_people

ROWS = 50


@dataclass(frozen=True)
class Reported:
    """What came of one line: `number` of the registration, or why there is none."""

    line: int
    text: str
    number: int | None
    refusal: str


def index(slug: str) -> str:
    """Who is invited and has not answered; codes and domains."""
    session = reading()
    event = event_to_manage(session, slug)
    q = request.args.get("q", "").strip()[:200]
    people = paginated(session, asked.invited_people(event.id, q), number=page_number(), size=ROWS)
    settings = queries.settings_of(session, event.id)
    now = clock.now()
    return render_template(
        "registration/manage/invitations.html",
        event=event,
        q=q,
        page=mapped(people, lambda one: (one, _answers_until(one, event))),
        codes=[(one, _standing_of(one, now), _until(one, event)) for one in asked.invitations_of(session, event.id)],
        is_by_invitation=settings.admission == Admission.INVITED,
        missing=len(queries.programme_people_missing(session, event.id)),
        type_labels={str(key): label for key, label in rules.TYPE_LABELS.items()},
        mode_labels={str(key): label for key, label in rules.MODE_LABELS.items()},
    )


def _answers_until(person: Registration, event: Event) -> str:
    return say_instant(person.offer_until, event.zone) if person.offer_until else ""


def _until(invitation: Invitation, event: Event) -> str:
    return say_instant(invitation.until, event.zone) if invitation.until else str(_("no end"))


def _standing_of(invitation: Invitation, now: datetime) -> tuple[str, str]:
    """Whether a code still opens anything, in a word and a kind of colour."""
    if invitation.revoked_at is not None:
        return str(_("revoked")), "idle"
    if invitation.until is not None and invitation.until <= now:
        return str(_("ended")), "idle"
    if invited.is_used_up(invitation):
        return str(_("used up")), "warn"
    return str(_("open")), "good"


def invite(slug: str) -> str | tuple[str, int] | Response:
    """Invite one or many; lines that came to nothing are shown with the reason, and stay in the form."""
    session = reading()
    event = event_to_manage(session, slug)
    form = invite_form(event, clock.now())
    seats = queries.seats(session, event.id)
    form.mode.choices = choices_of({mode: rules.MODE_LABELS[mode] for mode in Mode if seats[mode].seats != 0})
    report: list[Reported] = []
    if form.validate_on_submit():
        try:
            report = _invite(event, form)
        except Refusal as refusal:
            form.people.errors = [*form.people.errors, str(refusal)]
        if report and all(one.number for one in report):
            flash(ngettext("%(num)d person is invited.", "%(num)d people are invited.", len(report)), "good")
            return redirect(url_for("registration_manage.invitations", slug=slug), 303)
        event = event_to_manage(reading(), slug)
        form.people.data = "\n".join(one.text for one in report if not one.number) or form.people.data
    page = render_template(
        "registration/manage/invite.html",
        event=event,
        form=form,
        report=report,
        done=sum(one.number is not None for one in report),
        seats=seats,
    )
    return page if request.method == "GET" or report else (page, 422)


def _invite(event: Event, form: InviteForm) -> list[Reported]:
    lines = _lines(event, form)
    entries = [line.entry for line in lines if line.entry is not None]
    until = instant_of(form.until.data, event.zone)
    assert until is not None
    with transaction(actor=access.actor()) as session:
        found = actions.invite_many(
            session,
            session.get_one(Event, event.id),
            entries,
            until=until,
            now=clock.now(),
            keeps_seat=bool(form.keeps_seat.data),
            overbook=bool(form.overbook.data),
        )
        return _report(lines, found)


def _report(lines: Sequence[Line], found: Sequence[Invited]) -> list[Reported]:
    done = iter(found)
    report = []
    for line in lines:
        result = next(done) if line.entry is not None else None
        number = result.registration.id if result and result.registration else None
        refusal = line.refusal if result is None else result.refusal
        report.append(Reported(line.number, line.text, number, refusal))
    return report


def _lines(event: Event, form: InviteForm) -> list[Line]:
    """The lines that were written, and the rows of the file. Raises FileRefused."""
    lines = form.lines()
    upload = form.file.data
    if upload and upload.filename:
        questions = queries.questions_of(reading(), event.id, with_retired=True)
        table = read_table(upload.read(), upload.filename)
        for person in read_people(table, questions, language=event.language, is_mailed=True):
            # What the file does not say is as the form says.
            said = {name: value for name, value in form.common().items() if name not in table.columns}
            entry = replace(person.entry, **said)
            name = f"{entry.first_name} {entry.last_name}".strip()
            text = "; ".join(filter(None, (name, entry.organisation, entry.email)))
            lines.append(Line(person.line, text, entry))
    return lines


def act(slug: str, number: int, act: str) -> Response:
    """Send an invitation again, or take it back."""
    deed = _DEEDS.get(act)
    if deed is None:
        raise NotFound
    event_id = event_to_manage(reading(), slug).id
    try:
        with transaction(actor=access.actor()) as session:
            said = deed(session, queries.registration_of_event(session, event_id, number))
        flash(said, "good")
    except NotFound:
        raise
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("registration_manage.invitations", slug=slug), 303)


def _again(session: Session, registration: Registration) -> str:
    if actions.invite_again(session, registration, now=clock.now()):
        return str(_("The invitation is on its way to %(address)s.", address=registration.email))
    return str(_("It was sent in the last ten minutes."))


def _withdraw(session: Session, registration: Registration) -> str:
    actions.withdraw_invitation(session, registration, now=clock.now())
    return str(_("Withdrawn; the person is told by mail."))


_DEEDS = {"again": _again, "withdraw": _withdraw}


def invite_programme(slug: str) -> Response:
    """Everyone of the programme who is not registered yet and has an address, invited as a speaker."""
    event = event_to_manage(reading(), slug)
    now = clock.now()
    try:
        with transaction(actor=access.actor()) as session:
            known = session.get_one(Event, event.id)
            entries = actions.programme_entries(session, known, type=RegistrationType.SPEAKER)
            until = invited.kept_until(known, now, invited.INVITATION_LASTS)
            found = actions.invite_many(session, known, entries, until=until, now=now, overbook=True)
        _say_invited(found)
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("registration_manage.invitations", slug=slug), 303)


def _say_invited(found: Sequence[Invited]) -> None:
    done = sum(one.registration is not None for one in found)
    flash(ngettext("%(num)d person is invited.", "%(num)d people are invited.", done), "good" if done else "info")
    if missed := [one for one in found if one.registration is None]:
        names = ", ".join(f"{one.entry.first_name} {one.entry.last_name}".strip() for one in missed[:20])
        flash(_("Not invited, for want of an address or because they are registered: %(names)s.", names=names), "warn")

"""A group: registered in one form with its head, or brought along later from the head's own page."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from eventsys.events.models import Event
from eventsys.events.queries import visible_event
from eventsys.kernel import clock, limits, storage
from eventsys.kernel.database import reading, transaction
from eventsys.kernel.errors import NotFound, Refusal
from eventsys.kernel.locale import chosen_language
from eventsys.registration import actions, files, queries, rules
from eventsys.registration.entries import NewEntry
from eventsys.registration.errors import AlreadyRegistered
from eventsys.registration.forms import entry_form
from eventsys.registration.forms.invited import (
    ColleagueForm,
    GroupForm,
    MembersForm,
    group_form_class,
    members_form,
)
from eventsys.registration.models import ENDED, Registration, RegistrationSettings
from eventsys.registration.places import Places, places_of
from eventsys.registration.queries import invited as asked
from eventsys.registration.views.codes import fill_in_code, is_code_asked, trying_code
from eventsys.registration.views.drawing import entry_page
from eventsys.registration.views.entering import refuse_large, send_link
from eventsys.registration.views.person import REGISTRANT, registration_of


@limits.limited("groups", most=20, seconds=3600)
@storage.takes_files(most=files.MOST_BODY, guard=refuse_large)
def register_group(slug: str) -> AnyResponse | tuple[str, int] | str:
    """Somebody registers themselves and names their colleagues; all get a seat, or nobody is registered."""
    session = reading()
    event = visible_event(session, slug)
    settings = queries.settings_of(session, event.id)
    _refuse_unless_groups(settings)
    seats = queries.seats(session, event.id)
    phase = rules.phase(event, settings, clock.now(), seats)
    if phase != rules.Phase.OPEN or settings.confirms_address:
        # Where addresses are confirmed first, the form says so, and the own page then takes the group.
        return redirect(url_for("registration.register", slug=slug), 303)
    form, places = _form(session, event, settings)
    fill_in_code(form)
    is_whole = form.validate_on_submit() and form.check_rows(settings, form.email.data)
    if is_whole and (answer := _register(event, slug, form)) is not None:
        return answer
    return entry_page(
        "registration/group.html",
        form,
        places,
        event,
        settings,
        seats,
        privacy_notice=rules.privacy_text(event),
        asks_code=is_code_asked(session, settings),
        is_group=True,
    )


def _refuse_unless_groups(settings: RegistrationSettings) -> None:
    if settings.group_most < 1:
        raise NotFound


def _form(session: Session, event: Event, settings: RegistrationSettings) -> tuple[GroupForm, Places]:
    language = chosen_language()
    pools = queries.pools_of(session, event.id)
    places = places_of(session, event, pools, has_approval=settings.has_approval)
    form = entry_form(
        queries.seats(session, event.id),
        queries.form_of(session, event, language),
        language,
        places=places,
        base=group_form_class(settings.group_most),
    )
    assert isinstance(form, GroupForm)
    return form, places


def _register(event: Event, slug: str, form: GroupForm) -> AnyResponse | None:
    """Register all of them, and say where to go; None where the refusal is shown in the form."""
    now = clock.now()
    kept = {number: files.keep(event.id, upload) for number, upload in form.uploads().items()}
    head = form.entry(privacy_text=rules.privacy_text(event), language=chosen_language(), kept=kept)
    try:
        with trying_code(form), transaction(actor=REGISTRANT) as session:
            settings = queries.settings_of(session, event.id)
            invited = actions.with_invitation(session, settings, head, form.code.data or "", now=now)
            members = [_like(one, head) for one in form.members()]
            registration = actions.register_group(
                session, session.get_one(Event, event.id), invited, members, waits=bool(form.waits.data), now=now
            )
    except AlreadyRegistered as known:
        files.forget(kept.values())
        send_link(known.registration_id)
        return redirect(url_for("registration.sent", slug=slug), 303)
    except Refusal as refusal:
        files.forget(kept.values())
        form.show(refusal)
        return None
    return redirect(url_for("site.personal", token=queries.link_of(registration)), 303)


def _like(member: NewEntry, head: NewEntry) -> NewEntry:
    """A member comes as the head does; what they answer is theirs."""
    return replace(
        member,
        organisation=head.organisation,
        country=head.country,
        sector=head.sector,
        mode=head.mode,
        language=head.language,
        days=head.days,
    )


def bring(token: str) -> AnyResponse | tuple[str, int] | str:
    """More people for a group, or the first ones, by somebody who is registered."""
    head = registration_of(token)
    session = reading()
    settings = queries.settings_of(session, head.event_id)
    _refuse_unless_groups(settings)
    rules.refuse_unless_open(head.event, settings, clock.now())
    left = settings.group_most - _living(session, head)
    if left < 1:
        flash(_("Your group is as large as it may be."), "info")
        return redirect(url_for("site.personal", token=token), 303)
    form = members_form(left)
    is_whole = form.validate_on_submit() and form.check_rows(settings, head.email)
    if is_whole and (answer := _bring(token, head, form)) is not None:
        return answer
    page = render_template("registration/bring.html", form=form, event=head.event, token=token, left=left)
    return page if request.method == "GET" else (page, 422)


def _living(session: Session, head: Registration) -> int:
    delegation = asked.delegation_of(session, head)
    members = asked.members_of(session, delegation) if delegation else ()
    return sum(one.state not in ENDED for one in members)


def _bring(token: str, head: Registration, form: MembersForm) -> AnyResponse | None:
    number, members = head.id, list(form.members())
    limits.take("group members", most=20, seconds=3600, by=str(number))
    try:
        with transaction(actor=REGISTRANT) as session:
            known = session.get_one(Registration, number)
            actions.add_members(session, known, members, waits=bool(form.waits.data), now=clock.now())
    except Refusal as refusal:
        field = form[refusal.field] if refusal.field and refusal.field in form else None
        if field is None:
            form.form_errors.append(str(refusal))
        else:
            field.errors = [*field.errors, str(refusal)]
        return None
    flash(ngettext("%(num)d person is invited.", "%(num)d people are invited.", len(members)), "good")
    return redirect(url_for("site.personal", token=token) + "#group", 303)


def act_on_member(token: str, number: int, act: str) -> AnyResponse:
    """The head reminds somebody who has not answered, or takes the invitation back."""
    if act not in ("remind", "withdraw"):
        raise NotFound
    head = registration_of(token)
    limits.take("group members", most=60, seconds=3600, by=str(head.id))
    try:
        with transaction(actor=REGISTRANT) as session:
            member = actions.member_of(session, session.get_one(Registration, head.id), number)
            if act == "remind":
                actions.remind_member(session, member, now=clock.now())
                said = str(_("%(name)s is reminded by mail.", name=member.name))
            else:
                actions.withdraw_member(session, member, now=clock.now())
                said = str(_("%(name)s is not invited any more.", name=member.name))
        flash(said, "good")
    except NotFound:
        raise
    except Refusal as refusal:
        flash(str(refusal), "bad")
    return redirect(url_for("site.personal", token=token) + "#group", 303)


def replace_member(token: str, number: int) -> AnyResponse | tuple[str, int] | str:
    """Somebody else instead of one who has not answered; the kept seat is theirs."""
    head = registration_of(token)
    session = reading()
    member = actions.member_of(session, head, number)
    form = ColleagueForm()
    if form.validate_on_submit():
        limits.take("group members", most=20, seconds=3600, by=str(head.id))
        settings = queries.settings_of(session, head.event_id)
        try:
            entry = form.entry(settings)
            with transaction(actor=REGISTRANT) as writing:
                mine = writing.get_one(Registration, head.id)
                actions.replace_member(writing, mine, actions.member_of(writing, mine, number), entry, now=clock.now())
        except Refusal as refusal:
            form.email.errors = [*form.email.errors, str(refusal)]
        else:
            flash(_("%(name)s is invited instead.", name=form.name.data), "good")
            return redirect(url_for("site.personal", token=token) + "#group", 303)
    page = render_template("registration/colleague.html", form=form, event=head.event, token=token, instead_of=member)
    return page if request.method == "GET" else (page, 422)

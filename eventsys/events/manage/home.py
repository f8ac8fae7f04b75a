"""Where an organiser begins: the events they work on, those to come first."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from eventsys.accounts.models import Role, User
from eventsys.events import queries, rules
from eventsys.events.errors import MayNotCreate
from eventsys.events.manage.door import bp
from eventsys.events.models import Event, EventKind, EventStatus, MemberRole
from eventsys.kernel import access, clock
from eventsys.kernel.database import reading
from eventsys.kernel.paging import mapped, page_number, paginated

_FILTERS: dict[str, set[Any]] = {"kind": set(EventKind), "status": set(EventStatus), "when": {"upcoming", "past"}}


def may_create() -> bool:
    """Organisers and administrators; door staff may not."""
    return access.is_signed_in() and current_user.role in (Role.ADMINISTRATOR, Role.ORGANISER)


def refuse_unless_may_create() -> User:
    """The account that asks. Raises SignInNeeded, MayNotCreate."""
    access.refuse_unless_signed_in()
    if not may_create():
        raise MayNotCreate
    user: User = current_user
    return user


@bp.get("/manage/")
@access.signed_in
def home() -> str:
    """The events of whoever is signed in; all of them for administrators."""
    session = reading()
    chosen = {name: value for name in _FILTERS if (value := request.args.get(name, "")) in _FILTERS[name]}
    q = request.args.get("q", "").strip()[:200]
    everyone = access.is_administrator() and request.args.get("whose") != "mine"
    now = clock.now()
    query = queries.managed_events(now, user_id=None if everyone else access.user_id(), q=q, **chosen)
    page = paginated(session, query, number=page_number(), size=25)
    roles = queries.roles_of(session, access.user_id() or 0, [event.id for event in page.items])
    return render_template(
        "events/manage/home.html",
        page=mapped(page, lambda event: _row(event, roles.get(event.id, ""), now)),
        found=ngettext("%(num)d event", "%(num)d events", page.total) if q or chosen else None,
        is_filtered=bool(q or chosen),
        q=q,
        chosen=chosen,
        kinds=[("", _("all kinds")), *((key, label) for key, label in rules.KIND_LABELS.items())],
        statuses=[("", _("any state")), *((key, label) for key, label in rules.STATUS_LABELS.items())],
        whens=[("", _("any time")), ("upcoming", _("to come")), ("past", _("past"))],
        may_create=may_create(),
        is_administrator=access.is_administrator(),
        whose=request.args.get("whose", ""),
    )


def _row(event: Event, role: str, now: Any) -> dict[str, Any]:
    """What one line of the list draws."""
    return {
        "event": event,
        "kind": rules.kind_label(event.kind),
        "status": rules.status_label(event.status),
        "tone": {EventStatus.DRAFT: "warn", EventStatus.CANCELLED: "bad"}.get(EventStatus(event.status), "good"),
        "is_running": event.is_public and event.starts_at <= now < event.ends_at,
        "is_past": event.ends_at < now,
        "role": rules.member_label(role) if role else _("Administrator"),
        "is_door_only": role == MemberRole.DOOR and not access.is_administrator(),
        "place": event.venue_city or (_("online") if event.kind == EventKind.WEBINAR else ""),
    }

"""Codes and domains: made, changed, revoked; one use a registration, counted where the database decides.

`used` is how many registrations came by an invitation and did not end before the event began: who cancels in time
gives the use back. A use is counted after the seats are taken, and given back after they are given up, so that pools
are locked before invitations everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from eventsys.events.models import Event
from eventsys.kernel import tokens
from eventsys.kernel.facts import record
from eventsys.registration.entries import NewEntry
from eventsys.registration.errors import CodeUnknown, InvitationGone, InvitationTaken
from eventsys.registration.models import Admission, Invitation, Registration, RegistrationSettings, RegistrationType
from eventsys.registration.queries import invited as asked
from eventsys.registration.rules import invited as rules

# 60 bits: nobody guesses one of them, however many there are.
CODE_LENGTH = 12


def add_invitation(
    session: Session, event: Event, *, code: str = "", domain: str = "", now: datetime, by: str, **values: Any
) -> Invitation:
    """A code (made where none is given) or a domain that lets people register. Raises InvitationTaken."""
    domain = rules.normal_domain(domain)
    kept = None if domain else rules.normal_code(code) or rules.grouped(tokens.readable(CODE_LENGTH))
    _refuse_if_taken(session, event.id, kept, domain)
    invitation = Invitation(
        event_id=event.id, code=kept, domain=domain or None, created_at=now, created_by=by, **values
    )
    session.add(invitation)
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody else wrote the same between the look and the write; the caller's transaction ends here.
        raise InvitationTaken(field="domain" if domain else "code") from error
    _note(session, invitation, "added", now=now)
    return invitation


def _refuse_if_taken(session: Session, event_id: int, code: str | None, domain: str) -> None:
    if code and asked.find_code(session, event_id, code) is not None:
        raise InvitationTaken(field="code")
    if domain and any(one.domain == domain for one in asked.invitations_of(session, event_id)):
        raise InvitationTaken(field="domain")


def change_invitation(session: Session, invitation: Invitation, *, now: datetime, **values: Any) -> None:
    """Label, type, uses, deadline; never fewer uses than there were."""
    if values.get("uses") is not None:
        values["uses"] = max(values["uses"], invitation.used)
    changed = [name for name, value in values.items() if getattr(invitation, name) != value]
    for name in changed:
        setattr(invitation, name, values[name])
    if changed:
        _note(session, invitation, "changed", now=now, fields=changed)
    session.flush()


def revoke_invitation(session: Session, invitation: Invitation, *, is_revoked: bool = True, now: datetime) -> None:
    """It opens nothing any more (or again); who came by it stays."""
    invitation.revoked_at = now if is_revoked else None
    _note(session, invitation, "revoked" if is_revoked else "renewed", now=now)
    session.flush()


def _note(session: Session, invitation: Invitation, what: str, *, now: datetime, **data: Any) -> None:
    record(
        session, f"invitation.{what}", at=now, subject="invitation", subject_id=invitation.id,
        event_id=invitation.event_id, **data,
    )  # fmt: skip


def with_invitation(
    session: Session, settings: RegistrationSettings, entry: NewEntry, code: str, *, now: datetime
) -> NewEntry:
    """The entry as the code, or else the domain of the address, lets it in; untouched where neither is needed.

    Raises CodeUnknown and InvitationGone. What only a domain opens waits until the address is confirmed: anybody can
    write down an address of a ministry.
    """
    if code.strip():
        invitation = asked.find_code(session, settings.event_id, code)
        if invitation is None:
            raise CodeUnknown
        rules.refuse_unless_open_invitation(invitation, now)
        return _as_invited(entry, invitation)
    if settings.admission != Admission.INVITED or not entry.email:
        return entry
    invitation = asked.find_domain(session, settings.event_id, entry.email)
    if invitation is None:
        return entry
    rules.refuse_unless_open_invitation(invitation, now)
    return replace(_as_invited(entry, invitation), must_confirm_address=True)


def _as_invited(entry: NewEntry, invitation: Invitation) -> NewEntry:
    return replace(
        entry,
        type=RegistrationType(invitation.type),
        passes_approval=invitation.passes_approval,
        invitation_id=invitation.id,
    )


def use_invitation(session: Session, invitation_id: int, *, now: datetime) -> None:
    """Count one use: decided by the database in one statement. Raises InvitationGone."""
    used = session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.revoked_at.is_(None),
            or_(Invitation.until.is_(None), Invitation.until > now),
            or_(Invitation.uses.is_(None), Invitation.used < Invitation.uses),
        )
        .values(used=Invitation.used + 1),
        execution_options={"synchronize_session": False},
    )
    if not getattr(used, "rowcount", 0):
        invitation = session.get(Invitation, invitation_id, populate_existing=True)
        if invitation is not None:
            rules.refuse_unless_open_invitation(invitation, now)
        raise InvitationGone


def give_use_back(session: Session, registration: Registration, *, now: datetime) -> None:
    """A registration that ends before the event begins gives its use back, for somebody else; it keeps no tie to the
    code, so that to restore it takes none."""
    if registration.invitation_id is None or now >= registration.event.starts_at:
        return
    session.execute(
        update(Invitation)
        .where(Invitation.id == registration.invitation_id, Invitation.used > 0)
        .values(used=Invitation.used - 1),
        execution_options={"synchronize_session": False},
    )
    registration.invitation_id = None
    session.flush()

"""What somebody asks for when registering: typed values, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from eventsys.kernel.text import clean_line, search_key
from eventsys.registration.errors import AddressDisposable, AddressUnusable
from eventsys.registration.models import Mode, RegistrationSettings, RegistrationType
from eventsys.registration.rules import Wanted


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """One person to register. `answers` are by the id of the question; `days` and `sessions` are keys of pools.

    `consents` are the texts of what was agreed to, by the id of the statement. `privacy_text_hash` names the text that
    was accepted (empty: an organiser entered the person, who accepted nothing). `is_mailed` False means that nobody is
    told; `registered_at` is for imports.
    """

    first_name: str
    last_name: str = ""
    email: str | None = None
    organisation: str = ""
    country: str = ""
    sector: str = ""
    mode: Mode = Mode.ONSITE
    type: RegistrationType = RegistrationType.PARTICIPANT
    language: str = "en"
    answers: dict[int, Any] = field(default_factory=dict)
    privacy_text_hash: str = ""
    privacy_text: str = ""
    consents: dict[int, str] = field(default_factory=dict)
    days: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    person_key: str | None = None
    invitation_id: int | None = None
    delegation_id: int | None = None
    stands_in_for_id: int | None = None
    accompanies_id: int | None = None
    passes_approval: bool = False
    is_address_confirmed: bool = False
    must_confirm_address: bool = False
    is_mailed: bool = True
    registered_at: datetime | None = None

    def wanted(self, organisation_key: str = "") -> Wanted:
        """What seats are counted by."""
        return Wanted(
            mode=self.mode,
            type=str(self.type),
            sector=self.sector,
            organisation_key=organisation_key,
            days=self.days,
            sessions=self.sessions,
            answers=self.answers,
        )


def split_name(name: str) -> tuple[str, str]:
    """Given and family name as the programme writes them: the last word is the family's; one name stays one."""
    words = clean_line(name)
    first, _blank, last = words.rpartition(" ")
    return (first or last, last if first else "")


class Address(str):
    """An address that was judged: it need not be judged again, which takes a third of reading a list."""


def normal_address(email: str) -> Address:
    """The address as it can be written to (RFC 5321); raises AddressUnusable. Asks no name server."""
    if isinstance(email, Address):
        return email
    from email_validator import EmailNotValidError, validate_email

    try:
        # Hardly a mail server takes other letters than ASCII before the @ (SMTPUTF8, RFC 6531).
        found = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise AddressUnusable(field="email") from error
    return Address(found.normalized)


def address_key(email: str) -> str:
    """One key for all spellings of one address: people mix capitals, and hardly a server tells them apart."""
    return email.lower()


def door_key(first_name: str, last_name: str, organisation: str) -> str:
    """Name and organisation as the door searches them."""
    return search_key(first_name, last_name, organisation)[:600]


def refuse_lent_address(settings: RegistrationSettings, entry: NewEntry) -> None:
    """Raises AddressDisposable where the event takes no addresses that are lent for minutes."""
    if settings.refuses_disposable and entry.email and is_disposable(entry.email):
        raise AddressDisposable(field="email")


def is_disposable(email: str) -> bool:
    """Whether the address is of a domain, or below one, that lends mailboxes for minutes to whoever asks."""
    domain = email.rpartition("@")[2].strip().rstrip(".").lower()
    if not domain.isascii():
        import idna

        try:
            # The list names such domains as name servers do (RFC 5891).
            domain = idna.encode(domain, uts46=True).decode()
        except UnicodeError:
            return False
    parts = domain.split(".")
    return any(".".join(parts[start:]) in _disposable_domains() for start in range(len(parts) - 1))


@lru_cache(maxsize=1)
def _disposable_domains() -> frozenset[str]:
    """About 10,000 domains, loaded when the first address is asked about; `make lock` brings newer lists."""
    from disposable_email_domains import blocklist

    return frozenset(blocklist)

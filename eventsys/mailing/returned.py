"""What mail servers send back when a message does not arrive: delivery status notifications (RFC 3464)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from eventsys.mailing import rules

# Address types that name a mailbox of the internet (RFC 3464, section 2.1.2; RFC 6533).
_TYPES = ("rfc822", "utf-8")


@dataclass(frozen=True)
class Fate:
    """What became of the message for one recipient. `action` is `failed`, `delayed`, `delivered`, `relayed` or
    `expanded`; `status` a code of RFC 3463, empty where the report has none."""

    address: str
    action: str
    status: str

    @property
    def is_for_good(self) -> bool:
        """Whether no message to this recipient will ever arrive."""
        return self.action == "failed" and rules.is_dead(self.status)


def read_report(data: bytes) -> list[Fate]:
    """Each recipient that a notification names; empty where the message is none."""
    message = message_from_bytes(data)
    if message.get_content_type() != "multipart/report":
        return []
    parts = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    return [fate for part in parts[:1] for fate in _fates(part)]


def _fates(part: Message) -> Iterator[Fate]:
    blocks = part.get_payload()
    # The first block speaks of the message, each other of one recipient.
    for block in blocks[1:] if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        # Where mail is forwarded, the original recipient is whom we wrote to.
        address = _address(block["Original-Recipient"]) or _address(block["Final-Recipient"])
        if address:
            action = str(block["Action"] or "").strip().lower().split(" ")[0]
            yield Fate(address, action, rules.status_in(str(block["Status"] or "")))


def _address(field: str | None) -> str:
    """`rfc822; bo@example.org` is bo@example.org; what is no mailbox is empty."""
    kind, _semicolon, address = str(field or "").partition(";")
    found = rules.address_key(address.strip()) if kind.strip().lower() in _TYPES else ""
    return found if "@" in found and len(found) <= 254 else ""

"""What a journey brings home: codes decoded, mail received, calendars read by libraries that did not write them."""

from __future__ import annotations

import re
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pypdfium2
import vobject
import zxingcpp
from PIL import Image

from tests.journeys.working import Worker
from tests.mailing.mailmen import Mailbox


def codes_in_pdf(pdf: bytes) -> list[str]:
    """Every QR code of every page."""
    document = pypdfium2.PdfDocument(pdf)
    found = [
        code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil().convert("L"))
    ]
    document.close()
    return found


def codes_in_picture(png: bytes) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))]


def entries(calendar: str) -> dict[str, Any]:
    """The entries of a calendar by UID, read by a second library."""
    found = {entry.uid.value: entry for entry in vobject.readOne(calendar).vevent_list}
    assert len(found) == calendar.count("BEGIN:VEVENT")
    return found


class Post:
    """A real mail server, and the worker that brings it what waits in the outbox."""

    def __init__(self, mailbox: Mailbox, worker: Worker) -> None:
        self.mailbox, self.worker = mailbox, worker

    def work(self, *, later: float = 0) -> list[EmailMessage]:
        """All that is due so many seconds from now is done: the letters that were sent."""
        before = len(self.mailbox.letters)
        self.worker.work(later=later)
        return self.mailbox.letters[before:]


def subjects(letters: list[EmailMessage]) -> list[tuple[str, str]]:
    return sorted((str(letter["To"].addresses[0].addr_spec), str(letter["Subject"]).strip()) for letter in letters)


def link_in(letter: EmailMessage) -> str:
    """The personal link, as the text names it."""
    text = letter.get_body(("plain",))
    assert text is not None
    [link] = set(re.findall(r"http://\S+/r/[\w-]+", text.get_content()))
    return link


def parts_of(letter: EmailMessage, media_type: str) -> list[Any]:
    return [part for part in letter.walk() if part.get_content_type() == media_type]


def text_of(part: Any) -> str:
    """The text of an attachment."""
    content = part.get_content()
    return content.decode() if isinstance(content, bytes) else str(content)

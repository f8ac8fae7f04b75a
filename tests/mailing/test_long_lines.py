"""Long lines of a letter arrive as they were written, in lines that every mail server takes (RFC 5321, 4.5.3.1.6)."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy.orm import Session

from eventsys.mailing.letters import Letter
from eventsys.mailing.sending import MailMessage


@pytest.mark.parametrize("words", ["plain words ", "größere Wörter – "])
def test_no_line_is_longer_than_servers_take(session: Session, words: str) -> None:
    html = f"<p>{words * 400}</p>"
    raw = MailMessage(Letter(to="bo@example.org", subject="Hello", text=words * 400, html=html), key="k").as_bytes()
    assert max(map(len, raw.splitlines())) <= 998
    read = message_from_bytes(raw, policy=default)
    for kind, sent in (("plain", words * 400), ("html", html)):
        part = read.get_body((kind,))
        assert part is not None
        assert part.get_content().rstrip("\n") == sent

"""A crowd before one form: each person sends it once and notes when, so that it can be told who came before whom.

wrk counts answers but knows no persons; this costs more, and the floor is asked by the same crowd.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from urllib.parse import quote, urlsplit


@dataclass(frozen=True)
class Answer:
    """When one person sent their form and when it was answered, in seconds of one clock, and with what status."""

    email: str
    sent_at: float
    answered_at: float
    status: int


@dataclass(frozen=True)
class Crowd:
    """All answers. `rate` counts a second from the first sent to the last answered; latencies are milliseconds."""

    answers: Sequence[Answer]
    rate: float
    p50: float
    p99: float

    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)


def send(url: str, *, cookie: str, body: str, emails: Sequence[str], connections: int) -> Crowd:
    """Everybody posts the form `body` with an address of their own, `connections` at a time."""
    answers = asyncio.run(_send(url, cookie, body, list(emails), connections))
    took = max(one.answered_at for one in answers) - min(one.sent_at for one in answers)
    latencies = [(one.answered_at - one.sent_at) * 1000 for one in answers]
    cuts = quantiles(latencies, n=100)
    return Crowd(answers, len(answers) / took, cuts[49], cuts[98])


async def _send(url: str, cookie: str, body: str, emails: list[str], connections: int) -> list[Answer]:
    emails.reverse()
    answers: list[Answer] = []
    await asyncio.gather(*(_one_connection(url, cookie, body, emails, answers) for _ in range(connections)))
    return answers


async def _one_connection(url: str, cookie: str, body: str, emails: list[str], answers: list[Answer]) -> None:
    """One after the other of those who have not sent yet, over one connection that stays open."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    while emails:
        email = emails.pop()
        form = f"{body}&email={quote(email)}"
        sent_at = time.perf_counter()
        writer.write(
            f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        await reader.readexactly(_length(head))
        answers.append(Answer(email, sent_at, time.perf_counter(), int(head[9:12])))
    writer.close()


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _colon, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    raise SystemExit(f"an answer without its length: {head[:200]}")

"""Every page that a visitor reaches from the front page of the demo answers."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask

from eventsys.demo.placing import TODAY_SLUG

pytestmark = pytest.mark.xdist_group("demo")

BASE = "http://127.0.0.1:8000"
# Of pages that differ only in a filter, the first is enough; of sessions, those of today's event.
_ALIKE = re.compile(rf"\?.*(?:q|kind|theme|day|track|room|lang|zone)=|^/events/(?!{TODAY_SLUG}/)[^/]+/sessions/")


def test_every_public_page_answers(demo: Flask) -> None:
    client, waiting, seen, answers = demo.test_client(), ["/"], {"/"}, Counter[int]()
    failed = []
    while waiting:
        page = waiting.pop()
        answer = client.get(page, base_url=BASE)
        answers[answer.status_code] += 1
        if answer.status_code not in (200, 302, 303):
            failed.append((answer.status_code, page))
        if answer.mimetype != "text/html":
            continue
        for link in re.findall(r'href="([^"]+)"', answer.text):
            target, _fragment = urldefrag(urljoin(BASE + page, link.replace("&amp;", "&")))
            parts = urlsplit(target)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            is_ours = target.startswith(BASE) and not path.startswith("/static/") and not _ALIKE.search(path)
            if is_ours and path not in seen:
                seen.add(path)
                waiting.append(path)
    assert failed == []
    slugs = {path.split("/")[2] for path in seen if path.startswith("/events/") and path.count("/") == 3}
    assert len(slugs - {""}) == 26
    assert answers[200] > 200

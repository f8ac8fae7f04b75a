"""Forms posted as a browser without script would: the page is loaded, its hidden fields are sent back."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from lxml import html
from werkzeug.test import TestResponse


def form_fields(page: bytes, *, having: str = "csrf_token", action: str | None = None) -> dict[str, Any]:
    """The fields and values of the first form that has the field `having` (and posts to `action`, when given)."""
    for form in html.fromstring(page).forms:
        if having in form.fields.keys() and (action is None or form.action == action):  # noqa: SIM118
            return dict(form.form_values())
    raise AssertionError(f"no form with {having!r} posting to {action!r} on this page")


def post_form(
    client: FlaskClient, url: str, /, *, having: str = "csrf_token", action: str | None = None, **values: Any
) -> TestResponse:
    """Load `url`, fill in its form, and post it to where it says (or to `url`). Files go in as (stream, name)."""
    page = client.get(url)
    assert page.status_code == 200, f"{url} answered {page.status_code}"
    fields = form_fields(page.data, having=having, action=action)
    fields.update(values)
    return client.post(action or url, data=fields)


def csrf_token(client: FlaskClient) -> str:
    """A token that this browser may send where no page offers a form: to ask for what must be refused."""
    with client.session_transaction() as cookie:
        raw = cookie.setdefault("csrf_token", "0" * 40)
    return str(URLSafeTimedSerializer(client.application.secret_key, salt="wtf-csrf-token").dumps(raw))

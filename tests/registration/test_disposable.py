"""Mailboxes lent for minutes are known by their domain; addresses of people who can be written to are not."""

from __future__ import annotations

import subprocess
import sys

import idna
import pytest

from eventsys.registration.entries import is_disposable


@pytest.mark.parametrize(
    "email",
    ["bo@mailinator.com", "Bo@Mailinator.COM", "bo@a.b.mailinator.com", "bo@mailinator.com.",
     f"bo@{idna.decode('xn--yaho-sqa.com')}"],
)  # fmt: skip
def test_a_lent_mailbox_is_known_also_below_its_domain(email: str) -> None:
    assert is_disposable(email) is True


@pytest.mark.parametrize(
    "email",
    ["bo@example.org", "bo@ec.europa.eu", "mailinator.com@gmail.com", "bo@our-mailinator.com", "bo@mailinator.com.eu",
     "bo@com", "bo@universität-weserland.de", "bo@ü..de", "bo@", ""],
)  # fmt: skip
def test_other_addresses_are_not_suspected(email: str) -> None:
    assert is_disposable(email) is False


def test_the_list_is_loaded_with_the_first_address_only() -> None:
    code = "import sys, eventsys.registration.entries; print('disposable_email_domains' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"

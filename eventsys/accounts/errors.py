"""What accounts refuse, each as a sentence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from eventsys.kernel.errors import Refusal


class AddressTaken(Refusal):
    code = "address_taken"
    sentence = _l("There is an account with the address %(email)s already.")


class AddressWrong(Refusal):
    code = "address_wrong"
    status = 422
    sentence = _l("%(email)s is not an e-mail address.")


class PasswordTooWeak(Refusal):
    code = "password_too_weak"
    status = 422
    sentence = _l("This password is too easy to guess: use at least 10 characters, and not your name or address.")


class LinkUsedUp(Refusal):
    code = "link_used_up"
    status = 410
    sentence = _l("This link has been used or is too old. Ask for a new one.")


class LastAdministrator(Refusal):
    code = "last_administrator"
    sentence = _l("Somebody must administer: this is the last active administrator.")


class NotYourself(Refusal):
    code = "not_yourself"
    sentence = _l("You cannot deactivate your own account or change its role. Another administrator can.")

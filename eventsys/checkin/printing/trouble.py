"""What goes wrong with printers, by short codes that a job keeps, and in the words that people read."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

# Trying these again is in vain: another printer or another design is needed.
_FINAL = frozenset({
    "format", "media", "too_large", "undrawable", "retired", "aborted", "taken_back", "too_long", "forgotten",
    "out_of_sight", "unsure",
})  # fmt: skip
# After these nothing of ours lies in the printer's queue any more, or nobody can tell.
_GONE_THERE = frozenset({"aborted", "taken_back", "too_long", "forgotten", "out_of_sight"})
# After these a badge may have come out all the same: whoever stands there sees it.
UNCLEAR = frozenset({"forgotten", "out_of_sight", "unsure", "readdressed"})
# These are about the printer, not about one badge: the next in line would only meet the same.
_OF_PRINTER = frozenset({
    "unreachable", "silent", "not_a_printer", "not_found", "forbidden", "secure_wanted", "not_accepting", "busy",
    "media-empty", "media-needed", "media-jam", "cover-open", "door-open", "marker-supply-empty", "toner-empty",
    "paused",
})  # fmt: skip

_SENTENCES: dict[str, Any] = {
    "unreachable": _l("The printer cannot be reached: is it switched on, and is its address right?"),
    "silent": _l("The printer does not answer."),
    "broke_off": _l("The printer ended the conversation before it was over."),
    "not_a_printer": _l("What answers at this address is no print queue."),
    "not_found": _l("There is a print server at this address, but no queue of that name."),
    "forbidden": _l("The print server does not let us print there."),
    "secure_wanted": _l("The print server wants a secured connection: write the address with ipps://."),
    "not_accepting": _l("The print queue accepts no jobs at present."),
    "busy": _l("The printer is busy."),
    "refused": _l("The printer refused the badge."),
    "format": _l("The print queue takes neither PDF nor pictures that we make: choose another driver for it."),
    "media": _l("The printer refused paper of this size: set it in the print queue, or choose another design."),
    "too_large": _l("The badge is too large for the print queue: use smaller pictures in its design."),
    "undrawable": _l("The badge could not be drawn: look at its design."),
    "aborted": _l("The print server gave the badge up: look at its own log."),
    "taken_back": _l("Somebody took the badge out of the printer's queue."),
    "too_long": _l("The badge lay in the printer's queue for too long and was taken back."),
    "forgotten": _l("The printer knows nothing of the badge any more: look whether it came out."),
    "out_of_sight": _l("The printer has the badge and cannot be asked any more: look whether it came out."),
    "unsure": _l("The printer broke off when it had the badge: look whether it came out."),
    "unprintable": _l("The person is not confirmed on site any more."),
    "retired": _l("The printer was taken out of use."),
    "readdressed": _l("The printer got another address meanwhile: look whether the badge came out."),
    "media-empty": _l("The printer is out of paper."),
    "media-needed": _l("The printer waits for paper of another size."),
    "media-low": _l("The printer's paper runs low."),
    "media-jam": _l("Paper is jammed in the printer."),
    "cover-open": _l("A cover of the printer is open."),
    "door-open": _l("A door of the printer is open."),
    "toner-empty": _l("The printer is out of toner."),
    "toner-low": _l("The printer's toner runs low."),
    "marker-supply-empty": _l("The printer is out of ink or ribbon."),
    "marker-supply-low": _l("The printer's ink or ribbon runs low."),
    "paused": _l("The printer is paused: resume it at the printer or in its queue."),
    "stopped-partly": _l("Part of the printer has stopped."),
    "offline": _l("The print server cannot reach the printer."),
    "shutdown": _l("The printer is switched off."),
    "connecting-to-device": _l("The print server is still looking for the printer."),
    "timed-out": _l("The print server cannot reach the printer."),
    "spool-area-full": _l("The print server's disk is full."),
    "cups-missing-filter": _l("A driver is missing on the print server."),
    "cups-waiting-for-job-completed": "",
}

# RFC 8011, section 5.4.12: a reason may end in how grave it is.
_GRAVITY = re.compile(r"-(error|warning|report)$")
# What a reason says that only tells how things go, or that badges get printed all the same.
_HARMLESS = frozenset({"none", "cups-waiting-for-job-completed", "media-low", "toner-low", "marker-supply-low"})


class PrinterTrouble(Exception):
    """A printer did not take or print a badge; `code` is one of those above. It never carries what a printer said."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def is_final(self) -> bool:
        return self.code in _FINAL

    @property
    def is_gone_there(self) -> bool:
        return self.code in _GONE_THERE

    @property
    def is_of_printer(self) -> bool:
        return self.code in _OF_PRINTER


def in_words(code: str) -> str:
    """What people read of a code; empty for none."""
    if not code:
        return ""
    return str(_SENTENCES.get(code) or _("The printer reports a problem: look at it."))


def reasons_in(said: Any) -> tuple[str, ...]:
    """The reasons that we have words for, of those that a printer gave as one keyword or several."""
    given = said if isinstance(said, list) else [said]
    plain = [_GRAVITY.sub("", one) for one in given if isinstance(one, str)]
    return tuple(dict.fromkeys(reason for reason in plain if reason in _SENTENCES))


def graver(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the reasons that keep a badge from being printed."""
    return tuple(reason for reason in reasons if reason not in _HARMLESS)

"""A door as it should be, in plain lists: what the real one is held to, whatever devices do and in whatever order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Brussels")
# By point: how often one passes, whether one leaves there, how many may be inside.
POINTS: dict[str, tuple[str, bool, int | None]] = {
    "entrance": ("daily", True, None),
    "lunch": ("once", False, None),
    "coffee": ("always", True, None),
    "room": ("daily", True, 1),
}


@dataclass
class Person:
    codes: list[str]
    is_cancelled: bool = False


@dataclass
class Sent:
    """A scan that arrived: what refused it, or where it stands in whose books."""

    scan: dict[str, Any]
    device: str
    order: int
    refusal: str | None
    person: int | None
    is_undone: bool = False

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.scan["at"])

    @property
    def book(self) -> tuple[int | None, str, str]:
        once = POINTS[self.scan["point"]][0] == "once"
        return self.person, self.scan["point"], "ever" if once else self.at.astimezone(ZONE).date().isoformat()


@dataclass
class Model:
    people: list[Person]
    sent: dict[str, Sent] = field(default_factory=dict)
    # What each scan was answered when it arrived: outcome, and the instant of the first admittance.
    answers: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def take(self, scans: list[dict[str, Any]], device: str) -> list[tuple[str, str | None]]:
        """Take a call of a device; returns the answers in its order."""
        return self.take_together([(scans, device)])[0]

    def take_together(self, calls: list[tuple[list[dict[str, Any]], str]]) -> list[list[tuple[str, str | None]]]:
        """Take the calls of several devices as one; returns the answers of each."""
        unique: dict[str, tuple[dict[str, Any], str]] = {}
        for scans, device in calls:
            for scan in scans:
                unique.setdefault(scan["id"], (scan, device))
        new = [one for scan_id, one in unique.items() if scan_id not in self.sent]
        for scan, device in sorted(new, key=lambda one: (datetime.fromisoformat(one[0]["at"]), one[0]["id"])):
            self._judge(scan, device)
        for scan, _device in new:
            self.answers[scan["id"]] = self.truth(scan["id"])
        return [[self.answers[scan["id"]] for scan in scans] for scans, _device in calls]

    def _judge(self, scan: dict[str, Any], device: str) -> None:
        person = next((n for n, one in enumerate(self.people) if scan["code"] in one.codes), None)
        sent = Sent(scan, device, len(self.sent), self._refusal(scan, person), person)
        _repeats, _two_way, seats = POINTS[scan["point"]]
        if sent.refusal is None and seats is not None and not scan["offline"]:
            was_inside, inside = self._is_inside(sent.book), self._inside(sent.book)
            self.sent[scan["id"]] = sent
            if self._is_inside(sent.book) and not was_inside and inside >= seats:
                sent.refusal = "full"
        self.sent[scan["id"]] = sent

    def _refusal(self, scan: dict[str, Any], person: int | None) -> str | None:
        if person is None:
            return "unknown"
        if scan["direction"] == "out" and not POINTS[scan["point"]][1]:
            return "wrong_point"
        if scan["code"] != self.people[person].codes[-1]:
            return "replaced"
        if scan["direction"] == "in" and self.people[person].is_cancelled:
            return "cancelled"
        return "full" if scan.get("told") == "full" else None

    def _passed(self, book: tuple[int | None, str, str]) -> list[Sent]:
        """The scans of one book that count, by their instants; who arrived first is first of the same instant."""
        ours = [one for one in self.sent.values() if one.refusal is None and not one.is_undone and one.book == book]
        return sorted(ours, key=lambda one: (one.at, one.order))

    def _walked(self, book: tuple[int | None, str, str]) -> list[tuple[Sent, str, str | None]]:
        """Each of them with what is true of it: its outcome, and when the person was first let in."""
        found, first, is_inside = [], None, False
        for one in self._passed(book):
            if one.scan["direction"] == "out":
                outcome, is_inside = "left", False
            elif is_inside and POINTS[book[1]][0] != "always":
                outcome = "already_in"
            else:
                outcome, is_inside = "admitted", True
                first = first or one.scan["at"]
            found.append((one, outcome, first))
        return found

    def _is_inside(self, book: tuple[int | None, str, str]) -> bool:
        moved = [outcome for _one, outcome, _first in self._walked(book) if outcome != "already_in"]
        return moved[-1:] == ["admitted"]

    def _inside(self, book: tuple[int | None, str, str]) -> int:
        books = {one.book for one in self.sent.values() if one.person is not None and one.book[1:] == book[1:]}
        return sum(self._is_inside(one) for one in books)

    def truth(self, scan_id: str) -> tuple[str, str | None]:
        """What is true of a scan now: its outcome, and when the person was first let in."""
        sent = self.sent[scan_id]
        if sent.refusal is not None:
            return sent.refusal, None
        return next((outcome, first) for one, outcome, first in self._walked(sent.book) if one is sent)

    def admissions(self) -> dict[tuple[int | None, str, str], tuple[str, bool]]:
        """Who was let in by book: the scan that did, and whether they are inside."""
        found = {}
        for book in {one.book for one in self.sent.values() if one.person is not None}:
            admitted = [one.scan["id"] for one, outcome, _first in self._walked(book) if outcome == "admitted"]
            if admitted:
                found[book] = admitted[0], self._is_inside(book)
        return found

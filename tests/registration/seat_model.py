"""Seats as one would keep them on paper: who sits where, who waits, who is next. Knows nothing of the program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

Pool = tuple[str, str, str]
"""What is counted, which one of it, and of which mode ("" for both)."""

IN = ("confirmed", "offered")
OVER = ("cancelled", "declined")
CHOSEN = ("day", "session", "answer")
ON_SITE, ONLINE = ("mode", "onsite", "onsite"), ("mode", "online", "online")


class Refused(Exception):
    """This cannot be done now; nothing has changed."""


@dataclass
class Guest:
    """One person. `sits` says of each pool whether a seat is "taken", "wanted" or only "asked" for; `extra` are
    sessions that somebody who is in waits for, with the number drawn."""

    email: str
    mode: str
    type: str
    sector: str
    organisation: str
    answer: str | None
    state: str = "new"
    sits: dict[Pool, str] = field(default_factory=dict)
    extra: dict[Pool, int] = field(default_factory=dict)
    number: int = 0
    until: int | None = None

    def has(self, pool: Pool, mode: str, chosen: Iterable[str]) -> bool:
        kind, key, only = pool
        if only not in ("", mode):
            return False
        if kind in ("day", "session"):
            return key in chosen
        own = {"mode": mode, "type": self.type, "sector": self.sector, "organisation": self.organisation,
               "answer": self.answer}  # fmt: skip
        return key == own[kind]


@dataclass
class Hall:
    """One event. Time is counted in hours; an offer lasts 48."""

    queue: str
    seats: dict[Pool, int | None]
    guests: list[Guest] = field(default_factory=list)
    drawn: int = 0
    most: int | None = None
    now: int = 0
    approves: bool = False
    verifies: bool = False

    # What can be seen.

    def taken(self, pool: Pool) -> int:
        return sum(guest.sits.get(pool) == "taken" for guest in self.guests)

    def waiting(self, pool: Pool) -> int:
        return sum(guest.sits.get(pool) == "wanted" or pool in guest.extra for guest in self.guests)

    def is_full(self, pool: Pool) -> bool:
        seats = self.seats[pool]
        return seats is not None and self.taken(pool) >= seats

    def belongs(self, guest: Guest, mode: str = "", chosen: Iterable[str] | None = None) -> list[Pool]:
        if chosen is None:
            chosen = {key for kind, key, _only in guest.sits if kind in ("day", "session")}
        return [pool for pool in self.seats if guest.has(pool, mode or guest.mode, chosen)]

    # What can be done.

    def register(self, guest: Guest, chosen: Iterable[str], *, overbook: bool) -> None:
        if any(one.email == guest.email and one.state not in OVER for one in self.guests):
            raise Refused
        if self.seats["mode", guest.mode, guest.mode] == 0 and not overbook:
            raise Refused
        self._cap(guest, guest.mode)
        target = self.belongs(guest, chosen=chosen)
        self.guests.append(guest)
        if not overbook and (self.verifies or self.approves):
            guest.state = "unverified" if self.verifies else "applied"
            guest.until = self.now + 48 if self.verifies else None
            guest.sits = dict.fromkeys(target, "asked")
            return
        self._decide(guest, target, overbook=overbook)

    def bring(self, listed: list[tuple[Guest, str]], *, overbook: bool) -> None:
        for guest, _state in listed:
            self._cap(guest, guest.mode)
        for guest, listed_as in listed:
            state = listed_as
            known = [one for one in self.guests if one.email == guest.email]
            if any(one.state == state if state in OVER else one.state not in OVER for one in known):
                continue
            target = self.belongs(guest, chosen=())
            if state in IN and any(map(self.is_full, target)) and not overbook:
                if self.queue == "none" or self.seats["mode", guest.mode, guest.mode] == 0:
                    raise Refused
                state = "waiting"
            self.guests.append(guest)
            guest.state = state
            guest.until = self.now + 48 if state == "offered" else None
            guest.sits = dict.fromkeys(target, {"waiting": "wanted"}.get(state, "taken" if state in IN else "asked"))
            if state == "waiting":
                self._draw(guest)
        self.promote()

    def approve(self, guest: Guest, *, overbook: bool) -> None:
        self._refuse_unless(guest.state in ("applied", "invited", "unverified"))
        self._decide(guest, self.belongs(guest), overbook=overbook)

    def restore(self, guest: Guest, *, overbook: bool) -> None:
        self._refuse_unless(guest.state in OVER)
        self._refuse_unless(not any(one.email == guest.email and one.state not in OVER for one in self.guests))
        self._decide(guest, self.belongs(guest), overbook=overbook)

    def accept(self, guest: Guest) -> None:
        self._refuse_unless(guest.state == "offered" and guest.until is not None and guest.until > self.now)
        guest.state, guest.until = "confirmed", None

    def invite(self, guest: Guest, *, keeps_seat: bool, overbook: bool) -> None:
        self._refuse_unless(not any(one.email == guest.email and one.state not in OVER for one in self.guests))
        self._refuse_unless(self.seats["mode", guest.mode, guest.mode] != 0)
        self._cap(guest, guest.mode)
        target = self.belongs(guest, chosen=())
        if keeps_seat:
            self._take(guest, target, overbook=overbook)
        self.guests.append(guest)
        guest.state, guest.until = "invited", self.now + 48
        guest.sits = dict.fromkeys(target, "taken" if keeps_seat else "asked")

    def accept_invitation(self, guest: Guest, sector: str, answer: str | None, days: Iterable[str]) -> None:
        self._refuse_unless(guest.state == "invited" and (guest.until is None or guest.until > self.now))
        guest.sector, guest.answer = sector, answer
        self._cap(guest, guest.mode)
        self.exchange(guest, self.belongs(guest), overbook=False)
        self.exchange(guest, self.belongs(guest, chosen=days), overbook=False)
        self._decide(guest, self.belongs(guest), overbook=False)

    def withdraw(self, guest: Guest) -> None:
        self._refuse_unless(guest.state == "invited")
        self._leave(guest, "cancelled")

    def substitute(self, guest: Guest, email: str) -> None:
        """The seat goes to a colleague; who is known and has none gets it if it is what they need."""
        self._refuse_unless(guest.state == "confirmed" and guest.email != email)
        living = [one for one in self.guests if one.email == email and one.state not in OVER]
        if not living:
            is_counted = any(pool[0] == "answer" for pool in self.seats)
            colleague = replace(guest, email=email, answer=guest.answer if is_counted else None, number=0)
            guest.state, guest.sits, guest.extra = "cancelled", dict.fromkeys(guest.sits, "asked"), {}
            self.guests.append(colleague)
            return
        [colleague] = living
        guest.state, guest.sits, guest.extra = "cancelled", dict.fromkeys(guest.sits, "asked"), {}
        needs_one = colleague.state in ("waiting", "applied", "unverified") and colleague.mode == guest.mode
        target = self.belongs(colleague)
        if needs_one and not any(map(self.is_full, target)):
            colleague.state, colleague.until, colleague.sits = "confirmed", None, dict.fromkeys(target, "taken")
        self.promote()

    def refuse_offer(self, guest: Guest) -> None:
        self._refuse_unless(guest.state in ("offered", "invited"))
        self._leave(guest, "cancelled")

    def decline(self, guest: Guest) -> None:
        self._refuse_unless(guest.state in ("applied", "waiting", "unverified", "invited"))
        self._leave(guest, "declined")

    def cancel(self, guest: Guest) -> None:
        self._refuse_unless(guest.state not in OVER)
        self._leave(guest, "cancelled")

    def let_pass(self, hours: int) -> None:
        self.now += hours
        due = [one for one in self.guests if one.until is not None and one.until <= self.now]
        for guest in sorted(due, key=lambda one: one.until or 0):
            self._leave(guest, "cancelled")

    def switch(self, guest: Guest, mode: str, *, overbook: bool) -> None:
        self._refuse_unless(guest.state not in OVER)
        if guest.mode == mode:
            return
        self._refuse_unless(self.seats["mode", mode, mode] != 0)
        self._cap(guest, mode)
        target = self.belongs(guest, mode)
        if guest.state == "waiting":
            self._take(guest, target, overbook=overbook)
            guest.sits, guest.state = dict.fromkeys(target, "taken"), "confirmed"
        else:
            self.exchange(guest, target, overbook=overbook)
            guest.state = "confirmed" if guest.state in IN else guest.state
            guest.until = None if guest.state == "confirmed" else guest.until
        guest.mode = mode
        guest.extra = {pool: number for pool, number in guest.extra.items() if pool[2] in ("", mode)}
        self.promote()

    def exchange(self, guest: Guest, target: list[Pool], *, overbook: bool) -> None:
        if self._is_seated(guest):
            self._take(guest, target, overbook=overbook)
        how = "taken" if self._is_seated(guest) else "wanted" if guest.state == "waiting" else "asked"
        guest.sits = dict.fromkeys(target, how)
        self.promote()

    def sign_up(self, guest: Guest, session: Pool) -> None:
        self._refuse_unless(guest.state == "confirmed" and session in self.seats)
        if session in guest.sits or session in guest.extra:
            return
        self._refuse_unless(session[2] in ("", guest.mode))
        if not self.is_full(session):
            guest.sits[session] = "taken"
            return
        self._refuse_unless(self.queue != "none")
        self.drawn += 1
        guest.extra[session] = self.drawn

    def leave_session(self, guest: Guest, session: Pool) -> None:
        self._refuse_unless(guest.state not in OVER and session in self.seats)
        guest.sits.pop(session, None)
        guest.extra.pop(session, None)
        self.promote()

    def set_seats(self, pool: Pool, seats: int | None) -> None:
        self.seats[pool] = seats
        self.promote()

    def add_pool(self, pool: Pool, seats: int | None) -> None:
        self._refuse_unless(pool not in self.seats)
        self.seats[pool] = seats
        for guest in self.guests:
            if guest.has(pool, guest.mode, ()):
                guest.sits[pool] = self._as_it_stands(guest)

    def remove_pool(self, pool: Pool) -> None:
        if pool[0] == "organisation" and self.most is not None:
            self.seats[pool] = self.most
        else:
            self._drop(pool)
        self.promote()

    def cap(self, most: int | None) -> None:
        for pool in [pool for pool in self.seats if pool[0] == "organisation"]:
            if self.seats[pool] == self.most is not None:
                if most is None:
                    self._drop(pool)
                else:
                    self.seats[pool] = most
        self.most = most
        for guest in self.guests:
            pool = ("organisation", guest.organisation, "onsite")
            if most is not None and guest.organisation and guest.mode == "onsite" and pool not in self.seats:
                self.add_pool(pool, most)
        self.promote()

    def promote(self) -> None:
        """Whoever waits longest and can have all they want is next."""
        for guest in sorted(self.guests, key=lambda one: one.number):
            if guest.state == "waiting" and not any(self.is_full(pool) for pool in guest.sits):
                guest.sits = dict.fromkeys(guest.sits, "taken")
                guest.state = "offered" if self.queue == "offers" else "confirmed"
                guest.until = self.now + 48 if guest.state == "offered" else None
        for pool in [pool for pool in self.seats if pool[0] == "session"]:
            for guest in sorted(self.guests, key=lambda one: one.extra.get(pool, 0)):
                if pool in guest.extra and guest.state == "confirmed" and not self.is_full(pool):
                    del guest.extra[pool]
                    guest.sits[pool] = "taken"

    # How it comes about.

    def _refuse_unless(self, holds: bool) -> None:
        if not holds:
            raise Refused

    def _cap(self, guest: Guest, mode: str) -> None:
        """The first of an organisation makes its count."""
        if self.most is not None and guest.organisation and mode == "onsite":
            self.seats.setdefault(("organisation", guest.organisation, "onsite"), self.most)

    def _decide(self, guest: Guest, target: list[Pool], *, overbook: bool) -> None:
        full = [pool for pool in target if guest.sits.get(pool) != "taken" and self.is_full(pool)]
        guest.until = None
        if full and not overbook:
            self._refuse_unless(self.queue != "none" and not any(pool[0] in CHOSEN for pool in full))
            guest.sits, guest.state = dict.fromkeys(target, "wanted"), "waiting"
            self._draw(guest)
        else:
            guest.sits, guest.state = dict.fromkeys(target, "taken"), "confirmed"
        self.promote()

    def _take(self, guest: Guest, target: list[Pool], *, overbook: bool) -> None:
        self._refuse_unless(overbook or not any(guest.sits.get(one) != "taken" and self.is_full(one) for one in target))

    def _leave(self, guest: Guest, state: str) -> None:
        guest.state, guest.until = state, None
        guest.sits, guest.extra = dict.fromkeys(guest.sits, "asked"), {}
        self.promote()

    def _draw(self, guest: Guest) -> None:
        self.drawn += 1
        guest.number = self.drawn

    def _drop(self, pool: Pool) -> None:
        del self.seats[pool]
        for guest in self.guests:
            guest.sits.pop(pool, None)
            guest.extra.pop(pool, None)

    def _is_seated(self, guest: Guest) -> bool:
        """Also who is invited, where the seat is kept for them."""
        return guest.state in IN or (guest.state == "invited" and "taken" in guest.sits.values())

    def _as_it_stands(self, guest: Guest) -> str:
        return "taken" if self._is_seated(guest) else "wanted" if guest.state == "waiting" else "asked"

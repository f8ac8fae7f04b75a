"""A run: round after round is dealt by wish, and at the end what is left is filled if the organiser wants so."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import ngettext

from eventsys.registration.dealing.counting import account_of
from eventsys.registration.dealing.shapes import Deal, Dealt, Got, Option, Person
from eventsys.registration.dealing.solving import Choices, best_deal
from eventsys.registration.errors.breakouts import WishUnusable


def deal(
    options: Iterable[Option],
    people: Iterable[Person],
    *,
    seed: str,
    fills: bool = False,
    noticed: Callable[[int, int], None] | None = None,
) -> Deal:
    """Give everyone at most one session a round, and never two that overlap.

    Rounds are dealt in the order of their time. `people` are all who hold a seat or may get one; with `fills` those
    without a wish or without luck get what is left. Wishes for cancelled sessions are passed over, and seats held in
    them do not count. A long run tells `noticed` how many of how many in a round have chosen. Raises WishUnusable for
    what is not among the options.
    """
    run = _Run(options, people, seed, noticed)
    for name in run.rounds:
        run.deal_round(name)
    if fills:
        for name in run.rounds:
            run.fill_round(name)
    entries = tuple(run.entries[name, person.id] for name in run.rounds for person in run.people)
    return Deal(entries, account_of(run.dealt_options, run.kept, entries, seed=seed, fills=fills))


def refuse_unless_wishable(options: Iterable[Option], wishes: Sequence[str], *, most: int | None = None) -> None:
    """Raises WishUnusable unless each wish is for another session that takes place, `most` of them at most."""
    known = {option.key: option for option in options}
    if most is not None and len(wishes) > most:
        raise WishUnusable(ngettext("Choose at most %(num)d session.", "Choose at most %(num)d sessions.", most))
    for key, times in Counter(wishes).items():
        if key not in known:
            raise WishUnusable(_("There is no session “%(key)s” to wish for here.", key=key))
        if known[key].is_cancelled:
            raise WishUnusable(_("“%(title)s” was cancelled. Choose another session.", title=known[key].title))
        if times > 1:
            raise WishUnusable(_("You chose “%(title)s” twice.", title=known[key].title))


class _Run:
    """What has been given so far; `entries` has one for each round and person that was dealt."""

    def __init__(
        self,
        options: Iterable[Option],
        people: Iterable[Person],
        seed: str,
        noticed: Callable[[int, int], None] | None = None,
    ) -> None:
        self.options = {option.key: option for option in sorted(options, key=_by_time)}
        self.people = sorted(people, key=lambda person: person.id)
        self.dealt_options = [option for option in self.options.values() if option.round]
        self.rounds = list(dict.fromkeys(option.round for option in self.dealt_options))
        self.entries: dict[tuple[str, int], Dealt] = {}
        self._seed, self._noticed = seed, noticed
        self._refuse_unless_known()
        self._held = {person.id: self._taking_place(person.held) for person in self.people}
        self._past = {person.id: list(person.past) for person in self.people}
        self.kept = Counter(option.key for held in self._held.values() for option in held)
        self._given = self.kept.copy()

    def deal_round(self, name: str) -> None:
        """Deal one round by wish. Who fared worse before chooses first; otherwise the draw alone orders people."""
        choosers: list[Dealt] = []
        for person in sorted(self.people, key=lambda person: (self._fortune(person.id), self._ticket(name, person.id))):
            entry = self._asked(name, person)
            if entry.got == Got.MISSED and self._choices(entry):
                choosers.append(replace(entry, place=len(choosers) + 1))
            self.entries[name, person.id] = entry
        free = {option.key: self._free(option) for option in self._in_round(name)}
        found = best_deal([self._choices(one) for one in choosers], free, self._noticed)
        for entry, session in zip(choosers, found, strict=True):
            rank = entry.wishes.index(session) + 1 if session else None
            self._past[entry.person].append(rank)
            self.entries[name, entry.person] = replace(entry, rank=rank)
            if session:
                self._give(self.entries[name, entry.person], session, Got.WISHED)

    def fill_round(self, name: str) -> None:
        """Put those without a seat where relatively most room is left: first who wished in vain, in their order."""
        empty = [entry for (in_round, _id), entry in self.entries.items() if in_round == name and not entry.session]
        tickets = {entry.person: self._ticket(name, entry.person) for entry in empty}
        options = self._in_round(name)
        for entry in sorted(empty, key=lambda one: (one.place is None, one.place or 0, tickets[one.person])):
            if open_now := [option for option in options if self._is_possible(option, entry.person)]:
                emptiest = min(open_now, key=lambda option: (self._given[option.key] / self._seats(option), option.key))
                self._give(entry, emptiest.key, Got.FILLED)

    def _asked(self, name: str, person: Person) -> Dealt:
        """How a person comes into a round: with a seat, with wishes (missed so far) or without."""
        wishes = tuple(key for key in dict.fromkeys(person.wishes) if self.options[key].round == name)
        for option in self._held[person.id]:
            if option.round == name:
                rank = wishes.index(option.key) + 1 if option.key in wishes else None
                return Dealt(person.id, name, Got.KEPT, option.key, rank, wishes=wishes)
        barred = tuple(key for key in wishes if self._is_barred(self.options[key], person.id))
        return Dealt(person.id, name, Got.MISSED if wishes else Got.UNASKED, wishes=wishes, barred=barred)

    def _choices(self, entry: Dealt) -> Choices:
        possible = set(entry.wishes).difference(entry.barred)
        return tuple(
            (rank, key)
            for rank, key in enumerate(entry.wishes)
            if key in possible and not self.options[key].is_cancelled
        )

    def _give(self, entry: Dealt, session: str, got: Got) -> None:
        self._given[session] += 1
        self._held[entry.person].append(self.options[session])
        self.entries[entry.round, entry.person] = replace(entry, got=got, session=session)

    def _is_possible(self, option: Option, person: int) -> bool:
        return self._free(option) > 0 and not self._is_barred(option, person)

    def _is_barred(self, option: Option, person: int) -> bool:
        return any(option.overlaps(held) for held in self._held[person])

    def _fortune(self, person: int) -> tuple[int, int]:
        """Sorts who fared worse to the front: who missed more rounds, then whose wishes came true at worse ranks."""
        past = self._past[person]
        return -past.count(None), -sum(rank - 1 for rank in past if rank)

    def _ticket(self, name: str, person: int) -> bytes:
        """The lot of one person in one round: of the seed alone, so that nobody else's coming or going changes it."""
        return hashlib.sha256(f"{self._seed}\n{name}\n{person}".encode()).digest()

    def _free(self, option: Option) -> int:
        """Seats not yet given; none where an organiser had gone beyond them."""
        return max(0, self._seats(option) - self._given[option.key])

    def _seats(self, option: Option) -> int:
        """Unlimited is as many as there are people."""
        if option.is_cancelled:
            return 0
        return len(self.people) if option.seats is None else option.seats

    def _in_round(self, name: str) -> list[Option]:
        return [option for option in self.dealt_options if option.round == name]

    def _taking_place(self, keys: Iterable[str]) -> list[Option]:
        return [self.options[key] for key in keys if not self.options[key].is_cancelled]

    def _refuse_unless_known(self) -> None:
        wishable = {option.key for option in self.dealt_options}
        for person in self.people:
            wrong = [key for key in person.wishes if key not in wishable]
            wrong += [key for key in person.held if key not in self.options]
            if wrong:
                sentence = _("Person %(id)d has the session “%(key)s”, which is not among those to be dealt.")
                raise WishUnusable(sentence, id=person.id, key=wrong[0])


def _by_time(option: Option) -> tuple[object, ...]:
    return option.starts_at, option.round, option.key

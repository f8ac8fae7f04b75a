"""Who comes at the same moment passes together: one works for all who wait, in one transaction.

At a full door each scan alone would begin, lock, write and commit; what they wait for is mostly one another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")

Work = Callable[[Sequence[Asked]], Sequence[Told | Exception]]


class _Place(Generic[Asked, Told]):
    """Somebody in a line: what they ask and are told. Who is woken without an answer leads the next group."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answer: Told | Exception | None = None
        self._turn = Lock()
        self._turn.acquire()

    def wait(self) -> None:
        self._turn.acquire()

    def wake(self) -> None:
        self._turn.release()


class Turnstile(Generic[Asked, Told]):
    """Lines of threads, one for each way in. `work` is given what up to `most` of a line ask, and gives what each is
    told, in that order; an exception among these is raised where it was asked.

    Nobody waits for company: who comes to an empty line works at once, and those who come meanwhile are the next group.
    """

    def __init__(self, work: Work[Asked, Told], *, most: int) -> None:
        self._work, self._most = work, most
        self._guard = Lock()
        # A way is in here while somebody works for it.
        self._lines: dict[Hashable, deque[_Place[Asked, Told]]] = {}

    def through(self, way: Hashable, asked: Asked) -> Told:
        """What `asked` is told; raises what it is refused with."""
        place: _Place[Asked, Told] = _Place(asked)
        if not self._is_first(way, place):
            place.wait()
        if place.answer is None:
            self._lead(way, place)
        if isinstance(place.answer, Exception):
            raise place.answer
        assert place.answer is not None
        return place.answer

    def _is_first(self, way: Hashable, place: _Place[Asked, Told]) -> bool:
        with self._guard:
            line = self._lines.get(way)
            if line is None:
                self._lines[way] = deque()
                return True
            line.append(place)
            return False

    def _lead(self, way: Hashable, first: _Place[Asked, Told]) -> None:
        with self._guard:
            line = self._lines[way]
            group = [first, *(line.popleft() for _ in range(min(len(line), self._most - 1)))]
        try:
            self._serve(group)
        finally:
            self._hand_over(way, group)

    def _serve(self, group: Sequence[_Place[Asked, Told]]) -> None:
        try:
            for place, answer in zip(group, self._work([place.asked for place in group]), strict=True):
                place.answer = answer
        except Exception as error:
            if len(group) == 1:
                group[0].answer = error
                return
            # What breaks one must not break those who only stood beside them.
            for place in group:
                self._serve([place])

    def _hand_over(self, way: Hashable, group: Sequence[_Place[Asked, Told]]) -> None:
        with self._guard:
            line = self._lines[way]
            following = line.popleft() if line else None
            if following is None:
                del self._lines[way]
        if following is not None:
            following.wake()
        for place in group[1:]:
            if place.answer is None:
                # Whoever led was ended from outside: nobody may wait for ever.
                place.answer = RuntimeError("the work for this line was ended")
            place.wake()

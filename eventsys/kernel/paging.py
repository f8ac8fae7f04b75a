"""Lists that page in the database: a page of rows and the way to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list. `number` counts from 1; `total` is the number of rows in all pages."""

    items: list[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The position of the first row shown, counted from 1; 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1 if self.items else 0

    def url_for_page(self, number: int) -> str:
        """The address of another page with the same filters."""
        values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(flat=False), "page": number}
        return url_for(str(request.endpoint), **values)


def page_number() -> int:
    """The page the address asks for; nonsense is the first page."""
    try:
        return min(max(1, int(request.args.get("page", "1"))), 1_000_000)
    except ValueError:
        return 1


def paginated(session: Session, query: Select[Any], *, number: int, size: int = 30) -> Page[Any]:
    """Two queries: the count and the rows of one page. A page past the end is the last one."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(number, max(1, -(-total // size)))
    items = list(session.scalars(query.limit(size).offset((number - 1) * size)).unique())
    return Page(items, number, size, total)


def mapped(page: Page[T], change: Callable[[T], Any]) -> Page[Any]:
    """The same page with each row turned into what is shown."""
    return Page([change(item) for item in page.items], page.number, page.size, page.total)

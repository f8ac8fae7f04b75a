"""Many values as one parameter: a statement stays the same text however many scans a call brings.

A list written out into a statement is parsed anew for every length, by the driver and by the server, and costs a batch
more than finding its rows. PostgreSQL also plans anew for each length that it can see: so the values come out of a
subquery, which its planner does not look into.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, Column, Select, String, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Values(TypeDecorator[Any]):
    """A list of numbers or texts: an array on PostgreSQL, a JSON text on SQLite."""

    impl = String
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        wanted = ARRAY(self.item) if dialect.name == "postgresql" else String()
        return dialect.type_descriptor(wanted)  # type: ignore[no-any-return]

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Any) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _OneOf(FunctionElement[bool]):
    type = Boolean()
    name = "one_of"
    inherit_cache = True


@compiles(_OneOf, "postgresql")
def _of_array(element: _OneOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, values = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"{column} = ANY (ARRAY(SELECT unnest({values})))"


@compiles(_OneOf, "sqlite")
def _of_json(element: _OneOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, values = element.clauses
    return (
        f"{compiler.process(column, **kwargs)} IN (SELECT value FROM json_each({compiler.process(values, **kwargs)}))"
    )


def one_of(column: Column[Any], name: str, values: Iterable[Any] | None = None) -> _OneOf:
    """Whether a column holds one of the numbers or texts of the parameter `name`, or of `values` if given."""
    kind = _Values(column.type)
    return _OneOf(column, bindparam(name, type_=kind) if values is None else bindparam(name, values, type_=kind))


def looked_up(query: Select[Any], column: Column[Any], name: str) -> dict[str, Select[Any]]:
    """By dialect, the rows of `query` whose `column` holds one of the values of the parameter `name`.

    PostgreSQL's planner knows nothing yet of a table that fills within one morning, and reads all of it. OFFSET 0 keeps
    it to one look into the index for each value.
    """
    hidden = func.array(select(func.unnest(bindparam(name, type_=_Values(column.type)))).scalar_subquery())
    values = func.unnest(hidden)
    given = values.table_valued(Column("value", column.type)).render_derived(name="given")
    found = query.where(column == given.c.value).offset(0).lateral("found")
    each = select(found).select_from(given).join(found, true())
    return {"postgresql": each, "sqlite": query.where(one_of(column, name))}

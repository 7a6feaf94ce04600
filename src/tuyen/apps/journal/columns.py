"""Reading many rows at once, by columns.

Django makes Python's values of the driver's one by one. A column of a batch holds few different
days, units or names, so here each different value is made once, and ids by the hundred in one call.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from django.db import models
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import MULTI
from numpy.typing import NDArray

from tuyen.apps.journal import store

Convert = Callable[[Sequence[Any]], Sequence[Any]]


def fetch(query: "models.QuerySet[Any, Any]") -> list[tuple[Any, ...]]:
    """``list(query)`` of a ``values_list``, at a fraction of the price."""
    compiler, rows = _answer(query)
    if not rows:
        return []
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for at, convert in converters(compiler):
        columns[at] = convert(columns[at])
    return list(zip(*columns, strict=True))


class Coded(NamedTuple):
    """A column of N values: the k different ones in order of appearance, and which stands where."""

    values: Sequence[Any]  # (k,)
    codes: NDArray[np.int64]  # (N,)

    @classmethod
    def of(cls, column: Sequence[Any]) -> "Coded":
        at = {value: n for n, value in enumerate(dict.fromkeys(column))}
        return cls(list(at), np.fromiter(map(at.__getitem__, column), np.int64, len(column)))


def coded(query: "models.QuerySet[Any, Any]") -> list[Coded]:
    """The columns of a ``values_list``, for counting: no value is made twice."""
    compiler, rows = _answer(query)
    width = len(compiler.select or ())
    columns = [Coded.of(column) for column in (zip(*rows, strict=True) if rows else [()] * width)]
    for at, convert in converters(compiler):
        columns[at] = Coded(convert(columns[at].values), columns[at].codes)
    return columns


def each_once(convert: Callable[[Any], Any]) -> Convert:
    """A column of days or moments holds few different ones: each is converted once."""

    def converted(column: Sequence[Any]) -> Sequence[Any]:
        known = {value: None if value is None else convert(value) for value in set(column)}
        return [known[value] for value in column]

    return converted


def hexadecimal(ids: Iterable[UUID | None]) -> list[str | None]:
    """Ids as SQLite keeps them, 32 digits without dashes."""
    return _decode_texts(_encode_ids(list(ids)))


_UUIDS = tuple[UUID | None, ...]
_encode_ids = msgspec.json.Encoder(uuid_format="hex").encode
_decode_texts = msgspec.json.Decoder(list[str | None]).decode


def _answer(query: "models.QuerySet[Any, Any]") -> tuple[SQLCompiler, list[tuple[Any, ...]]]:
    """The rows as the driver gives them."""
    compiler = query.query.get_compiler(connection=store.connection())
    return compiler, [row for part in compiler.execute_sql(MULTI) for row in part]


def converters(compiler: SQLCompiler) -> Iterator[tuple[int, Convert]]:
    """Of a query that was put into SQL: (place of a column, what makes Python's values of the driver's)."""
    asked = [column for column, *_ in compiler.select or ()]
    for at, (steps, expression) in compiler.get_converters(asked).items():
        if isinstance(expression.output_field, models.UUIDField) and len(steps) == 1:
            yield at, lambda column: msgspec.convert(column, _UUIDS)
        else:
            yield at, each_once(partial(_stepwise, steps, expression, compiler.connection))


def _stepwise(steps: Sequence[Any], expression: Any, db: Any, value: Any) -> Any:
    for convert in steps:
        value = convert(value, expression, db)
    return value

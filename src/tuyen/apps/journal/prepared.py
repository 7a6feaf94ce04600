"""Look-ups that are asked at every commit, put into SQL once and asked with other values.

Django builds a query anew for each asking. For the few rows of one visit that costs several times
what the store needs to find them. Here the query is written as ever, by Django and with its
filters, and what became of it is kept:

    @prepared
    def _numbers(ids):
        return Person.objects.filter(pk__among=ids).values_list("pk", "number")

    _numbers({id})  # [(id, 7)]

Each argument is a collection and stands in an ``__among`` look-up; everything else of the query is
the same for ever. The statement is sent through Django's cursor, past the same guard and behind the
same wall as any other.
"""

from collections.abc import Callable, Collection
from functools import update_wrapper
from typing import Any, NamedTuple

from django.db import models

from tuyen.apps.journal import store
from tuyen.apps.journal.columns import Convert, converters


class Given:
    """An argument of a look-up while that is put into SQL: its place, and what makes the store's
    value of it."""

    __slots__ = ("convert", "place")

    def __init__(self, place: int, convert: Callable[[Collection[Any]], Any] | None = None) -> None:
        self.place, self.convert = place, convert

    def through(self, convert: Callable[[Collection[Any]], Any]) -> "Given":
        return Given(self.place, convert)

    def value(self, arguments: tuple[Collection[Any], ...]) -> Any:
        assert self.convert is not None  # only ``__among`` takes one
        return self.convert(arguments[self.place])


class _Plan(NamedTuple):
    sql: str
    params: tuple[Any, ...]
    converted: tuple[tuple[int, Convert], ...]


Build = Callable[..., "models.QuerySet[Any, Any]"]


class Prepared:
    """A look-up and its statement for each kind of store."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._plans: dict[str, _Plan] = {}
        update_wrapper(self, build)

    def __call__(self, *arguments: Collection[Any]) -> list[tuple[Any, ...]]:
        db = store.connection()
        plan = self._plans.get(db.vendor)
        if plan is None:
            plan = self._plans[db.vendor] = self._planned(len(arguments))
        params = [
            one.value(arguments) if type(one) is Given else one for one in plan.params
        ]  # fmt: skip
        with db.cursor() as cursor:
            cursor.execute(plan.sql, params)
            rows = cursor.fetchall()
        if not rows or not plan.converted:
            return rows
        columns: list[Any] = list(zip(*rows, strict=True))
        for at, convert in plan.converted:
            columns[at] = convert(columns[at])
        return list(zip(*columns, strict=True))

    def _planned(self, arguments: int) -> _Plan:
        query = self._build(*map(Given, range(arguments))).query
        compiler = query.get_compiler(connection=store.connection())
        sql, params = compiler.as_sql()
        return _Plan(sql, tuple(params), tuple(converters(compiler)))


def prepared(build: Build) -> Prepared:
    """Keep the statement of a look-up whose shape never changes."""
    return Prepared(build)

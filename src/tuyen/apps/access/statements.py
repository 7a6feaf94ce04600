"""Look-ups of every request, put into SQL once and asked with other values.

Who is at the door is asked before anything else. What Django builds anew at each asking costs several
times what the store needs to find a few rows. Here the query is written as ever, by Django and with
its filters, for examples of what it is asked with; where these stand in the statement, other values
stand at the next asking. It is sent through Django's cursor, past the same guard and behind the same
wall as any other.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connections, models, router


class _Plan(NamedTuple):
    sql: str
    params: tuple[Any, ...]
    places: dict[int, int]
    converters: dict[int, Any]


class Statement:
    """A look-up and its statement for each kind of store.

    ``build`` makes the query (a ``values_list``) of one value for each of ``asked``: a field whose
    kind the value has, and an example that nothing else in the query is equal to.
    """

    def __init__(
        self,
        build: Callable[..., "models.QuerySet[Any, Any]"],
        *asked: tuple["models.Field[Any, Any]", Any],
    ) -> None:
        self._build, self._asked = build, asked
        self._plans: dict[str, _Plan] = {}

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows for these values. One query."""
        connection = connections[router.db_for_read(self._asked[0][0].model)]
        plan = self._plans.get(connection.vendor) or self._planned(connection)
        given = self._given(values, connection)
        params = [
            given[plan.places[at]] if at in plan.places else one
            for at, one in enumerate(plan.params)
        ]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, params)
            found = cursor.fetchall()
        return [
            tuple(
                _converted(value, plan.converters.get(at), connection)
                for at, value in enumerate(row)
            )
            for row in found
        ]

    def _given(self, values: tuple[Any, ...], connection: Any) -> list[Any]:
        return [
            field.get_db_prep_value(value, connection)
            for (field, _), value in zip(self._asked, values, strict=True)
        ]

    def _planned(self, connection: Any) -> _Plan:
        examples = [example for _, example in self._asked]
        query = self._build(*examples).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        given = [_bare(one) for one in self._given(tuple(examples), connection)]
        places = {
            at: given.index(_bare(one)) for at, one in enumerate(params) if _bare(one) in given
        }
        assert set(places.values()) == set(range(len(examples))), "an example is not asked for"
        columns = [column for column, *_ in compiler.select or ()]
        plan = _Plan(sql, tuple(params), places, compiler.get_converters(columns))
        self._plans[connection.vendor] = plan
        return plan


def _bare(param: Any) -> Any:
    """A parameter as it can be compared: psycopg wraps bytes in what is equal to nothing else."""
    return getattr(param, "obj", param)


def _converted(value: Any, steps: Any, connection: Any) -> Any:
    if steps is not None:
        convert, expression = steps
        for step in convert:
            value = step(value, expression, connection)
    return value

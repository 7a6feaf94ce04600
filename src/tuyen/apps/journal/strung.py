"""The texts of a group strung together by the store: a row for a group instead of one for each."""

from typing import Any

from django.db.models import Aggregate, CharField


class Strung(Aggregate):
    """Text of a group, one after another with commas between, in no order."""

    function = "GROUP_CONCAT"
    name = "Strung"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, function="STRING_AGG",
            template="%(function)s(%(expressions)s, ',')", **extra,
        )  # fmt: skip

"""Finding people as they are typed, beside ``LIKE '%...%'`` on the folded names.

``python -m benchmarks.registry_app.search``: through the room's own query (with its scope and the
lines it returns), and the index alone; the peer is the plain scan that the index replaces, with the
same limit and the same words in any order. Whoever asks sees the whole province.
"""

import itertools
from typing import Any

from benchmarks import installation, measuring
from benchmarks.measuring import Figures

TYPED = ("giang a", "nguyen van", "lo thi may", "a", "vang thi 1987", "zzz qqq")
LIMIT = 50


def main() -> None:
    given = measuring.arguments(("rounds", 15))
    demo = installation.opened()
    from tuyen.apps.registry.models import Identifier, Person

    number = Identifier.objects.filter(system="personal_number").values_list("value", flat=True)
    typed = [*TYPED, number.order_by("pk")[Person.objects.count() // 3]]
    by = _epidemiologist(demo)
    figures: Figures = {}
    for text in typed:
        sorts = {"query": _query(by), "index": _index, "like": _like}
        times: dict[str, list[float]] = {name: [] for name in sorts}
        found = {name: sort(text) for name, sort in sorts.items()}
        for (name, sort), _ in itertools.product(sorts.items(), range(given.rounds)):
            times[name].append(measuring.timed(lambda sort=sort, text=text: sort(text)))
        name = "a full personal number" if text[0].isdigit() else text
        figures[name] = {sort: measuring.spread(taken) | {"found": found[sort]}
                         for sort, taken in times.items()}  # fmt: skip
    measuring.tell({"searches": figures, "people": Person.objects.count()})


def _epidemiologist(demo: Figures) -> Any:
    from tuyen.apps.access.queries import actor_by_login

    return actor_by_login("cdc", on=installation.day(demo), channel="console")


def _query(by: Any) -> Any:
    from tuyen.apps.registry import queries

    return lambda text: len(queries.search_people(by=by, text=text, limit=LIMIT))


def _index(text: str) -> int:
    from tuyen.apps.registry import search
    from tuyen.apps.registry.models import Identifier

    asked = search.asked(text)
    if asked.number:
        return len(Identifier.objects.filter(value=asked.number).values_list("person")[:LIMIT])
    return len(search.find(asked, None, LIMIT))


def _like(text: str) -> int:
    """Every word somewhere in the folded line, by a scan; for numbers, in the numbers."""
    from django.db import connection

    from tuyen.kernel.text import fold

    words = fold(text).split()
    column, table = (
        ("value", "registry_identifier") if words[0].isdigit() else ("search", "registry_person")
    )
    where = " AND ".join([f"{column} LIKE %s"] * len(words))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM {table} WHERE {where} LIMIT %s", [*(f"%{w}%" for w in words), LIMIT]
        )
        return len(cursor.fetchall())


if __name__ == "__main__":
    main()

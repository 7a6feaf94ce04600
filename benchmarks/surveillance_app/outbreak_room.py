"""The room of an outbreak, each of its parts, in a store of many cases: time, queries and size.

``python -m benchmarks.surveillance_app.outbreak_room --cases 500000``. The cases of the demo are copied,
with onsets in earlier years, until there are so many; the outbreak that is looked at gets a line
list of its own size (``--listed``), and contacts.
"""

from typing import Any
from uuid import uuid4

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note

PARTS = ("", "cases/", "chains/", "contacts/", "map/", "laboratory/", "tasks/", "reports/", "times/",
         "definition/")  # fmt: skip


def main() -> None:
    given = measuring.arguments(("cases", 500_000), ("listed", 200), ("requests", 10))
    installation.opened()
    from tuyen.apps.surveillance.models import Case, Outbreak

    note("copying cases")
    _copy(given.cases)
    outbreak = Outbreak.objects.filter(closed_on=None).order_by("opened_at").first()
    assert outbreak is not None, "the demo has no open outbreak"
    small = _office(outbreak.id, given.requests)
    _list(outbreak, given.listed)
    large = _office(outbreak.id, given.requests)
    for part, figures in large.items():
        figures["queries_with_few_listed"] = small[part]["queries"]
    measuring.tell({"cases": Case.objects.count(), "listed": given.listed, "parts": large})


def _office(outbreak: Any, requests: int) -> Figures:
    """Each part of the room as the epidemiologist sees it, and the two pages over all outbreaks."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tuyen.apps.access.models import User

    client = Client(SERVER_NAME="localhost")
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(User.objects.get(login="cdc"), backend=backend)
    found: Figures = {}
    pages = {part or "summary": f"/outbreaks/{outbreak}/{part}" for part in PARTS}
    pages |= {"outbreaks": "/outbreaks/", "7-1-7": "/seven-one-seven/"}
    for name, address in pages.items():
        note(name)
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(address)
        queries = len(seen)  # the next request empties the log
        assert answer.status_code == 200, (address, answer.status_code)
        times = [measuring.timed_both(lambda at=address: client.get(at)) for _ in range(requests)]
        found[name] = measuring.spread_both(times) | {
            "queries": queries, "kb": round(len(answer.content) / 1024, 1),
        }  # fmt: skip
    return found


def _copy(wanted: int) -> None:
    """Copies of the cases there are, years earlier, straight into the table: they are only to be many.

    The store copies them itself, twice as many each time.
    """
    from django.db import connection

    from tuyen.apps.access import guard
    from tuyen.apps.surveillance.models import Case

    lite = connection.vendor == "sqlite"
    columns = [field.column for field in Case._meta.concrete_fields]
    said = {
        "id": "lower(hex(randomblob(16)))" if lite else "gen_random_uuid()",
        "external_id": "''",
        "onset_on": "date(onset_on, '-{n} days')" if lite else "onset_on - {n}",
    }
    names = ", ".join(f'"{name}"' for name in columns)
    taken = ", ".join(said.get(name, f'"{name}"') for name in columns)
    turn = 0
    while (lacking := wanted - Case.objects.count()) > 0:
        turn += 1
        sql = (
            f"INSERT INTO surveillance_case ({names}) SELECT {taken} FROM surveillance_case LIMIT "
        )
        with guard.opened("benchmark"), connection.cursor() as cursor:
            cursor.execute(sql.replace("{n}", str(200 * turn)) + str(lacking))


def _list(outbreak: Any, size: int) -> None:
    """A line list and contacts of that size."""
    from tuyen.apps.access import guard
    from tuyen.apps.journal import bulk
    from tuyen.apps.surveillance.models import Case, Contact, OutbreakCase

    cases = Case.objects.filter(disease=outbreak.disease, voided_at=None).order_by("-onset_on")
    there = set(
        OutbreakCase.objects.filter(outbreak_id=outbreak.id).values_list("case_id", flat=True)
    )
    ids = [id for id in cases.values_list("id", flat=True)[: size + len(there)] if id not in there]
    columns = ("id", "outbreak_id", "case_id", "by", "attached_at")
    at = outbreak.opened_at
    named = [field.attname for field in Contact._meta.concrete_fields]
    pattern = Contact.objects.filter(outbreak_id=outbreak.id).values_list(*named).first()
    with guard.opened("benchmark"):
        bulk.insert(
            OutbreakCase,
            columns,
            [(uuid4(), outbreak.id, id, "definition", at) for id in ids[:size]],
        )
        if pattern is not None:
            bulk.insert(Contact, named, [(uuid4(), *pattern[1:]) for _ in range(size)])


if __name__ == "__main__":
    main()

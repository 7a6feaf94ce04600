"""The lists of children at the size of a province, and the desk of a session of 300.

``python -m benchmarks.immunization.lists --children 50000``: repeats the children of the demo in
``TUYEN_HOME`` (a copy of it: the rows are written past the journal) until there are so many, expects
300 of them at a session, and measures the first page of every list as a member of the provincial
CDC sees it, with and without filters, and the desk. Times are of the query and of the whole page
through the test client; beside them the number of statements.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note
from tuyen.kernel.ids import derived_id

LOGIN, NURSE = "cdc", "tramtruong"
AT_A_SESSION = 300
_SPACE = UUID("3f2b6c1e-8a0d-5d7c-9d41-0f6f0a9d6b11")


def main() -> None:
    given = measuring.arguments(("children", 50_000), ("rounds", 15))
    demo = installation.opened()
    from django.test import Client

    from tuyen.apps.access.models import User

    on = installation.day(demo)
    total = _grow(given.children)
    session = _session(on)
    clients = {}
    for login in (LOGIN, NURSE):
        clients[login] = Client(SERVER_NAME="localhost")
        user = User.objects.get(login=login)
        clients[login].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    month = f"{on - timedelta(days=540):%d/%m/%Y}"
    asked = {
        "overdue": (LOGIN, "/immunization/children/?list=overdue"),
        "overdue for measles, born since": (
            LOGIN, f"/immunization/children/?list=overdue&group=Measles&born_from={month}"),
        "due, sorted by place": (LOGIN, "/immunization/children/?list=due&sort=place"),
        "defaulters, page 40": (LOGIN, "/immunization/children/?list=defaulters&page=40"),
        "zero-dose": (LOGIN, "/immunization/children/?list=zero-dose"),
        "drop-outs": (LOGIN, "/immunization/children/?list=drop-outs&drop=mr1-mr2"),
        "everybody": (LOGIN, "/immunization/children/?list=everybody&sort=-born"),
        f"desk of {AT_A_SESSION}": (NURSE, f"/immunization/sessions/{session}/"),
    }  # fmt: skip
    pages = {}
    for name, (login, address) in asked.items():
        note(name)
        pages[name] = _page(clients[login], address, given.rounds)
    measuring.tell({
        "children": total, "pages": pages,
        "queries": _queries(on, session, given.rounds, month), "peak_mb": measuring.peak_mb(),
    })  # fmt: skip


def _grow(wanted: int) -> int:
    """Repeat the demo's children, with their people and statuses, until there are ``wanted``."""
    from tuyen.apps.access import guard
    from tuyen.apps.immunization.models import Child, Status
    from tuyen.apps.registry.models import Person

    if (there := Child.objects.filter(active=True).count()) >= wanted:
        return there
    children = list(Child.objects.filter(active=True).values())
    people = {row["id"]: row for row in Person.objects.filter(
        pk__in=[row["person_id"] for row in children]).values()}  # fmt: skip
    statuses: dict[UUID, list[dict[str, Any]]] = {}
    for row in Status.objects.filter(active=True).values():
        statuses.setdefault(row["person_id"], []).append(row)
    number = Person.objects.order_by("-number").values_list("number", flat=True)[0]
    made, total = 0, len(children)
    with guard.opened("journal"):
        while total < wanted:
            made += 1
            some = children[: wanted - total]
            new = {row["person_id"]: derived_id(_SPACE, made, row["person_id"]) for row in some}
            rows = [people[id] | {"id": new[id], "number": number + n, "household_id": None}
                    for n, id in enumerate(new, 1)]  # fmt: skip
            number += len(rows)
            Person.objects.bulk_create([Person(**row) for row in rows], 500)
            Child.objects.bulk_create(
                [Child(**row | {"person_id": new[row["person_id"]]}) for row in some], 500
            )
            Status.objects.bulk_create(
                [
                    Status(**row | {"id": derived_id(new[id], row["group"]), "person_id": new[id]})
                    for id in new
                    for row in statuses.get(id, ())
                ],
                500,
            )
            total += len(some)
    return total


def _session(on: Any) -> UUID:
    """An open session of the nurse's with so many expected."""
    from tuyen.apps.access import guard
    from tuyen.apps.immunization.models import Child, ExpectedAt, Session

    session = Session.objects.filter(day=on, state__in=("open", "planned")).order_by("starts")[0]
    here = {one.person_id for one in ExpectedAt.objects.filter(session_id=session.pk)}
    place = Child.objects.filter(pk__in=here).values("place_id")
    more = Child.objects.filter(place_id__in=place, active=True).exclude(pk__in=here)
    with guard.opened("journal"):
        Session.objects.filter(pk=session.pk).update(state="open")
        ExpectedAt.objects.bulk_create([
            ExpectedAt(id=derived_id(_SPACE, "at", id), session_id=session.pk, person_id=id,
                       vaccines="MR,bOPV")
            for id in more.values_list("pk", flat=True)[: AT_A_SESSION - len(here)]
        ])  # fmt: skip
    return session.pk


def _page(client: Any, address: str, rounds: int) -> Figures:
    from django.db import connection

    asked: list[str] = []

    def counting(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    answer = client.get(address)
    if answer.status_code != 200:
        return {"absent": f"answered {answer.status_code}"}
    with connection.execute_wrapper(counting):
        client.get(address)
    times = [measuring.timed_both(lambda: client.get(address)) for _ in range(rounds)]
    return measuring.spread_both(times) | {
        "statements": len(asked), "kb": len(answer.content) // 1024,
    }  # fmt: skip


def _queries(on: Any, session: UUID, rounds: int, since: str) -> Figures:
    """The queries themselves, without the page around them."""
    from datetime import datetime

    from tuyen.apps.access.queries import actor_by_login
    from tuyen.apps.immunization import queries
    from tuyen.apps.immunization.queries import sessions
    from tuyen.apps.immunization.queries.lists import ListFilters

    by = actor_by_login(LOGIN, on=on, channel="cli")
    nurse = actor_by_login(NURSE, on=on, channel="cli")
    assert by is not None
    assert nurse is not None
    born = datetime.strptime(since, "%d/%m/%Y").date()  # a day has no zone
    filters = ListFilters(kind="overdue", group="Measles", born_first=born)
    work = {
        "filtered list": lambda: queries.children(by=by, filters=filters, on=on),
        "counts of the tabs": lambda: queries.counted(by=by, on=on),
        f"desk of {AT_A_SESSION}": lambda: sessions.desk(by=nurse, id=session),
    }
    return {
        name: measuring.spread_both(measuring.timed_both(one) for _ in range(rounds))
        for name, one in work.items()
    }


if __name__ == "__main__":
    main()

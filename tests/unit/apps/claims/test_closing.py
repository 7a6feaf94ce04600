"""A month is closed: as many statements for many as for one, the same by one process and by several."""

from datetime import date, timedelta

import msgspec
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.claims.conftest import BEGAN, NOW, TODAY, visit
from tests.unit.apps.claims.test_papers import TB
from tuyen.apps.claims import closing
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.queries import at_risk, desk, lacking, listed, states, to_check
from tuyen.apps.clinical.operations import Answered, Diagnosed

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def many(station, person, n, **rest):
    told = [
        visit(person, began_at=BEGAN + timedelta(minutes=20 * k), ended_at=None, next=None, **rest)
        for k in range(n)
    ]
    return station.good(*told)


def asked():
    return [
        closing.Asked(*row)
        for row in Claim.objects.order_by("id").values_list("pk", "unit_id", "version", "changes")
    ]


def test_a_month_is_closed_and_what_is_wrong_is_counted(station):
    person = station.patient()
    good, bad = many(station, person, 2), many(station, person, 1, practitioner="")
    other = station.visit(person, began_at=BEGAN - timedelta(days=30), ended_at=None, next=None)

    done = closing.close(FIRST, LAST, NOW, workers=2)
    again = closing.close(FIRST, LAST, NOW)

    assert (done.checked, done.ready, done.faulty) == (3, 2, 1)
    assert {station.claim(id).state for id in good} == {"ready"}
    assert (station.claim(bad[0]).state, station.claim(other).state) == ("faulty", "open")
    assert (again.checked, again.faulty) == (1, 1)


def test_what_goes_from_one_process_to_another_comes_as_it_was(station):
    person = station.patient()
    many(station, person, 2)
    many(station, person, 1, diagnosed=(Diagnosed(code="A15.0", main=True),),
         answered=(Answered(programme="tuberculosis", fields=TB),))  # fmt: skip

    here = closing._examined(asked(), TODAY)
    sent = msgspec.msgpack.decode(closing._sent((asked(), TODAY)), type=list[closing._Found])

    assert sent == here
    assert sum(len(one.checked) for one in here) == 3


def counted(work):
    with CaptureQueriesContext(connection) as caught:
        work()
    return len(caught)


def test_lists_and_checks_take_as_many_queries_for_many(station):
    person, mother = station.patient(), station.patient(card="", number="")
    special = {
        "diagnosed": (Diagnosed(code="A15.0", main=True),),
        "answered": (Answered(programme="tuberculosis", fields=TB),),
    }
    span = {"first": FIRST, "last": LAST}
    asks = (
        lambda: listed(by=station.by, **span), lambda: states(by=station.by, **span),
        lambda: to_check(by=station.by, **span), lambda: desk(by=station.by, on=TODAY),
        lambda: lacking(by=station.by, on=TODAY), lambda: at_risk(by=station.by, on=TODAY),
        lambda: closing._examined(asked(), TODAY),
    )  # fmt: skip
    counts = []
    for n in (1, 4):
        many(station, person, n)
        many(station, person, n, **special)
        many(station, mother, n, payer="self", diagnosed=(Diagnosed(code="O80", main=True),))
        counts.append([counted(ask) for ask in asks])

    assert counts[0] == counts[1]
    assert counts[1][1:3] == [1, 1]
    assert (counts[1][0], counts[1][3], max(counts[1])) == (5, 5, counts[1][-1])

"""Positive results on cases: evidence beside an alarm, or a signal where one result is enough.

The room of laboratories will offer its own source of what its benches find; this one reads the
result that stands on a case report.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Max, Min, Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import kept, places
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.selection import READ, midnight, visible
from tuyen.apps.surveillance.sources.subjects import hazard_of_disease, names, of_disease
from tuyen.kernel.ids import derived_id
from tuyen.kernel.refusal import N_
from tuyen.kernel.signalling import Asked, Signal, signals_from
from tuyen.rules.surveillance.signs import laboratory as rule
from tuyen.rules.surveillance.signs import scoring

LABORATORY = "laboratory"
_POSITIVE = '"result":"positive"'  # as a report is kept
_MESSAGE = N_("{n} positive results on cases with onset from {since} to {until}.")


@signals_from("laboratory")
def results(by: Actor, asked: Asked) -> list[Signal]:
    """Positive results of the last days by disease and commune: one query, or none.

    Only who may read cases is told of results on them.
    """
    scope = policies.scope(by, READ)
    if not scope:
        return []
    return list(kept.answer(places.atlas(), ("laboratory-signals", scope, asked),
                            lambda: list(_results(visible(by), asked))))  # fmt: skip


def _results(seen: Q, asked: Asked) -> Iterator[Signal]:
    days, windows = rule(asked.on)
    since = asked.on - timedelta(days=days)
    rows = (
        Case.objects.filter(seen, changed_at__gte=midnight(since), voided_at=None)
        .filter(content__contains=_POSITIVE)
        .exclude(classification="discarded")
        .values("disease", "commune_id", "window")
        .annotate(n=Count("id"), first=Min("onset_on"), last=Max("onset_on"),
                  at=Max("received_at"))
        .order_by()
    )  # fmt: skip
    for row in rows:
        subject = of_disease(row["disease"])
        alone = row["window"] in windows
        yield Signal(
            id=derived_id(row["commune_id"], "laboratory", row["disease"]),
            programme="infectious",
            kind=LABORATORY,
            commune=row["commune_id"],
            subject=subject,
            names=names(subject),
            level="alert" if alone else "signal",
            state="new" if alone else "note",
            hazard=hazard_of_disease(row["disease"], asked.on),
            evidence=scoring(asked.on).evidence_of[LABORATORY],
            observed=float(row["n"]),
            expected=None,
            since=row["first"],
            until=row["last"],
            raised_at=row["at"],
            due_at=None,
            message=_MESSAGE,
            values={"n": row["n"], "since": row["first"], "until": row["last"]},
        )

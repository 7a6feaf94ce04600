"""Case reports as a line list brings them: residents of the demo, its diseases, its last weeks."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from django.apps import apps
from django.db import connection

from benchmarks.installation import evening
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

SPAN = 56
"""Onsets lie in so many days before the demo's day."""


def reports(count: int, on: date, seed: int = 20260701) -> Iterator[Operation]:
    """``count`` reports, each about another resident who has no case so far.

    Diseases occur as often as in the demo, so that most batches are of a few common ones.
    """
    rng = np.random.default_rng(seed)
    people, diseases = _residents(), _diseases()
    if count > len(people):
        raise SystemExit(f"{count} reports need as many residents; the demo has {len(people)}.")
    chosen = rng.permutation(len(people))[:count]
    disease = rng.choice(len(diseases), count)
    back = rng.integers(3, SPAN, count)
    stations = _stations()
    for row, person in enumerate(chosen.tolist()):
        id, name, sex, born, village, phone = people[person]
        onset = on - timedelta(int(back[row]))
        if born > onset:
            onset = on
        payload = ReportCase(
            disease=diseases[disease[row]], sex="male" if sex == 1 else "female",
            classification="suspected", onset_on=onset, birth_date=born, village=village,
            person=id, name=name, phone=phone, occupation="Làm ruộng",
            address="Nhà văn hóa bản, cạnh trường tiểu học", diagnosed_on=min(onset + timedelta(1), on),
            reported_at=evening(on), vaccinated="unknown", care="outpatient",
        )  # fmt: skip
        yield Operation.of(
            payload, id=uuid7(), unit=stations[row % len(stations)], happened_on=on,
            recorded_at=evening(on),
        )  # fmt: skip


def _residents() -> list[tuple[UUID, str, int, date, UUID, str]]:
    model = apps.get_model("registry", "Person")
    ill = apps.get_model("surveillance", "Case").objects.exclude(person_id=None)
    rows = (
        model.objects.exclude(place_id=None)
        .filter(died_on=None)
        .exclude(pk__in=ill.values("person_id"))
    )
    return list(
        rows.order_by("pk").values_list("id", "name", "sex", "born_on", "place_id", "phone")
    )


def _diseases() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT disease FROM surveillance_case WHERE onset_on >= '2026-01-01'")
        return [row[0] for row in cursor.fetchall()]


def _stations() -> list[UUID]:
    case = apps.get_model("surveillance", "Case")
    recent = case.objects.filter(onset_on__gte=date(2026, 1, 1))
    return list(recent.order_by("unit_id").values_list("unit_id", flat=True).distinct())

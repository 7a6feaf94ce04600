"""What is written in bulk is what Django would have written."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps

from tuyen.apps.access import guard
from tuyen.apps.indicators.models import Release
from tuyen.apps.journal import bulk
from tuyen.kernel.ids import uuid7

OURS = [model for model in apps.get_models() if model.__module__.startswith("tuyen.apps.")]


@pytest.mark.database
def test_structures_are_written_as_they_are(db):
    shape = {"diseases": ["measles"], "rows": [[1, None, 2.5]], "tên": "Nà Hỳ"}
    day = date(2026, 1, 5)
    columns = ["id", "unit_id", "title", "audience", "map_on", "kind", "start", "end", "k", "width",
               "shape", "printed", "counted", "published_at", "reason"]  # fmt: skip
    at = datetime(2026, 1, 12, 3, tzinfo=UTC)
    rows = [
        (
            uuid7(),
            uuid7(),
            "Bảng",
            "public",
            day,
            "week",
            day,
            day,
            5,
            0,
            shape,
            printed,
            {},
            at,
            "",
        )
        for printed in ([-1, 12], [])
    ]

    with guard.opened("test"):
        written = bulk.insert(Release, columns, rows)

    assert written == 2
    kept = {row.id: (row.shape, row.printed, row.counted) for row in Release.objects.all()}
    assert kept == {row[0]: (row[10], row[11], row[12]) for row in rows}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.db_table)
def test_every_table_of_ours_can_be_written_in_bulk(model):
    sent = [bulk._sent(field) for field in model._meta.concrete_fields]

    assert len(sent) == len(model._meta.concrete_fields)

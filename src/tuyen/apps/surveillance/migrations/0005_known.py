"""When each count became known, for what was reported before it was kept.

Amended and voided cases are read from the journal. Where an amendment moved a case, the commune
before it is the one that the case remembers: exact, unless it was moved twice.
"""

import json
from datetime import date
from uuid import UUID

from django.db import migrations, models

from tuyen.apps.access import guard
from tuyen.apps.journal import seal
from tuyen.kernel.ids import derived_id
from tuyen.kernel.zone import VIETNAM

_AT_ONCE = 500


def learn(apps, schema_editor):
    case, change = (apps.get_model("surveillance", name) for name in ("Case", "CountChange"))
    entry = apps.get_model("journal", "Entry")
    alias = schema_editor.connection.alias
    cases = case.objects.using(alias).order_by("id")
    with guard.opened("migration"):
        after = None
        while page := list((cases.filter(id__gt=after) if after else cases)[:_AT_ONCE]):
            after = page[-1].id
            changed = [row.id for row in page if row.revision or row.voided_at]
            entries = entry.objects.using(alias).filter(accepted=True)
            told = entries.filter(id__in=changed) | entries.filter(corrects__in=changed)
            story = {}
            for body in told.order_by("position").values_list("body", flat=True):
                envelope = seal.read_envelope(bytes(body))
                story.setdefault(envelope.corrects or envelope.id, []).append(envelope)
            rows = [row for one in page for row in _changes(one, story.get(one.id, []), change)]
            change.objects.using(alias).bulk_create(rows)


def _changes(case, story, change):
    """The rows of one case: what it added to the counts, and what was taken back."""
    now = (case.disease, case.commune_id, case.onset_on, case.classification)
    reported = case.reported_at.astimezone(VIETNAM).date()

    def row(id, cell, known, received, cases):
        disease, commune, day, classification = cell
        return change(
            id=id, disease=disease, commune_id=commune, day=day, classification=classification,
            reported_on=reported, known_at=known, received_at=received, cases=cases,
        )  # fmt: skip

    amendments = [e for e in story if e.kind == "surveillance.amend_case"]
    said = json.loads(bytes(story[0].payload)) if amendments else {}
    states = [_cell(case, said, last=not amendments)]
    for number, amendment in enumerate(amendments, 1):
        said |= json.loads(bytes(amendment.payload))["changes"]
        states.append(now if number == len(amendments) else _cell(case, said, last=False))
    if states[0][3] != "discarded":
        yield row(case.id, states[0], case.reported_at, case.received_at, 1)
    for was, is_now, e in zip(states[:-1], states[1:], amendments, strict=True):
        if was == is_now:
            continue
        if was[3] != "discarded":
            id = derived_id(e.id, "count", "out")
            yield row(id, was, e.received_at, e.received_at, -1)
        if is_now[3] != "discarded":
            id = derived_id(e.id, "count", "in")
            yield row(id, is_now, e.received_at, e.received_at, 1)
    for e in story:
        if e.kind == "surveillance.void_case" and now[3] != "discarded":
            id = derived_id(e.id, "count", "out")
            yield row(id, now, e.received_at, e.received_at, -1)


def _cell(case, said, *, last):
    if last:
        return case.disease, case.commune_id, case.onset_on, case.classification
    moved = case.moved_from.partition(" ")[2]
    commune = UUID(moved) if moved else case.commune_id
    return said["disease"], commune, date.fromisoformat(said["onset_on"]), said["classification"]


class Migration(migrations.Migration):
    dependencies = [
        ("surveillance", "0004_events"),
        ("journal", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountChange",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("disease", models.CharField(max_length=60)),
                ("commune_id", models.UUIDField()),
                ("day", models.DateField()),
                ("classification", models.CharField(max_length=10)),
                ("reported_on", models.DateField()),
                ("known_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("cases", models.SmallIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["day", "disease"], name="surveillance_change_day")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cases__in", (-1, 1))),
                        name="surveillance_countchange_one_case",
                    )
                ],
            },
        ),
        migrations.RunPython(learn, migrations.RunPython.noop),
    ]

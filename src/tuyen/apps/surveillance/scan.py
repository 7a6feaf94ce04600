"""From what the detectors find to operations: raised once, brought up to date, ended."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import hotspots, places
from tuyen.apps.surveillance.counting import Pair
from tuyen.apps.surveillance.detection import Finding, Judged, detect, end_of
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.operations import CloseAlarm, RaiseAlarm
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Payload, Receipt

_ALARMS = UUID("6d3f3c0e-2b0f-5f0e-9a53-8a3f4f0c7d11")
_COLUMNS = (
    "id", "rule", "disease", "commune_id", "period", "since", "level", "observed", "revision",
    "state", "closed_on", "closed_because",
)  # fmt: skip


def scan(*, on: date, at: datetime, pairs: Collection[Pair] | None = None) -> list[Receipt]:
    """Judge the communes and diseases of a day, and commit what follows, as the program itself.

    ``pairs`` (disease, commune of any map) limits the scan to what changed; None looks at all.
    ``at`` is the moment of the commit. Scanning again without new cases commits nothing.
    """
    judged = detect(on, pairs, () if pairs is not None else _watched(on))
    return _commit(judged, on, at, everything=pairs is None)


def scan_clusters(*, on: date, at: datetime) -> list[Receipt]:
    """Look for clusters of communes on a day, and commit the alarms that follow."""
    found = hotspots.find(on, at)
    labels = {finding.period.label for finding in found}
    return _commit(Judged({}, labels, {}, found, {}), on, at, everything=True)


def _commit(judged: Judged, on: date, at: datetime, *, everything: bool) -> list[Receipt]:
    held = _held(judged, on, everything=everything)
    operations = [*_raise(judged, held, on, at), *_end(judged, held, on, at)]
    if not operations:
        return []
    return commit(by=Actor.program(on), operations=operations, at=at)


Key = tuple[str, str, UUID, str]


def _watched(on: date) -> set[Pair]:
    """Diseases and communes with an alarm that a count may have to end: one query."""
    young = Q(until__gte=on - timedelta(days=92)) | Q(rule__startswith="EP")
    rows = Alarm.objects.filter(young, closed_on=None)
    return set(rows.values_list("disease", "commune_id"))


def _held(judged: Judged, on: date, everything: bool) -> dict[Key, dict[str, Any]]:
    """The alarms of the judged periods, and the epidemics that go on: one query."""
    where = Q(period__in=judged.periods) | Q(rule__startswith="EP", closed_on=None)
    if not everything:
        where &= Q(
            disease__among={disease for disease, _ in judged.at},
            commune_id__among={commune for _, commune in judged.at},
        )
    rows = fetch(Alarm.objects.filter(where).values_list(*_COLUMNS))
    return {row[1:5]: dict(zip(_COLUMNS, row, strict=True)) for row in rows}


def _raise(
    judged: Judged, held: dict[Key, dict[str, Any]], on: date, at: datetime
) -> Iterable[Operation]:
    for finding in judged.findings:
        row = held.get((finding.rule, finding.disease, finding.commune, finding.period.label))
        if row is not None and not _is_news(row, finding):
            continue
        yield _raising(finding, row, on, at)


def _is_news(row: dict[str, Any], finding: Finding) -> bool:
    """Whether the level or the count moved; what was ended is news only when it grows again."""
    if row["closed_on"] is not None and row["closed_because"] != "count-corrected":
        return finding.observed > row["observed"]
    changed = (row["level"], row["observed"]) != (finding.level, finding.observed)
    return changed or row["closed_on"] is not None


def _raising(finding: Finding, row: dict[str, Any] | None, on: date, at: datetime) -> Operation:
    payload = RaiseAlarm(
        rule=finding.rule,  # type: ignore[arg-type]
        disease=finding.disease,
        period=finding.period.label,
        level=finding.level,
        observed=finding.observed,
        expected=finding.expected,
        bound=finding.bound,
        figures=finding.figures,
        method=finding.method,
        supersedes=row["id"] if row else None,
        revision=row["revision"] + 1 if row else 0,
    )
    id = derived_id(
        _ALARMS, finding.rule, finding.disease, finding.commune, finding.period.label,
        payload.revision, finding.level, finding.observed,
    )  # fmt: skip
    return _operation(payload, id, finding.commune, row["id"] if row else None, on, at)


def _end(
    judged: Judged, held: dict[Key, dict[str, Any]], on: date, at: datetime
) -> Iterable[Operation]:
    """Epidemics whose month is under again, and alarms whose count was corrected away."""
    found = {(f.rule, f.disease, f.commune, f.period.label) for f in judged.findings}
    map_ = places.atlas()
    for key, row in held.items():
        if row["closed_on"] is not None or key in found:
            continue
        pair = (row["disease"], map_.standing_for(row["commune_id"], on))
        if row["rule"].startswith("EP") and (ended := end_of(judged, pair)) is not None:
            month, figures = ended
            if row["since"] < month.start and row["state"] != "dismissed":
                yield _closing(row, "END-B", figures | {"month": month.label}, on, at)
                continue
        now = judged.observed(*key)
        if now is not None and now < row["observed"] and row["state"] == "new":
            yield _closing(row, "count-corrected", {"observed": now}, on, at)


def _closing(
    row: dict[str, Any], because: Any, figures: dict[str, Any], on: date, at: datetime
) -> Operation:
    payload = CloseAlarm(alarm=row["id"], because=because, figures=figures)
    id = derived_id(row["id"], "close", because, row["revision"])
    return _operation(payload, id, row["commune_id"], row["id"], on, at)


def _operation(
    payload: Payload, id: UUID, unit: UUID, corrects: UUID | None, on: date, at: datetime
) -> Operation:
    return Operation.of(
        payload, id=id, unit=unit, happened_on=on, recorded_at=at, corrects=corrects
    )

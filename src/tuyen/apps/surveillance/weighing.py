"""How likely each statistical alarm is to be false, and which of them ring.

The night learns (:mod:`lessons`), once a week; every night, and after each report for what changed,
the open alarms of the last weeks are weighed by the newest lesson and laid against the line
(:mod:`lines`). What comes out is committed as the program's own operation beside the alarm.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from django.db.models import Q

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import lessons, places, seasonal
from tuyen.apps.surveillance.counting import Pair
from tuyen.apps.surveillance.lines import Lines, Look, below
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.operations import WeighAlarm
from tuyen.engines.surveillance import calibration, quiet_past
from tuyen.engines.surveillance.evidence import HISTORY, NAMES, SKIP
from tuyen.engines.surveillance.selection import false_share
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Receipt
from tuyen.kernel.period import Period

WEEKS = 4
"""Alarms of so many weeks before the one that runs are weighed; older ones stay as they were said."""
_SPACE = UUID("5b0c9d2e-71a4-5d5e-8f60-2c1f6a9be7d3")
STATISTICAL = Q(rule__startswith="EARS") | Q(rule__startswith="FAR") | Q(rule__startswith="SCAN")
_COLUMNS = (
    "id", "rule", "disease", "commune_id", "period", "figures", "revision", "state", "owner_id",
    "raised_on", "pvalue", "false_share", "qvalue", "below", "lesson_id",
)  # fmt: skip


class Weight(NamedTuple):
    """What is said of one alarm; None where it cannot be said."""

    p: float | None = None
    false: float | None = None
    lesson: UUID | None = None


def learn(*, on: date, at: datetime) -> list[Receipt]:
    """Learn from the past and its answers, as the program itself; nothing where this week's lesson
    is there, or the records are too young."""
    made = lessons.operation(on=on, at=at, id=derived_id(_SPACE, "lesson", on))
    return commit(by=Actor.program(on), operations=[made], at=at) if made is not None else []


def weigh(
    *, on: date, at: datetime, pairs: Collection[Pair] | None = None, again: bool = True
) -> list[Receipt]:
    """Weigh the open statistical alarms of the last weeks, and commit what changed.

    ``pairs`` (disease, commune of any map): only these are weighed again; where none of them has an
    alarm nothing is done. ``again`` False weighs nothing and only lays the alarms against the line.
    """
    map_ = places.atlas()
    rows = _open(on)
    if pairs is not None:
        touched = {(disease, map_.standing_for(commune, on)) for disease, commune in pairs}
        fresh = [row for row in rows if _pair(map_, row, on) in touched]
    else:
        fresh = rows if again else []
    if not rows or (pairs is not None and not fresh):
        return []
    weights = {
        row["id"]: Weight(row["pvalue"], row["false_share"], row["lesson_id"]) for row in rows
    }
    weights |= _weights(map_, fresh, on, at)
    made = _changed(map_, rows, weights, on, at)
    return commit(by=Actor.program(on), operations=made, at=at) if made else []


def warm() -> None:
    """Load what was compiled for the evidence, or compile it."""
    from tuyen.engines.surveillance.evidence import evidence

    none = np.zeros(1, np.int64)
    evidence(np.full((1, 60), 3, np.uint16), none, none, [59])


def _open(on: date) -> list[dict[str, Any]]:
    since = Period.of("week", on).start - timedelta(weeks=WEEKS)
    found = Alarm.objects.filter(STATISTICAL, until__gte=since, closed_on=None)
    rows = fetch(found.exclude(state="dismissed").order_by("id").values_list(*_COLUMNS))
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def _pair(map_: Any, row: dict[str, Any], on: date) -> Pair:
    return row["disease"], map_.standing_for(row["commune_id"], on)


def _weights(
    map_: Any, rows: Sequence[dict[str, Any]], on: date, at: datetime
) -> dict[UUID, Weight]:
    """What the newest lesson says of some alarms; nothing where nothing was learnt."""
    lesson = lessons.newest(on) if rows else None
    if lesson is None:
        return {}
    diseases = sorted({row["disease"] for row in rows})
    found = lessons.table(on, at, HISTORY + SKIP + WEEKS + 1, diseases)
    if found is None:
        return {}
    place = {week.label: n for n, week in enumerate(found.weeks)}
    asked: dict[UUID, list[tuple[int, int]]] = {}
    for row in rows:
        series = [found.keys.get((row["disease"], commune)) for commune in _communes(map_, row, on)]
        if row["period"] in place:
            t = place[row["period"]]
            asked[row["id"]] = [(one, t) for one in series if one is not None]
    said = _said(found, lesson, {cell for cells in asked.values() for cell in cells})
    weights = {}
    for row in rows:
        known = [said[cell] for cell in asked.get(row["id"], ()) if cell in said]
        if known:
            weights[row["id"]] = _together(row, known, lesson.id)
    return weights


def _communes(map_: Any, row: dict[str, Any], on: date) -> list[UUID]:
    """The communes that an alarm is about: one, or those of a cluster."""
    members = str(msgspec.json.decode(row["figures"]).get("members", "")).split()
    born = [UUID(one) for one in members] or [row["commune_id"]]
    return list(dict.fromkeys(map_.standing_for(one, on) for one in born))


def _together(row: dict[str, Any], known: list[Weight], lesson: UUID) -> Weight:
    """Of a cluster: the chance that none of its communes has an outbreak, and its own p-value."""
    p = known[0].p
    if row["rule"].startswith("SCAN"):
        p = msgspec.json.decode(row["figures"]).get("p")
    false = [one.false for one in known if one.false is not None]
    return Weight(_short(p), _short(float(np.prod(false))) if false else None, lesson)


def _said(
    found: lessons.Table, lesson: lessons.Lesson, cells: set[tuple[int, int]]
) -> dict[tuple[int, int], Weight]:
    """p-value and chance to be false of some series in some weeks."""
    rows = found.rows(sorted({t for _, t in cells}))
    at = {
        cell: n
        for n, cell in enumerate(zip(rows.series.tolist(), rows.point.tolist(), strict=True))
    }
    uneven = np.array([lesson.uneven.get(disease, 1.0) for disease in found.diseases])
    p = quiet_past.p_values(
        lesson.tails, rows.values[:, 0], quiet_past.divisions(rows, found.disease, uneven)
    )
    h = None if lesson.calibrator is None else calibration.chance(lesson.calibrator, rows.values)
    busy = rows.values[:, NAMES.index("count")] > 0
    answer = {}
    for cell in cells:
        n = at.get(cell)
        if n is not None and busy[n]:
            false = None if h is None else 1.0 - min(float(h[n]), 1.0)
            answer[cell] = Weight(None if np.isnan(p[n]) else float(p[n]), false)
    return answer


def _changed(
    map_: Any, rows: Sequence[dict[str, Any]], weights: dict[UUID, Weight], on: date, at: datetime
) -> list[Operation]:
    q = _q_values(map_, rows, weights, on)
    looks = [
        Look(
            row["id"], *_pair(map_, row, on), row["raised_on"], weights[row["id"]].p,
            weights[row["id"]].false, q.get(row["id"]),
            row["state"] != "new" or row["owner_id"] is not None,
        )
        for row in rows
    ]  # fmt: skip
    silent = below(Lines(map_, on), looks)
    made = []
    for row in rows:
        weight = weights[row["id"]]
        now = (weight.p, weight.false, q.get(row["id"]), silent[row["id"]], weight.lesson)
        was = (row["pvalue"], row["false_share"], row["qvalue"], row["below"], row["lesson_id"])
        # A new lesson that says the same of an alarm is no news of it.
        if now[:4] == was[:4]:
            continue
        payload = WeighAlarm(
            alarm=row["id"], p=now[0], false=now[1], q=now[2], below=now[3],  # type: ignore[arg-type]
            lesson=now[4],
        )  # fmt: skip
        id = derived_id(row["id"], "weigh", *map(str, now), at.isoformat())
        made.append(Operation.of(
            payload, id=id, unit=row["commune_id"], happened_on=on, recorded_at=at,
            corrects=row["id"],
        ))  # fmt: skip
    return made


def _q_values(
    map_: Any, rows: Sequence[dict[str, Any]], weights: dict[UUID, Weight], on: date
) -> dict[UUID, float]:
    """The q-value of each alarm whose chance is known, among those of its week; alarms of several
    detectors about one disease and commune are one."""
    known: dict[tuple[str, Pair], float] = {}
    for row in rows:
        false = weights[row["id"]].false
        if false is not None:
            key = (row["period"], _pair(map_, row, on))
            known[key] = min(false, known.get(key, 1.0))
    if not known:
        return {}
    weeks = sorted({period for period, _ in known})
    week = np.array([weeks.index(period) for period, _ in known], np.int64)
    q = false_share(1.0 - np.array(list(known.values())), week)
    of = {key: _short(float(value)) for key, value in zip(known, q, strict=True)}
    return {
        row["id"]: of[row["period"], _pair(map_, row, on)]
        for row in rows
        if weights[row["id"]].false is not None
    }


def _short(value: float | None) -> Any:
    return None if value is None else float(f"{value:.3g}")


def is_ready() -> bool:
    """Whether this process can weigh at once: a report waits for no compiling."""
    return seasonal.is_warm()

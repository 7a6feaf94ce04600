"""What an installation learns of false alarms from its own past and the answers to its alarms.

Labels are what people said: weeks with a case on the list of an outbreak, weeks of an alarm that was
verified or became an outbreak, and, as a "no", weeks of an alarm that was dismissed. All else is
silence, and silence is not a "no" (decision 26).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import Alarm, AlarmLesson, OutbreakCase
from tuyen.apps.surveillance.operations import LearnChances, Learnt, Tail
from tuyen.apps.surveillance.queries.asof import AsOf, as_of
from tuyen.engines.surveillance import calibration, quiet_past
from tuyen.engines.surveillance.evidence import (
    HISTORY,
    NAMES,
    SKIP,
    Evidence,
    evidence,
    surroundings,
)
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import Chances, chances

METHOD = "evidence/1, ceiling/2, quiet-past/1"
_WORTH = 3  # cases in four weeks, and one in the week itself, from which a chance is learnt
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
_decode = msgspec.json.Decoder(LearnChances).decode


class Table(NamedTuple):
    """n series, a disease in a commune each, along m weeks; the last week is the one that runs."""

    keys: dict[tuple[str, UUID], int]  # the row of each series
    weeks: list[Period]  # (m,)
    counts: NDArray[np.uint16]  # (n, m)
    disease: Ints  # (n,) place in diseases
    region: Ints  # (n,) place among the provinces
    diseases: list[str]

    def rows(self, points: Iterable[int], told: Bools | None = None) -> Evidence:
        return evidence(
            self.counts, self.disease, self.region, list(points), told=told, least=_WORTH,
            idle=True, around=surroundings(self.counts, self.disease, self.region),
        )  # fmt: skip


class Lesson(NamedTuple):
    """What was learnt, ready to be asked."""

    id: UUID
    made_on: date
    calibrator: calibration.Calibrator | None
    tails: dict[int, quiet_past.Tail]
    uneven: dict[str, float]
    told: int


def table(on: date, at: datetime, weeks: int, diseases: Sequence[str] = ()) -> Table | None:
    """The counts of the last weeks as known at a moment, on the map of a day: one query.

    Weeks before the first case in the store are unknown, and left out. None where there is no case.
    """
    first = Period.of("week", on).start - timedelta(weeks=weeks)
    seen = as_of(by=Actor.program(on), at=at, first=first, last=on, map_on=on, diseases=diseases)
    known = np.flatnonzero(seen.cases.any(axis=(0, 1)))
    if not known.size:
        return None
    return _laid_out(seen, int(known[0]), on)


def _laid_out(seen: AsOf, start: int, on: date) -> Table:
    """Diseases without a case have no series; those with one have a series in every commune."""
    held = np.flatnonzero(seen.cases.any(axis=(0, 2)))
    cases = seen.cases[:, held, start:].transpose(1, 0, 2)
    n = len(seen.communes)
    map_ = places.atlas()
    provinces = [map_.province_of(commune, on) for commune in seen.communes]
    at = {province: k for k, province in enumerate(dict.fromkeys(provinces))}
    names = [seen.diseases[d] for d in held]
    keys = {
        (disease, commune): d * n + c
        for d, disease in enumerate(names)
        for c, commune in enumerate(seen.communes)
    }
    return Table(
        keys, list(seen.periods[start:]), np.minimum(cases, 65_535).reshape(-1, cases.shape[2]).astype(np.uint16),
        np.repeat(np.arange(len(names)), n), np.tile(np.array([at[p] for p in provinces]), len(names)),
        names,
    )  # fmt: skip


def operation(*, on: date, at: datetime, id: UUID) -> Operation | None:
    """What is to be learnt tonight: once a week, where the records are old enough."""
    map_, settings = places.atlas(), chances(on)
    province = next(iter(map_.provinces(on)), None)
    week = Period.of("week", on)
    if province is None or AlarmLesson.objects.filter(made_on__gte=week.start).exists():
        return None
    found = table(on, at, settings.past + SKIP + HISTORY)
    if found is None or len(found.weeks) - 1 < settings.shortest:
        return None
    payload = learn(found, answers(map_, found, on), settings)
    if payload is None:
        return None
    return Operation.of(payload, id=id, unit=province, happened_on=on, recorded_at=at)


def learn(found: Table, said: NDArray[np.int8], settings: Chances) -> LearnChances | None:
    """Chances, and the tails of quiet weeks, of the finished weeks; None where none was worth a look."""
    last = len(found.weeks) - 1
    points = range(max(settings.shortest - 26, last - settings.past), last)
    told, denied = said > 0, said < 0
    rows = found.rows(points, told)
    if not rows.series.size:
        return None
    yes, no = told[rows.series, rows.point], denied[rows.series, rows.point]
    busy = rows.values[:, NAMES.index("count")] > 0
    made = None
    if int((yes & busy).sum()) >= settings.fewest_told:
        made = calibration.calibrate(rows.values[busy], yes[busy], denied=no[busy])
    quiet = (
        np.where(yes, 0.0, 1.0) if made is None else calibration.quiet(made, rows.values, yes, no)
    )
    uneven = quiet_past.unevenness(rows, found.disease, len(found.diseases))
    strata = quiet_past.divisions(rows, found.disease, uneven)
    tails = quiet_past.remember(rows.values[:, 0], strata, quiet)
    return LearnChances(
        weeks=len(points), told=int((yes & busy).sum()), denied=int((no & busy).sum()),
        learnt=_plain(made) if made is not None else None,
        tails=tuple(
            Tail(code=code, weight=_short(tail.weight), scores=_shorts(tail.scores), above=_shorts(tail.above))
            for code, tail in sorted(tails.items())
        ),
        uneven={name: _short(uneven[d]) for d, name in enumerate(found.diseases)}, method=METHOD,
    )  # fmt: skip


def answers(map_: Any, found: Table, on: date) -> NDArray[np.int8]:
    """(n, m): 1 where somebody said "outbreak", -1 where somebody said "no", else 0: two queries."""
    said = np.zeros(found.counts.shape, np.int8)
    first = found.weeks[0].start
    answered = Alarm.objects.filter(
        until__gte=first, state__in=("verified", "outbreak", "dismissed")
    ).values_list("disease", "commune_id", "since", "until", "state")
    yes = []
    for disease, commune, since, until, state in fetch(answered):
        span = (disease, map_.standing_for(commune, on), since, until)
        if state == "dismissed":
            _mark(said, found, *span, -1)
        else:
            yes.append(span)
    for span in [*yes, *_listed(map_, first, on)]:
        _mark(said, found, *span, 1)
    return said


def _listed(map_: Any, first: date, on: date) -> list[tuple[str, UUID, date, date]]:
    """Onsets of the cases on the lists of outbreaks: one query."""
    rows = OutbreakCase.objects.filter(case__onset_on__gte=first, case__voided_at=None).values_list(
        "case__disease", "case__commune_id", "case__onset_on"
    )
    return [
        (disease, map_.standing_for(commune, on), onset, onset)
        for disease, commune, onset in fetch(rows)
    ]


def _mark(
    said: NDArray[np.int8], found: Table, disease: str, commune: UUID, since: date, until: date,
    what: int,
) -> None:  # fmt: skip
    row = found.keys.get((disease, commune))
    if row is None:
        return
    first = found.weeks[0].start
    start, end = (since - first).days // 7, (until - first).days // 7
    said[row, max(start, 0) : max(end + 1, 0)] = what


def newest(on: date) -> Lesson | None:
    """The last lesson up to a day: one query."""
    row = AlarmLesson.objects.filter(made_on__lte=on).order_by("-made_on", "id").first()
    if row is None:
        return None
    said = _decode(row.content)
    return Lesson(
        row.pk, row.made_on, _calibrator(said.learnt) if said.learnt is not None else None,
        {t.code: quiet_past.Tail(t.weight, np.array(t.scores), np.array(t.above)) for t in said.tails},
        said.uneven, said.told,
    )  # fmt: skip


def _calibrator(said: Learnt) -> calibration.Calibrator:
    return calibration.Calibrator(
        np.array(said.bends), np.array(said.centre), np.array(said.spread), np.array(said.effect),
        np.array(said.telling), said.size, said.share, said.doubt, said.lowered, said.told,
    )  # fmt: skip


def _plain(made: calibration.Calibrator) -> Learnt:
    return Learnt(
        bends=tuple(_shorts(row) for row in made.bends), centre=_shorts(made.centre),
        spread=_shorts(made.spread), effect=_shorts(made.effect), telling=_shorts(made.telling),
        size=made.size, share=made.share, doubt=made.doubt, lowered=made.lowered, told=made.told,
    )  # fmt: skip


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _shorts(values: Floats) -> tuple[float, ...]:
    return tuple(_short(value) for value in values.tolist())

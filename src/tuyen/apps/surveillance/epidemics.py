"""Which years of which disease and commune were epidemic, and stay out of the baselines."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance.models import Alarm, EpidemicYear


class Marks(NamedTuple):
    """The epidemic years of m pairs of a disease and a commune."""

    years: list[frozenset[int]]  # (m,)

    @classmethod
    def of(
        cls, map_: Any, on: date, pairs: Sequence[tuple[str, UUID]], at: datetime | None = None
    ) -> "Marks":
        """Years with an epidemic alarm that nobody dismissed, and years marked by hand: two
        queries. Areas of older maps count for what they became, and an area's mark holds for all
        that lies in it. ``at``: only alarms that had been raised by then."""
        marked: dict[tuple[str, UUID], set[int]] = {}
        alarms = Alarm.objects.filter(rule__startswith="EP").exclude(state="dismissed")
        alarms = alarms.exclude(closed_because="count-corrected")
        if at is not None:
            alarms = alarms.filter(raised_at__lte=at)
        for disease, commune, since in fetch(alarms.values_list("disease", "commune_id", "since")):
            marked.setdefault((disease, map_.standing_for(commune, on)), set()).add(since.year)
        years = EpidemicYear.objects.values_list("disease", "area_id", "year")
        for disease, area, year in fetch(years):
            marked.setdefault((disease, map_.standing_for(area, on)), set()).add(year)
        diseases, above = {disease for disease, _ in marked}, {}
        found = []
        for disease, commune in pairs:
            if disease not in diseases:
                found.append(frozenset[int]())
                continue
            if commune not in above:
                above[commune] = (commune, *map_.areas_above(commune, on))
            each = (marked.get((disease, area), ()) for area in above[commune])
            found.append(frozenset(year for years in each for year in years))
        return cls(found)

    def table(self, years: Sequence[int]) -> NDArray[np.bool_]:
        """(m, years): True where the year is left out."""
        out = np.zeros((len(self.years), len(years)), bool)
        for i, marked in enumerate(self.years):
            if marked:
                out[i] = [year in marked for year in years]
        return out

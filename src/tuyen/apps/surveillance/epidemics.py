"""Which years of which disease and commune were epidemic, and stay out of the baselines."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.surveillance.models import Alarm, EpidemicYear


class Marks(NamedTuple):
    """Epidemic years, by disease and area; an area's mark holds for all that lies in it."""

    map: Any
    on: date
    marked: dict[tuple[str, UUID], set[int]]

    @classmethod
    def of(cls, map_: Any, on: date) -> "Marks":
        """Years with an epidemic alarm that nobody dismissed, and years marked by hand: two
        queries. Areas of older maps count for what they became."""
        marked: dict[tuple[str, UUID], set[int]] = {}
        alarms = Alarm.objects.filter(rule__startswith="EP").exclude(state="dismissed")
        for disease, commune, since, because in alarms.values_list(
            "disease", "commune_id", "since", "closed_because"
        ):
            if because != "count-corrected":
                marked.setdefault((disease, map_.standing_for(commune, on)), set()).add(since.year)
        years = EpidemicYear.objects.values_list("disease", "area_id", "year")
        for disease, area, year in years:
            marked.setdefault((disease, map_.standing_for(area, on)), set()).add(year)
        return cls(map_, on, marked)

    def table(self, pairs: Sequence[tuple[str, UUID]], years: Sequence[int]) -> NDArray[np.bool_]:
        """(pairs, years): True where the year is left out."""
        out = np.zeros((len(pairs), len(years)), bool)
        diseases = {disease for disease, _ in self.marked}
        for i, (disease, commune) in enumerate(pairs):
            if disease not in diseases:
                continue
            for area in (commune, *self.map.areas_above(commune, self.on)):
                if found := self.marked.get((disease, area)):
                    out[i] |= np.isin(years, list(found))
        return out

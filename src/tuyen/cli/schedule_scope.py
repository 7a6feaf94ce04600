"""A schedule that ships, as it holds for one person in one province; any other as it is."""

import datetime
from functools import lru_cache

from tuyen.cli.csv_files import BadFile
from tuyen.cli.dose_packs import find_pack
from tuyen.engines.immunization import Pack
from tuyen.engines.immunization.definitions import compile_pack
from tuyen.engines.immunization.spans import parse_span
from tuyen.kernel.refusal import N_
from tuyen.rules.immunization import rollouts, schedules
from tuyen.rules.registry import gazetteer


class Scope:
    """A schedule by name or folder, and a province's code, or None for the whole country.

    Raises
    ------
    BadFile
        If there is no such schedule or province, or the schedule does not know provinces.
    """

    def __init__(self, name: str, province: str | None = None) -> None:
        self.name = name
        self.base = find_pack(name)
        self.province = province
        if province is None:
            return
        if self.base.name not in {one.code for one in schedules.regimes()}:
            raise BadFile(
                N_("{name} does not know provinces; --province is for a schedule that ships."),
                name=name,
            )
        country = gazetteer.load()
        if province not in {one.code for one in (*country.provinces, *country.former_provinces)}:
            raise BadFile(
                N_("{province} is no province; expected its two-digit code, such as 11."),
                province=province,
            )

    def pack(self, born: datetime.date, on: datetime.date, commune: str | None = None) -> Pack:
        """The pack that holds for somebody born then and living there, asked on a day."""
        if self.province is None:
            return self.base
        reached = {}
        for group in sorted(rollouts.groups()):
            age = parse_span(rollouts.cohort_age(group, on))
            if age is not None:
                reached[group] = self.base.parameters.calendar.age(born, age)
        outside = schedules.outside(
            self.base.name, on, province=self.province, commune=commune or None, reached=reached
        )
        return _compiled(self.base.name, outside)


@lru_cache(maxsize=256)
def _compiled(code: str, outside: frozenset[str]) -> Pack:
    return compile_pack(schedules.definition(code, outside))

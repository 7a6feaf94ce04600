"""What the screen of coverage was asked for, and the addresses that it leads to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.queries import FULL
from tuyen.apps.registry import queries as registry
from tuyen.kernel.refusal import N_
from tuyen.rules.immunization.coverage import Counted
from tuyen.web.access import ActorRequest
from tuyen.web.immunization import asking, words
from tuyen.web.surveillance.pictures import before_mergers

PARTS = {
    "areas": N_("By area"),
    "time": N_("Over time"),
    "way": N_("From dose to dose"),
    "ages": N_("By age"),
    "chance": N_("Who falls short"),
    "years": N_("Years, births and moves"),
}
_COMMUNE, _VILLAGE = 3, 4
_OLDEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A birth year, an indicator, an area, a map, and the part of the screen."""

    part: str
    code: str
    year: int
    area: UUID | None
    area_text: str
    within_commune: bool  # the area is one commune: its villages stand apart
    by_village: bool  # asked for where there is more than one commune
    map_old: date | None
    on_old: bool
    on: date
    faults: tuple[str, ...] = ()

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return date(self.year, 12, 31)

    @property
    def map_on(self) -> date:
        return self.map_old if self.on_old and self.map_old else self.on

    @property
    def villages(self) -> bool:
        return not self.on_old and (
            self.within_commune or (self.by_village and self.part == "chance")
        )

    @property
    def cohort(self) -> dict[str, Any]:
        """The arguments that every question about the cohort takes."""
        return {"first": self.first, "last": self.last, "on": self.on, "area": self.area}

    def address(self, name: str = "immunization-coverage", **changes: Any) -> str:
        """The same question with some of it changed; what is as it would be anyway is left out."""
        asked = replace(self, **changes)
        said = {
            "show": asked.part if asked.part != "areas" else "",
            "code": asked.code if asked.code != FULL else "",
            "year": str(asked.year),
            "area": str(asked.area or ""),
            "map": "old" if asked.on_old else "",
            "level": "village" if asked.by_village else "",
        }
        return f"{reverse(name)}?{urlencode({k: v for k, v in said.items() if v})}"


def read(request: ActorRequest) -> Asked:
    """The question of a request; what cannot be read is left out and said."""
    on, map_, given = clock.today(), registry.atlas(), request.GET
    faults: list[str] = []
    area = asking.place(given, "area", on, map_, faults)
    old = before_mergers(map_, on)
    part = given.get("show", "")
    known = queries.indicators(by=request.actor, on=on)
    return Asked(
        part=part if part in PARTS else "areas",
        code=given.get("code", "") if given.get("code") in known else FULL,
        year=asking.a_number(given, "year", on.year - _OLDEST, on.year, on.year - 1),
        area=area, area_text=map_.full_name(area, on) if area else "",
        within_commune=area is not None and map_.level(area, on) in (_COMMUNE, _VILLAGE),
        by_village=given.get("level") == "village", map_old=old,
        on_old=given.get("map") == "old" and old is not None, on=on, faults=tuple(faults),
    )  # fmt: skip


def name_of(code: str, known: Mapping[str, Counted]) -> str:
    """An indicator in the reader's language."""
    if code == FULL:
        return gettext("Fully immunised under one")
    name: str = known[code].names.of(words.language())
    return name


def behind(by: Actor, asked: Asked, code: str, area: UUID | None) -> str:
    """Where the children stand of whom a figure says that they did not reach it; "" for who may not
    read doses, and for the old map, whose communes are no places to ask at today."""
    if asked.on_old or not policies.may(by, "immunization.dose.read"):
        return ""
    said = {
        "list": "missed", "code": code, "area": str(area or ""),
        "born_from": f"{asked.first:%d/%m/%Y}", "born_to": f"{asked.last:%d/%m/%Y}",
    }  # fmt: skip
    return f"{reverse('children')}?{urlencode({k: v for k, v in said.items() if v})}"

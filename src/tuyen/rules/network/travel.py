"""How quickly people get about: speeds by means and season, which months are wet, what is counted with."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from tuyen.rules.loader import load, value

MODES = ("motorbike", "foot", "car", "boat", "mixed")
SEASONS = ("dry", "wet")
_FILE = "network/travel"


class Speed(NamedTuple):
    """Km/h: on foot by land cover, of the vehicle by class of road (0: walked), on foot on a road,
    through a river on foot, on a river by boat."""

    cover: Mapping[str, float]
    road: Mapping[str, float]
    on_road: float
    ford: float
    boat: float


def _at(key: str, on: datetime.date) -> Any:
    values = load(_FILE)[key]["values"]
    found = value(values, on)
    return values[0]["value"] if found is None else found


def speeds(mode: str, season: str, on: datetime.date) -> Speed:
    """The speeds of a day; whoever rides walks as anybody does."""
    foot, own = _at("foot", on)[season], _at(mode, on)[season]
    return Speed(
        foot["cover"], own.get("road", {}), float(foot["on_road"]), float(foot["ford"]),
        float(own.get("boat", 0)),
    )  # fmt: skip


def season(on: datetime.date) -> str:
    """Dry or wet, by the month."""
    return "wet" if on.month in _at("wet_months", on) else "dry"


def usual_mode(on: datetime.date) -> str:
    """The means that plans and reviews are measured with."""
    return str(_at("usual", on))


def mode_name(mode: str) -> Mapping[str, str]:
    """What a means is called, by language."""
    return load(_FILE)[mode]["name"]


def verified() -> bool:
    """Whether somebody compared all of it with its source."""
    return all(one.get("verified") for node in load(_FILE).values() for one in node["values"])

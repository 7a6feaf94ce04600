"""The norms that a network is held against, each of a day, with its act and how sure we are of it."""

import datetime
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load, value
from tuyen.rules.network.suitability import versions

_FILE = "network/norms"


class Norm(NamedTuple):
    """A norm as a page shows it."""

    key: str
    name: Mapping[str, str]
    value: Any
    unit: str
    since: datetime.date
    act: str
    article: str
    confidence: str
    verified: bool


class Source(NamedTuple):
    """Where a list of rules comes from: the act of the whole file, or of a part of it."""

    key: str
    told: str
    unit: str
    since: datetime.date
    act: str
    article: str
    confidence: str
    verified: bool


def sources() -> list[Source]:
    """The lists that stand beside the dated norms: criteria, answers, positions, checklist, national."""
    national = load("network/national")
    nodes = [(key, load(f"network/{key}")) for key in ("criteria", "answers", "posts", "cutover")]
    nodes += [
        (key, version) for key, of in (("national", "criteria"), ("zones", "zones"))
        for version in versions(of)
    ]  # fmt: skip
    found = [_source(key, node, "", str(node.get("unit", ""))) for key, node in nodes]
    for key in ("pass_total", "pass_each"):
        node = national[key]
        found += [_source(key, one, _figure(one["value"]), node["unit"]) for one in node["values"]]
    return found


def _figure(told: Any) -> str:
    """A figure, or one for each zone (1: 80, 2: 75)."""
    if hasattr(told, "items"):
        return ", ".join(f"{zone}: {one}" for zone, one in told.items())
    return str(told)


def _source(key: str, node: Mapping[str, Any], told: str, unit: str) -> Source:
    source = node["source"]
    return Source(
        key, told, unit, node["from"], source["act"], str(source.get("article", "")),
        node["confidence"], bool(node.get("verified")),
    )  # fmt: skip


def norms(on: datetime.date) -> list[Norm]:
    """All norms in force on a day, in the order of the file."""
    found = []
    for key, node in load(_FILE).items():
        entry = dated(node["values"], on)
        if entry is not None and entry["value"] is not None:
            source = entry["source"]
            found.append(
                Norm(
                    key, node["norm"], entry["value"], node["unit"], entry["from"], source["act"],
                    str(source.get("article", "")), entry["confidence"],
                    bool(entry.get("verified")),
                )
            )  # fmt: skip
    return found


def norm(key: str, on: datetime.date) -> Any:
    """The value of a norm on a day; the first one that there is on a day before it."""
    values = load(_FILE)[key]["values"]
    found = value(values, on)
    return values[0]["value"] if found is None else found


def quota(people: int, zone: int, on: datetime.date) -> int:
    """Posts of a station that serves so many people in a zone (Circular 03/2023, article 5(2)(b)).

    >>> quota(4_000, 1, datetime.date(2026, 1, 1)), quota(8_000, 3, datetime.date(2026, 1, 1))
    (5, 10)
    """
    which = "mountain" if zone == 3 else "plain"
    base = int(norm("station_base", on))
    over = max(people - int(norm(f"{which}_people", on)), 0)
    more = over // int(norm(f"{which}_step", on))
    times = float(norm("coefficient", on)[str(zone)])
    if norm("coefficient_of", on) == "base":
        return math.floor(base * times + 1e-9) + more
    return math.floor((base + more) * times + 1e-9)

"""Sources of money for upgrades: what each holds by its act, and what it may pay for."""

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from tuyen.rules.loader import dated, load


class Fund(NamedTuple):
    """A source. ``money`` in million VND, None where no act says; ``pays`` for sites that are stations or
    points today; ``listed`` how many sites its own list has, None where it has none."""

    key: str
    name: Mapping[str, str]
    money: int | None
    pays: tuple[str, ...]
    listed: int | None
    since: datetime.date
    act: str
    confidence: str
    verified: bool


def funds(on: datetime.date) -> dict[str, Fund]:
    """The sources in force on a day, by their keys."""
    found = {}
    for key, node in load("network/funds").items():
        entry = dated(node["values"], on)
        if entry is None or entry["value"] is None:
            continue
        told = entry["value"]
        found[key] = Fund(
            key, node["name"], told["money"], tuple(told["pays"]), told["listed"], entry["from"],
            entry["source"]["act"], entry["confidence"], bool(entry.get("verified")),
        )  # fmt: skip
    return found

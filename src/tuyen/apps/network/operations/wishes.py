"""What the engine is asked: weights, money by source, staff, places, and the pins of people."""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.network.operations.reviews import Key

Must = Literal["main", "satellite", "mobile", "close", "open"]
Ground = Literal["political", "border-post", "polyclinic", "other"]
Weight = Annotated[int, Meta(ge=0, le=100)]
Millions = Annotated[int, Meta(ge=0, le=100_000_000)]


class Pin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a site must become whatever the figures say, and why: main station, satellite point, mobile
    stop, closed, or open in one of the first two ways."""

    unit: UUID
    must: Must
    ground: Ground
    reason: Annotated[str, Meta(min_length=3, max_length=300)]


class FundMoney(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source of money holds for upgrades. ``sites``: its own list, where it has one; else it pays
    for what the rules of the fund say."""

    fund: Key
    money: Millions
    sites: Annotated[tuple[UUID, ...], Meta(max_length=2000)] | None = None


class Wishes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the engine was asked: weights of the criteria in their order, and of the four terms.

    ``capacity_over`` per cent more than their places that main stations may serve; ``satellite_within``
    minutes in place of the norm's; ``doctors`` at each main station, from those that there are and
    ``recruits``.
    """

    weights: Annotated[tuple[Weight, ...], Meta(max_length=5)] = ()
    access: Weight = 100
    suitability: Weight = 30
    cost: Weight = 10
    disruption: Weight = 10
    budget: Millions | None = None
    funds: Annotated[tuple[FundMoney, ...], Meta(max_length=8)] = ()
    capacity: bool = False
    capacity_over: Annotated[int, Meta(ge=0, le=1000)] = 0
    satellite_within: Annotated[int, Meta(ge=1, le=1000)] | None = None
    doctors: Annotated[int, Meta(ge=0, le=20)] | None = None
    recruits: Annotated[int, Meta(ge=0, le=10_000)] = 0
    pins: Annotated[tuple[Pin, ...], Meta(max_length=2000)] = ()


_MUST = {"repurposed": "close"}


def with_grounds(said: dict[str, Any]) -> dict[str, Any]:
    """Pins of before had a kind and no ground."""
    wishes = said.get("wishes")
    if not wishes or not wishes.get("pins"):
        return said
    pins = [
        {"unit": one["unit"], "must": _MUST.get(one["kind"], one["kind"]), "ground": "other",
         "reason": "(chưa ghi lý do)"}
        for one in wishes["pins"]
    ]  # fmt: skip
    return said | {"wishes": wishes | {"pins": pins}}

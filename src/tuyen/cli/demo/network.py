"""The demo's network: reviews of most stations and points, as somebody would have written them down."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from tuyen.apps.network.operations import (
    Condition,
    Found,
    NationalPoints,
    ReviewSite,
    Staffed,
    Stated,
)
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation
from tuyen.rules import network as rules

_KINDS = ("station", "satellite-point")
_WITHOUT = 23
"""Every so-many-th site waits for its review."""
_EVIDENCE = {
    "transport": "Đi thực địa ngày rà soát; trưởng bản xác nhận tình trạng đường mùa mưa",
    "central": "Nằm cạnh trung tâm hành chính xã cũ, gần chợ phiên",
}


def reviews(made: Province, names: Names, until: date, seed: int) -> Iterator[Operation]:
    """A review of most sites that serve today; the same for the same seed."""
    rng = np.random.default_rng([seed, 71])
    sites = [f for f in made.network.facilities if f.until is None and f.kind in _KINDS]
    for n, site in enumerate(sites):
        found = _found(rng, until, main=site.kind == "station", n=n)
        if n % _WITHOUT == 11:
            continue
        on = until - timedelta(days=20 + n % 60)
        yield names.operation(
            ReviewSite(found=found), site.ref, "reviewed", unit=names.unit(site.ref), on=on
        )


def _found(rng: np.random.Generator, on: date, *, main: bool, n: int) -> Found:
    """A site with a latent quality, higher where it is the station of its commune."""
    quality = rng.normal(0.65 if main else 0.35, 0.2)
    roads = list(rules.answers("transport"))
    road = roads[int(np.clip(round((1 - quality) * 4 + rng.normal(0, 0.8)), 0, len(roads) - 1))]
    levels = list(rules.answers("levels"))
    conditions = tuple(
        Condition(line=line, level=levels[int(np.clip(round((1 - quality) * 2 + rng.normal(0, 0.6)),
                                                      0, 2))])
        for line in rules.answers("readiness")
    )  # fmt: skip
    staff = tuple(
        Staffed(post=post, number=int(rng.binomial(2 if main else 1, np.clip(quality, 0.05, 0.95))))
        for post in rules.posts()
    )
    national = tuple(
        NationalPoints(criterion=key, points=int(np.clip(
            round(one.most * (0.55 + 0.4 * quality + rng.normal(0, 0.08))), 0, one.most)))
        for key, one in rules.national(on).items()
    ) if main else ()  # fmt: skip
    told = tuple(
        Stated(criterion=key, evidence=text) for k, (key, text) in enumerate(_EVIDENCE.items())
        if (n + k) % 4 == 0
    )  # fmt: skip
    cost = int(np.clip(round((1 - quality) * 3200 + rng.normal(0, 250)), 100, 4000) // 10 * 10)
    return Found(
        transport=road, terrain="very-hard" if n % 5 == 0 else "mountain", conditions=conditions,
        staff=staff, national=national, stated=told, refurbish=cost,
        run_main=int(750 + 300 * rng.random()) // 10 * 10,
        run_satellite=int(180 + 120 * rng.random()) // 10 * 10,
        capacity=int(3000 + 7000 * np.clip(quality, 0, 1)) // 100 * 100,
    )  # fmt: skip

"""The demo's travel surface: a made-up country under the real coordinates of its sites and villages."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from tuyen.apps.network import ways
from tuyen.apps.network.operations import LoadSurface, SurfaceFile
from tuyen.cli.demo.names import Names
from tuyen.engines.network import country, landscape
from tuyen.engines.network.projection import frame_around
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation

CELL = 500.0


def loaded(made: Province, names: Names, root: str, until: date, seed: int) -> Iterator[Operation]:
    """The surface as a file, and the operation that notes it; the same for the same seed."""
    villages = made.network.villages
    homes = np.column_stack([villages.lon, villages.lat])
    sites = [f for f in made.network.facilities if f.until is None and np.isfinite(f.lon)]
    by_kind = {
        kind: np.array([(f.lon, f.lat) for f in sites if f.kind in kinds], float).reshape(-1, 2)
        for kind, kinds in (
            ("centre", ("health-centre", "hospital")), ("station", ("station",)),
            ("point", ("satellite-point",)),
        )
    }  # fmt: skip
    first = by_kind["centre"] if len(by_kind["centre"]) else homes[:1]
    half = len(homes) // 2
    frame = frame_around(np.concatenate([homes, *by_kind.values()]), CELL)
    land = landscape.made(
        seed, frame, [first, by_kind["station"], by_kind["point"], homes[:half], homes[half:]]
    )
    said = LoadSurface(
        title="Bề mặt mô phỏng", sha256=ways.put(country.written(land)),
        files=(SurfaceFile(role="generator", name=f"landscape, seed {seed}"),), west=frame.west,
        north=frame.north, cell=frame.cell, rows=frame.rows, columns=frame.columns, made_up=True,
    )  # fmt: skip
    yield names.operation(said, "surface", unit=names.unit(root), on=until - timedelta(days=30))

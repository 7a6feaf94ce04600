"""What alarms and the night need compiled, run once on next to nothing: loaded from disk, or compiled."""

import numpy as np


def alarms() -> None:
    """Seasons of a series, and how often alarms like one were false."""
    from tuyen.engines.surveillance.evidence import evidence
    from tuyen.engines.surveillance.farrington import farrington
    from tuyen.engines.surveillance.farrington_control import Control
    from tuyen.engines.surveillance.farrington_window import Calendar

    control = Control(threshold_method="nbPlugin", no_periods=10)
    farrington(np.full((1, 318), 2.0), Calendar(318, 52), control, points=[317])
    none = np.zeros(1, np.int64)
    evidence(np.full((1, 60), 3, np.uint16), none, none, [59])


def night() -> None:
    """Forecasts of series full and sparse, and clusters of communes."""
    from tuyen.engines.surveillance import clusters
    from tuyen.engines.surveillance.forecasting import forecast
    from tuyen.engines.surveillance.zones import nearest

    rng = np.random.default_rng(1)
    forecast(np.stack([rng.poisson(20, 260), rng.poisson(0.05, 260)]).astype(float), 4)
    counts = rng.poisson(2, (8, 6)).astype(float)
    zones = nearest(rng.uniform(0, 9, (6, 2)), most=3)
    clusters.scan(
        counts, np.ones_like(counts), zones, "permutation", durations=3, replicates=2, rng=rng
    )

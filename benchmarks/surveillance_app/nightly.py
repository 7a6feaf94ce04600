"""The night's work part by part, and the scan that follows a single report.

``python -m benchmarks.surveillance_app.nightly``. Scanning again commits nothing new, so only the
first of the rounds writes; the rest is the judging. Clusters and the outlook are worked out again
each time, and not kept. What is compiled is compiled before anything is measured.
"""

from benchmarks import installation, measuring, profiling


def main() -> None:
    given = measuring.arguments(("rounds", 5))
    demo = installation.opened()
    from tuyen.apps.surveillance import hotspots, outlook, seasonal
    from tuyen.apps.surveillance.detection import detect
    from tuyen.apps.surveillance.scan import scan
    from tuyen.apps.surveillance.tasks import scan_all

    on = installation.day(demo)
    at = installation.evening(on)
    seasonal.warm()
    outlook.operations(on=on, at=at)
    hotspots.find(on, at)
    first = measuring.timed(lambda: scan_all(on=on, at=at))
    again = [measuring.timed_both(lambda: scan_all(on=on, at=at)) for _ in range(given.rounds)]
    figures = measuring.spread_both(again) | {"first_ms": round(first * 1e3, 1)}
    figures["profile"] = profiling.shares(lambda: scan_all(on=on, at=at))
    for name, work in (
        ("clusters", lambda: hotspots.find(on, at)),
        ("outlook", lambda: outlook.operations(on=on, at=at)),
    ):
        times = [measuring.timed_both(work) for _ in range(given.rounds)]
        figures[name] = measuring.spread_both(times)
    pairs = list(detect(on).at)[: 4 * given.rounds]
    times = [
        measuring.timed_both(lambda pair=pair: scan(on=on, at=at, pairs=[pair])) for pair in pairs
    ]
    figures["rescan"] = measuring.spread_both(times)
    measuring.tell({"scan": figures})


if __name__ == "__main__":
    main()

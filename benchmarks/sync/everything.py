"""All of the tablets' protocol that is measured, one after the other on the same copy.

``python -m benchmarks.sync.everything --devices 10000 --operations 300000 --people 20000 --feed 60000``
"""

from benchmarks import installation, measuring
from benchmarks.sync import feed, first, push


def main() -> None:
    given = measuring.arguments(
        ("devices", 10_000), ("operations", 300_000), ("at-once", 24), ("workers", 2),
        ("people", 20_000), ("cuts", 20), ("feed", 18_000),
    )  # fmt: skip
    on = installation.day(installation.opened())
    measuring.tell({
        "first": first.measure(on, given.people, given.cuts, given.workers),
        "feed": feed.measure(on, given.feed, given.workers),
        "push": push.measure(on, given.devices, given.operations, given.at_once, given.workers),
    })  # fmt: skip


if __name__ == "__main__":
    main()

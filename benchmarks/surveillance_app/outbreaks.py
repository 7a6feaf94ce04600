"""Which of a demo's labelled outbreaks each method finds, how soon, and how many alarms are right.

``python -m benchmarks.surveillance_app.outbreaks [--weeks N]``. Each Sunday evening of the last N
weeks is judged as the night would have judged it then, from what was known by that evening. An
alarm is right when an outbreak of its disease and commune runs in its week or the week before. An
outbreak is found when a right alarm comes by a fortnight after its end; the delay is counted from
its first case, to the evening. Rules of linked cases need cases as they stand and are left out; the
legal thresholds begin on 2026-07-01.
"""

from datetime import date, timedelta
from statistics import median
from typing import Any

from benchmarks import installation, measuring

METHODS = {"law": ("AL", "EP"), "ears": ("EARS",), "farrington": ("FAR",), "any": ("",)}


def main() -> None:
    given = measuring.arguments(("weeks", 104))
    demo = installation.opened()
    from tuyen.apps.surveillance import places, seasonal
    from tuyen.apps.surveillance.detection import detect

    seasonal.warm()
    on = installation.day(demo)
    map_ = places.atlas()
    communes = {map_.name(commune, on): commune for commune in map_.communes(on)}
    sundays = [on - timedelta(days=on.isoweekday() % 7 + 7 * n) for n in range(given.weeks)][::-1]
    truth = [
        (o["disease"], communes[o["commune"]], date.fromisoformat(o["start"]),
         date.fromisoformat(o["end"]), o["size"])
        for o in demo["outbreaks"] if o["commune"] in communes
    ]  # fmt: skip
    inside = [o for o in truth if o[2] >= sundays[0] - timedelta(days=6) and o[2] <= sundays[-1]]
    alarms: dict[tuple[str, str, Any, date], date] = {}
    for sunday in sundays:
        for f in detect(sunday, at=installation.evening(sunday)).findings:
            alarms.setdefault((f.rule, f.disease, f.commune, f.period.start), sunday)
    figures = {
        name: _of(
            {key: day for key, day in alarms.items() if key[0].startswith(begins)}, truth, inside
        )
        for name, begins in METHODS.items()
    }
    measuring.tell({"outbreaks": figures | {"weeks": len(sundays), "labelled": len(inside),
                                            "people": demo["people"]}})  # fmt: skip


def _of(alarms: dict[Any, date], truth: list[Any], inside: list[Any]) -> dict[str, Any]:
    """Sensitivity, positive predictive value and delay of the alarms of one method."""

    def right(key: Any, outbreak: Any) -> bool:
        _, disease, commune, start = key
        of, where, first, last, _ = outbreak
        return (disease, commune) == (of, where) and (
            first <= start + timedelta(days=6) and start <= last + timedelta(days=7)
        )

    single = {key[1:] for key in alarms}
    good = {key[1:] for key in alarms if any(right(key, o) for o in truth)}
    delays, large, found_large = [], 0, 0
    for outbreak in inside:
        days = [
            day for key, day in alarms.items()
            if right(key, outbreak) and day <= outbreak[3] + timedelta(days=14)
        ]  # fmt: skip
        large += outbreak[4] >= 5
        found_large += bool(days) and outbreak[4] >= 5
        if days:
            delays.append((min(days) - outbreak[2]).days)
    return {
        "alarms": len(single),
        "found": len(delays),
        "sensitivity": round(len(delays) / max(1, len(inside)), 3),
        "sensitivity_5_or_more": round(found_large / max(1, large), 3),
        "ppv": round(len(good) / max(1, len(single)), 3),
        "delay_days": median(delays) if delays else None,
    }


if __name__ == "__main__":
    main()

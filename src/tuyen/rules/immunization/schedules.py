"""The dated schedules of the programme, figure by figure, as plain values for the engine to compile.

``definition(code)`` is a mapping of nothing but words and numbers; ``engines.immunization`` turns it
into a pack. Every figure keeps the source and the confidence of its row here (:func:`figures`), and
``row`` labels in the definition join both, so that a trace can say on whose word a date rests.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from tuyen.rules.immunization import lists, rollouts
from tuyen.rules.loader import dated, load
from tuyen.rules.registry.lists import Names

AGES = ("minimum_age", "recommended_age", "late_age", "maximum_age")
INTERVALS = ("minimum_interval", "recommended_interval", "late_interval")
PARAMETERS = ("grace", "one_month", "invalid_date", "month_end")


class Regime(NamedTuple):
    """A schedule and the days on which the law has it in force: [since, until)."""

    code: str
    names: Names
    since: date
    until: date | None
    act: str
    figures: date  # the day whose figures it takes
    automatic: bool  # holds from its day by itself; others wait to be activated
    confirmed: bool  # False: it carries an older schedule on
    source: str
    confidence: str

    @property
    def version(self) -> str:
        """What tells this edition of the pack from another."""
        return self.since.isoformat()


class Figure(NamedTuple):
    """One value of a schedule, and on whose word."""

    row: str  # "pentavalent 2", "parameters", "conflicts", "groups"
    field: str  # "minimum_interval", "grace", ...
    value: str  # "" where it is open
    since: date
    source: str
    confidence: str  # H, M, L
    verified: bool


@lru_cache(maxsize=1)
def regimes() -> tuple[Regime, ...]:
    """The legal timeline, the earliest first."""
    return tuple(
        Regime(
            code,
            Names(**one["names"]),
            one["from"],
            one["until"],
            one["act"],
            one["figures"],
            bool(one.get("automatic")),
            one["confirmed"],
            one["source"],
            one["confidence"],
        )
        for code, one in load("immunization/packs").items()
    )


def regime(code: str) -> Regime:
    """The regime of a code.

    Raises
    ------
    KeyError
        If there is no such pack.
    """
    for one in regimes():
        if one.code == code:
            return one
    raise KeyError(
        f"there is no schedule {code!r}; there are {', '.join(r.code for r in regimes())}"
    )


def in_force(on: date) -> Regime:
    """The regime that the law has in force on a day; days before the first are judged by it."""
    law = [one for one in regimes() if one.automatic]
    return max((one for one in law if one.since <= on), key=lambda one: one.since, default=law[0])


@lru_cache(maxsize=16)
def figures(code: str) -> tuple[Figure, ...]:
    """Every dated value that a pack takes, row by row in the order of the file."""
    rule, chosen = load("immunization/schedule"), regime(code)
    found = [
        _figure("parameters", name, rule["parameters"][name]["values"], chosen)
        for name in PARAMETERS
    ]
    found += [
        _figure(f"conflict {name}", "apart", one["apart"]["values"], chosen)
        for name, one in rule["conflicts"].items()
    ]
    found += [
        _figure(f"group {name}", "listed", one["listed"]["values"], chosen)
        for name, one in rule["groups"].items()
    ]
    for name, row in rule["rows"].items():
        for number, dose in row["doses"].items():
            found += [
                _figure(f"{name} {number}", field, dose[field]["values"], chosen)
                for field in (*AGES, *INTERVALS)
                if field in dose
            ]
    own = {(one.row, one.field): one for one in _changes(code, chosen)}
    kept = (one for one in found if one is not None)
    return tuple(own.get((one.row, one.field), one) for one in kept)


def _changes(code: str, chosen: Regime) -> Iterator[Figure]:
    """The figures in which a pack differs from the schedule that it is based on."""
    for one in load("immunization/packs")[code].get("changes", ()):
        yield Figure(
            one["row"],
            one["field"],
            one["value"],
            chosen.since,
            chosen.source,
            chosen.confidence,
            False,
        )


def vaccine_of(row: str) -> str | None:
    """The vaccine that a row of figures gives ("pentavalent 2" -> "DTP-HepB-Hib"); None for other
    rows."""
    known = load("immunization/schedule")["rows"].get(row.rsplit(" ", 1)[0])
    return None if known is None else str(known["vaccine"])


def group_names() -> dict[str, Names]:
    """The vaccine groups by their name in a pack, in the order in which they are shown."""
    known = load("immunization/schedule")["groups"]
    return {name: Names(**group["names"]) for name, group in known.items()}


def unconfirmed(code: str) -> tuple[Figure, ...]:
    """The figures of a pack that are open to change."""
    return tuple(one for one in figures(code) if not one.verified)


@lru_cache(maxsize=16)
def provenance(code: str) -> Mapping[str, tuple[Figure, ...]]:
    """The figures behind each row of the compiled pack, by its label ("Hib 3-dose series · dose 2")."""
    by_row: dict[str, list[Figure]] = {}
    for figure in figures(code):
        by_row.setdefault(figure.row, []).append(figure)
    return {
        dose["row"]: tuple(by_row.get(dose["from"], ()))
        for series in definition(code)["series"]
        for dose in series["doses"]
    }


def listed(code: str) -> frozenset[str]:
    """The vaccine groups that a pack's act lists for the whole country."""
    found = {
        one.row.removeprefix("group "): one.value for one in figures(code) if one.field == "listed"
    }
    return frozenset(name for name, said in found.items() if said)


def unlisted(code: str) -> frozenset[str]:
    """The vaccine groups of the schedule that a pack's act does not list."""
    return frozenset(load("immunization/schedule")["groups"]) - listed(code)


def outside(
    code: str,
    on: date,
    *,
    province: str | None = None,
    commune: str | None = None,
    reached: Mapping[str, date] | None = None,
) -> frozenset[str]:
    """The groups of the schedule that are nobody's duty: not listed, or not begun there by ``on``.

    Parameters
    ----------
    province, commune
        Codes of the map of ``on``; without a province, what the act lists counts everywhere.
    reached
        For one person: when they reach the age of each group's cohort (:func:`rollouts.cohort_age`);
        a group that began in their place on that day or later is not meant for them.
    """
    known = load("immunization/schedule")["groups"]
    out = set()
    for group in known:
        if province is None or group not in rollouts.groups():
            if group not in listed(code):
                out.add(group)
            continue
        since = rollouts.begun(group, province, on, commune)
        if since is None or (reached and group in reached and reached[group] <= since):
            out.add(group)
    return frozenset(out)


@lru_cache(maxsize=64)
def definition(code: str, only_judged: frozenset[str] | None = None) -> Mapping[str, Any]:
    """A pack as plain words and numbers, for ``engines.immunization.definitions.compile_pack``.

    ``only_judged``: groups whose doses are judged while nobody is called for them
    (:func:`outside`); None: those that the act does not list for the country.
    """
    rule, chosen = load("immunization/schedule"), regime(code)
    if only_judged is None:
        only_judged = unlisted(code)
    by_place = {(one.row, one.field): one.value for one in figures(code)}
    said = {name: by_place.get(("parameters", name), "") for name in PARAMETERS}
    cvx = {vaccine.code: vaccine.cvx for vaccine in lists.vaccines().values()}
    judged = frozenset(rule["series"][name]["antigen"] for name in rule["series"])
    return {
        "name": chosen.code,
        "version": chosen.version,
        "parameters": {
            "grace_days": int(said["grace"] or 0),
            "one_month_days": int(said["one_month"]) if said["one_month"] else None,
            "invalid_date": said["invalid_date"],
            "month_end": said["month_end"],
        },
        "vaccines": [
            {
                "code": vaccine.cvx,
                "name": vaccine.names.en,
                "antigens": [
                    {"antigen": held.antigen, "begin": held.since, "end": held.until}
                    for held in vaccine.antigens
                    if held.antigen in judged
                ],
            }
            for vaccine in lists.vaccines().values()
            if vaccine.code not in rule["not_judged"]
        ],
        "groups": [
            {"name": name, "antigens": list(group["antigens"])}
            for name, group in rule["groups"].items()
        ],
        "conflicts": [
            {
                "among": [cvx[vaccine] for vaccine in conflict["among"]],
                "begin": "1 day",
                "end": by_place[f"conflict {name}", "apart"],
            }
            for name, conflict in rule["conflicts"].items()
        ],
        "series": [
            _series(name, one, only_judged, by_place, cvx) for name, one in rule["series"].items()
        ],
    }


def _series(
    name: str,
    series: Mapping[str, Any],
    only_judged: frozenset[str],
    by_place: Mapping[tuple[str, str], str],
    cvx: Mapping[str, str],
) -> dict[str, Any]:
    rows = load("immunization/schedule")["rows"]
    doses = []
    for number, origin in enumerate(series["doses"], start=1):
        accepts = series.get("accepts_at", {}).get(str(number), series["accepts"])
        given = rows[origin.rsplit(" ", 1)[0]]["vaccine"]
        doses.append(
            {
                "number": number,
                "row": f"{name} · dose {number}",
                "from": origin,
                **{field: by_place.get((origin, field), "") for field in (*AGES, *INTERVALS)},
                "prefers": [cvx[given]],
                "accepts": [cvx[vaccine] for vaccine in accepts],
            }
        )
    return {
        "name": name,
        "antigen": series["antigen"],
        "group": series["group"],
        "kind": "evaluation" if series["group"] in only_judged else "standard",
        "genders": list(series.get("genders", ())),
        "doses": doses,
    }


def _figure(row: str, field: str, values: Any, chosen: Regime) -> Figure | None:
    """The value of the regime's day; None where nothing was said yet."""
    entry = dated(values, chosen.figures)
    if entry is None:
        return None
    value = "" if entry["value"] is None else str(entry["value"])
    own = entry["source"] == chosen.act
    kept = chosen.confirmed or own
    return Figure(
        row,
        field,
        value,
        entry["from"],
        entry["source"],
        entry["confidence"] if kept else "L",
        bool(entry["verified"]) and kept,
    )

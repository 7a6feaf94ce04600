"""``tuyen scan`` (or ``clusters``): counts of places in, circles with too many cases lately out."""

import argparse
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, Table, read_table, spare, write_rows
from tuyen.cli.forecasting.picture import draw_places
from tuyen.cli.forecasting.travel import travel_times
from tuyen.cli.terminal import DONE, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.engines.surveillance import clusters as engine
from tuyen.engines.surveillance.zones import Zones, nearest_by
from tuyen.kernel.refusal import N_, Refusal

_OPTIONAL = ("date", "t", "x", "y", "latitude", "longitude", "population", "baseline")
_COLUMNS = ("rank", "centre", "places", "number", "radius", "start", "end", "observed", "expected",
            "ratio", "score", "p", "recurrence", "replicates")  # fmt: skip
_EARTH = 6371.0  # km
Floats = NDArray[np.float64]


class NotTheNight(Refusal):
    code = "cli.not-the-night"
    message = N_(
        "tuyen scan reads a file of counts of places (tuyen scan FILE.csv --out OUT.csv); the night's"
        " work of an installation is tuyen night."
    )


class _Places(NamedTuple):
    """The file as tables (periods, places)."""

    names: list[str]
    periods: list[str]
    counts: Floats
    usual: dict[str, Floats]  # population and baseline, where the file has them
    at: Floats  # (places, 2) km, for drawing
    apart: Floats  # (places, places) km, or minutes of travel


def run(args: argparse.Namespace) -> int:
    """Scan and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        if args.file is None or args.on or args.home:
            raise NotTheNight()
        if args.out is None:
            raise BadFile(N_("{path}: say where to write with --out OUT.csv"), path=args.file)
        spare(args.out, [args.file])
        _check(args)
        places = _read(args)
        counts, baseline = _baseline(places, args)
        zones = _zones(places, args)
        found = engine.scan(
            counts, baseline, zones, args.model, durations=args.durations,
            size=args.size or math.inf, replicates=args.replicates, hopeless=args.hopeless,
            most=args.most, rng=np.random.default_rng(args.seed),
        )  # fmt: skip
        write_rows(args.out, _COLUMNS, _rows(places, found))
        if args.plot:
            circles = [
                (one.places[0], _drawn_radius(places, one), str(rank))
                for rank, one in enumerate(found, 1)
            ]
            draw_places(args.plot, places.at, places.names, counts.sum(axis=0), circles)
    except Refusal as error:
        complain(error)
        return WRONG
    return DONE


def _check(args: argparse.Namespace) -> None:
    limits = (
        ("durations", 1, math.inf, N_("1 or more")), ("nearest", 1, math.inf, N_("1 or more")),
        ("radius", 0, math.inf, N_("0 or more")), ("minutes", 0, math.inf, N_("0 or more")), ("share", 1e-9, 1, N_("above 0 and up to 1")),
        ("size", 1e-9, math.inf, N_("above 0")), ("replicates", 0, 10**7, N_("0 or more")),
        ("hopeless", 1, math.inf, N_("1 or more")), ("most", 1, math.inf, N_("1 or more")),
    )  # fmt: skip
    for name, low, high, expected in limits:
        given = getattr(args, name)
        if given is not None and not low <= given <= high:
            raise BadFile(
                N_("--{name} is {given}; expected {expected}"),
                name=name, given=given, expected=_(expected),
            )  # fmt: skip


def _read(args: argparse.Namespace) -> _Places:
    table = read_table(args.file, ("series", "count"), _OPTIONAL)
    times = _times(table)
    periods = sorted(set(times), key=lambda text: (len(text), text))
    names = list(dict.fromkeys(table.columns["series"]))
    row_of = {text: n for n, text in enumerate(periods)}
    place_of = {name: n for n, name in enumerate(names)}
    shape = (len(periods), len(names))
    where = [(row_of[t], place_of[s]) for t, s in zip(times, table.columns["series"], strict=True)]
    given = np.full(shape, -1, dtype=np.int64)
    for row, cell in enumerate(where):
        if given[cell] >= 0:
            raise table.bad(row, "series", _("each place once in a period"))
        given[cell] = row
    if (given < 0).any():
        period, place = np.argwhere(given < 0)[0]
        raise BadFile(
            N_("{path}: place {name!r} has no row for {period}; add it, with 0 if none had it"),
            path=args.file, name=names[place], period=periods[period] or "0",
        )  # fmt: skip
    expected = _("0 or more")

    def column(name: str) -> Floats:
        values = np.array(table.numbers(name, expected, least=0))
        if np.isnan(values).any():
            raise table.bad(int(np.argmax(np.isnan(values))), name, expected)
        return values[given]

    usual: dict[str, Floats] = {
        name: column(name) for name in ("population", "baseline") if name in table.columns
    }
    if args.travel_times is None:
        at, apart = _positions(table, given)
    else:
        drawn = args.plot is not None
        at = _positions(table, given)[0] if drawn else np.zeros((len(names), 2))
        apart = travel_times(args.travel_times, names)
    return _Places(names, periods, column("count"), usual, at, apart)


def _times(table: Table) -> list[str]:
    if "date" in table.columns:
        return [
            day.isoformat() for day in table.days("date", _("year-month-day, such as 2026-02-09"))
        ]
    if "t" in table.columns:
        for row, cell in enumerate(table.columns["t"]):
            if not cell.isdecimal():
                raise table.bad(row, "t", _("1, 2, 3 and so on"))
        return [str(int(cell)) for cell in table.columns["t"]]
    return [""] * len(table)


def _positions(table: Table, given: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Positions (n, 2) and distances (n, n) in km; degrees are measured along the globe."""
    pairs = [pair for pair in (("x", "y"), ("longitude", "latitude"))
             if all(name in table.columns for name in pair)]  # fmt: skip
    if len(pairs) != 1:
        raise BadFile(
            N_("{path}: expected columns x and y (km), or latitude and longitude (degrees)"),
            path=table.path,
        )
    expected = _("a number")
    cells = np.array([table.numbers(name, expected) for name in pairs[0]])
    for name, values in zip(pairs[0], cells, strict=True):
        if np.isnan(values).any():
            raise table.bad(int(np.argmax(np.isnan(values))), name, expected)
        moved = values[given] != values[given[0]]
        if moved.any():
            raise table.bad(int(given[moved][0]), name, _("one position for each place"))
    at = cells[:, given[0]].T
    if pairs[0] == ("x", "y"):
        return at, np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    lon, lat = np.radians(at).T
    half = (np.sin((lat[:, None] - lat) / 2) ** 2
            + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2)  # fmt: skip
    flat = np.column_stack([lon * np.cos(lat.mean()), lat]) * _EARTH
    return flat, 2 * _EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def _baseline(places: _Places, args: argparse.Namespace) -> tuple[Floats, Floats]:
    """The counts scanned, and what each cell would have without a cluster."""
    if args.model == "permutation":
        return places.counts, np.ones(places.counts.shape)
    wanted = ("population",) if args.model == "bernoulli" else ("baseline", "population")
    if args.model in ("expectation", "negative-binomial"):
        wanted = ("baseline",)
    for name in wanted:
        if name in places.usual:
            return places.counts, places.usual[name]
    if args.model == "bernoulli":
        raise BadFile(
            N_("{path}: --model {model} needs a column {name}"),
            path=args.file, model=args.model, name="population",
        )  # fmt: skip
    length, window = len(places.counts), args.durations
    if window is None or length - window < 1:
        raise BadFile(
            N_("{path}: --model {model} needs a column {name}, or --durations shorter than its"
               " {periods} periods, so that earlier ones say what is usual"),
            path=args.file, model=args.model, name=wanted[0], periods=length,
        )  # fmt: skip
    # Half a case more, spread evenly, keeps a place that never had one from being impossible.
    past = places.counts[:-window]
    usual = (past.sum(axis=0) + 0.5) / (len(past) + 0.5)
    return places.counts[-window:], np.repeat(usual[None], window, axis=0)


def _zones(places: _Places, args: argparse.Namespace) -> Zones:
    people = places.usual.get("population")
    if args.share is not None and people is None:
        raise BadFile(N_("--share needs a column population"))
    far = args.radius
    if args.travel_times is not None:
        if far is not None:
            raise BadFile(N_("--radius is for circles; with --travel-times give --minutes"))
        far = args.minutes
    elif args.minutes is not None:
        raise BadFile(N_("--minutes needs --travel-times, a file of them"))
    limited = args.nearest is not None or far is not None
    if people is None or (limited and args.share is None):
        most = args.nearest
        if not limited:
            most = max(1, len(places.names) // 2)
        return nearest_by(places.apart, most=most, distance=far)
    return nearest_by(
        places.apart, most=args.nearest, distance=far,
        population=people[-1], share=args.share or 0.5,
    )  # fmt: skip


def _radius(places: _Places, one: engine.Cluster) -> float:
    return float(places.apart[one.places[0], list(one.places)].max())


def _drawn_radius(places: _Places, one: engine.Cluster) -> float:
    """In km: a zone shaped by travel is drawn as far as its farthest place lies."""
    away = places.at[list(one.places)] - places.at[one.places[0]]
    return float(np.hypot(*away.T).max())


def _rows(places: _Places, found: list[engine.Cluster]) -> Iterator[tuple[Any, ...]]:
    for rank, one in enumerate(found, start=1):
        names = [places.names[n] for n in one.places]
        yield (
            rank, names[0], ";".join(names), len(names), _radius(places, one),
            places.periods[-one.duration], places.periods[-1], one.observed, one.expected,
            one.observed / one.expected if one.expected else math.inf, one.score, one.p,
            1 / one.p, one.replicates,
        )  # fmt: skip

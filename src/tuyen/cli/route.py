"""``tuyen route solve``: rounds of vehicles from a file, checked again before they are written."""

import argparse
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tuyen.cli.terminal import DONE, FINDINGS, bar, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_

FORMATS = ("cvrplib", "solomon", "cordeau")
_STARTED = time.monotonic()

CONFLICTS = {
    "load": N_("{where}: {needed:g} to carry, and a vehicle holds {available:g}"),
    "fleet": N_("{where}: {needed:g} to carry, and all vehicles together hold {available:g}"),
    "duration": N_("{where}: there and back takes {needed:g}, and a round may take {available:g}"),
    "window": N_("{where}: not reached before {needed:g}, and it closes at {available:g}"),
}
VIOLATIONS = {
    "load": N_("{where}: {amount:g} too much to carry"),
    "fleet": N_("{where}: {amount:g} vehicles too many"),
    "duration": N_("{where}: {amount:g} too long"),
    "window": N_("{where}: {amount:g} too late"),
    "pattern": N_("{where}: {amount:g} visits from the nearest allowed pattern"),
    "visit": N_("{where}"),
}

WORDS = {
    "customer": N_("customer"), "day": N_("day"), "depot": N_("depot"), "route": N_("round"),
    "return": N_("return"), "all depots": N_("all depots"),
    "all days and depots": N_("all days and depots"),
}  # fmt: skip
"""Words of the places that the engine names."""


def _as_in_the_file(one: Any, scale: float) -> Any:
    """A conflict or violation with its times in the unit of the file: Solomon's are kept in tenths."""
    kind = one.rule if "rule" in one._fields else one.kind
    if kind not in ("duration", "window"):
        return one
    times = {field for field in one._fields if field in ("needed", "available", "amount")}
    return one._replace(**{field: getattr(one, field) / scale for field in times})


def _told(one: Any) -> dict[str, Any]:
    """A conflict or violation with its place in the operator's language."""
    where = re.sub("|".join(sorted(WORDS, key=len, reverse=True)), _word, one.where)
    return {**one._asdict(), "where": where}


def _word(found: "re.Match[str]") -> str:
    return _(WORDS[found[0]])


def add_parsers(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``route`` to the command line."""
    parser = subparsers.add_parser("route", help=_("rounds of vehicles from files"))
    inside = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    solve = inside.add_parser(
        "solve",
        help=_("the shortest rounds, of one day or of many"),
        description=_(
            "Find short rounds that keep every limit: load, duration, hours, vehicles, allowed"
            " days. Stops at the time limit, which counts from the start of the command."
        ),
    )
    solve.add_argument("file", type=Path, metavar="FILE", help=_("the problem"))
    solve.add_argument("--format", required=True, choices=FORMATS, help=_("how it is written"))
    solve.add_argument(
        "--time-limit", type=_seconds, default=60.0, metavar="S", help=_("seconds, 60 if not given")
    )
    solve.add_argument("--seed", type=_seed, default=1, metavar="N", help=_("where chance begins"))
    solve.add_argument("--out", required=True, type=Path, metavar="OUT.json")
    solve.set_defaults(run=run)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 604_800:
        raise argparse.ArgumentTypeError(_("expected seconds above 0 and at most 604800"))
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError(_("expected a whole number of at least 0"))
    return value


def run(args: argparse.Namespace) -> int:
    """Read, look for contradictions, search, check, write."""
    began = time.monotonic() - _running_for()
    from tuyen.cli.compiled import keep_compiled
    from tuyen.cli.csv_files import spare
    from tuyen.engines.network.routing_problem import conflicts

    keep_compiled()
    spare(args.out, [args.file])
    problem = read(args.file, args.format)
    impossible = [_as_in_the_file(one, problem.scale) for one in conflicts(problem)]
    if impossible:
        for one in impossible[:10]:
            complain(CONFLICTS[one.kind], **_told(one))
        if len(impossible) > 10:
            complain(N_("and {count} more, all in {out}"), count=len(impossible) - 10, out=args.out)
        _write(args.out, _impossible(impossible, began))
        return FINDINGS
    from tuyen.engines.network.routing_check import check
    from tuyen.engines.network.routing_search import solve

    moved = bar(N_("Rounds"), 1000)
    answer = solve(problem, seed=args.seed, spent=clock(began, args.time_limit, moved))
    verdict = check(problem, answer.routes)
    verdict = verdict._replace(
        violations=tuple(_as_in_the_file(one, problem.scale) for one in verdict.violations)
    )
    moved(1000)
    result = document(problem, answer.routes, verdict)
    result["seconds"] = round(time.monotonic() - began, 3)
    _write(args.out, result)
    for broken in verdict.violations[:10]:
        complain(VIOLATIONS[broken.rule], **_told(broken))
    say(
        N_("{status}: length {objective:.2f}, {count} rounds, {seconds:.0f} s"),
        status=result["status"], objective=verdict.objective, count=len(answer.routes),
        seconds=result["seconds"],
    )  # fmt: skip
    return DONE if verdict.feasible else FINDINGS


def read(path: Path, form: str) -> Any:
    """The problem in a file.

    Raises
    ------
    UnreadableRouting, BadFile
        Naming the file and, where there is one, the line.
    """
    from tuyen.cli.csv_files import BadFile
    from tuyen.engines.network.periodic_formats import read_cordeau
    from tuyen.engines.network.routing_formats import (
        UnreadableRouting,
        read_cvrplib,
        read_solomon,
    )

    reader = {"cvrplib": read_cvrplib, "solomon": read_solomon, "cordeau": read_cordeau}[form]
    try:
        return reader(path.read_bytes().decode("utf-8", "replace"))
    except UnreadableRouting as refusal:
        refusal.values["path"] = str(path)
        raise
    except OSError as error:
        raise BadFile(
            N_("{path} cannot be read: {why}; check its name"), path=path, why=error.strerror
        ) from error


def clock(began: float, limit: float, moved: Callable[[int], None]) -> Callable[[], float]:
    """The share of the time that is used up, if the next step lasts as long as the longest."""
    longest = [0.0, time.monotonic()]

    def spent() -> float:
        now = time.monotonic()
        if longest[1] - began > 0.5 * (now - began):
            longest[0] = 0.0  # the first half holds the compiling
        longest[0] = max(longest[0], now - longest[1])
        longest[1] = now
        share = (now - began + longest[0] + 0.1) / limit
        moved(min(999, int(1000 * share)))
        return share

    return spent


def _running_for() -> float:
    """Seconds since the process began; where the system does not say, since this file was read."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        up = float(Path("/proc/uptime").read_text().split()[0])
        return max(0.0, up - ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError):
        return time.monotonic() - _STARTED


def document(problem: Any, routes: Sequence[Any], verdict: Any) -> dict[str, Any]:
    """The answer as it is written; durations in the unit of the file."""
    turn: dict[int, int] = {}
    written = []
    for route, one in zip(routes, verdict.rounds, strict=True):
        slot = problem.slots[route.slot]
        turn[route.slot] = turn.get(route.slot, 0) + 1
        written.append(
            {
                "day": slot.day, "vehicle": turn[route.slot], "depot": slot.depot,
                "visits": [_id(problem.names[u]) for u in route.visits],
                "load": _plain(one.load), "duration": _plain(one.duration / problem.scale),
                "length": _plain(one.cost / problem.scale),
            }
        )  # fmt: skip
    patterns = {
        problem.names[i]: sorted(
            {problem.slots[at].day for at, on in enumerate(problem.options[option]) if on}
        )
        for i, option in enumerate(verdict.patterns)
        if option >= 0
    }
    return {
        "objective": _plain(verdict.objective),
        "status": "feasible" if verdict.feasible else "not-found",
        "feasible": verdict.feasible, "routes": written, "patterns": patterns, "seconds": 0.0,
        "violations": [one._asdict() for one in verdict.violations],
    }  # fmt: skip


def _impossible(found: Sequence[Any], began: float) -> dict[str, Any]:
    violations = [
        {"rule": one.kind, "where": one.where, "amount": one.needed - one.available,
         "needed": one.needed, "available": one.available}
        for one in found
    ]  # fmt: skip
    return {
        "objective": None, "status": "infeasible", "feasible": False, "routes": [], "patterns": {},
        "seconds": round(time.monotonic() - began, 3), "violations": violations,
    }  # fmt: skip


def _id(name: str) -> int | str:
    return int(name) if name.isdecimal() else name


def _plain(value: float) -> float | int:
    rounded = round(float(value), 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _write(out: Path, result: dict[str, Any]) -> None:
    from tuyen.cli.csv_files import write_text

    def write(file: Any) -> None:
        json.dump(result, file, ensure_ascii=False, indent=1, allow_nan=False)
        file.write("\n")

    write_text(out, write)

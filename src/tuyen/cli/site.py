"""``tuyen site``: where stations should stand, with a bound on anything better. No database.

What computes is imported when the command runs, so that no other command waits for it.
"""

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuyen.cli import site_decide
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from tuyen.engines.network.siting_problem import Answer, Siting

ROUNDINGS = ("floor", "nearest", "ceiling", "exact")
LONGEST = 86_400.0


class Unreadable(Refusal):
    code = "cli.site-unreadable"
    message = N_("{path} cannot be read as text: {why}; expected UTF-8.")


class BadOption(Refusal):
    code = "cli.site-bad-option"
    message = N_("{option} is {value}; expected {expected}.")


def add_parsers(commands: Any) -> None:
    site = commands.add_parser(
        "site",
        help=_("choose sites for stations, with a bound on anything better"),
        description=_(
            "Choose which sites to open and who goes where. The answer says how far from the best"
            " it can be at most; 'optimal' stands only where a checker found the proof again."
        ),
    )
    kinds = site.add_subparsers(dest="problem", metavar="PROBLEM", required=True)
    for name, text in KINDS.items():
        _add_options(kinds.add_parser(name, help=_(text)), name)
    site_decide.add_parsers(kinds)


KINDS = {
    "pmedian": N_("open p sites so that everyone's way together is shortest"),
    "pmedcap": N_("open p sites that hold everyone, so that the ways together are shortest"),
    "pcenter": N_("open p sites so that the longest way is shortest"),
    "mclp": N_("open p sites so that most people have one within the radius"),
    "lscp": N_("open as few sites as give everyone one within the radius"),
}


def _add_options(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=_("places, roads or distances"))
    if name != "lscp":
        parser.add_argument(
            "--p", type=int, metavar="P", help=_("sites to open; default: as the file says")
        )
    parser.add_argument(
        "--format", choices=("orlib", "tsplib", "csv"), help=_("default: seen from the file")
    )
    parser.add_argument(
        "--distance", choices=ROUNDINGS,
        help=_("what becomes of straight distances; default: as published for the format"),
    )  # fmt: skip
    if name in ("mclp", "lscp"):
        parser.add_argument(
            "--radius", type=float, metavar="R", help=_("how far a site reaches, as in the file")
        )
    parser.add_argument(
        "--time-limit", type=float, default=60.0, metavar="S", help=_("seconds to search (60)")
    )
    parser.add_argument("--seed", type=int, default=1, help=_("of the random starts (1)"))
    parser.add_argument("--out", required=True, type=Path, metavar="OUT.json")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 with an answer, 1 where none can exist (the file says so), 2 for input that is no use."""
    if not 0 < args.time_limit <= LONGEST:  # NaN as well
        raise BadOption(
            option="--time-limit", value=args.time_limit, expected=_("seconds from 0 to 86,400")
        )
    if args.seed < 0:
        raise BadOption(option="--seed", value=args.seed, expected=_("0 or more"))
    from tuyen.cli.csv_files import spare

    spare(args.out, [args.file])
    task = read(args.file, args.format, args.distance)
    from tuyen.engines.network import siting

    ask = siting.Question(
        args.problem, getattr(args, "p", None), getattr(args, "radius", None), args.seed
    )
    ask = siting.checked(ask, task, args.file.name)
    siting.warm(ask, task)
    begun = time.perf_counter()
    answer = siting.solve(ask, task, lambda: args.time_limit - (time.perf_counter() - begun))
    _write(args.out, written(answer, task, time.perf_counter() - begun))
    if answer.reason is not None:
        complain(answer.reason if isinstance(answer.reason, Refusal) else str(answer.reason))
        return FINDINGS
    say(
        N_("{status}: {objective}, nothing beyond {bound} (gap {gap} %). Written to {path}."),
        status=answer.status, objective=_shown(answer.objective), bound=_shown(answer.bound),
        gap=f"{100 * (answer.gap or 0):.3f}", path=args.out,
    )  # fmt: skip
    return DONE


def read(path: Path, form: str | None, rounding: str | None) -> "Siting":
    """The task of a file, in the form that is named or seen from it."""
    from tuyen.engines.network import siting_files, siting_tables, siting_tsplib

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(path=path, why=str(error)) from None
    name = path.name
    if form == "csv" or (form is None and path.suffix.lower() == ".csv"):
        return siting_tables.read_table(text, name, rounding)
    if form != "orlib" and siting_tsplib.is_headed(text, name):
        return siting_tsplib.read_tsplib(text, name, rounding)
    if form == "tsplib":
        return siting_files.read_points(text, name, rounding)
    if form == "orlib":
        return siting_files.read_orlib(text, name)
    return siting_files.read_any(text, name, rounding)


def written(answer: "Answer", task: "Siting", seconds: float) -> dict[str, Any]:
    """The answer as JSON holds it: places by their number in the file (from 1), or by their name."""

    def named(site: int) -> int | str | None:
        if site < 0:
            return None
        return task.sites[site] if task.sites else site + 1

    return {
        "objective": _plain(answer.objective), "bound": _plain(answer.bound), "gap": answer.gap,
        "status": answer.status, "open": [named(site) for site in answer.opened.tolist()],
        "assign": [named(site) for site in answer.assigned.tolist()],
        "seconds": round(seconds, 3),
    }  # fmt: skip


def _plain(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _shown(value: float | None) -> str:
    return "?" if value is None else f"{value:.10g}"


def _write(path: Path, content: dict[str, Any]) -> None:
    from tuyen.cli.csv_files import write_text

    write_text(
        path,
        lambda file: print(json.dumps(content, ensure_ascii=False, allow_nan=False), file=file),
    )

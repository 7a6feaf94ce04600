"""``tuyen doses``: which doses of a history count, and when the next ones are due. No database."""

import argparse
import json
from pathlib import Path
from typing import Any, TextIO

from tuyen.cli import schedule_impact
from tuyen.cli.terminal import DONE
from tuyen.cli.terminal import gettext as _


def add_parsers(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    """Add ``doses`` to the command line."""
    parser = subparsers.add_parser(
        "doses",
        help=_("judge doses and forecast the next ones by a schedule"),
        description=_(
            "Judge the doses of immunisation histories and forecast the next ones, by any schedule: a"
            " folder of CDSi supporting data (XML), or one that ships."
        ),
    )
    parser.add_argument("file", type=Path, metavar="CASES.json", help=_("histories to judge"))
    parser.add_argument(
        "--schedule", required=True, metavar="PACK",
        help=_("a folder of schedule files, or the name of a schedule that ships"),
    )  # fmt: skip
    parser.add_argument("--out", required=True, type=Path, metavar="OUT.json")
    parser.add_argument(
        "--province", metavar="CODE",
        help=_("what has begun in this province, by its two-digit code"),
    )  # fmt: skip
    parser.set_defaults(run=run)
    schedule_impact.add_parser(subparsers)
    return parser


def run(args: argparse.Namespace) -> int:
    """Answer every case; what is wrong with one is said in its own result."""
    from tuyen.cli.csv_files import check_out, write_text
    from tuyen.cli.dose_cases import answered, asked, read_cases
    from tuyen.cli.schedule_scope import Scope
    from tuyen.engines.immunization import evaluate

    check_out(args.file, args.out)
    scope = Scope(args.schedule, args.province)
    results: list[dict[str, Any]] = []
    for place, case in enumerate(read_cases(args.file), start=1):
        question, found = asked(scope.base, case)
        groups = []
        if question:
            person, doses, on = question
            groups = answered(case, evaluate(scope.pack(person.dob, on), person, doses, on))
        name = case.get("id", place) if isinstance(case, dict) else place
        results.append({"id": name, "groups": groups, "problems": found})

    def write(file: TextIO) -> None:
        json.dump({"results": results}, file, ensure_ascii=False, indent=1)
        file.write("\n")

    write_text(args.out, write)
    return DONE

"""``tuyen doses``: which doses of a history count, and when the next ones are due. No database."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tuyen.cli import schedule_impact
from tuyen.cli.terminal import DONE
from tuyen.cli.terminal import gettext as _

if TYPE_CHECKING:
    from tuyen.cli.dose_cases import Asked
    from tuyen.cli.schedule_scope import Scope
    from tuyen.engines.immunization import GroupAnswer, Pack

    Answers = list[GroupAnswer]


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
    parser.add_argument(
        "--trace", action="store_true",
        help=_("say beside every dose and date which rule and which row decided"),
    )  # fmt: skip
    parser.set_defaults(run=run)
    schedule_impact.add_parser(subparsers)
    return parser


def run(args: argparse.Namespace) -> int:
    """Answer every case; what is wrong with one is said in its own result."""
    from tuyen.cli.compiled import keep_compiled
    from tuyen.cli.csv_files import spare, write_text
    from tuyen.cli.dose_cases import answered, asked, read_cases
    from tuyen.cli.schedule_scope import Scope

    keep_compiled()
    spare(args.out, [args.file])
    scope = Scope(args.schedule, args.province)
    cases = read_cases(args.file)
    read = [asked(scope.base, case) for case in cases]
    groups = _judged(scope, [question for question, _ in read], args.trace)
    results = [
        {
            "id": case.get("id", place) if isinstance(case, dict) else place,
            "groups": answered(case, groups[place], scope.base if args.trace else None),
            "problems": found,
        }
        for place, (case, (_, found)) in enumerate(zip(cases, read, strict=True))
    ]

    def write(file: TextIO) -> None:
        json.dump({"results": results}, file, ensure_ascii=False, indent=1)
        file.write("\n")

    write_text(args.out, write)
    return DONE


def _judged(scope: "Scope", questions: Sequence["Asked | None"], trace: bool) -> "list[Answers]":
    """The answers to each question, in order; people of one pack are judged together."""
    from tuyen.engines.immunization import evaluate, evaluate_each

    answers: list[Answers] = [[] for _ in questions]
    places: dict[int, list[int]] = {}
    packs: dict[int, Pack] = {}
    for place, question in enumerate(questions):
        if question:
            person, _, on = question
            pack = scope.pack(person.dob, on)
            packs[id(pack)] = pack
            places.setdefault(id(pack), []).append(place)
    for key, own in places.items():
        those = [question for place in own if (question := questions[place])]
        pack = packs[key]
        found = (evaluate(pack, *one) for one in those) if trace else evaluate_each(pack, those)
        for place, answer in zip(own, found, strict=True):
            answers[place] = answer
    return answers

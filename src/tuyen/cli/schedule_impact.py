"""``tuyen immunization impact``: who stands otherwise under another schedule, and why. No database."""

import argparse
import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tuyen.cli.terminal import DONE, FINDINGS, say
from tuyen.cli.terminal import gettext as _

HEADER = (
    "id", "commune", "vaccine_group", "change", "status_before", "status_after", "dose_before",
    "dose_after", "earliest_before", "earliest_after", "recommended_before", "recommended_after",
    "past_due_before", "past_due_after", "valid_before", "valid_after", "why",
)  # fmt: skip
COUNTS = ("commune", "vaccine_group", "change", "people")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``immunization impact`` to the command line."""
    room = subparsers.add_parser("immunization", help=_("schedules of immunisation"))
    inside = room.add_subparsers(dest="what", metavar="WHAT", required=True)
    parser = inside.add_parser(
        "impact",
        help=_("who changes when another schedule is activated"),
        description=_(
            "Compare two schedules on the histories of people: whose next dose, status or valid"
            " doses change, from what to what, and which figures of the schedules are the reason."
        ),
    )
    parser.add_argument("file", type=Path, metavar="CASES.json", help=_("histories to judge"))
    for option, text in (("--from", _("the schedule in force")), ("--to", _("the other one"))):
        name = f"schedule_{option.strip('-')}"
        parser.add_argument(option, required=True, metavar="PACK", dest=name, help=text)
    parser.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    parser.add_argument(
        "--communes", type=Path, metavar="COUNTS.csv", help=_("also count the changes by commune")
    )
    parser.add_argument(
        "--on", type=datetime.date.fromisoformat, metavar="DAY",
        help=_("the day to ask about; without it, the assessment_date of each history"),
    )  # fmt: skip
    parser.add_argument(
        "--province", metavar="CODE",
        help=_("what has begun in this province, by its two-digit code"),
    )  # fmt: skip
    parser.add_argument(
        "--begun-by", type=datetime.date.fromisoformat, metavar="DAY",
        help=_("for the other schedule: count as begun what the plan begins by this day"),
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the changes, count them on the screen; a history that cannot be read is said."""
    from tuyen.cli.compiled import keep_compiled
    from tuyen.cli.csv_files import spare, write_rows
    from tuyen.cli.dose_cases import read_cases
    from tuyen.cli.schedule_scope import Scope
    from tuyen.engines.immunization import evaluate_many
    from tuyen.engines.immunization.impact import WORTH_SIEVING, Sieve, changes, counted

    for out in filter(None, (args.out, args.communes)):
        spare(out, [args.file])
    old, new = (Scope(n, args.province) for n in (args.schedule_from, args.schedule_to))
    cases = read_cases(args.file)
    asked, unread = _asked(cases, old, args.on)
    sieve: Sieve | None = None
    if len(asked) >= WORTH_SIEVING:
        keep_compiled()
        from tuyen.engines.immunization.impact_sieve import suspects

        sieve = suspects
    found = list(
        changes(
            asked,
            lambda case: old.pack(case.person.dob, case.on, case.commune),
            lambda case: new.pack(case.person.dob, args.begun_by or case.on, case.commune),
            lambda pack: partial(evaluate_many, pack),
            sieve,
        )
    )
    write_rows(args.out, HEADER, (list(_row(one)) for one in found))
    if args.communes:
        write_rows(args.communes, COUNTS, counted(found))
    _say(found, len(cases), unread)
    return FINDINGS if unread else DONE


def _asked(
    cases: Sequence[Any], scope: Any, on: datetime.date | None
) -> tuple[list[Any], list[Any]]:
    """The histories as the engine takes them, and the ids of those that cannot be read."""
    from tuyen.cli.dose_cases import asked
    from tuyen.engines.immunization.impact import Case

    read, unread = [], []
    for place, case in enumerate(cases, start=1):
        said = isinstance(case, dict)
        dated = {**case, "assessment_date": on.isoformat()} if said and on else case
        question, _problems = asked(scope.base, dated)
        name = str(case.get("id", place)) if said else str(place)
        if question is None:
            unread.append(name)
            continue
        person, doses, day = question
        read.append(Case(name, str(case.get("commune") or ""), person, doses, day))
    return read, unread


def _row(change: Any) -> Iterator[Any]:
    before, after = change.before, change.after
    yield from (change.key, change.commune, change.group, change.kind)
    for field in ("status", "dose_number", "earliest", "recommended", "past_due"):
        yield from (getattr(before, field), getattr(after, field))
    yield from (" ".join(map(str, one.valid)) for one in (before, after))
    yield "; ".join(
        f"{one.row}, {one.field}: {one.before or '–'} → {one.after or '–'}" for one in change.why
    )


def _say(found: Sequence[Any], people: int, unread: Sequence[str]) -> None:
    say(
        _("{changed} of {people} people change, in {changes} vaccine groups of theirs."),
        changed=len({one.key for one in found}), people=people, changes=len(found),
    )  # fmt: skip
    for (group, kind), count in sorted(Counter((one.group, one.kind) for one in found).items()):
        say("  {group}: {kind} {count}", group=group, kind=kind, count=count)
    if unread:
        say(
            _("{count} histories cannot be read and were left out: {names}"),
            count=len(unread), names=", ".join(unread[:5]),
        )  # fmt: skip

"""``tuyen site decide``, ``price`` and ``frontier``: the whole decision from files. No database."""

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuyen.cli.site_words import complaint
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_

if TYPE_CHECKING:
    from tuyen.cli.site_files import Task
    from tuyen.engines.network.decision_frontier import Point
    from tuyen.engines.network.decision_problem import Plan, Reason

SHOWN = 8
"""Decimals of figures in the answer."""


def add_parsers(kinds: Any) -> None:
    for name, text in (
        ("decide", _("decide which site of every merged commune becomes what, under common rules")),
        ("price", _("compare an issued decision with the best that the same rules allow")),
        ("frontier", _("show what can be traded between access, cost and disruption")),
    ):
        parser = kinds.add_parser(name, help=text, description=text)
        parser.add_argument("sites", type=Path, metavar="SITES.csv", help=_("candidate sites"))
        parser.add_argument("demand", type=Path, metavar="DEMAND.csv", help=_("villages"))
        parser.add_argument(
            "--minutes", type=Path, metavar="FILE.csv",
            help=_("demand, site, minutes; default: straight lines at --speed"),
        )  # fmt: skip
        parser.add_argument(
            "--rules", type=Path, metavar="FILE.yaml", help=_("what a plan must keep")
        )
        parser.add_argument(
            "--speed", type=float, default=20.0, metavar="KMH", help=_("of straight lines (20)")
        )
        if name == "frontier":
            parser.add_argument("--points", type=int, default=40, help=_("plans to look for (40)"))
        parser.add_argument(
            "--time-limit", type=float, default=60.0, metavar="S", help=_("seconds to search (60)")
        )
        parser.add_argument(
            "--gap", type=float, default=0.001, metavar="SHARE",
            help=_("a plan this near to the bound will do (0.001)"),
        )  # fmt: skip
        parser.add_argument("--out", required=True, type=Path, metavar="OUT.json")
        parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 with an answer, 1 where the rules allow none (the file says why), 2 for input of no use."""
    _check(args)
    from tuyen.cli.csv_files import BadFile, spare
    from tuyen.cli.site_files import read_task
    from tuyen.engines.network.decision import decide

    spare(args.out, [one for one in (args.sites, args.demand, args.minutes, args.rules) if one])
    task = read_task(args.sites, args.demand, args.minutes, args.rules, args.speed)
    if args.problem == "price" and task.issued is None:
        raise BadFile(
            N_("{path} has no column {column}; give the kind of each site as it was decided"),
            path=args.sites, column="issued",
        )  # fmt: skip
    begun = time.perf_counter()

    def left() -> float:
        return float(args.time_limit - (time.perf_counter() - begun))

    given = (task.sites, task.demand, task.ways, task.rules)
    plan = decide(*given, left=left, gap=args.gap)
    content = {"decide": _decided, "price": _priced, "frontier": _traded}[args.problem](
        plan, task, args, left
    )
    content["seconds"] = round(time.perf_counter() - begun, 3)
    _write(args.out, content)
    if plan.objective is None:
        for one in plan.conflicts:
            complain(complaint(one, task.communes, task.site_names))
        if not plan.conflicts:
            complain(complaint(None, (), ()))
        return FINDINGS
    say(
        N_("{status}: {objective} points, none below {bound} (gap {gap} %). Written to {path}."),
        status=plan.status, objective=f"{plan.objective:.6g}",
        bound="?" if plan.bound is None else f"{plan.bound:.6g}",
        gap="?" if plan.gap is None else f"{100 * plan.gap:.3f}", path=args.out,
    )  # fmt: skip
    return DONE


def _check(args: argparse.Namespace) -> None:
    from tuyen.cli.site import LONGEST, BadOption

    for option, value, good, expected in (
        ("--time-limit", args.time_limit, 0 < args.time_limit <= LONGEST, _("seconds from 0 to 86,400")),
        ("--speed", args.speed, 0 < args.speed <= 1000, _("km an hour, above 0")),
        ("--gap", args.gap, 0 <= args.gap < 1, _("a share from 0 to 1")),
        ("--points", getattr(args, "points", 1), 0 < getattr(args, "points", 1) <= 1000,
         _("a number from 1 to 1,000")),
    ):  # fmt: skip
        if not good:
            raise BadOption(option=option, value=value, expected=expected)


def _decided(plan: "Plan", task: "Task", args: Any, left: Any) -> dict[str, Any]:
    from tuyen.engines.network.decision_measure import indicators
    from tuyen.engines.network.decision_problem import KINDS
    from tuyen.engines.network.decision_robustness import robustness, verdict

    found = _head(plan, task)
    if plan.objective is None:
        return found
    shares = robustness(task.sites.criteria, task.sites.commune, 2000, 1, task.sites.pinned)
    why = {one.site: one for one in plan.reasons}
    found["sites"] = [
        {
            "id": name, "commune": task.communes[task.sites.commune[j]], "kind": KINDS[plan.kind[j]],
            "destination": task.destinations[j] or None
            if task.destinations and plan.kind[j] == 0 else None,
            "robustness": round(float(shares[j]), 4), "verdict": verdict(float(shares[j])),
            "reason": _reason(why.get(j), task),
        }
        for j, name in enumerate(task.site_names)
    ]  # fmt: skip
    found["villages"] = [
        {"id": name, "main": _name(plan.assign[i], task), "point": _name(plan.point[i], task)}
        for i, name in enumerate(task.village_names)
    ]
    measured = indicators(task.sites, task.demand, task.ways, plan, task.rules)
    found["indicators"] = _figures(measured, task)
    found["certificate"] = _certificate(plan, task)
    return found


def _head(plan: "Plan", task: "Task") -> dict[str, Any]:
    from tuyen.engines.network.decision_problem import TERMS

    return {
        "status": plan.status, "objective": plan.objective, "bound": plan.bound, "gap": plan.gap,
        "terms": dict(zip(TERMS, _plain(plan.terms), strict=True)),
        "conflicts": [
            {
                "rules": list(one.rules), "communes": [task.communes[c] for c in one.communes],
                "sites": [task.site_names[j] for j in one.sites],
                "by_how_much": _plain(one.by_how_much), "relaxation": _plain(one.relaxation),
            }
            for one in plan.conflicts
        ],
    }  # fmt: skip


def _reason(reason: "Reason | None", task: "Task") -> dict[str, Any] | None:
    from tuyen.engines.network.decision_problem import CRITERIA, KINDS, TERMS

    if reason is None:
        return None
    return {
        "decided_by": reason.decided_by, "margin": _plain([reason.margin])[0],
        "runner_up": _name(reason.runner_up, task),
        "other": KINDS[reason.other] if reason.other >= 0 else None,
        "terms": dict(zip(TERMS, _plain(reason.terms), strict=True)),
        "units": dict(zip(TERMS, _plain(reason.units), strict=True)),
        "criteria": dict(zip(CRITERIA, _plain(reason.criteria), strict=True)),
    }  # fmt: skip


def _figures(measured: Any, task: "Task") -> dict[str, Any]:
    from dataclasses import fields

    found: dict[str, Any] = {}
    for one in fields(measured):
        value = getattr(measured, one.name)
        if one.name == "worst_villages":
            found[one.name] = [task.village_names[i] for i in value]
        elif one.name == "people_per_main":
            found[one.name] = {
                task.site_names[j]: round(float(v), 3) for j, v in enumerate(value) if v > 0
            }
        elif one.name.startswith("commune_"):
            found[one.name] = dict(zip(task.communes, _plain(value), strict=True))
        else:
            found[one.name] = _plain([value])[0]
    return found


def _certificate(plan: "Plan", task: "Task") -> dict[str, Any] | None:
    sheet = plan.certificate
    if sheet is None:
        return None
    parts = [
        {
            "resources": part.resources.tolist(),
            "main": None if part.main is None else part.main.tolist(),
            "point": None if part.point is None else part.point.tolist(),
            "floors": None if part.floors is None else part.floors.tolist(),
            "capacity": None if part.capacity is None else part.capacity.tolist(),
        }
        for part in sheet.parts
    ]
    return {"limited": list(sheet.limited), "parts": parts, "splits": list(sheet.splits)}


def _priced(plan: "Plan", task: "Task", args: Any, left: Any) -> dict[str, Any]:
    from tuyen.engines.network.decision_price import price
    from tuyen.engines.network.decision_problem import TERMS

    found = _head(plan, task)
    paid = price(task.issued, task.sites, task.demand, task.ways, task.rules, left=left, plan=plan)
    if plan.objective is None or paid is None:
        return found
    found["price"] = {
        name: _plain([getattr(paid, name)])[0]
        for name in ("minutes_per_person", "main_minutes_per_person", "beyond_60", "visits", "refurbish",
                     "running", "points", "at_least", "at_most")
    }  # fmt: skip
    found["price"]["terms"] = dict(zip(TERMS, _plain(paid.terms), strict=True))
    found["price"]["breaks"] = paid.breaks
    found["issued"], found["best"] = _figures(paid.issued, task), _figures(paid.best, task)
    found["better"] = [
        {
            "commune": task.communes[one.commune], "issued": task.site_names[one.issued],
            "site": task.site_names[one.site], "minutes": _plain([one.minutes])[0],
        }
        for one in paid.better
    ]  # fmt: skip
    found["different"] = [task.communes[c] for c in paid.different]
    return found


def _traded(plan: "Plan", task: "Task", args: Any, left: Any) -> dict[str, Any]:
    from tuyen.engines.network.decision_frontier import frontier

    found = _head(plan, task)
    if plan.objective is None:
        return found
    points = frontier(
        task.sites, task.demand, task.ways, task.rules, points=args.points, left=left, gap=args.gap
    )
    found["points"] = [_point(one, task) for one in points]
    return found


def _point(point: "Point", task: "Task") -> dict[str, Any]:
    from tuyen.engines.network.decision_problem import KINDS

    return {
        **{name: _plain([getattr(point, name)])[0] for name in ("access", "cost", "disruption", "minutes")},
        "knee": point.knee, "status": point.plan.status, "gap": point.plan.gap,
        "kinds": {name: KINDS[k] for name, k in zip(task.site_names, point.plan.kind, strict=True)},
    }  # fmt: skip


def _name(site: int, task: "Task") -> str | None:
    return task.site_names[int(site)] if site >= 0 else None


def _plain(values: Any) -> list[float | int | None]:
    """Numbers as JSON has them; what is infinite or unknown is null."""
    found: list[float | int | None] = []
    for value in values:
        if value is None or value != value or abs(value) == float("inf"):
            found.append(None)
        else:
            found.append(int(value) if isinstance(value, int) else round(float(value), SHOWN))
    return found


def _write(path: Path, content: dict[str, Any]) -> None:
    from tuyen.cli.csv_files import write_text

    write_text(
        path,
        lambda file: print(json.dumps(content, ensure_ascii=False, allow_nan=False), file=file),
    )

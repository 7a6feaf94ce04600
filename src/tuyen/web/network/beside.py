"""Today and one or two plans side by side: figures, services, money, communes, villages, maps, bands."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuyen.apps.access.actors import Actor
from tuyen.apps.network import planned, queries
from tuyen.apps.network.queries import PlanPage
from tuyen.apps.network.staffing import people_supervised
from tuyen.apps.network.weighing import kinds_of, village_minutes
from tuyen.apps.registry import queries as registry
from tuyen.rules import network as rules
from tuyen.web.network import studio, wishing, words
from tuyen.web.templatetags.figures import number, percent
from tuyen.web.workforce.words import technique

SERVICE: Mapping[str, Any] = {
    "examination": gettext_lazy("Examination"),
    "emergency": gettext_lazy("First aid"),
    "immunisation": gettext_lazy("Immunisation"),
    "prevention": gettext_lazy("Prevention"),
    "maternal_child": gettext_lazy("Mother and child"),
    "chronic": gettext_lazy("Chronic diseases"),
    "pharmacy": gettext_lazy("Pharmacy"),
}


def figures(pages: Sequence[PlanPage]) -> list[dict[str, Any]]:
    """Rows of (what, today, under each plan) with what is better and worse than today."""
    tables = [studio.figures(page.compared) for page in pages]
    return [
        {"name": rows[0]["name"], "before": rows[0]["before"],
         "plans": [(row["after"], row["tone"]) for row in rows]}
        for rows in zip(*tables, strict=True)
    ]  # fmt: skip


def services(pages: Sequence[PlanPage]) -> list[dict[str, Any]]:
    """Of each service, who reaches it within 30 and 60 minutes, today and under each plan."""
    return [
        {"name": SERVICE[rows[0].service],
         "before": (percent(rows[0].near[0], 0), percent(rows[0].far[0], 0)),
         "plans": [(percent(one.near[1], 0), percent(one.far[1], 0), _tone(one.far)) for one in rows]}
        for rows in zip(*(page.offered for page in pages), strict=True)
    ]  # fmt: skip


def _tone(both: tuple[float, float]) -> str:
    was, now = both
    return "" if abs(now - was) < 0.005 else "better" if now > was else "worse"


def money(pages: Sequence[PlanPage]) -> list[dict[str, Any]]:
    """Of each source, what it pays under each plan; of all upgrades, their cost and what nobody pays."""
    paid = [{one["name"]: one for one in wishing.paid(page)} for page in pages]
    names = list(dict.fromkeys(name for one in paid for name in one))
    rows = [
        {"name": name, "plans": [number(round(one[name]["paid"])) if name in one else "–" for one in paid]}
        for name in names
    ]  # fmt: skip
    costs = [number(round(page.paying.cost)) for page in pages]
    rows.append({"name": _("All upgrades"), "plans": costs})
    if names:
        rows.append(
            {"name": _("Paid by no source"), "plans": [number(round(p.paying.open)) for p in pages]}
        )
    return rows


def communes(pages: Sequence[PlanPage]) -> list[dict[str, Any]]:
    """Communes of today: minutes, beyond 60 minutes and sites, today and under each plan; those for whom
    the plans differ the most first."""
    per = []
    for page in pages:
        found = {}
        for line in page.compared.communes:
            for former in line.former:
                found[former] = line
        per.append(found)
    day = pages[0].plan.day
    rows = []
    for former in per[0]:
        lines = [one.get(former) for one in per]
        first = lines[0]
        if first is None:
            continue
        rows.append({
            "name": registry.atlas().full_name(former, day), "before": _minutes(first.minutes[0]),
            "people": first.people,
            "plans": [
                (_minutes(line.minutes[1]), "" if abs(line.change) < 0.5 else "better" if line.change < 0 else "worse",
                 studio.counted(line.sites), line.far[1], f"{line.doctors}/{line.doctors_due}",
                 planned.commune_name(page.plan, line.commune) if line.commune != former else "")
                if line is not None else ("–", "", "–", 0, "–", "")
                for page, line in zip(pages, lines, strict=True)
            ],
            "apart": max((abs(a.change - b.change) for a in lines for b in lines if a and b), default=0.0)
            if len(pages) > 1 else abs(first.change),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["apart"], row["name"]))


def _minutes(value: float | None) -> str:
    return "–" if value is None else number(round(value, 1), 1)


def villages(pages: Sequence[PlanPage], most: int = 12) -> list[dict[str, Any]]:
    """The villages that are worst off under any of the plans."""
    asked = pages[0].problem
    was = village_minutes(asked, asked.demand_before.commune, asked.before.commune, asked.was)
    under = []
    for page in pages:
        kinds = kinds_of(page.problem, page.plan.sites)
        there = village_minutes(
            page.problem, page.problem.demand.commune, page.problem.after.commune, kinds
        )
        under.append(dict(zip(page.problem.villages, there.tolist(), strict=True)))
    worst = {id: max(one.get(id, 0.0) for one in under) for id in asked.villages}
    before = dict(zip(asked.villages, was.tolist(), strict=True))
    order = sorted(asked.villages, key=lambda id: -worst[id])[:most]
    atlas, day = registry.atlas(), pages[0].plan.day
    return [
        {"name": atlas.full_name(id, day), "commune": atlas.full_name(atlas.commune_of(id, day), day),
         "before": _way(before[id]), "plans": [_way(one.get(id, np.inf)) for one in under]}
        for id in order
    ]  # fmt: skip


def _way(value: float) -> str:
    return number(round(value, 1), 1) if np.isfinite(value) else "–"


def staff_from(page: PlanPage) -> str:
    """Whence the posts in the figures are known."""
    known = page.compared.staff_from
    return _("Posts: {work} sites from the people at work, {review} from the review, {none} not known.").format(
        work=number(known.get("workforce", 0)), review=number(known.get("review", 0)),
        none=number(known.get("", 0)))  # fmt: skip


def places_from(page: PlanPage) -> str:
    """Whence the places of main stations are counted, where they count."""
    work = page.problem.work
    if work is None:
        return ""
    source = _("visits on record") if work.source == "clinical" else _("the norm")
    each = people_supervised(work, page.plan.day)
    said = _("Supervising a satellite point takes {days} days a year of its main station, which then serves"
             " {people} people fewer.").format(
        days=number(rules.norm("supervision_days", page.plan.day)), people=number(round(each)))  # fmt: skip
    told = _("Places: the time of a commune's posts over {minutes} minutes a resident a year ({visits} visits,"
             " from {source}), and no more than the review says.").format(
        minutes=number(round(work.minutes)), visits=number(round(work.visits, 1), 1), source=source)  # fmt: skip
    return f"{told} {said}"


def others(rows: Sequence[Any], id: UUID) -> list[tuple[UUID, str]]:
    """Plans that another can be laid beside."""
    return [(row.id, f"{row.title} · {words.STATE_OF_PLAN[row.state]}") for row in rows
            if row.id != id and row.state != "discarded"]  # fmt: skip


def untaught(by: Actor, page: PlanPage, most: int = 6) -> list[dict[str, Any]]:
    """Techniques that main stations lack of what they offer, with the first stations by name."""
    atlas, day = registry.atlas(), page.plan.day
    rows = []
    for one in queries.untaught(by=by, page=page):
        names = sorted(atlas.full_name(id, day) for id in one.stations)
        rows.append({
            "technique": technique(one.technique), "n": len(names), "of": one.of,
            "services": ", ".join(str(SERVICE[key]) for key in one.services),
            "stations": ", ".join(names[:most]), "more": max(0, len(names) - most),
        })  # fmt: skip
    return rows

"""A plan as its pages show it: figures side by side, communes, maps, what broke, the engine's word."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuyen.apps.network import planned, ways
from tuyen.apps.network.operations import Answer, SiteChoice
from tuyen.apps.network.planned import Drawn
from tuyen.apps.network.queries import PlanPage
from tuyen.apps.network.weighing import Compared
from tuyen.apps.registry import queries as registry
from tuyen.engines.network.decision_problem import KINDS
from tuyen.rules import network as rules
from tuyen.rules.registry.lists import functions
from tuyen.web import charts
from tuyen.web.charts.maps import Kind
from tuyen.web.charts.sankey import Flow, render_sankey
from tuyen.web.network import words
from tuyen.web.registry.maps import rings
from tuyen.web.registry.words import function_name
from tuyen.web.templatetags.figures import day as shown
from tuyen.web.templatetags.figures import number, percent

KIND = words.KIND
ORIGIN: Mapping[str, Any] = {
    "empty": gettext_lazy("begun empty"),
    "present": gettext_lazy("begun from what stands"),
    "engine": gettext_lazy("begun from the engine's answer"),
    "frontier": gettext_lazy("begun from a point of the frontier"),
}
STATE = words.STATE_OF_PLAN
MARKS: Mapping[str, Kind] = {"main": "station", "satellite": "point", "mobile": "mobile"}
STATE_TONE = {"draft": "calm", "discarded": "plain", "waits": "warn", "withdrawn": "plain",
              "in-force": "good", "undone": "bad"}  # fmt: skip


def kinds() -> list[tuple[str, str]]:
    return [(key, str(KIND[key])) for key in ("main", "satellite", "mobile", "repurposed")]


def figures(found: Compared) -> list[dict[str, Any]]:
    """(what, before, after, which way is better) side by side."""
    before, after = found.before, found.after
    total = max(after.people, 1.0)
    rows: list[tuple[str, float | None, float, int, Callable[[float], str]]] = [
        (_("Main stations"), before.mains, after.mains, 0, number),
        (_("Satellite points"), before.satellites, after.satellites, 0, number),
        (_("Mobile stops"), before.mobiles, after.mobiles, 0, number),
        (_("Repurposed"), before.closures, after.closures, 0, number),
        (_("People within 30 minutes of a place of service"), before.within_30, after.within_30, 1, number),
        (_("People within 60 minutes"), before.within_60, after.within_60, 1, number),
        (_("People beyond 60 minutes"), before.beyond_60, after.beyond_60, -1, number),
        (_("People within 60 minutes of their main station"), before.main_within_60,
         after.main_within_60, 1, number),
        (_("Minutes per person, on average"), before.mean, after.mean, -1, _one),
        (_("Minutes that 95 % of people stay below"), before.p95, after.p95, -1, _one),
        (_("Minutes of the farthest village"), before.worst, after.worst, -1, farthest),
        (_("Expected visits that are made"), before.visits, after.visits, 1, percent),
        (_("People per main station"), total / max(before.mains, 1), total / max(after.mains, 1), 0, _whole),
        (_("Doctors"), found.doctors, found.doctors, 0, number),
        (_("People per doctor"), total / found.doctors if found.doctors else math.inf,
         total / found.doctors if found.doctors else math.inf, 0, _people),
        (_("Positions that nobody fills"), found.missing[0], found.missing[1], -1, number),
        (_("Upgrade, million VND"), None, after.refurbish, 0, _whole),
        (_("Running cost a year, million VND"), before.running, after.running, -1, _whole),
        (_("Staff quota by old stations, and by merged commune"), found.quota[0], found.quota[1], 0, number),
    ]  # fmt: skip
    return [
        {"name": name, "before": "–" if was is None else write(_tidy(was)), "after": write(_tidy(now)),
         "tone": _tone(was, now, way)}
        for name, was, now, way, write in rows
    ]  # fmt: skip


def _tidy(value: float) -> float:
    return value if isinstance(value, int) or not float(value).is_integer() else int(value)


def _one(value: float) -> str:
    return "–" if not math.isfinite(value) else number(round(value, 1), 1)


def farthest(value: float) -> str:
    """Minutes of a village; in words where its way is longer than ways are followed, or there is none."""
    if math.isfinite(value):
        return _one(value)
    return _("no way within {n} hours").format(n=number(ways.FARTHEST / 60, 0))


def _whole(value: float) -> str:
    return number(round(value))


def _people(value: float) -> str:
    return _whole(value) if math.isfinite(value) else "–"


def _tone(was: float | None, now: float, way: int) -> str:
    if (
        was is None
        or not way
        or not (math.isfinite(was) and math.isfinite(now))
        or abs(now - was) < 1e-6
    ):
        return ""
    return "better" if (now - was) * way > 0 else "worse"


def communes(page: PlanPage) -> list[dict[str, Any]]:
    """Each commune of the plan with what it gains and loses, those that lose the most first."""
    wrong = Counter(one.commune for one in page.broken if one.must)
    rows = []
    for line in page.compared.communes:
        before, after = line.minutes
        rows.append({
            "line": line, "name": planned.commune_name(page.plan, line.commune),
            "former": [planned.commune_name(page.plan, id) for id in line.former]
            if line.former != (line.commune,) else [],
            "sites": counted(line.sites), "was": counted(line.was), "broken": wrong[line.commune],
            "minutes": ("–" if before is None else _one(before), "–" if after is None else _one(after)),
            "change": line.change, "tone": "better" if line.change < -0.5 else "worse" if line.change > 0.5 else "",
            "href": reverse("network-plan-commune", args=[page.row.id, line.commune]),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["broken"], -row["change"], row["name"]))


def counted(counts: tuple[int, ...]) -> str:
    parts = [f"{number(n)} {KIND[key]}" for key, n in zip(KINDS, counts, strict=True) if n]
    return ", ".join(parts[::-1] if counts[0] else parts) or "–"


def worst(page: PlanPage) -> list[dict[str, Any]]:
    day = page.plan.day
    return [
        {"name": registry.atlas().full_name(id, day), "before": farthest(was), "after": farthest(now),
         "commune": registry.atlas().full_name(registry.atlas().commune_of(id, day), day)}
        for id, was, now in page.compared.worst
    ]  # fmt: skip


def broken(page: PlanPage) -> list[dict[str, Any]]:
    """The rules that a plan breaks, in words, with the commune in which it is mended."""
    return [
        {"text": words.said(one.refusal), "must": one.must,
         "href": reverse("network-plan-commune", args=[page.row.id, one.commune]) if one.commune else ""}
        for one in page.broken
    ]  # fmt: skip


def engine_said(answer: Answer | None) -> str:
    """Bound and gap of the engine's answer in words."""
    if answer is None:
        return ""
    if answer.status == "optimal":
        return _("The engine's answer was the best there is under these wishes: a checker of its own"
                 " found the bound again and it meets the answer.")  # fmt: skip
    if answer.gap is None:
        return _("The engine's answer keeps the rules; how far it is from the best is not known.")
    text = _("The engine's answer keeps the rules and is at most {gap} from the best there can be.")
    return text.format(gap=percent(answer.gap, 2))


def flows(page: PlanPage) -> SafeString:
    """What becomes of the sites, as bands."""
    now = planned.present(page.plan.on)
    counts = Counter(
        (now[id].kind, choice.kind) for id, choice in page.plan.sites.items() if id in now
    )
    return render_sankey(
        [Flow(was, then, n) for (was, then), n in counts.items()],
        title=_("What becomes of the sites"), names={key: str(name) for key, name in KIND.items()},
        sub=_("From {before} to {after}").format(before=shown(page.plan.day), after=shown(page.plan.on)),
    )  # fmt: skip


def two_maps(page: PlanPage, mark: str = "") -> list[SafeString]:
    """The network the day before, and as the plan has it, coloured by minutes per person."""
    before = {id: line.minutes[0] for line in page.compared.communes for id in line.former}
    after = {id: line.minutes[1] for line in page.compared.communes for id in line.former}
    now = planned.present(page.plan.on)
    return [
        drawn
        for drawn in (
            _map(page, before, {id: c.kind for id, c in now.items()}, page.plan.day, f"before{mark}"),
            _map(page, after, {id: c.kind for id, c in page.plan.sites.items()}, page.plan.on, f"after{mark}"),
        )
        if drawn
    ]  # fmt: skip


def _map(
    page: PlanPage, minutes: Mapping[UUID, float | None], kinds: Mapping[UUID, str], on: date,
    ident: str,
) -> SafeString | None:  # fmt: skip
    atlas, day = registry.atlas(), page.plan.day
    shapes = [
        charts.Shape(str(id), atlas.full_name(id, day), outline, None if value is None else round(value, 1),
                     reverse("unit", args=[id]), "", atlas.name(id, day))
        for id, value in minutes.items() if (outline := rings(atlas.boundary(id, day)))
    ]  # fmt: skip
    if not shapes:
        return None
    markers = [
        charts.Marker(MARKS[kind], atlas.name(id, day), *place,
                      reverse("network-site", args=[id]))
        for id, kind in kinds.items() if kind != "repurposed" and (place := atlas.point(id, day))
    ]  # fmt: skip
    return charts.render_map(
        shapes, title=_("The network on {day}").format(day=shown(on)),
        sub=_("Minutes per person to the nearest place of service of the commune"),
        unit=_("Minutes"), markers=markers, cuts=(10, 20, 30, 45), show_table=False,
        missing=_("No way is known"), ident=f"network-{ident}",
    )  # fmt: skip


def sites_of(page: PlanPage, commune: UUID, given: Any = None) -> list[dict[str, Any]]:
    """The sites of a commune of the plan, as the form shows them: as the plan has them, or as typed."""
    homes = planned.communes_after(page.plan)
    day, listed = page.plan.day, functions(page.plan.on)

    def does(id: UUID) -> Any:
        typed = given is not None and given.get(f"b-{id}")
        return given.getlist(f"f-{id}") if typed else _does(page.plan, id)

    def told(id: UUID, name: str, held: str) -> str:
        return held if given is None else str(given.get(f"{name}-{id}", held))

    return [
        {"id": id, "functions": [(key, function_name(key), key in does(id)) for key in listed],
         "chosen": page.plan.sites[id].functions is not None or given is not None, "name": registry.atlas().full_name(id, day), "kind": page.plan.sites[id].kind,
         "destination": page.plan.sites[id].destination,
         "kinds": [(key, name, key == told(id, "k", page.plan.sites[id].kind)) for key, name in kinds()],
         "destinations": [(key, words.told(one.name), key == told(id, "d", page.plan.sites[id].destination))
                          for key, one in rules.answers("destinations").items()]}
        for id, home in homes.items() if home == commune
    ]  # fmt: skip


def _does(plan: Drawn, site: UUID) -> tuple[str, ...]:
    """What a point would do under the plan: what somebody chose, else what the site does today."""
    return plan.sites[site].functions or planned.does(site, plan.day)


def said_of(page: PlanPage, commune: UUID, given: Any, problems: list[str]) -> list[SiteChoice]:
    """What the form of a commune says its sites become. Functions that are those of today are not stated
    anew; a form without the boxes leaves them as they are."""
    found = []
    for one in sites_of(page, commune):
        id, kind = one["id"], given.get(f"k-{one['id']}")
        if kind not in KIND:
            continue
        chosen = page.plan.sites[id].functions
        if given.get(f"b-{id}"):
            ticked = tuple(dict.fromkeys(key[:40] for key in given.getlist(f"f-{id}")))[:20]
            chosen = None if set(ticked) == set(planned.does(id, page.plan.day)) else ticked
            if not ticked and kind == "satellite":
                problems.append(_("Say what {name} does as a satellite point: tick one function at least.").format(
                    name=one["name"]))  # fmt: skip
        found.append(SiteChoice(unit=id, kind=kind, destination=given.get(f"d-{id}", "")[:40],
                                functions=chosen or None))  # fmt: skip
    return found


def drawn_name(plan: Drawn, commune: UUID) -> str:
    return planned.commune_name(plan, commune)


def next_quarter(on: date) -> date:
    """The first day of the quarter after next month: a day that leaves time to decide."""
    later = on + timedelta(days=45)
    month = 3 * ((later.month - 1) // 3) + 4
    return date(later.year + (month > 12), (month - 1) % 12 + 1, 1)

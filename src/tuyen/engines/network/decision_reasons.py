"""Why each site is what it is: the next best, and what makes the difference, in its own units.

Where the next best would be better by itself, it uses more of something that is shared and scarce.

While all other communes stay as they are, the best arrangement with another main station, or
with another kind of the site, is found; the difference is taken apart by term and by criterion.
"""

from dataclasses import replace

import numpy as np

from tuyen.engines.network.decision_blocks import blocks, by_main
from tuyen.engines.network.decision_measure import access, nearest
from tuyen.engines.network.decision_model import Model
from tuyen.engines.network.decision_problem import (
    CRITERIA,
    MAIN,
    TERMS,
    Floats,
    Ints,
    Plan,
    Reason,
    Ways,
)


def reasons(found: Model, plan: Plan) -> list[Reason]:
    """The reason of every main station, by commune; then of every other site."""
    kinds = plan.kind[found.order]
    answer = [*_of_mains(found, kinds), *_of_others(found, kinds)]
    return [_or_scarce(found, plan, one) for one in answer]


def _or_scarce(found: Model, plan: Plan, reason: Reason) -> Reason:
    """Where the next best would be better by itself, what is shared and scarce decided: of all that
    it would use more of, the thing with the highest price."""
    sheet = plan.certificate
    if reason.margin >= 0 or sheet is None or not found.resources:
        return reason
    a, b = found.back[reason.site], found.back[reason.runner_up]
    dearest, key = 0.0, "neighbours"
    for price, one in zip(sheet.parts[0].resources, found.resources, strict=False):
        more = one.use[b, reason.other] - one.use[a, reason.kind]
        if a != b:
            more += (
                one.use[a, plan.kind[reason.runner_up]] - one.use[b, plan.kind[reason.runner_up]]
            )
        if price * more > dearest:
            dearest, key = float(price * more), one.key
    return replace(reason, decided_by=key)


def _of_mains(found: Model, kinds: Ints) -> list[Reason]:
    """The runner-up of each main station is judged within its commune, people staying there."""
    if (found.mains != 1).any():
        return []
    stay = replace(found, pairs=_inside(found))
    built = blocks(stay)
    values, arranged = by_main(stay, built, found.fixed)
    answer = []
    swapped = kinds.copy()
    rivals = np.full(found.communes, -1)
    heads = np.full(found.communes, -1)
    heads[found.commune[kinds == MAIN]] = np.flatnonzero(kinds == MAIN)
    for c in np.flatnonzero(heads >= 0):
        a, b = found.start[c], found.start[c + 1]
        own = values[a:b].copy()
        own[heads[c] - a] = np.inf
        if not np.isfinite(own).any():
            continue
        rival = int(own.argmin())
        rivals[c] = a + rival
        p, k = built.corner[c], b - a
        swapped[a:b] = arranged[p + rival * k : p + (rival + 1) * k]
    now, then = _terms(stay, kinds), _terms(stay, swapped)
    for c in np.flatnonzero(heads >= 0):
        head, rival = int(heads[c]), int(rivals[c])
        if rival < 0:
            answer.append(_alone(found, head, MAIN))
            continue
        points, units = then[0][c] - now[0][c], then[1][c] - now[1][c]
        criteria = _criteria(found, head) - _criteria(found, rival)
        answer.append(
            Reason(
                int(found.order[head]), MAIN, int(found.order[rival]), MAIN, float(points.sum()),
                points, units, criteria, _decided(points, criteria),
            )
        )  # fmt: skip
    return answer


def _inside(found: Model) -> Ways:
    pairs = found.pairs
    own = found.commune[pairs.site] == found.demand.commune[pairs.row()]
    start = np.concatenate([[0], np.cumsum(own)])[pairs.start].astype(np.int64)
    return Ways(start, pairs.site[own], pairs.minutes[own])


def _terms(found: Model, kinds: Ints) -> tuple[Floats, Floats]:
    """(g, 4) points and units of every commune by term."""
    service = nearest(found, kinds)
    points = access(found, service.main_minutes, service.point_minutes)
    g, places = found.communes, np.arange(kinds.size)
    reach = np.bincount(found.demand.commune, weights=points, minlength=g)
    raw = [np.bincount(found.commune, weights=one[places, kinds], minlength=g) for one in found.raw]
    rules = found.rules
    weights = np.array([rules.weight_suitability, rules.weight_cost, rules.weight_disruption])
    whole = rules.weight_access * found.scales[0]
    units = np.column_stack([reach / whole if whole else 0 * reach, *raw])
    priced = np.column_stack([reach, *(w * s * r for w, s, r in zip(weights, found.scales[1:], raw, strict=True))])  # fmt: skip
    return priced, units


def _criteria(found: Model, site: int) -> Floats:
    """(5,) points of suitability that each criterion gives a site, weighted as in the objective."""
    rules = found.rules
    weights = np.asarray(rules.weights, np.float64)
    share = (
        weights / weights.sum() if weights.sum() > 0 else np.full(weights.size, 1 / weights.size)
    )
    own = found.sites.criteria[found.order[site]]
    value: Floats = 100 * np.where(np.isnan(own), 0.5, own) * share
    return rules.weight_suitability * found.scales[1] * value


def _decided(points: Floats, criteria: Floats) -> str:
    """The term that speaks most for the choice; of suitability, the criterion."""
    term = int(points.argmax())
    if TERMS[term] == "suitability" and criteria.any():
        return CRITERIA[int(criteria.argmax())]
    return TERMS[term]


def _alone(found: Model, site: int, kind: int) -> Reason:
    zeros = np.zeros(4)
    return Reason(
        int(found.order[site]), kind, -1, -1, float("inf"), zeros, zeros, np.zeros(5), "only-one"
    )


def _of_others(found: Model, kinds: Ints) -> list[Reason]:
    """Of each site that is no main station: its best other kind while everything else stays."""
    rules, service = found.rules, nearest(found, kinds)
    weights = np.array([rules.weight_suitability, rules.weight_cost, rules.weight_disruption])
    answer = []
    pairs, people = found.pairs, found.demand.people
    row = pairs.row()
    order = np.argsort(pairs.site, kind="stable")
    ends = np.searchsorted(pairs.site[order], np.arange(kinds.size + 1))
    late = {0: np.inf, 2: 0.0, 3: rules.mobile_wait}
    open_ = np.where(kinds[pairs.site] > 0, pairs.minutes, np.inf)
    open_ = open_ + np.where(kinds[pairs.site] == 3, rules.mobile_wait, 0.0)
    whole = rules.weight_access * found.scales[0]
    for site in np.flatnonzero(kinds != MAIN):
        own = order[ends[site] : ends[site + 1]]
        here, minutes = row[own], pairs.minutes[own]
        rest = service.point_minutes[here].copy()
        for place in np.flatnonzero(service.point[here] == site):
            a, b = pairs.start[here[place]], pairs.start[here[place] + 1]
            others = open_[a:b][pairs.site[a:b] != site]
            rest[place] = others.min(initial=np.inf)
        lost = {}
        for kind, wait in late.items():
            way = np.minimum(rest, minutes + wait)
            loss = np.where(np.isfinite(way), found.loss(np.minimum(way, 1e9)), found.no_loss)
            lost[kind] = float((people[here] * loss).sum() * (1 - rules.full))
        mine = int(kinds[site])
        options = []
        for kind in late:
            if kind == mine or not np.isfinite(found.fixed[site, kind]):
                continue
            raw = found.raw[:, site, kind] - found.raw[:, site, mine]
            units = np.concatenate([[lost[kind] - lost[mine]], raw])
            points = np.concatenate([[whole * units[0]], weights * found.scales[1:] * raw])
            options.append((float(points.sum()), kind, points, units))
        if not options:
            answer.append(_alone(found, int(site), mine))
            continue
        margin, kind, points, units = min(options, key=lambda one: one[0])
        answer.append(
            Reason(
                int(found.order[site]), mine, int(found.order[site]), kind, margin, points, units,
                np.zeros(5), _decided(points, np.zeros(5)),
            )
        )  # fmt: skip
    return answer

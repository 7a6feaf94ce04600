"""Labelled outbreaks, planned and injected, so that detection can be scored against the truth."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic.endemic import Onsets
from tuyen.engines.synthetic.parameters import Disease
from tuyen.engines.synthetic.streams import YEAR, Choice, Floats, Ints


class Outbreak(NamedTuple):
    """One injected outbreak. Every case of it carries its ``id``."""

    id: int
    disease: int  # position among the diseases
    former: int  # position of its former commune in gazetteer.former
    commune: int  # position of its commune in gazetteer.communes
    start: np.datetime64  # onset of its first case
    end: np.datetime64  # last day on which an onset may fall
    size: int  # cases, reported or not
    shape: str  # point: one source; propagated: from one to the next; wave: rises and falls
    linked: bool  # the cases name each other in their epidemiological history
    recent: bool  # placed so that it is active on the last day


def plan(
    diseases: list[Disease],
    people: Floats,
    commune: Ints,
    focus: int,
    since: np.datetime64,
    until: np.datetime64,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> list[Outbreak]:
    """Plan the outbreaks of the past and the recent ones.

    Parameters
    ----------
    people : (f,) residents by former commune
    commune : (f,) position of the commune each former commune went into
    focus : commune of the first recent outbreak
    rule : ``outbreaks`` of rules/synthetic/diseases
    """
    past = _past(diseases, people, commune, since, until, rule, rng)
    return past + _recent(diseases, people, commune, focus, since, until, rule, rng, len(past))


def _past(
    diseases: list[Disease],
    people: Floats,
    commune: Ints,
    since: np.datetime64,
    until: np.datetime64,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> list[Outbreak]:
    last = until - np.timedelta64(90, "D")  # the recent weeks belong to the recent ones
    days = np.arange(since + np.timedelta64(7, "D"), last)
    if days.size == 0:
        return []
    places = np.unique(commune).size
    count = rng.poisson(rule["a_year"] * days.size / YEAR * places / 45)
    position = {disease.id: n for n, disease in enumerate(diseases)}
    which = [position[name] for name in rule["diseases"]]
    seasons = [_season(diseases[n], days) for n in which]
    able = np.array([season.sum() > 0 for season in seasons])
    draws = Choice(np.array(list(rule["diseases"].values())) * able).draw(rng, count)
    formers = Choice(np.sqrt(people + 1)).draw(rng, count)
    found = []
    for id_, (pick, former) in enumerate(zip(draws.tolist(), formers.tolist(), strict=True)):
        shape = list(rule["shapes"])[int(Choice(list(rule["shapes"].values())).draw(rng, 1)[0])]
        median, spread = rule["size"]
        size = int(np.clip(rng.lognormal(np.log(median), spread), rule["least"], rule["most"]))
        # No more than a quarter of the place falls ill, however small the province is.
        size = max(rule["least"], min(size, int(people[former] / 4)))
        weeks = rule["weeks"][shape] * rng.uniform(0.7, 1.4)
        start = days[int(Choice(seasons[pick]).draw(rng, 1)[0])]
        end = start + np.timedelta64(max(3, int(weeks * 7)), "D")
        linked = bool(rng.random() < 0.6)
        found.append(
            Outbreak(id_, which[pick], former, int(commune[former]), start, end, size, shape,
                     linked, False)
        )  # fmt: skip
    return found


def _season(disease: Disease, days: np.ndarray[Any, Any]) -> Floats:
    of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    # Its first and last case are both notifiable: a margin on either side of the list's days.
    margin = np.timedelta64(90, "D")
    return disease.season(of_year) * disease.listed(days) * disease.listed(days + margin)


def _recent(
    diseases: list[Disease],
    people: Floats,
    commune: Ints,
    focus: int,
    since: np.datetime64,
    until: np.datetime64,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
    first_id: int,
) -> list[Outbreak]:
    position = {disease.id: n for n, disease in enumerate(diseases)}
    others = rng.permutation([n for n in range(int(commune.max()) + 1) if n != focus])
    turn = np.concatenate([[focus], others]).astype(np.int64)
    found: list[Outbreak] = []
    for entry in rule["recent"]:
        start: Any = until - np.timedelta64(entry["begins"], "D")
        end: Any = until - np.timedelta64(entry["ends"], "D")
        if entry.get("linked") and (end - start) < np.timedelta64(7, "D"):
            start, end = _in_one_week(start, end)
        disease = diseases[position[entry["disease"]]]
        if start < since or not disease.listed(np.array([start])).all():
            continue  # a province younger than the outbreak, or a day before the disease's list
        place = int(turn[entry["place"] % turn.size])
        members = np.flatnonzero(commune == place)
        former = int(members[np.argmax(people[members])])
        found.append(
            Outbreak(first_id + len(found), position[entry["disease"]], former, place, start, end,
                     entry["size"], entry["shape"], bool(entry.get("linked", False)), True)
        )  # fmt: skip
    return found


def _in_one_week(start: np.datetime64, end: np.datetime64) -> tuple[np.datetime64, np.datetime64]:
    """Move a span of days back until it lies between a Monday and a Sunday."""
    weekday = int((end.astype(np.int64) + 3) % 7)
    if weekday >= int((end - start).astype(np.int64)):
        return start, end
    back = np.timedelta64(weekday + 1, "D")
    return start - back, end - back


def inject(outbreaks: list[Outbreak], diseases: list[Disease], rng: np.random.Generator) -> Onsets:
    """The cases of the outbreaks. ``source`` counts from the first row of the result."""
    of, where, when, label, source = [], [], [], [], []
    before = 0
    for outbreak in outbreaks:
        span = int((outbreak.end - outbreak.start).astype(np.int64))
        day, origin = _course(outbreak, span, diseases[outbreak.disease].step, rng)
        of.append(np.full(outbreak.size, outbreak.disease, np.int16))
        where.append(np.full(outbreak.size, outbreak.former, np.int16))
        when.append(outbreak.start + day.astype("timedelta64[D]"))
        label.append(np.full(outbreak.size, outbreak.id, np.int32))
        source.append(np.where(origin >= 0, origin + before, -1).astype(np.int32))
        before += outbreak.size
    if not outbreaks:
        none = np.empty(0, np.int32)
        return Onsets(none, none, np.empty(0, "datetime64[D]"), none, none)
    return Onsets._make(np.concatenate(columns) for columns in (of, where, when, label, source))


def _course(
    outbreak: Outbreak, span: int, step: float, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Days from the start, ascending from 0, and the position of each case's source (-1: none)."""
    n = outbreak.size
    origin = np.full(n, -1, np.int64)
    if outbreak.shape == "propagated":
        moment = np.zeros(n)
        for case in range(1, n):
            origin[case] = rng.integers(max(0, case // 2 - 1), case)
            moment[case] = moment[origin[case]] + rng.gamma(3, max(step, 1) / 3)
        order = np.argsort(moment, kind="stable")
        rank = np.empty(n, np.int64)
        rank[order] = np.arange(n)
        origin, moment = np.where(origin >= 0, rank[origin], -1)[order], moment[order]
    else:
        alike = (1.6, 4.0) if outbreak.shape == "point" else (2.4, 3.0)
        moment = np.sort(rng.beta(*alike, n))
        moment -= moment[0]
        # One source made them ill: all point to the case by which it was found.
        origin[1:] = 0
        if outbreak.shape == "wave":
            origin[1:] = rng.integers(0, np.arange(1, n))
    longest = moment[-1] if moment[-1] > 0 else 1.0
    stretch = (
        span / longest
        if outbreak.recent or longest > span or outbreak.shape != "propagated"
        else 1.0
    )
    return np.minimum(np.floor(moment * stretch), span).astype(np.int64), origin

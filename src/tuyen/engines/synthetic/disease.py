"""Years of notifiable disease in a synthetic province: every case, with what is true of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic import carriers, endemic, outbreaks, parameters, reporting
from tuyen.engines.synthetic.endemic import Onsets
from tuyen.engines.synthetic.gazetteer import Gazetteer
from tuyen.engines.synthetic.network import Network
from tuyen.engines.synthetic.outbreaks import Outbreak
from tuyen.engines.synthetic.people import People
from tuyen.engines.synthetic.reporting import Returns
from tuyen.engines.synthetic.streams import NAT, Days, Ints, Progress, Streams, silent

Flags = np.ndarray[Any, np.dtype[np.bool_]]

TESTS = ("none", "rapid", "serology", "pcr", "other")
RESULTS = ("none", "positive", "negative", "suspect", "pending")
VACCINATED = ("no", "yes", "unknown")
OUTCOMES = ("ill", "discharged", "transferred", "died", "other")


class Cases(NamedTuple):
    """n cases in the order of their report; those never reported come last."""

    disease: Ints  # (n,) int16, position in Epidemics.diseases
    person: Ints  # (n,) int32, position of a person; -1: nobody fitted
    born: Days  # of the person, or plausible
    sex: Ints  # (n,) uint8: 1 male, 2 female
    former: Ints  # (n,) int16, former commune
    commune: Ints  # (n,) int16, commune since the merger
    merged: Flags  # reported when the new map was in force: the case lies in ``commune``
    onset: Days
    diagnosed: Days
    reported: Days  # NaT: never
    known: Flags  # reported on ``until`` or before: the only rows that a registry would have
    unit: Ints  # (n,) int16, the unit that reports, position in network.facilities
    confirmed: Flags  # by the laboratory; else clinical or suspected
    sampled: Flags
    test: Ints  # (n,) int8, position in TESTS
    result: Ints  # (n,) int8, position in RESULTS
    vaccinated: Ints  # (n,) int8, position in VACCINATED
    admitted: Days  # NaT: outpatient
    outcome: Ints  # (n,) int8, position in OUTCOMES
    outcome_on: Days  # NaT: still ill
    died: Days  # of the disease; NaT: did not
    linked: Flags  # its epidemiological history names ``source``
    source: Ints  # (n,) int32, position of the case it came from; -1: none or unknown
    outbreak: Ints  # (n,) int32, id of the injected outbreak: the label; -1: none


@dataclass(frozen=True)
class Epidemics:
    diseases: tuple[str, ...]  # ids of the list of notifiable diseases
    cases: Cases
    outbreaks: list[Outbreak]  # the truth to score detection against
    returns: Returns

    def size(self, outbreak: int) -> int:
        """How many cases carry the label of one outbreak, reported or not."""
        return int((self.cases.outbreak == outbreak).sum())


def build(
    gazetteer: Gazetteer,
    network: Network,
    people: People,
    rule: Mapping[str, Any],
    merged: np.datetime64,
    streams: Streams,
    intensity: float = 1.0,
    progress: Progress = silent,
) -> Epidemics:
    """Draw the disease of all the days from ``people.since`` to ``people.until``.

    Parameters
    ----------
    rule : content of rules/synthetic/diseases
    merged : first day of the new map; a case reported before lies in its former commune
    intensity : factor on the rates of the steady circulation

    Notes
    -----
    Chance comes in streams for circulation, outbreaks, reporting and people, so that adding an
    outbreak changes no report of another case's place, season or number.
    """
    since, until = people.since, people.until
    diseases = parameters.read(rule)
    home = network.villages.former[people.village]
    crowd = np.bincount(home[people.resident(until)], minlength=len(gazetteer.former)).astype(float)
    growth = float(people.resident(since).sum() / crowd.sum())
    plan = outbreaks.plan(
        diseases, crowd, gazetteer.successor, network.focus, since, until, rule["outbreaks"],
        streams.of("disease.outbreaks"),
    )  # fmt: skip
    injected = outbreaks.inject(plan, diseases, streams.of("disease.courses"))
    steady = endemic.draw(
        diseases, crowd * intensity, growth, since, until, streams.of("disease.endemic")
    )
    progress("disease", 1, 3)
    # The injected first: their sources are positions from the first row.
    raw = Onsets._make(np.concatenate(pair) for pair in zip(injected, steady, strict=True))
    raw, killed = carriers.deaths(raw, diseases, people, home, streams.of("disease.deaths"))
    died = np.where(killed >= 0, people.died[killed], NAT)
    recent = np.isin(raw.outbreak, [one.id for one in plan if one.recent])
    rng = streams.of("disease.reporting")
    habits = reporting.diligence(
        len(gazetteer.former), len(gazetteer.communes), since, until, merged, rule["reporting"], rng
    )
    told = reporting.report(
        raw, died, recent, diseases, network, gazetteer.successor, habits, rule["reporting"], rng
    )
    returned = reporting.returns(habits, network, until, rule["reporting"], rng)
    progress("disease", 2, 3)
    listed = np.zeros(raw.disease.size, bool)
    for n, disease in enumerate(diseases):
        rows = raw.disease == n
        listed[rows] = disease.listed(told.diagnosed[rows])
    raw, told, killed, died = (
        Onsets._make(column[listed] for column in raw),
        reporting.Reported._make(column[listed] for column in told),
        killed[listed],
        died[listed],
    )
    who = carriers.assign(raw, diseases, people, home, killed, streams.of("disease.people"))
    linked = np.isin(raw.outbreak, [one.id for one in plan if one.linked])
    cases = _cases(raw, told, who, died, linked, gazetteer, until, merged, streams)
    progress("disease", 3, 3)
    return Epidemics(tuple(d.id for d in diseases), _in_order(cases), plan, returned)


def _cases(
    raw: Onsets,
    told: reporting.Reported,
    who: carriers.Carriers,
    died: Days,
    linked: Flags,
    gazetteer: Gazetteer,
    until: np.datetime64,
    merged: np.datetime64,
    streams: Streams,
) -> Cases:
    rng = streams.of("disease.details")
    n = raw.disease.size
    sampled = told.confirmed | (rng.random(n) < 0.25)
    test = np.where(sampled, rng.choice(4, n, p=[0.3, 0.32, 0.33, 0.05]) + 1, 0)
    waiting = sampled & (told.diagnosed > until - np.timedelta64(4, "D"))
    doubt = np.where(waiting, 4, np.where(rng.random(n) < 0.9, 2, 3))
    result = np.where(told.confirmed, 1, np.where(sampled, doubt, 0))
    admitted = np.where(told.admitted, told.diagnosed, NAT)
    ill_for = np.where(told.admitted, rng.integers(3, 12, n), rng.integers(4, 15, n))
    well = told.diagnosed + ill_for.astype("timedelta64[D]")
    moved_on = told.admitted & (rng.random(n) < 0.04)
    over = np.where(np.isnat(died), well, died)
    outcome = np.where(over > until, 0, np.where(~np.isnat(died), 3, np.where(moved_on, 2, 1)))
    return Cases(
        disease=raw.disease,
        person=who.person,
        born=who.born,
        sex=who.sex,
        former=raw.former,
        commune=gazetteer.successor[raw.former].astype(np.int16),
        merged=np.asarray(~(np.fmax(told.reported, told.diagnosed) < merged)),
        onset=raw.onset,
        diagnosed=told.diagnosed,
        reported=told.reported,
        known=np.asarray(told.reported <= until),
        unit=told.unit,
        confirmed=told.confirmed,
        sampled=sampled,
        test=test.astype(np.int8),
        result=result.astype(np.int8),
        vaccinated=rng.choice(3, n, p=[0.3, 0.35, 0.35]).astype(np.int8),
        admitted=admitted,
        outcome=outcome.astype(np.int8),
        outcome_on=np.where(outcome > 0, over, NAT),
        died=died,
        linked=linked & (raw.outbreak >= 0),
        source=raw.source,
        outbreak=raw.outbreak,
    )


def _in_order(cases: Cases) -> Cases:
    """Sort by day of report, diagnosis, onset; NaT sorts last."""
    order = np.lexsort((cases.onset, cases.diagnosed, cases.reported))
    place = np.empty(order.size, np.int32)
    place[order] = np.arange(order.size, dtype=np.int32)
    moved = Cases._make(column[order] for column in cases)
    source = np.where(moved.source >= 0, place[np.maximum(moved.source, 0)], -1)
    return moved._replace(source=source.astype(np.int32))

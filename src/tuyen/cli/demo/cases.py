"""The demo's disease: case reports as they came in, and the weeks a station said "nothing"."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import permutations
from typing import Any, cast
from uuid import UUID

import numpy as np

from tuyen.apps.surveillance.operations import (
    AmendCase,
    Answer,
    CaseChanges,
    Outcome,
    ReportCase,
    ReportZero,
)
from tuyen.apps.surveillance.sameness import folded
from tuyen.cli.demo.names import Names, days, noon
from tuyen.cli.demo.people import Residents
from tuyen.engines.synthetic.disease import OUTCOMES, RESULTS, TESTS, VACCINATED
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import case_checks

_NONE = {"none": None}


class Reports:
    """Turns synthetic cases and weekly returns into operations, each with the day it was sent."""

    def __init__(self, province: Province, names: Names, residents: Residents) -> None:
        self.province, self.names, self.residents = province, names, residents
        self.epidemics = province.epidemics
        self.units = [names.unit(unit.ref) for unit in province.network.facilities]
        self.commune = [names.unit(f"commune:{c.code}") for c in province.gazetteer.communes]
        self.former = [names.unit(f"former-commune:{f.code}") for f in province.gazetteer.former]

    def in_order(self) -> list[tuple[date, Operation]]:
        """Every report with its day, in the order of the days; cases before returns."""
        both = [*self._cases(), *self._zeros()]
        return sorted(both, key=lambda sent: sent[0])

    def _cases(self) -> Iterator[tuple[date, Operation]]:
        cases = self.epidemics.cases
        known = np.flatnonzero(cases.known)
        columns = {name: getattr(cases, name)[known] for name in cases._fields}
        dated = {name: days(columns[name]) for name in
                 ("born", "onset", "diagnosed", "reported", "admitted", "outcome_on")}  # fmt: skip
        plain = {name: column.tolist() for name, column in columns.items() if name not in dated}
        others = self._other_illnesses(known.tolist(), {**plain, **dated})
        for row, n in enumerate(known.tolist()):
            values = {name: column[row] for name, column in {**plain, **dated}.items()}
            values["others"] = others.get(n, ())
            reported = values["reported"]
            assert reported is not None
            payload = self._report(values)
            unit = self.units[values["unit"]]
            sent = self.names.operation(payload, n, unit=unit, on=values["diagnosed"])
            yield reported, sent
            ended = values["outcome_on"]
            if ended is not None and ended > reported:
                yield ended, self._ending(values, sent, n)

    def _other_illnesses(
        self, cases: list[int], columns: Mapping[str, Sequence[Any]]
    ) -> dict[int, tuple[UUID, ...]]:
        """For each case, those that the registry would take for the same illness of the same
        person: by the person, or by a name and birth date that two people share. In a synthetic
        province every case is an illness of its own, and whoever reports it says so."""
        alike: dict[tuple[Any, ...], list[tuple[int, date, int]]] = defaultdict(list)
        rows = zip(*(columns[name] for name in ("disease", "person", "born", "onset", "reported")),
                   cases, strict=True)  # fmt: skip
        for disease, person, born, onset, reported, n in rows:
            if person < 0:
                continue
            days = case_checks(reported).window(self.epidemics.diseases[disease])
            alike[disease, person].append((n, onset, days))
            alike[disease, folded(self.residents.text.name[person]), born].append((n, onset, days))
        found: dict[int, dict[UUID, None]] = defaultdict(dict)
        for group in alike.values():
            for (n, onset, days), (other, then, more) in permutations(group, 2):
                if abs((onset - then).days) <= max(days, more):
                    found[n][self.names.of("surveillance.report_case", other)] = None
        return {n: tuple(ids) for n, ids in found.items()}

    def _ending(self, case: dict[str, Any], sent: Operation, n: int) -> Operation:
        """How it ended, told on that day: an amendment of the report."""
        changes = CaseChanges(outcome=OUTCOMES[case["outcome"]], outcome_on=case["outcome_on"])
        payload = AmendCase(case=sent.id, changes=changes)
        return self.names.operation(
            payload, n, unit=sent.unit, on=case["outcome_on"], corrects=sent.id
        )

    def _report(self, case: dict[str, Any]) -> ReportCase:
        person, source, reported = case["person"], case["source"], case["reported"]
        merged_by_onset = case["onset"] >= self.merged
        place = self.commune[case["commune"]] if merged_by_onset else self.former[case["former"]]
        village = self._village(person, case["onset"])
        ended = case["outcome_on"] is not None and case["outcome_on"] <= reported
        links = (self.names.of("surveillance.report_case", source),) if self._tells(case) else ()
        return ReportCase(
            disease=self.epidemics.diseases[case["disease"]],
            sex="male" if case["sex"] == 1 else "female",
            birth_date=case["born"], onset_on=case["onset"], diagnosed_on=case["diagnosed"],
            reported_at=noon(reported), commune=None if village else place, village=village,
            person=self.residents.ids[person] if person >= 0 else None,
            name=self.residents.text.name[person] if person >= 0 else "",
            classification="confirmed" if case["confirmed"] else "suspected",
            sampled_on=case["diagnosed"] if case["sampled"] else None,
            test=_none(TESTS[case["test"]]), result=_none(RESULTS[case["result"]]),
            vaccinated=cast(Answer, VACCINATED[case["vaccinated"]]),
            care="inpatient" if case["admitted"] else "outpatient", admitted_on=case["admitted"],
            outcome=cast(Outcome, OUTCOMES[case["outcome"]]) if ended else None,
            outcome_on=case["outcome_on"] if ended else None, linked_to=links,
            not_a_duplicate_of=case["others"],
        )  # fmt: skip

    @property
    def merged(self) -> date:
        return min(fact.on for fact in self.province.network.successions)

    def _tells(self, case: dict[str, Any]) -> bool:
        """A link is told when the case it names was reported before."""
        source = case["source"]
        if not case["linked"] or source < 0:
            return False
        sent = self.epidemics.cases.reported[source]
        return not np.isnat(sent) and sent.astype(object) <= case["reported"]

    def _village(self, person: int, onset: date) -> Any:
        if person < 0:
            return None
        people = self.province.people
        settled = people.settled[person]
        earlier = not np.isnat(settled) and settled.astype(object) > onset
        n = people.village_before[person] if earlier else people.village[person]
        return self.residents.village[int(n)] if n >= 0 else None

    def _zeros(self) -> Iterator[tuple[date, Operation]]:
        """A station that sent its return for a week in which it diagnosed no case says so."""
        returns, cases = self.epidemics.returns, self.epidemics.cases
        known = cases.known
        monday = cases.diagnosed[known].astype("datetime64[D]").astype(int)
        monday = monday - (monday + 3) % 7
        # By unit, not by position: a station that went on through the merger has two of them.
        diagnosed_by = (self.units[n] for n in cases.unit[known].tolist())
        told = set(zip(diagnosed_by, monday.tolist(), strict=True))
        weeks = returns.week.astype("datetime64[D]").astype(int).tolist()
        rows = zip(
            returns.unit.tolist(), weeks, days(returns.week), days(returns.sent), strict=True
        )
        for unit, key, week, sent in rows:
            if sent is None or week is None or (self.units[unit], key) in told:
                continue
            label = Period.of("week", week).label
            said = self.names.operation(
                ReportZero(week=label), unit, label, unit=self.units[unit], on=sent
            )
            yield sent, said


def _none(word: str) -> Any:
    return _NONE.get(word, word)

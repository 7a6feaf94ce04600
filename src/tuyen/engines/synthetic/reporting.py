"""From illness to report: diagnosis, delay, who reports, what is lost, and weeks without a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic.endemic import Onsets, mondays
from tuyen.engines.synthetic.network import Network
from tuyen.engines.synthetic.parameters import Disease
from tuyen.engines.synthetic.streams import DAY, NAT, Days, Floats, Ints

Flags = np.ndarray[Any, np.dtype[np.bool_]]


class Returns(NamedTuple):
    """One row for each station and week in which it existed: what it sent, and when."""

    unit: Ints  # (r,) int16, position in network.facilities
    week: Days  # (r,) its Monday
    due: Days  # (r,) the last day to send it: the Wednesday after
    sent: Days  # (r,) NaT: it sent nothing


class Reported(NamedTuple):
    """What became of n cases."""

    diagnosed: Days
    reported: Days  # NaT: never
    unit: Ints  # (n,) int16, position in network.facilities
    admitted: Flags
    confirmed: Flags


@dataclass(frozen=True)
class Diligence:
    """How stations report: one row of ``silent`` for each station, of ``weeks`` its weeks."""

    weeks: Days  # (w,) Mondays
    merged: np.datetime64
    silent_before: Flags  # (f, w) by former commune
    silent_after: Flags  # (c, w) by commune
    complete: Floats  # (f,) share of its cases that a station ever reports
    slow: Floats  # (f,) factor on the delay

    def silent(self, former: Ints, commune: Ints, day: Days) -> Flags:
        """(n,) whether the station of each place said nothing in the week of ``day``."""
        week = np.clip(np.searchsorted(self.weeks, day, side="right") - 1, 0, self.weeks.size - 1)
        known = day < self.weeks[-1] + np.timedelta64(7, "D")
        before = day < self.merged
        return known & np.where(
            before, self.silent_before[former, week], self.silent_after[commune, week]
        )


def diligence(
    formers: int,
    communes: int,
    since: np.datetime64,
    until: np.datetime64,
    merged: np.datetime64,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> Diligence:
    """Draw the habits of the stations. ``rule``: ``reporting`` of rules/synthetic/diseases."""
    weeks = mondays(since, until)
    often, seldom = rule["unit_completeness"]
    return Diligence(
        weeks,
        merged,
        _silence(formers, weeks.size, rule, rng),
        _silence(communes, weeks.size, rule, rng),
        rng.beta(often, seldom, formers),
        rng.lognormal(0, rule["unit_delay"], formers),
    )


def _silence(units: int, weeks: int, rule: Mapping[str, Any], rng: np.random.Generator) -> Flags:
    """(units, weeks) a two-state Markov chain for each unit: speaking, silent."""
    begins = np.where(rng.random(units) < rule["silent_units"], 4, 1) * rule["silence"]["start"]
    luck = rng.random((weeks, units))
    silent = np.zeros((weeks, units), bool)
    now = np.zeros(units, bool)
    for week in range(weeks):
        now = np.where(now, luck[week] >= rule["silence"]["stop"], luck[week] < begins)
        silent[week] = now
    return silent.T.copy()


def returns(
    habits: Diligence, network: Network, until: np.datetime64, rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> Returns:  # fmt: skip
    """The weekly return of every station, for each week that is over on ``until``.

    A week belongs to the stations that exist on its Sunday.
    """
    over = habits.weeks + np.timedelta64(6, "D") <= until
    before = habits.weeks + np.timedelta64(6, "D") < habits.merged
    pieces = []
    for stations, silent, of in (
        (network.former_station, habits.silent_before, before),
        (network.station, habits.silent_after, ~before),
    ):
        week, unit = np.nonzero(np.outer(of & over, np.ones(len(stations), bool)))
        monday = habits.weeks[week]
        late = rng.random(week.size) < rule["late_return"]
        days = np.where(late, rng.integers(10, 15, week.size), rng.integers(7, 10, week.size))
        sent = monday + days.astype("timedelta64[D]")
        sent = np.where(silent[unit, week] | (sent > until), NAT, sent)
        due = monday + np.timedelta64(9, "D")
        pieces.append((np.array(stations, np.int16)[unit], monday, due, sent))
    return Returns._make(np.concatenate(columns) for columns in zip(*pieces, strict=True))


def report(
    cases: Onsets,
    died: Days,
    recent: Flags,
    diseases: list[Disease],
    network: Network,
    commune: Ints,
    habits: Diligence,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> Reported:
    """Diagnose and report each case.

    Parameters
    ----------
    died : (n,) day of death from the disease, NaT for the others
    recent : (n,) whether the case is of an outbreak that must be known on the last day
    commune : (f,) commune of each former commune
    """
    n, of = cases.disease.size, cases.disease
    median, spread, mean, confirmed, admitted = (
        np.array([part(disease) for disease in diseases], float)[of]
        for part in (
            lambda d: d.diagnosis[0],
            lambda d: d.diagnosis[1],
            lambda d: d.report,
            lambda d: d.confirmed,
            lambda d: d.admitted,
        )
    )
    wait = np.floor(rng.lognormal(np.log(median), spread)).astype(np.int64)
    wait = np.where(recent, np.minimum(wait, 1), np.minimum(wait, 365))
    diagnosed = cases.onset + wait.astype("timedelta64[D]")
    diagnosed = np.fmin(diagnosed, died)
    in_hospital = (rng.random(n) < admitted) | ~np.isnat(died)
    by_hospital = in_hospital & (rng.random(n) < rule["hospital_reports"])
    delay = np.floor(rng.exponential(mean * np.where(by_hospital, 1.0, habits.slow[cases.former])))
    reported = diagnosed + delay.astype(np.int64).astype("timedelta64[D]")
    reported = _after_weekend(reported, rule["weekend_waits"], rng)
    reported = _after_silence(reported, by_hospital, cases.former, commune, habits, rule, rng)
    complete = np.where(by_hospital, 0.97, habits.complete[cases.former])
    reported[rng.random(n) >= complete] = NAT
    soon = diagnosed + rng.integers(0, 2, n).astype("timedelta64[D]")
    reported = np.where(recent, soon, reported)
    unit = _unit(reported, diagnosed, by_hospital, cases.former, commune, network, habits, rng)
    return Reported(diagnosed, reported, unit, in_hospital, rng.random(n) < confirmed)


def _after_weekend(day: Days, share: float, rng: np.random.Generator) -> Days:
    weekday = (day.astype(np.int64) + 3) % 7  # Monday 0
    waits = (weekday >= 5) & (rng.random(day.size) < share)
    return day + np.where(waits, 7 - weekday, 0).astype("timedelta64[D]")


def _after_silence(
    day: Days,
    by_hospital: Flags,
    former: Ints,
    commune: Ints,
    habits: Diligence,
    rule: Mapping[str, Any],
    rng: np.random.Generator,
) -> Days:
    """Reports of a silent week come with the next week that has a word, or never."""
    lost = rng.random(day.size) < rule["lost_in_silence"]
    shift = rng.integers(0, 3, day.size).astype("timedelta64[D]")
    later = day.copy()
    for _ in range(habits.weeks.size):
        silent = habits.silent(former, commune[former], later) & ~by_hospital
        if not silent.any():
            break
        later[silent & lost] = NAT
        waits = silent & ~lost
        monday = later[waits].astype(np.int64)
        monday += 7 - (monday + 3) % 7
        later[waits] = monday.astype(DAY)
    moved = ~np.isnat(later) & (later != day)
    return np.where(moved, later + shift, later)


def _unit(
    reported: Days,
    diagnosed: Days,
    by_hospital: Flags,
    former: Ints,
    commune: Ints,
    network: Network,
    habits: Diligence,
    rng: np.random.Generator,
) -> Ints:
    day = np.where(np.isnat(reported), diagnosed, reported)
    before, place = day < habits.merged, commune[former]
    station = np.where(
        before, np.array(network.former_station)[former], np.array(network.station)[place]
    )
    centre = np.where(
        before, np.array(network.centre_before)[former], np.array(network.centre)[place]
    )
    provincial = rng.random(day.size) < 0.25
    hospital = np.where(provincial, network.unit["facility:benh-vien"], centre)
    return np.where(by_hospital, hospital, station).astype(np.int16)

"""Which of the people falls ill: of the place, of the age and sex that the disease prefers."""

from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic.endemic import Onsets
from tuyen.engines.synthetic.parameters import Disease
from tuyen.engines.synthetic.people import People
from tuyen.engines.synthetic.streams import YEAR, Choice, Days, Ints

_ROUNDS = 12
_SPAN = 1 << 16  # days in which all births fall, counted from _ZERO
_ZERO = np.datetime64("1880-01-01", "D")


class Carriers(NamedTuple):
    person: Ints  # (n,) int32; -1 where nobody fitted
    born: Days  # of the person, or drawn from the disease's ages
    sex: Ints  # (n,) uint8


def assign(
    cases: Onsets,
    diseases: list[Disease],
    people: People,
    former: Ints,
    fixed: Ints,
    rng: np.random.Generator,
) -> Carriers:
    """Find a person for each case who lived there on the day of onset.

    Nobody gets a disease twice. Cases that find nobody in some rounds stay without a person (in a
    province too small for its diseases) and get an age and sex from the disease's own profile.

    Parameters
    ----------
    former : (p,) former commune in which each person lives
    fixed : (n,) persons already known (who died of it), else -1
    """
    key = former.astype(np.int64) * _SPAN + (people.born - _ZERO).astype(np.int64)
    order = np.argsort(key, kind="stable")
    key = key[order]
    person = fixed.astype(np.int32)
    wished, sexes = _profile(cases, diseases, rng)
    for turn in range(_ROUNDS):
        waiting = np.flatnonzero(person < 0)
        if waiting.size == 0:
            break
        if turn:
            again, sex = _profile(Onsets._make(column[waiting] for column in cases), diseases, rng)
            wished[:, waiting], sexes[waiting] = again, sex
        low, high = wished[:, waiting]
        if turn >= _ROUNDS - 3:  # nobody of that age there: anybody of the place
            low, high = np.zeros(waiting.size), np.full(waiting.size, 100.0)
        day = cases.onset[waiting]
        found = _someone(key, cases.former[waiting], day, low, high, rng)
        candidate = np.where(found >= 0, order[found], -1)
        fits = (candidate >= 0) & _lives_there(people, candidate, day)
        if turn < _ROUNDS - 5:
            fits &= people.sex[candidate] == sexes[waiting]
        person[waiting[fits]] = candidate[fits]
        _once(person, cases.disease, fixed)
    known = person >= 0
    middle = rng.uniform(wished[0], wished[1])
    born = cases.onset - (middle * YEAR).astype("timedelta64[D]")
    return Carriers(
        person,
        np.where(known, people.born[person], born),
        np.where(known, people.sex[person], sexes).astype(np.uint8),
    )


def _profile(
    cases: Onsets, diseases: list[Disease], rng: np.random.Generator
) -> tuple[np.ndarray[Any, Any], Ints]:
    """(2, n) least and greatest age, and (n,) sex, that each case would like."""
    ages, sex = np.zeros((2, cases.disease.size)), np.ones(cases.disease.size, np.uint8)
    for n, disease in enumerate(diseases):
        rows = np.flatnonzero(cases.disease == n)
        band = disease.shares.draw(rng, rows.size)
        ages[0, rows] = disease.ages[band]
        ages[1, rows] = np.append(disease.ages[1:], disease.ages[-1] + 25)[band]
        sex[rows] = np.where(rng.random(rows.size) < disease.male, 1, 2)
    return ages, sex


def _someone(
    key: Ints,
    former: Ints,
    day: Days,
    low: np.ndarray[Any, Any],
    high: np.ndarray[Any, Any],
    rng: np.random.Generator,
) -> Ints:
    """Position in ``key`` of a person of the place and age, by two binary searches; -1: none."""
    base = former.astype(np.int64) * _SPAN
    offset = (day - _ZERO).astype(np.int64)
    first = np.searchsorted(key, base + np.maximum(offset - (high * YEAR).astype(np.int64), 0) + 1)
    last = np.searchsorted(key, base + offset - (low * YEAR).astype(np.int64), side="right")
    width = last - first
    pick = first + (rng.random(width.size) * np.maximum(width, 1)).astype(np.int64)
    return np.where(width > 0, pick, -1)


def _lives_there(people: People, person: Ints, day: Days) -> np.ndarray[Any, np.dtype[np.bool_]]:
    gone = (people.died[person] <= day) | (people.left[person] <= day)
    late = (people.settled[person] > day) | (people.arrived[person] > day)
    return np.asarray((people.born[person] <= day) & ~gone & ~late)


def _once(person: Ints, disease: Ints, fixed: Ints) -> None:
    """Take a person back from all but the first case of one disease; fixed ones come first."""
    held = np.flatnonzero(person >= 0)
    held = held[np.argsort(fixed[held] < 0, kind="stable")]
    pair = person[held].astype(np.int64) * 1_000 + disease[held]
    _, first = np.unique(pair, return_index=True)
    again = np.ones(held.size, bool)
    again[first] = False
    person[held[again]] = -1


def deaths(
    cases: Onsets,
    diseases: list[Disease],
    people: People,
    former: Ints,
    rng: np.random.Generator,
) -> tuple[Onsets, Ints]:
    """Let some cases be fatal: those that can be laid on a person whose death is on record.

    The register of people is made first and stays as it is, so a fatal case moves to the place of
    somebody of a fitting age who died within half a year of it. Cases of outbreaks never move.

    Returns
    -------
    The cases, some moved, and (n,) the person each killed, -1 for the others.
    """
    fatal = np.array([disease.fatal for disease in diseases])[cases.disease]
    dying = np.flatnonzero((rng.random(fatal.size) < fatal) & (cases.outbreak < 0))
    person = np.full(fatal.size, -1, np.int32)
    margin = np.timedelta64(60, "D")
    dead = np.flatnonzero((people.died >= people.since + margin) & (people.died <= people.until))
    dead = dead[np.isnat(people.settled[dead])]
    age = (people.died[dead] - people.born[dead]).astype(np.int64) / YEAR
    place, onset = cases.former.copy(), cases.onset.copy()
    free = np.ones(dead.size, bool)
    for case in dying.tolist():
        disease = diseases[cases.disease[case]]
        band = int(disease.shares.draw(rng, 1)[0])
        top = np.append(disease.ages[1:], 200)[band]
        near = np.abs((people.died[dead] - onset[case]).astype(np.int64)) < 182
        fits = np.flatnonzero(free & near & (age >= disease.ages[band]) & (age < top))
        if fits.size == 0:
            continue
        pick = int(fits[int(Choice(np.ones(fits.size)).draw(rng, 1)[0])])
        free[pick] = False
        who = int(dead[pick])
        ill_for = min(
            int(rng.integers(3, 21)), int((people.died[who] - people.born[who]).astype(int))
        )
        person[case], place[case] = who, former[who]
        onset[case] = people.died[who] - np.timedelta64(ill_for, "D")
    return cases._replace(former=place, onset=onset), person

"""7-1-7: was an outbreak detected in 7 days, notified in 1, and answered in 7?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Days = NDArray[np.datetime64]  # dtype datetime64[D]; NaT: not known, or not yet
Counts = NDArray[np.int64]

UNKNOWN, MET, MISSED, RUNNING, OVERDUE = range(5)
"""How a stage stands: not begun or not known; ended in time; ended too late; going on in time; going
on although its time has passed."""


class Timeliness(NamedTuple):
    """The three stages (detect, notify, respond) of n events."""

    days: NDArray[np.float64]  # (n, 3) whole days a stage took, or has taken so far; NaN: not begun
    state: NDArray[np.int8]  # (n, 3) one of the codes above
    responded: Days  # (n,) the day of the last applicable action; NaT while one is open
    last: NDArray[
        np.int64
    ]  # (n,) the action that was last, or is open and first in order; -1: none
    whole: NDArray[np.bool_]  # (n,) all three stages were met


class League(NamedTuple):
    """How the events of each group did; ``met`` of ``ended``, stage by stage."""

    groups: list[str]
    events: Counts  # (g,)
    ended: Counts  # (g, 3) events whose stage has ended, or is past its time
    met: Counts  # (g, 3)
    median: NDArray[np.float64]  # (g, 3) days of the stages that ended; NaN where none did
    whole: Counts  # (g,) events that met all three
    judged: Counts  # (g,) events of which all three can be judged


def timeliness(
    emerged: Days, detected: Days, notified: Days, done: Days, applicable: NDArray[np.bool_],
    now: np.datetime64, targets: Sequence[int],
) -> Timeliness:  # fmt: skip
    """How long each stage of each event took, and whether that was in time.

    Parameters
    ----------
    emerged, detected, notified : (n,) datetime64[D]
        A stage cannot end before it begins: a day before that of the stage before counts as it.
    done : (n, k) datetime64[D]
        When each early action was done.
    applicable : (n, k) bool
        An action that does not apply is not waited for.
    now : datetime64[D]
        The day as of which is judged.
    targets : three whole days, detect, notify and respond

    Raises
    ------
    BadInput
        If the shapes do not fit, or a target is negative.

    Notes
    -----
    Frieden et al., Lancet 2021; 398: 638-640. A stage that is still going on is overdue as soon as it has
    taken longer than its target: it can no longer be met.

    Examples
    --------
    >>> day = lambda *texts: np.array(texts, "M8[D]")
    >>> t = timeliness(day("2026-10-01"), day("2026-10-05"), day("2026-10-08"),
    ...     np.array([["2026-10-09", "NaT"]], "M8[D]"), np.array([[True, True]]),
    ...     np.datetime64("2026-10-12"), (7, 1, 7))
    >>> t.days.tolist(), t.state.tolist(), t.last.tolist()
    ([[4.0, 3.0, 4.0]], [[1, 2, 3]], [1])
    """
    if done.shape != applicable.shape or done.shape[:1] != emerged.shape:
        raise BadInput(what=f"done is {done.shape}, applicable {applicable.shape}; give (n, k)")
    if len(targets) != 3 or min(targets) < 0:
        raise BadInput(what=f"targets are {list(targets)}; give three numbers of days, 0 or more")
    detected = _not_before(detected, emerged)
    notified = _not_before(notified, detected)
    open_ = applicable & np.isnat(done)
    none = ~applicable.any(axis=1)
    counted = np.where(applicable, done, np.datetime64("NaT"))
    latest = np.full(emerged.shape, np.datetime64("NaT"), "M8[D]")
    if done.shape[1]:
        ordinal = np.where(np.isnat(counted), np.iinfo(np.int64).min, counted.astype(np.int64))
        latest = ordinal.max(axis=1).astype("M8[D]")
        latest[(ordinal == np.iinfo(np.int64).min).all(axis=1)] = np.datetime64("NaT")
        last = np.where(open_.any(axis=1), open_.argmax(axis=1), ordinal.argmax(axis=1))
    else:
        last = np.full(emerged.shape, -1)
    responded = np.where(open_.any(axis=1) | none, np.datetime64("NaT"), latest)
    responded = _not_before(responded, notified)
    begins = np.column_stack([emerged, detected, notified])
    ends = np.column_stack([detected, notified, responded])
    begun = ~np.isnat(begins)
    begun[:, 2] &= ~none  # nothing to do is no stage
    ended = begun & ~np.isnat(ends)
    until = np.where(ended, ends, now)
    days = np.full(begins.shape, np.nan)
    days[begun] = (until - begins)[begun].astype(np.float64)
    days = np.maximum(days, 0)
    within = days <= np.asarray(targets)
    state = np.where(ended, np.where(within, MET, MISSED), np.where(within, RUNNING, OVERDUE))
    state = np.where(begun, state, UNKNOWN).astype(np.int8)
    return Timeliness(
        days, state, responded, np.where(none, -1, last), (state == MET).all(axis=1)
    )  # fmt: skip


def league(found: Timeliness, groups: Sequence[str]) -> League:
    """How the events of each group did, in the order of the names of the groups.

    A stage counts as judged when it has ended or is past its time: what is going on in time can
    still be both, and is left out.
    """
    names = sorted(set(groups))
    at = np.array([names.index(group) for group in groups], np.int64)
    judged = np.isin(found.state, (MET, MISSED, OVERDUE))
    ended = np.isin(found.state, (MET, MISSED))
    shape = (len(names), 3)
    sums = {name: np.zeros(shape, np.int64) for name in ("judged", "met")}
    np.add.at(sums["judged"], at, judged)
    np.add.at(sums["met"], at, found.state == MET)
    median = np.full(shape, np.nan)
    for g in range(len(names)):
        for stage in range(3):
            took = found.days[(at == g) & ended[:, stage], stage]
            if took.size:
                median[g, stage] = np.median(took)
    count = len(names)
    return League(
        names,
        np.bincount(at, minlength=count),
        sums["judged"],
        sums["met"],
        median,
        np.bincount(at[found.whole], minlength=count),
        # One stage that was missed is enough to know that not all three were met.
        np.bincount(at[judged.all(axis=1) | _missed(found)], minlength=count),
    )


def _missed(found: Timeliness) -> NDArray[np.bool_]:
    return np.asarray(np.isin(found.state, (MISSED, OVERDUE)).any(axis=1))


def _not_before(days: Days, floor: Days) -> Days:
    """The days, moved to the floor where they lie before it; unknown stays unknown."""
    return np.where(np.isnat(days) | np.isnat(floor), days, np.maximum(days, floor))

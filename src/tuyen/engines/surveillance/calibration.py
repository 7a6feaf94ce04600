"""From what speaks for an outbreak to the chance that there is one, learnt from triage.

A triage tells of some past alarms that they were outbreaks; of all other weeks it tells nothing,
since many outbreaks were never looked into. A model that took silence for "no outbreak" would call
every chance too low. Here a told week is an outbreak (chance h) *and* told (share c, the same for all):
its chance is c h; that of silence is 1 - c h. Both h and c are estimated: c is the height at which the
share of told weeks levels off as the evidence grows.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Quantiles at which the effect of a column may bend.
_BENDS = (0.02, 0.1, 0.3, 0.5, 0.7, 0.85, 0.93, 0.98)
#: Rows with log odds below this are next to never an outbreak: each eighth is read, eight times.
_DULL, _THINNED, _HOPELESS = -4.0, 8, -9.0
_ODDS = (-12.0, 12.0)
FEWEST = 30
STIFF = 30.0  # how hard it is to move the log odds away from those of the evidence


class Calibrator(NamedTuple):
    """What turns evidence into chances; plain arrays, to be kept with the alarms it raised."""

    bends: Floats  # (f, b) where the effect of each column bends
    centre: Floats  # (p - 1,) of the terms
    spread: Floats  # (p - 1,)
    effect: Floats  # (p,) of the terms, the constant last
    telling: Floats  # (2,) logit of the share told and how it changes with the size seen
    size: tuple[float, float]  # centre and deviation of the size seen, the last column of evidence
    share: float  # of the outbreaks that are told, on average over the told weeks
    doubt: float  # standard error of the logit of the share
    lowered: float  # what chances are divided by, out of caution
    told: int  # weeks that taught it


def calibrate(
    values: Floats, told: Bools, *, denied: Bools | None = None, share: float | None = None,
    caution: float = 0.5, by_size: bool = True, weeks_of_one: float = 2.5,
) -> Calibrator:  # fmt: skip
    """Learn from past rows of evidence and what triage told of them.

    Parameters
    ----------
    values : (r, f) float64
        Evidence. The first column is a log odds, which alone decides what is next to hopeless; the
        last grows with the cases too many in the last weeks.
    told : (r,) bool
        Known to be of an outbreak. False: nothing is known.
    denied : (r,) bool, optional
        Looked into and found to be no outbreak: a "no", which silence is not. It lowers the chances
        of its like, and rather too much than too little: among the silent, those that would have been
        denied are still taken for silent.
    share : float, optional
        The share of outbreaks that triage tells, if it is known: 1 where every outbreak is told.
        Default: estimated, and raised by ``caution`` standard errors. A share taken too low makes
        chances too high and alarms too many.
    by_size : bool
        Let the share that is told change with the last column: large outbreaks are told more often
        than small ones. False: the same share of all.
    weeks_of_one : float
        Weeks of one outbreak are told together: so many count as one when the doubt is computed.

    Raises
    ------
    BadInput
        If shapes differ, a number is out of its range, or fewer than 30 weeks are told.

    Notes
    -----
    Maximum likelihood with a ceiling on the share told: Elkan and Noto, KDD 2008: 213-220, for the
    model. Fisher's scoring, O(r p^2) for each of some twenty steps, with p about 110.
    """
    values, told = np.asarray(values, dtype=np.float64), np.asarray(told, dtype=np.bool_)
    no = np.zeros_like(told) if denied is None else np.asarray(denied, dtype=np.bool_) & ~told
    _check(values, told, share)
    kept, weight = _worth_reading(values, told | no)
    columns = _columns(values[kept])
    bends = np.quantile(columns, _BENDS, axis=0).T
    terms = _terms(columns, bends)
    centre, spread = terms.mean(axis=0), terms.std(axis=0) + 1e-9
    terms = np.column_stack([(terms - centre) / spread, np.ones(kept.size)])
    seen = values[told, -1]
    size = (float(seen.mean()), float(seen.std()) + 1e-9)
    tells = np.column_stack([np.ones(kept.size), (values[kept, -1] - size[0]) / size[1]])
    tells = tells[:, : 2 if by_size else 1]
    offset = np.clip(values[kept, 0], *_ODDS)
    theta, covariance = _fit(Rows(terms, offset, tells, told[kept], weight, share, no[kept]))
    p = terms.shape[1]
    telling, doubt, lowered = np.array([_logit(share or 0.5), 0.0]), 0.0, 1.0
    if share is None:
        telling[: tells.shape[1]] = theta[p:]
        doubt = float(np.sqrt(covariance[p, p] * weeks_of_one))
        # The share is raised, and chances lowered by as much: their product is what was seen.
        estimate = special.expit(telling[0])
        telling[0] += caution * doubt
        lowered = float(special.expit(telling[0]) / estimate)
    mean_share = float(special.expit(telling[0]))
    return Calibrator(
        bends, centre, spread, theta[:p], telling, size, mean_share, doubt, lowered, int(told.sum())
    )


def chance(calibrator: Calibrator, values: Floats) -> Floats:
    """The chance (r,) that a row of evidence (r, f) is a week of an outbreak."""
    values = np.asarray(values, dtype=np.float64)
    terms = (_terms(_columns(values), calibrator.bends) - calibrator.centre) / calibrator.spread
    line = np.clip(values[:, 0], *_ODDS) + terms @ calibrator.effect[:-1] + calibrator.effect[-1]
    answer = special.expit(line)
    return np.where(values[:, 0] > _HOPELESS, answer / calibrator.lowered, 0.0)


def quiet(
    calibrator: Calibrator, values: Floats, told: Bools, denied: Bools | None = None
) -> Floats:
    """The chance (r,) that a past row was *not* of an outbreak, given what was told or denied of it."""
    h = chance(calibrator, values)
    size = (values[:, -1] - calibrator.size[0]) / calibrator.size[1]
    c = special.expit(calibrator.telling[0] + calibrator.telling[1] * size)
    silent = (1 - h) / np.maximum(1 - c * h, 1e-12)
    return np.where(told, 0.0, silent if denied is None else np.where(denied, 1.0, silent))


def _worth_reading(values: Floats, answered: Bools) -> tuple[Ints, Floats]:
    """Rows to learn from, and what each stands for: of the dull ones each eighth is read."""
    worth = values[:, 0] > _HOPELESS
    dull = worth & (values[:, 0] <= _DULL) & ~answered
    thinned = np.flatnonzero(dull)[::_THINNED]
    kept = np.concatenate([np.flatnonzero(worth & ~dull), thinned])
    weight = np.ones(kept.size)
    weight[kept.size - thinned.size :] = dull.sum() / max(thinned.size, 1)
    return kept, weight


def _logit(share: float) -> float:
    return float(special.logit(min(share, 1 - 1e-9)))


class Rows(NamedTuple):
    """What the likelihood reads, r rows."""

    terms: Floats  # (r, p) the last of ones
    offset: Floats  # (r,) the log odds before anything is learnt
    tells: Floats  # (r, k) what the share told depends on, the first of ones
    told: Bools  # (r,)
    weight: Floats  # (r,)
    known: float | None  # the share told, where it is known
    denied: Bools | None = (
        None  # (r,) looked into, and no outbreak: as if all of its like were told
    )


def objective(theta: Floats, rows: Rows) -> tuple[float, Floats]:
    """Minus the log likelihood, with a penalty on what is learnt, and its slope.

    ``theta`` (p + k,): p effects on the log odds, the constant last, then k on the logit of the
    share that is told.
    """
    told, weight, p = rows.told, rows.weight, rows.terms.shape[1]
    h, c, silence = _parts(theta, rows)
    steep, slant = theta[: p - 1], theta[p + 1 :]
    loss = 0.5 * STIFF * float(steep @ steep)
    loss -= float(weight[told] @ np.log(np.maximum(c * h, 1e-300)[told]))
    loss -= float(weight[~told] @ np.log(silence[~told]))
    slope = np.zeros_like(theta)
    push = weight * np.where(told, 1 - h, -c * h * (1 - h) / silence)
    slope[:p] = -(rows.terms.T @ push)
    slope[: p - 1] += STIFF * steep
    if rows.known is None:
        loss += 0.5 * float(slant @ slant)
        pull = _of_share(rows) * np.where(told, 1 - c, -c * (1 - c) * h / silence)
        slope[p:] = -(rows.tells.T @ pull)
        slope[p + 1 :] += slant
    return loss, slope


def _parts(theta: Floats, rows: Rows) -> tuple[Floats, Floats, Floats]:
    p = rows.terms.shape[1]
    h = special.expit(rows.offset + rows.terms @ theta[:p])
    c = np.full(h.size, rows.known) if rows.known else special.expit(rows.tells @ theta[p:])
    if rows.denied is not None:
        c = np.where(rows.denied, 1.0, c)
    return h, c, np.maximum(1 - c * h, 1e-12)


def _of_share(rows: Rows) -> Floats:
    """(r,) what each row weighs in the estimate of the share told: a "no" says nothing of it."""
    return rows.weight if rows.denied is None else rows.weight * ~rows.denied


def _fit(rows: Rows) -> tuple[Floats, Floats]:
    """Fisher's scoring with halved steps: theta and its covariance."""
    theta = np.zeros(rows.terms.shape[1] + rows.tells.shape[1])
    loss, slope = objective(theta, rows)
    for _ in range(80):
        move = np.linalg.solve(_information(theta, rows), slope)
        step, after = 1.0, np.inf
        while after >= loss and step > 1e-6:
            tried = theta - step * move
            after, slope_after = objective(tried, rows)
            step /= 2
        if after >= loss:
            break
        gain, theta, loss, slope = loss - after, tried, after, slope_after
        if gain < 1e-7 * (1 + abs(loss)):
            break
    return theta, np.asarray(np.linalg.inv(_information(theta, rows)), dtype=np.float64)


def _information(theta: Floats, rows: Rows) -> Floats:
    """Fisher's information of theta, with the penalty."""
    h, c, silence = _parts(theta, rows)
    p, size = rows.terms.shape[1], theta.size
    answer = 1e-6 * np.eye(size)
    of_line = rows.weight * c * h * (1 - h) ** 2 / silence
    answer[:p, :p] += (rows.terms * of_line[:, None]).T @ rows.terms
    answer[np.arange(p - 1), np.arange(p - 1)] += STIFF
    if rows.known is None:
        of_share = rows.tells * (_of_share(rows) * c * (1 - c) * h / silence)[:, None]
        answer[:p, p:] = (rows.terms * (1 - h)[:, None]).T @ of_share
        answer[p:, :p] = answer[:p, p:].T
        answer[p:, p:] += of_share.T @ (rows.tells * (1 - c)[:, None])
        answer[np.arange(p + 1, size), np.arange(p + 1, size)] += 1.0
    return answer


def _columns(values: Floats) -> Floats:
    """Long tails are shortened, so that a bend says something of them."""
    return np.sign(values) * np.log1p(np.abs(values))


def _terms(columns: Floats, bends: Floats) -> Floats:
    """Each column within its bends, its hinges at them, and products of the columns in pairs."""
    inside = np.clip(columns, bends[:, 0], bends[:, -1])
    parts = [inside]
    for j in range(columns.shape[1]):
        parts.append(np.maximum(inside[:, j : j + 1] - bends[j, 1:-1], 0.0))
    first, second = np.triu_indices(columns.shape[1], 1)
    parts.append(inside[:, first] * inside[:, second])
    return np.concatenate(parts, axis=1)


def _check(values: Floats, told: Bools, share: float | None) -> None:
    if values.ndim != 2 or told.shape != values.shape[:1]:
        raise BadInput(
            what=f"values has shape {values.shape} and told {told.shape}; give (r, f) and (r,)"
        )
    if not np.isfinite(values).all():
        raise BadInput(what="a value of the evidence is not a number")
    if share is not None and not 0 < share <= 1:
        raise BadInput(what=f"share is {share}; use a number above 0 and at most 1")
    if told.sum() < FEWEST:
        raise BadInput(
            what=f"{int(told.sum())} weeks are told to be of outbreaks; at least {FEWEST} are needed"
        )

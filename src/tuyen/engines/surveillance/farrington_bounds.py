"""From the predicted mean to a bound, a p-value and a score, for many points at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tuyen.engines.surveillance.farrington_control import POWERS, Control, Floats, Mode

_LARGEST = 1e15  # a mean beyond this has no quantile in floating point


class Bounds(NamedTuple):
    """What n counts were expected to be and how far above they are; NaN where there is none."""

    expected: Floats
    upperbound: Floats
    mu0: Floats
    score: Floats
    pvalue: Floats


def bounds(
    counts: Floats, eta: Floats, spread: Floats, phi: Floats, control: Control, mode: Mode
) -> Bounds:
    """Judge n counts by their linear predictors, the standard errors of these, and phi.

    ``delta``: with p = powertrans, mean^p + z p sqrt(mean^(2p - 1) tau), tau = phi + mean spread^2,
    raised to 1/p (Farrington et al. 1996). ``nbPlugin`` and ``muan``: the negative binomial quantile
    with variance phi times the mean, at the predicted mean or at its upper confidence limit (Noufaily
    et al. 2013; Salmon et al., J Stat Softw 2016; 70(10)).
    """
    z = float(special.ndtri(1 - control.alpha))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        mean = np.exp(eta)
        if control.threshold_method == "delta":
            power = POWERS[control.powertrans]
            tau = phi + mean * spread**2
            sd = power * np.sqrt(mean ** (2 * power - 1) * tau)
            bound = np.maximum(mean**power + z * sd, 0.0) ** (1 / power)
            pvalue = special.ndtr(-(counts**power - mean**power) / sd)
            mu0 = np.full_like(mean, np.nan)
        else:
            raised = z * spread if control.threshold_method == "muan" else 0.0
            mu0 = np.exp(eta + raised)
            bound, pvalue = _negative_binomial(counts, mu0, phi, control.alpha)
        on_link = mode == "r_compat" and control.threshold_method != "delta"
        centre = eta if on_link else mean
        score = np.where(bound == centre, np.nan, (counts - centre) / (bound - centre))
    return Bounds(mean, bound, mu0, np.where(np.isfinite(bound), score, np.nan), pvalue)


def _negative_binomial(
    counts: Floats, mean: Floats, phi: Floats, alpha: float
) -> tuple[Floats, Floats]:
    """The smallest whole number k with P(Y <= k) >= 1 - alpha, and P(Y >= count)."""
    usable = (mean < _LARGEST) & (phi < _LARGEST)  # NaN is not
    phi = np.where(usable, phi, 1.0)
    mu = np.where(usable, mean, 1.0)
    z = special.ndtri(1 - alpha)
    sd = np.sqrt(mu * phi)
    # Cornish and Fisher's first terms: most often the answer or its neighbour.
    guess = np.maximum(np.floor(mu + sd * (z + (z * z - 1) * (2 * phi - 1) / (6 * sd))), 0.0)
    bound, pvalue = np.empty_like(mu), np.empty_like(mu)
    # The gamma function loses its digits where the size is large: these few go the long way.
    quick = (phi > 1 + 1e-4) & (mu > 1e-8) & (mu < 1e4)
    if quick.any():
        bound[quick], pvalue[quick] = _quick(
            counts[quick], mu[quick], phi[quick], alpha, guess[quick]
        )
    rest = np.flatnonzero(~quick)
    law = _Law(mu[rest], phi[rest])
    bound[rest] = _first_at_most(alpha, guess[rest], law)
    pvalue[rest] = law.above(np.nan_to_num(counts[rest]) - 1, np.arange(rest.size))
    known = usable & ~np.isnan(counts)
    return np.where(usable, bound, np.inf), np.where(known, pvalue, np.nan)


def _quick(
    counts: Floats, mean: Floats, phi: Floats, alpha: float, guess: Floats
) -> tuple[Floats, Floats]:
    from tuyen.engines.surveillance.tail_kernel import tail_bounds  # compiles: only when needed

    bound, pvalue = np.empty_like(mean), np.empty_like(mean)
    tail_bounds(counts, mean, phi, alpha, guess, bound, pvalue)
    return bound, pvalue


def negative_binomial_quantile(mean: Floats, phi: Floats, alpha: float) -> Floats:
    """(n,) the smallest whole numbers k with P(Y <= k) >= 1 - alpha; variance phi times the mean."""
    z = special.ndtri(1 - alpha)
    sd = np.sqrt(mean * phi)
    guess = np.maximum(np.floor(mean + sd * (z + (z * z - 1) * (2 * phi - 1) / (6 * sd))), 0.0)
    return _first_at_most(alpha, guess, _Law(mean, phi))


class _Law:
    """Negative binomial laws with variance phi times the mean; Poisson where phi is 1."""

    def __init__(self, mean: Floats, phi: Floats) -> None:
        self.mean, self.phi = mean, phi
        self.poisson = phi <= 1
        self.size = mean / np.where(self.poisson, 1.0, phi - 1)

    def above(self, k: Floats, at: NDArray[np.int64]) -> Floats:
        """P(Y > k) of the laws ``at``, k >= -1."""
        after = np.maximum(k, 0) + 1
        tail = np.empty(at.size)
        plain = self.poisson[at]
        tail[plain] = special.gammainc(after[plain], self.mean[at][plain])
        wide = ~plain
        here = at[wide]
        tail[wide] = special.betainc(after[wide], self.size[here], 1 - 1 / self.phi[here])
        return np.where(k < 0, 1.0, tail)


def _first_at_most(alpha: float, guess: Floats, law: _Law) -> Floats:
    """The smallest k >= 0 whose tail is at most alpha: bracketed from the guess, then halved."""
    everyone = np.arange(guess.size)
    inside = law.above(guess, everyone) <= alpha
    low, high = np.where(inside, -1.0, guess), np.where(inside, guess, np.inf)
    step, active = 1.0, everyone
    while active.size:
        down = inside[active]
        k = np.maximum(np.where(down, guess[active] - step, guess[active] + step), -1.0)
        small = law.above(k, active) <= alpha
        high[active] = np.where(small, np.minimum(high[active], k), high[active])
        low[active] = np.where(small, low[active], np.maximum(low[active], k))
        active = active[small == down]
        step *= 2
    active = np.flatnonzero(high - low > 1)
    while active.size:
        middle = np.floor((high[active] + low[active]) / 2)
        small = law.above(middle, active) <= alpha
        high[active] = np.where(small, middle, high[active])
        low[active] = np.where(small, low[active], middle)
        active = active[(high - low)[active] > 1]
    return high

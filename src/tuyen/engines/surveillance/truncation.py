"""Nowcasts of the literature: delays truncated by the present day (Lawless; Bayesian thinning)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tuyen.engines.surveillance.triangle import ages
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]


class Nowcast(NamedTuple):
    """What m reference periods of a series will have come to when all is reported."""

    reported: Floats  # (m,) known so far
    share: Floats  # (m,) of the final count, estimated to be known so far
    mean: Floats  # (m,); NaN where nothing can be said
    quantiles: Floats  # (m, k) never below what is reported


def reverse_hazards(counts: Floats) -> tuple[Floats, Floats]:
    """Cases (d + 1,) of exactly a delay, and of at most that delay, in periods that could see it.

    Their ratio is the probability of that delay among those no longer: it needs no future.
    """
    known = ~np.isnan(counts)
    exactly = np.where(known, counts, 0.0)
    upto = np.where(known, np.cumsum(exactly, axis=1), 0.0)
    return exactly.sum(axis=0), upto.sum(axis=0)


def lawless(counts: Floats, levels: Floats, *, as_in_r: bool = False) -> Nowcast:
    """Scale up what is reported by the share of delays that could have ended by now.

    The final count N of a period with n known has mean n / F and, given F, the binomial variance
    n (1 - F) / F^2; its normal distribution is cut off below n. F comes from reverse hazards.

    Parameters
    ----------
    counts : (m, d + 1) float64
        A reporting triangle; NaN where a report would lie in the future.
    as_in_r : bool
        Give the quantiles of R's *surveillance*, which rescales the levels by the mass above n
        without skipping the mass below it: its quantiles are too low where that mass is large.

    Notes
    -----
    Where every report seen came with the shortest delay that could be seen, F is 0 and there is no
    answer. Source: Lawless, Can J Stat 1994; 22: 15-31.
    """
    reported = np.nansum(counts, axis=1)
    exactly, upto = reverse_hazards(counts)
    share = _share(np.divide(exactly, upto, out=np.zeros_like(upto), where=upto > 0))[
        ages(len(counts), counts.shape[1] - 1)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(reported == 0, 0.0, reported / share)
        sd = np.sqrt(reported * (1 - share)) / share
        mean[~np.isfinite(mean)] = np.nan
        below = np.where(sd > 0, special.ndtr((reported - mean) / sd), 0.0)[:, None]
        at = levels * (1 - below) if as_in_r else below + levels * (1 - below)
        shift = np.where(sd[:, None] > 0, sd[:, None] * special.ndtri(at), 0.0)
    quantiles = np.maximum(np.ceil(mean[:, None] + shift - 1e-9), reported[:, None])
    quantiles[np.isnan(mean)] = np.nan
    return Nowcast(reported, share, mean, quantiles)


def bayes(
    counts: Floats,
    levels: Floats,
    rng: np.random.Generator,
    *,
    truncated: bool = True,
    prior: tuple[float, float] = (50.0, 3000.0),
    draws: int = 4_000,
) -> Nowcast:
    """Draw the final counts from their posterior, the delays being uncertain too.

    A period's rate is gamma with the ``prior`` mean and variance; what is known of it is a Poisson
    count thinned by the share F of delays that have ended. F is drawn from a generalised Dirichlet
    posterior on reverse hazards; ``truncated=False`` takes all delays seen so far as a plain sample
    (Dirichlet), which calls recent delays too short: it is there to be compared with.

    Source: Höhle and an der Heiden, Biometrics 2014; 70: 993-1002.
    """
    mean, variance = prior
    if not (mean > 0 and variance > 0 and draws > 0):
        raise BadInput(what="prior mean, prior variance and draws must be above 0")
    delays = counts.shape[1]
    reported, small = np.nansum(counts, axis=1), 1 / delays
    exactly, upto = reverse_hazards(counts)
    if truncated:
        hazard = np.ones((draws, delays))
        rest = upto - exactly
        for d in range(1, delays):
            hazard[:, d] = rng.beta(exactly[d] + small, rest[d] + d * small, draws)
        share = _share(hazard)
    else:
        share = np.cumsum(rng.dirichlet(np.nansum(counts, axis=0) + small, draws), axis=1)
    share = np.clip(share, 0, 1)[:, ages(len(counts), delays - 1)]  # (draws, m)
    shape, rate = mean**2 / variance, mean / variance
    level = rng.gamma(shape + reported, 1 / (rate + share))
    final = reported + rng.poisson(level * (1 - share))
    quantiles = np.quantile(final, levels, axis=0, method="inverted_cdf").T
    return Nowcast(reported, share.mean(axis=0), final.mean(axis=0), quantiles)


def _share(hazard: Floats) -> Floats:
    """Shares (..., d + 1) reported by each delay, from reverse hazards on the last axis."""
    later = np.cumprod(1 - hazard[..., :0:-1], axis=-1)[..., ::-1]
    return np.concatenate([later, np.ones((*hazard.shape[:-1], 1))], axis=-1)

"""The compiled arithmetic of Farrington's detector: one pass per series, rows in flat loops.

Imported only when a batch is scanned, because the first use compiles. The rows of a series come
sorted by level, so that the design matrix (one column per level, one for time) is an arrow: a fit
costs a few passes over the rows and one scalar equation for the trend.
"""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.compiling import FAST, compiled, exp

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TINY = 2.220446049250313e-16  # R's floor of a mean
_LOG_TINY = -36.04365338911715
_ALONE = 1e-9  # a leverage this near to 1 is that of a point alone in its level
_FLAT = 1e-9  # a change over the baseline that is rounding, not a trend
_LONGEST = 2.0
_STEEPEST = 30.0  # a trend of more than e^30 over the baseline has no finite estimate

# What the kernel says of a series; the caller turns it into a reason.
FITTED, FEW_POINTS, NOT_CONVERGED, ALL_ZERO = 0, 1, 2, 3


@compiled(fastmath=FAST, forceinline=True)
def _level_sums(
    start: Ints,
    levels: int,
    w: Floats,
    wz: Floats,
    t: Floats,
    trend: bool,
    total: Floats,
    moment: Floats,
    product: Floats,
) -> tuple[float, float]:
    """Per level: sum of weights, of weight times time, of weight times response; and over all."""
    squares, cross = 0.0, 0.0
    for level in range(levels):
        s, sz = 0.0, 0.0
        for i in range(start[level], start[level + 1]):
            s += w[i]
            sz += wz[i]
        total[level] = s
        product[level] = sz
        moment[level] = 0.0
        if trend:
            st = 0.0
            for i in range(start[level], start[level + 1]):
                wt = w[i] * t[i]
                st += wt
                squares += wt * t[i]
                cross += wz[i] * t[i]
            moment[level] = st / s
    return squares, cross


@compiled(fastmath=FAST)
def _as_r_stops(
    n: int,
    start: Ints,
    levels: int,
    y: Floats,
    ln_y: Floats,
    ln_start: Floats,
    t: Floats,
    off: Floats,
    om: Floats,
    trend: bool,
    work: Floats,
    arrow: Floats,
) -> tuple[bool, float, float]:
    """Reweighted least squares with R's start, tolerance and limit: converged, slope, its precision.

    Leaves the mean in work[0], the linear predictor in work[1] and the weights of the last step (not
    of the final mean, as R does) in work[2]; arrow holds total, moment and intercept per level.
    """
    mu, eta, last, w, wz, intercept_of = work[0], work[1], work[2], work[3], work[4], work[5]
    total, moment, intercept, product = arrow[0], arrow[1], arrow[2], arrow[3]
    for i in range(n):
        w[i] = om[i] * (y[i] + 0.1)
        wz[i] = w[i] * (ln_start[i] - off[i]) - om[i] * 0.1
    old, slope, precision, done = np.inf, 0.0, 1.0, False
    for _ in range(25):
        squares, cross = _level_sums(start, levels, w, wz, t, trend, total, moment, product)
        if trend:
            precision, right = squares, cross
            for level in range(levels):
                precision -= total[level] * moment[level] * moment[level]
                right -= product[level] * moment[level]
            slope = right / precision
        for level in range(levels):
            intercept[level] = product[level] / total[level] - slope * moment[level]
            for i in range(start[level], start[level + 1]):
                intercept_of[i] = intercept[level]
        deviance = 0.0
        for i in range(n):
            last[i] = w[i]
            line = intercept_of[i] + slope * t[i]
            e = line + off[i]
            m = max(exp(e), _TINY)
            eta[i] = e
            mu[i] = m
            rest = om[i] * (y[i] - m)
            deviance += om[i] * y[i] * (ln_y[i] - max(e, _LOG_TINY)) - rest
            w[i] = om[i] * m
            wz[i] = om[i] * m * line + rest
        deviance *= 2.0
        if not np.isfinite(deviance) or not precision > 0:
            return False, slope, precision
        if abs(deviance - old) / (abs(deviance) + 0.1) < 1e-8:
            done = True
            break
        old = deviance
    return done, slope, precision


@compiled(fastmath=FAST)
def _to_the_end(
    n: int,
    start: Ints,
    levels: int,
    y: Floats,
    t: Floats,
    off: Floats,
    people: bool,
    om: Floats,
    trend: bool,
    first: float,
    span: float,
    again: bool,
    work: Floats,
    arrow: Floats,
) -> tuple[bool, float, float]:
    """The fit itself: level means in closed form, and Newton's method for the trend alone.

    The maximum over the levels is known for every slope, so that one scalar equation is left.
    Leaves what :func:`_as_r_stops` leaves, with the weights of the final mean.
    """
    mu, eta, last, growth = work[0], work[1], work[2], work[3]
    bare, scale_of = work[4], work[5]
    total, moment, intercept, cases = arrow[0], arrow[1], arrow[2], arrow[3]
    cross = 0.0
    for level in range(levels):
        s = 0.0
        for i in range(start[level], start[level + 1]):
            s += om[i] * y[i]
        cases[level] = s
    slope, precision, done = first, 1.0, not trend
    if trend:
        for i in range(n):
            cross += om[i] * y[i] * t[i]
    for step in range(60):
        if slope == 0.0 and not people:
            for i in range(n):
                bare[i] = 1.0
                growth[i] = om[i]
        elif step == 0 and again:  # the same slope as the fit before ended with
            for i in range(n):
                growth[i] = om[i] * bare[i]
        else:
            for i in range(n):
                bare[i] = exp(slope * t[i] + off[i])
                growth[i] = om[i] * bare[i]
        score, precision = cross, 0.0
        for level in range(levels):
            s = 0.0
            for i in range(start[level], start[level + 1]):
                s += growth[i]
            total[level] = s
            moment[level] = 0.0
            if trend:
                st, stt = 0.0, 0.0
                for i in range(start[level], start[level + 1]):
                    gt = growth[i] * t[i]
                    st += gt
                    stt += gt * t[i]
                centre = st / s
                moment[level] = centre
                score -= cases[level] * centre
                precision += cases[level] * (stt / s - centre * centre)
        if done:
            break
        move = score / precision
        if abs(move) * span > _LONGEST:  # far from the answer Newton's step may overshoot
            move = _LONGEST / span if move > 0 else -_LONGEST / span
        slope += move
        if not precision > 0 or not abs(slope) * span < _STEEPEST:
            return False, slope, precision
        # One pass more, for the sums at the final slope: the error left is the square of this.
        done = abs(move) * span < 1e-5
        if step == 58 and not done:
            return False, slope, precision
    for level in range(levels):
        scale = cases[level] / total[level]
        intercept[level] = np.log(scale)
        for i in range(start[level], start[level + 1]):
            scale_of[i] = scale
            eta[i] = intercept[level]
        total[level] = cases[level]
    for i in range(n):
        last[i] = growth[i] * scale_of[i]
        mu[i] = bare[i] * scale_of[i]
        eta[i] += slope * t[i] + off[i]
    return True, slope, precision if trend else 1.0


@compiled(fastmath=FAST, forceinline=True)
def _dispersion(n: int, y: Floats, mu: Floats, w: Floats, freedom: int) -> float:
    """Pearson's: squared working residuals by their weights."""
    total = 0.0
    for i in range(n):
        r = (y[i] - mu[i]) / mu[i]
        total += w[i] * r * r
    return total / freedom


@compiled(fastmath=FAST)
def _weigh_down(
    n: int,
    start: Ints,
    levels: int,
    cube: Floats,
    t: Floats,
    trend: bool,
    phi: float,
    precision: float,
    threshold: float,
    work: Floats,
    arrow: Floats,
    om: Floats,
) -> None:
    """Weights from Anscombe's residuals; they sum to n. Only counts above the mean lose weight."""
    mu, eta, w = work[0], work[1], work[2]
    total, moment = arrow[0], arrow[1]
    lean, base = work[3], work[5]  # work[4] holds what a second fit starts from
    for level in range(levels):
        inverse = 1.0 / total[level]
        for i in range(start[level], start[level + 1]):
            base[i] = inverse
            lean[i] = moment[level]
    slant = 1.0 / precision if trend else 0.0
    limit = threshold * threshold
    mass = 0.0
    for i in range(n):
        away = t[i] - lean[i]
        hat = w[i] * (base[i] + away * away * slant)
        root = 1.5 * (cube[i] * exp(max(eta[i], _LOG_TINY) * (-1.0 / 6.0)) - np.sqrt(mu[i]))
        above = max(root, 0.0)
        square, room = above * above, phi * (1.0 - hat)
        # The only count of its level is met exactly: what is left over is rounding.
        outlying = square > limit * room and 1.0 - hat > _ALONE
        om[i] = room / square if outlying else 1.0
        mass += om[i]
    scale = n / mass
    for i in range(n):
        om[i] *= scale


@compiled(fastmath=FAST)
def _model(
    n: int,
    start: Ints,
    levels: int,
    y: Floats,
    full: Floats,
    ln_y: Floats,
    ln_start: Floats,
    cube: Floats,
    t: Floats,
    off: Floats,
    people: bool,
    span: float,
    trend: bool,
    exact: bool,
    reweight: bool,
    threshold: float,
    om: Floats,
    work: Floats,
    arrow: Floats,
) -> tuple[bool, float, float, float, float]:
    """Fit, weigh down, fit again: (converged, slope, precision, phi, dispersion of the errors)."""
    freedom = n - levels - (1 if trend else 0)
    slope, precision, raw, before, phi = 0.0, 1.0, 1.0, 1.0, 1.0
    for i in range(n):
        om[i] = 1.0
    for turn in range(2 if reweight else 1):
        if turn == 1:
            _weigh_down(
                n, start, levels, cube, t, trend, phi, precision, threshold, work, arrow, om
            )
        if exact:
            done, slope, precision = _to_the_end(
                n,
                start,
                levels,
                full,
                t,
                off,
                people,
                om,
                trend,
                slope,
                span,
                turn == 1,
                work,
                arrow,
            )
        else:
            done, slope, precision = _as_r_stops(
                n, start, levels, y, ln_y, ln_start, t, off, om, trend, work, arrow
            )
        if not done:
            return False, slope, precision, phi, raw
        raw = _dispersion(n, y, work[0], work[2], freedom)
        phi = max(raw, 1.0)
        if turn == 0:
            before = raw
    errors = raw
    if exact:
        errors = before  # weighing down takes the largest residuals away: it would understate this
    elif reweight:
        errors = _dispersion(n, y, work[0], om, freedom)  # R's slip: the outlier weights alone
    return True, slope, precision, phi, errors


@compiled(forceinline=True)
def _look_up(
    n: int, y: Floats, logs: Floats, exact: bool, ln_y: Floats, ln_start: Floats, cube: Floats
) -> None:
    """ln y, ln(y + 0.1) and y^(2/3): from the table where the count is small."""
    known = logs.shape[1]
    for i in range(n):
        value = y[i]
        if value < known:
            j = int(value)
            cube[i] = logs[2, j]
            if not exact:
                ln_y[i], ln_start[i] = logs[0, j], logs[1, j]
        else:
            cube[i] = value ** (2.0 / 3.0)
            ln_y[i], ln_start[i] = np.log(value), np.log(value + 0.1)


@compiled()
def _gather(one: int, counts: Floats, log_people: Floats, rows: Ints, level_start: Ints,
            time: Floats, logs: Floats, exact: bool, store: Floats, start: Ints) -> tuple[int, int, float, float]:  # fmt: skip
    """Fill the columns of one series, without its missing counts and the levels that have none.

    Returns counts, levels (0: none is left in the last level), the highest count and their sum.
    """
    y, full, ln_y, ln_start = store[0], store[1], store[2], store[3]
    cube, t, off = store[4], store[5], store[6]
    levels, with_people = level_start.size - 1, log_people.shape[0] > 0
    n, used, here, highest, cases = 0, 0, 0, 0.0, 0.0
    for level in range(levels):
        start[used] = n
        sum_here = 0.0
        for i in range(level_start[level], level_start[level + 1]):
            value = counts[one, rows[i]]
            if np.isnan(value):
                continue
            y[n], t[n] = value, time[i]
            off[n] = log_people[one, rows[i]] if with_people else 0.0
            sum_here += value
            highest = max(highest, value)
            n += 1
        here = n - start[used]
        if here > 0:
            fill = 0.5 / here if sum_here == 0.0 else 0.0
            for i in range(start[used], n):
                full[i] = y[i] + fill
            used += 1
        cases += sum_here
    start[used] = n
    _look_up(n, y, logs, exact, ln_y, ln_start, cube)
    return n, used if here > 0 else 0, highest, cases


@compiled()
def fit_batch(
    counts: Floats,
    log_people: Floats,
    rows: Ints,
    level_start: Ints,
    time: Floats,
    now: float,
    now_row: int,
    chosen: Ints,
    trend: bool,
    reweight: bool,
    exact: bool,
    threshold: float,
    critical: Floats,
    logs: Floats,
    codes: Ints,
    slopes: Floats,
    kept: NDArray[np.bool_],
    etas: Floats,
    spreads: Floats,
    phis: Floats,
) -> None:
    """Fit the chosen series at one point and write code, slope, trend kept, predictor, its error, phi.

    ``counts`` (n, m) and ``log_people`` (n, m), or (0, 0) without an offset; ``rows`` (k,) sorted by
    level, of which level l has level_start[l] ... level_start[l + 1] - 1; ``time`` (k,) and ``now``
    centred; ``critical`` (k + 1,) of Student's t by degrees of freedom; ``logs`` (3, s): ln y,
    ln(y + 0.1) and y^(2/3) of small counts.
    """
    k, levels = rows.size, level_start.size - 1
    store = np.empty((7, k))
    y, full, ln_y, ln_start = store[0], store[1], store[2], store[3]
    cube, t, off = store[4], store[5], store[6]
    om, work, arrow = np.empty(k), np.empty((6, k)), np.empty((4, levels))
    start = np.empty(levels + 1, np.int64)
    with_people = log_people.shape[0] > 0
    for place in range(chosen.size):
        one = chosen[place]
        n, used, highest, cases = _gather(
            one, counts, log_people, rows, level_start, time, logs, exact, store, start
        )
        if used == 0 or n <= used:
            codes[place] = FEW_POINTS
            continue
        span = 0.0
        for i in range(n):
            span = max(span, abs(t[i]))
        last = used - 1
        off_now = log_people[one, now_row] if with_people else 0.0
        found = False
        for turn in range(2):
            rising = turn == 0  # first with a trend, then without it
            if found or (rising and not (trend and n > used + 1)):
                continue
            done, slope, precision, phi, errors = _model(
                n, start, used, y, full, ln_y, ln_start, cube, t, off, with_people, span, rising,
                exact, reweight, threshold, om, work, arrow,
            )  # fmt: skip
            if not done:
                continue
            away = now - arrow[1, last] if rising else 0.0
            eta = arrow[2, last] + slope * now + off_now
            found = bool(np.isfinite(eta + phi + errors))
            if found and rising:
                significant = abs(slope) > critical[n - used - 1] * np.sqrt(errors / precision)
                if exact:
                    significant = significant and abs(slope) * span > _FLAT
                found = significant and eta < 700.0 and np.exp(eta) <= highest
            if found:
                codes[place], kept[place] = FITTED, rising
                slopes[place] = slope if rising else np.nan
                variance = 1.0 / arrow[0, last] + away * away / precision
                etas[place], spreads[place], phis[place] = eta, np.sqrt(errors * variance), phi
        if not found:
            codes[place] = ALL_ZERO if cases == 0.0 else NOT_CONVERGED

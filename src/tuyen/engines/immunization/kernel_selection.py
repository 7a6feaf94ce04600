"""Compiled choice of series: the twin of :mod:`reference_selection`, chapters 5 and 8."""

from tuyen.engines.immunization.flat_pack import FIRST, LAST
from tuyen.engines.immunization.kernel_forecast import satisfied
from tuyen.engines.immunization.kernel_parts import (
    COMPLETE,
    CONTRAINDICATED,
    NO_DAY,
    NOT_COMPLETE,
    VALID,
    after,
    age_or,
    compiled,
)
from tuyen.engines.immunization.layout import MOST_DOSES, A, B, D, Ints, N, S, X

STANDARD, RISK, EVALUATION = 0, 1, 2


@compiled
def relevant(t: Ints, x: Ints, s: int) -> bool:
    """Tables 5-4 and 5-5."""
    genders = t[t[S.genders] + s]
    if genders and not (genders >> x[X.gender]) & 1:
        return False
    if t[t[S.kind] + s] != RISK:
        return True
    for one in range(t[t[S.indications] + s], t[t[S.indications] + s + 1]):
        if x[x[X.observed] + t[t[S.ind_code] + one]]:
            first = age_or(x, t[t[S.ind_begin] + one], FIRST)
            if first <= x[X.on] < age_or(x, t[t[S.ind_end] + one], LAST):
                return True
    return False


@compiled
def choose_best(t: Ints, x: Ints, antigen: int) -> None:
    """Table 8-14: marks the best series of an antigen in ``x.best``."""
    begin, end = t[t[B.series] + antigen], t[t[B.series] + antigen + 1]
    groups = 0
    for s in range(begin, end):
        x[x[X.best] + s] = 0
        if x[x[X.relevant] + s]:
            groups |= 1 << t[t[S.group] + s]
    first = groups
    for s in range(begin, end):  # each series group once
        group = t[t[S.group] + s]
        if x[x[X.relevant] + s] and (first >> group) & 1:
            first &= ~(1 << group)
            chosen = prioritized(t, x, begin, end, group)
            if chosen >= 0:
                x[x[X.best] + chosen] = 2
    for s in range(begin, end):
        if x[x[X.best] + s] and stands(t, x, begin, end, s):
            x[x[X.best] + s] = 1
    for s in range(begin, end):
        if x[x[X.best] + s] == 2:
            x[x[X.best] + s] = 0


@compiled
def stands(t: Ints, x: Ints, begin: int, end: int, s: int) -> bool:
    if x[x[X.forecast] + s] == COMPLETE:
        return True
    if t[t[S.kind] + s] == EVALUATION:
        return False
    for rival in range(begin, end):
        if (
            rival != s
            and x[x[X.best] + rival]
            and (t[t[S.equivalent] + s] >> t[t[S.group] + rival]) & 1
        ):
            if x[x[X.forecast] + rival] == COMPLETE:
                return False
            if t[t[S.kind] + s] != RISK and t[t[S.kind] + rival] == RISK:
                return False
    return True


@compiled
def in_process(t: Ints, x: Ints, s: int) -> bool:
    return x[x[X.forecast] + s] == NOT_COMPLETE and satisfied(t, x, s) > 0


@compiled
def prioritized(t: Ints, x: Ints, begin: int, end: int, group: int) -> int:
    """Sections 8.1 to 8.7 for one series group; -1: there is none."""
    default, scorable, complete, started, untouched = -1, 0, 0, 0, True
    for s in range(begin, end):
        if not (x[x[X.relevant] + s] and t[t[S.group] + s] == group and t[t[S.default] + s]):
            continue
        if default < 0 or t[t[S.preference] + s] < t[t[S.preference] + default]:
            default = s
    mark_scorable(t, x, begin, end, group, default < 0)
    only, only_complete, only_started = -1, -1, -1
    for s in range(begin, end):
        if x[x[X.scored] + s]:
            scorable, only = scorable + 1, s
            untouched = untouched and satisfied(t, x, s) == 0
            if x[x[X.forecast] + s] == COMPLETE:
                complete, only_complete = complete + 1, s
            if in_process(t, x, s):
                started, only_started = started + 1, s
    if scorable == 0:  # table 8-3
        return default
    if scorable == 1:
        return only
    if complete == 1:
        return only_complete
    if complete == 0 and started == 1:
        return only_started
    if complete == 0 and started == 0 and default >= 0:
        return default
    for s in range(begin, end):  # table 8-5
        x[x[X.points] + s] = 0
        if (complete and x[x[X.forecast] + s] != COMPLETE) or (
            not complete and started and not in_process(t, x, s)
        ):
            x[x[X.scored] + s] = 0
    if complete:
        share_most_valid(t, x, begin, end, 1)
    elif started:
        score_in_process(t, x, begin, end)
    elif untouched:
        score_no_valid(t, x, begin, end)
    return highest(t, x, begin, end)


@compiled
def mark_scorable(t: Ints, x: Ints, begin: int, end: int, group: int, no_default: bool) -> None:
    """SELECTB-24 and SELECTSCORE-2, into ``x.scored``."""
    all_forbidden, untouched, top = True, True, 10**9
    for s in range(begin, end):
        x[x[X.scored] + s] = 0
        if x[x[X.relevant] + s] and t[t[S.group] + s] == group:
            all_forbidden = all_forbidden and x[x[X.forecast] + s] == CONTRAINDICATED
            untouched = untouched and satisfied(t, x, s) == 0
            top = min(top, t[t[S.priority] + s])
    for s in range(begin, end):
        if not x[x[X.relevant] + s] or t[t[S.group] + s] != group:
            continue
        if x[x[X.forecast] + s] == CONTRAINDICATED and not all_forbidden:
            continue
        kind = t[t[S.kind] + s]
        if kind == RISK:
            fits = t[t[S.priority] + s] <= top
        elif kind == STANDARD:
            fits = started_in_time(t, x, s) or (untouched and no_default)
        else:
            fits = x[x[X.forecast] + s] == COMPLETE
        x[x[X.scored] + s] = 1 if fits else 0


@compiled
def started_in_time(t: Ints, x: Ints, s: int) -> bool:
    for i in range(x[X.held]):
        if x[x[X.status] + s * MOST_DOSES + i] == VALID:
            return x[x[X.date] + i] < age_or(x, t[t[S.maximum_start] + s], LAST)
    return False


@compiled
def highest(t: Ints, x: Ints, begin: int, end: int) -> int:
    """SELECTBEST-1 and 2."""
    answer = -1
    for s in range(begin, end):
        if not x[x[X.scored] + s]:
            continue
        if answer < 0:
            answer = s
            continue
        ahead = x[x[X.points] + s] - x[x[X.points] + answer]
        preferred = t[t[S.preference] + s] < t[t[S.preference] + answer]
        if ahead > 0 or (ahead == 0 and preferred):
            answer = s
    return answer


@compiled
def share(x: Ints, begin: int, end: int, least: int, alone: int, tied: int) -> None:
    """Points to the scored series with a mark of ``least``, taken from the others."""
    holders = 0
    for s in range(begin, end):
        if x[x[X.scored] + s] and x[x[X.mark] + s] == least:
            holders += 1
    gained = alone if holders == 1 else tied
    for s in range(begin, end):
        if x[x[X.scored] + s]:
            x[x[X.points] + s] += gained if x[x[X.mark] + s] == least else -alone


@compiled
def share_least(x: Ints, begin: int, end: int, alone: int, tied: int) -> None:
    """Points to those with the least mark."""
    least = 10**12
    for s in range(begin, end):
        if x[x[X.scored] + s]:
            least = min(least, x[x[X.mark] + s])
    share(x, begin, end, least, alone, tied)


@compiled
def share_most_valid(t: Ints, x: Ints, begin: int, end: int, alone: int) -> None:
    """SELECTB-19."""
    for s in range(begin, end):
        x[x[X.mark] + s] = -satisfied(t, x, s)
    share_least(x, begin, end, alone, 0)


@compiled
def score_in_process(t: Ints, x: Ints, begin: int, end: int) -> None:
    """Table 8-9."""
    for s in range(begin, end):
        all_valid = t[t[S.product] + s] == 1
        for i in range(x[X.held]):
            all_valid = all_valid and x[x[X.status] + s * MOST_DOSES + i] <= VALID
        x[x[X.mark] + s] = 1 if all_valid else 0
    share(x, begin, end, 1, 2, 2)
    share_completable(t, x, begin, end, 3)
    share_most_valid(t, x, begin, end, 2)
    for s in range(begin, end):
        x[x[X.mark] + s] = t[t[S.doses] + s + 1] - x[x[X.at] + s]
    share_least(x, begin, end, 2, 0)
    soonest = 10**9
    for s in range(begin, end):
        x[x[X.mark] + s] = 10**10
        if x[x[X.scored] + s] and completable(t, x, s):
            x[x[X.mark] + s] = finish(t, x, s)
            soonest = min(soonest, x[x[X.mark] + s])
    share(x, begin, end, soonest, 1, 0)


@compiled
def share_completable(t: Ints, x: Ints, begin: int, end: int, points: int) -> None:
    for s in range(begin, end):
        x[x[X.mark] + s] = 1 if x[x[X.scored] + s] and completable(t, x, s) else 0
    share(x, begin, end, 1, points, points)


@compiled
def score_no_valid(t: Ints, x: Ints, begin: int, end: int) -> None:
    """Table 8-11."""
    soonest = 10**9
    for s in range(begin, end):
        x[x[X.mark] + s] = 10**10
        if (
            x[x[X.scored] + s]
            and x[x[X.forecast] + s] == NOT_COMPLETE
            and x[x[X.earliest] + s] != NO_DAY
        ):
            x[x[X.mark] + s] = x[x[X.earliest] + s]
            soonest = min(soonest, x[x[X.earliest] + s])
    share(x, begin, end, soonest, 1, 0)
    share_completable(t, x, begin, end, 1)
    for s in range(begin, end):
        x[x[X.mark] + s] = 1 - t[t[S.product] + s]
    share(x, begin, end, 1, 1, 1)


@compiled
def finish(t: Ints, x: Ints, s: int) -> int:
    """SELECTB-12."""
    if x[x[X.forecast] + s] != NOT_COMPLETE or x[x[X.earliest] + s] == NO_DAY:
        return LAST
    answer = x[x[X.earliest] + s]
    for dose in range(x[x[X.at] + s] + 1, t[t[S.doses] + s + 1]):
        for row in range(t[t[D.intervals] + dose], t[t[D.intervals] + dose + 1]):
            held = t[t[N.since] + row] <= x[X.on] <= t[t[N.until] + row]
            if held and t[t[N.minimum] + row] >= 0:
                answer = max(answer, after(t, x[x[X.earliest] + s], t[t[N.minimum] + row]))
    return answer


@compiled
def completable(t: Ints, x: Ints, s: int) -> bool:
    """SELECTB-3."""
    dose, least = t[t[S.doses] + s + 1] - 1, LAST
    for row in range(t[t[D.ages] + dose], t[t[D.ages] + dose + 1]):
        held = t[t[A.since] + row] <= x[X.on] <= t[t[A.until] + row]
        if held and t[t[A.maximum] + row] >= 0:
            least = min(least, x[x[X.age] + t[t[A.maximum] + row]])
    return finish(t, x, s) < least

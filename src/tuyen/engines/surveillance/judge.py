"""Every legal threshold at once, for all communes and diseases of one day."""

from typing import NamedTuple

import numpy as np

from tuyen.engines.surveillance import law
from tuyen.engines.surveillance.law import Bools, Floats, Limits, Verdict


class Cells(NamedTuple):
    """n cells (a commune and a disease) on one day; k years of history, last year first."""

    group_a: Bools  # (n,) group A; False: B or C
    endemic: Bools  # (n,) judged by its own history, not by linked cases
    in_epidemic: Bools  # (n,) an epidemic has been notified and not ended
    confirmed: Floats  # (n,) confirmed cases of the week to date
    week: Floats  # (n,) cases of the week to date
    week_linked: Floats  # (n,) of these, epidemiologically linked
    week_history: Floats  # (n, k) same calendar week
    month: Floats  # (n,) cases of the month to date
    month_linked: Floats  # (n,)
    month_history: Floats  # (n, k) same calendar month
    epidemic_year: Bools  # (n, k) left out of both histories
    whole_month: Floats  # (n,) cumulative cases of one whole month, for the end of an epidemic
    whole_month_linked: Floats  # (n,)
    whole_month_history: Floats  # (n, k) same calendar month as whole_month


def judge(cells: Cells, limits: Limits) -> dict[str, Verdict]:
    """The six rules by code ("AL-A" ... "END-B"), each over all n cells.

    A rule that is not for a cell's disease is not raised there, with reason NOT_APPLICABLE.
    O(n·k). See :mod:`tuyen.engines.surveillance.law` for each rule and its source.
    """
    by_history = ~cells.group_a & cells.endemic
    by_links = ~cells.group_a & ~cells.endemic
    years = cells.epidemic_year
    whole = law.ep_b1(
        cells.whole_month,
        cells.whole_month_history,
        limits,
        epidemic=years,
        linked=cells.whole_month_linked,
    )
    whole = _choose(cells.endemic, whole, law.ep_b2(cells.whole_month_linked, limits))
    verdicts = (
        law.only(law.al_a(cells.confirmed), cells.group_a),
        law.only(
            law.al_b1(
                cells.week, cells.week_history, limits, epidemic=years, linked=cells.week_linked
            ),
            by_history,
        ),
        law.only(law.al_b2(cells.week_linked, limits), by_links),
        law.only(
            law.ep_b1(
                cells.month, cells.month_history, limits, epidemic=years, linked=cells.month_linked
            ),
            by_history,
        ),
        law.only(law.ep_b2(cells.month_linked, limits), by_links),
        law.only(law.end_b(cells.in_epidemic, whole), ~cells.group_a),
    )
    return {verdict.code: verdict for verdict in verdicts}


def _choose(where: Bools, one: Verdict, other: Verdict) -> Verdict:
    """``one`` where True, else ``other``, field by field."""
    fields = {
        name: np.where(where, getattr(one, name), getattr(other, name))
        for name in Verdict._fields[1:]
    }
    return one._replace(**fields)

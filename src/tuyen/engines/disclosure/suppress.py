"""Suppress what must not be told, and enough beside it that nobody can compute it back."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from tuyen.engines.disclosure.heuristic import heuristic
from tuyen.engines.disclosure.ledger import MARK, UNBOUNDED, Ledger
from tuyen.engines.disclosure.optimal import LARGEST, LIGHT, TooLarge, optimal
from tuyen.engines.disclosure.primary import Rule, sensitive
from tuyen.engines.disclosure.system import System, build
from tuyen.engines.disclosure.tables import Flags, Ints, Label, Table
from tuyen.kernel.refusal import BadInput

Method = Literal["auto", "optimal", "heuristic"]


class Suppressed(NamedTuple):
    """One release, as it may be printed. Rows follow ``table.labels``."""

    release: str
    table: Table
    printed: Ints  # (m,) the number, or MARK
    primary: Flags  # (m,) suppressed for its own sake
    secondary: Flags  # (m,) suppressed to cover others
    exposed: tuple[tuple[str, Label], ...]  # (release, cell) that earlier releases gave away
    method: str  # "optimal" or "heuristic"
    ledger: Ledger  # everything printed so far, this release included

    @property
    def shown(self) -> Flags:
        return np.not_equal(self.printed, MARK)


def suppress(
    ledger: Ledger,
    release: str,
    table: Table,
    rule: Rule,
    *,
    population: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    watch: ArrayLike | sparse.csr_array | None = None,
    method: Method = "auto",
    seed: int = 0,
) -> Suppressed:
    """Choose what of ``table`` is printed, given all that ``ledger`` says was printed before.

    Parameters
    ----------
    population : (m,) int, optional
        People of whom each cell counts some, for "all but a few" and "everyone"; -1: not known.
        Readers are taken to know it too. Cells of fewer people than the width need to be in doubt
        only as far as their population goes.
    cost : (m,) float, optional
        What it costs to lose a cell, above 0. By default log2(2 + value): few cells, and small ones
        before totals.
    watch : (w, N) 0/1, optional
        Sets of pieces that must stay in doubt although no release shows them. The smallest groups
        that all releases together can tell apart, overlaps of old and new units among them, are
        watched without being named.
    seed
        Of the heuristic's order. The same arguments always give the same answer.

    Returns
    -------
    Suppressed
        ``exposed`` lists cells that no suppression in this release can keep in doubt, because
        what was printed before already tells them.
    """
    if method not in ("auto", "optimal", "heuristic"):
        raise BadInput(what=f"{method} is not a method; choose auto, optimal or heuristic.")
    now = ledger.counted(table)
    primary = sensitive(table.values, rule, population)
    price = np.log2(2.0 + table.values) if cost is None else np.asarray(cost, np.float64)
    if price.shape != table.values.shape or not (price > 0).all():
        raise BadInput(what="Costs must be above 0, one a cell.")
    people = None if population is None else np.asarray(population, np.int64)
    sets = None if watch is None else sparse.csr_array(watch).astype(np.int64)
    if sets is not None and sets.shape[1] != table.grid.size:
        raise BadInput(
            what=f"Watched sets of {sets.shape[1]} pieces; the grid has {table.grid.size}."
        )
    system = build(now, table, primary, price, rule, sets, people)
    used, chosen = method, None
    if method != "heuristic":
        try:
            limit = LARGEST if method == "optimal" else LIGHT
            used, chosen = "optimal", optimal(system, rule.least, limit)
        except TooLarge:
            if method == "optimal":
                raise BadInput(what="The table is too large for the exact method.") from None
    if chosen is None:
        used, chosen = "heuristic", heuristic(system, rule.least, seed)

    secondary = np.zeros(primary.size, bool)
    secondary[system.cells[chosen.suppressed]] = True
    hidden = primary | secondary
    printed = np.where(hidden, MARK, table.values)
    lower = np.where(hidden, rule.floor, table.values)
    most = np.full(hidden.size, UNBOUNDED)
    if people is not None:
        most = np.where(people < 0, UNBOUNDED, people)
    upper = np.where(hidden, most, table.values)
    return Suppressed(
        release,
        table,
        printed,
        primary,
        secondary,
        _names(now, release, table, system, chosen.exposed),
        used,
        now.said(release, table, printed, lower, upper),
    )


def _names(
    ledger: Ledger, release: str, table: Table, system: System, exposed: Flags
) -> tuple[tuple[str, Label], ...]:
    found: list[tuple[str, Label]] = []
    for row in np.flatnonzero(exposed).tolist():
        cell, past = int(system.cells[row]), int(system.past[row])
        if cell >= 0:
            found.append((release, table.labels[cell]))
        elif past >= 0:
            found.append(ledger.labels[past])
        else:
            found.append(("-", ("a group that the releases together tell apart",)))
    return tuple(dict.fromkeys(found))

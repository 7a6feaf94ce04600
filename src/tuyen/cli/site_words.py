"""Conflicts of rules in words: which rules, where, by how much, and what would do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_

if TYPE_CHECKING:
    from tuyen.engines.network.decision_problem import Conflict

RULES = {
    "mains-per-commune": N_("the number of main stations of a commune"),
    "pinned": N_("what is pinned"),
    "barred": N_("what is barred"),
    "capacity": N_("the people that a main station can serve"),
    "satellite-within": N_("the minutes from a satellite to its main station"),
    "max-minutes": N_("the longest way to a point of service"),
    "share-within-each": N_("the share of every commune within reach"),
    "share-within": N_("the share of all people within reach"),
    "budget": N_("the budget for refurbishment"),
    "budget-by-source": N_("an earmarked fund"),
    "running": N_("the yearly running cost"),
    "cost-at-most": N_("the yearly cost"),
    "disruption-at-most": N_("the posts that may be moved"),
    "satellites-at-most": N_("the number of satellites"),
    "closures-at-most": N_("the number of closures"),
    "staff": N_("the posts of a cadre"),
}
"""By the key of a rule; what follows a colon in a key is its fund, cadre or minutes."""
MOST = 5
"""Names that a sentence holds."""


def complaint(conflict: "Conflict | None", communes: Sequence[str], sites: Sequence[str]) -> str:
    """One sentence for a conflict, in the language of the terminal."""
    if conflict is None:
        return _("No plan was found that keeps all rules; give more with --time-limit.")
    words = []
    for key in dict.fromkeys(conflict.rules):
        place = conflict.rules.index(key)
        short, value = conflict.by_how_much[place], conflict.relaxation[place]
        head, _colon, which = key.partition(":")
        word = _(RULES.get(head, head)) + (f" ({which})" if which else "")
        if short is not None and value is not None:
            word += ": " + _("{short} short, {value} would do").format(
                short=f"{short:.6g}", value=f"{value:.6g}"
            )
        words.append(word)
    where = [communes[c] for c in conflict.communes[:MOST]]
    where += [sites[j] for j in conflict.sites[:MOST]]
    told = _("These rules cannot be kept together: {rules}.").format(rules="; ".join(words))
    return (", ".join(where) + ": " if where else "") + told

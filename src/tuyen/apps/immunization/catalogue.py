"""Vaccines and products as the register asks about them, and what to suggest for a word it does
not know."""

import difflib
from functools import cache

from tuyen.apps.immunization.refusals import UnknownProduct, UnknownVaccine
from tuyen.kernel.text import fold
from tuyen.rules.immunization import lists
from tuyen.rules.immunization.lists import Vaccine


def vaccine(said: str) -> Vaccine:
    """The vaccine of a code, in any case, or of a CVX code, with or without its leading zero.

    Raises
    ------
    UnknownVaccine
        With the three nearest, by code and name in every language.
    """
    known = _by_word()
    word = fold(said)
    found = known.get(word) or (known.get(word.zfill(2)) if word.isdigit() else None)
    if found is None:
        raise UnknownVaccine(value=said, suggestions=", ".join(nearest(said)) or "–")
    return found


def product(said: str, of: Vaccine) -> str:
    """The code of a product of a vaccine, by its code or trade name; empty when none is named."""
    if not said.strip():
        return ""
    word = fold(said)
    its = [one for one in lists.products().values() if one.vaccine == of.code]
    for one in its:
        if word in (fold(one.code), fold(one.trade_name)):
            return one.code
    raise UnknownProduct(
        value=said, vaccine=of.code, suggestions=", ".join(one.code for one in its) or "–"
    )


@cache
def antigens(code: str) -> frozenset[str]:
    """The antigens of a stored vaccine code, at whatever age; none for one that left the list."""
    found = lists.vaccines().get(code)
    return frozenset(held.antigen for held in found.antigens) if found else frozenset()


def nearest(said: str) -> list[str]:
    """At most three codes whose code or name is most like what was written."""
    words = {
        fold(name): one.code for one in lists.vaccines().values() for name in (one.code, *one.names)
    }
    word = fold(said)
    inside = [known for known in words if word and word in known]
    near = difflib.get_close_matches(word, words, n=6, cutoff=0.45)
    return list(dict.fromkeys(words[known] for known in [*inside, *near]))[:3]


@cache
def _by_word() -> dict[str, Vaccine]:
    known = {fold(one.cvx): one for one in lists.vaccines().values()}
    return known | {fold(one.code): one for one in lists.vaccines().values()}

"""Thalassaemia: who carries it, and what a couple's children may inherit.

Two loci, each inherited on its own: the beta chain (chromosome 11) with one allele from each parent,
and the alpha chain (chromosome 16) with one haplotype of two genes from each. The severe forms and
their names follow the Thalassaemia International Federation's guidelines (2021, chapters 1 and 10).
Carriers by red cells and haemoglobins are presumed only: a genotype decides.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Literal, NamedTuple

BETA = ("N", "b+", "b0", "E")
"""Alleles: normal, reduced, none, haemoglobin E."""
ALPHA = ("aa", "-a", "aT", "--")
"""Haplotypes: both genes, one deleted, one disabled (Constant Spring, Paksé), both deleted (SEA)."""

Form = Literal["hydrops", "beta-major", "beta-e", "beta-plus", "hbh-severe", "hbh", "e-e"]
SEVERE: frozenset[str] = frozenset({"hydrops", "beta-major", "beta-e", "beta-plus", "hbh-severe"})
"""Forms for which a couple is offered prenatal diagnosis; deletional HbH and EE disease are milder."""


class Genotype(NamedTuple):
    """Both loci; the order within a pair does not matter."""

    beta: tuple[str, str] = ("N", "N")
    alpha: tuple[str, str] = ("aa", "aa")


class Impossible(ValueError):
    """An allele that is not one of :data:`BETA` or :data:`ALPHA`."""


def genotype(beta: Collection[str], alpha: Collection[str]) -> Genotype:
    """A genotype from words, in one order; a locus left empty is taken as normal."""
    b, a = sorted(beta) or ["N", "N"], sorted(alpha) or ["aa", "aa"]
    if len(b) != 2 or len(a) != 2 or not set(b) <= set(BETA) or not set(a) <= set(ALPHA):
        raise Impossible(f"{'/'.join(b)} and {'/'.join(a)} are no pair of alleles")
    return Genotype((b[0], b[1]), (a[0], a[1]))


def forms(child: Genotype) -> frozenset[Form]:
    """Which diseases a genotype is; none for the healthy and for carriers."""
    found: set[Form] = set()
    beta, alpha = sorted(child.beta), sorted(child.alpha)
    thal = [allele for allele in beta if allele in ("b0", "b+")]
    if beta == ["E", "E"]:
        found.add("e-e")
    elif "E" in beta and thal:
        found.add("beta-e")
    elif len(thal) == 2:
        found.add("beta-plus" if beta == ["b+", "b+"] else "beta-major")
    if alpha == ["--", "--"]:
        found.add("hydrops")
    elif "--" in alpha and "aT" in alpha:
        found.add("hbh-severe")
    elif "--" in alpha and "-a" in alpha:
        found.add("hbh")
    return frozenset(found)


def carrier(of: Genotype) -> bool:
    """Whether a genotype hands on something that can become a disease."""
    return of.beta != ("N", "N") or of.alpha != ("aa", "aa")


class Risk(NamedTuple):
    """For one pregnancy: the chance of any severe form, and of each form by itself.

    ``least`` and ``most`` differ where a genotype is presumed: they are the chances for the best and
    the worst of what the parents may be.
    """

    least: Fraction
    most: Fraction
    of: Mapping[str, tuple[Fraction, Fraction]]

    @property
    def at_risk(self) -> bool:
        return self.most > 0


def children(one: Genotype, other: Genotype) -> dict[Genotype, Fraction]:
    """What children inherit, each with its chance.

    >>> children(Genotype(("N", "b0")), Genotype(("N", "b0")))[Genotype(("b0", "b0"))]
    Fraction(1, 4)
    """
    found: dict[Genotype, Fraction] = {}
    for b1, b2, a1, a2 in product(one.beta, other.beta, one.alpha, other.alpha):
        child = genotype((b1, b2), (a1, a2))
        found[child] = found.get(child, Fraction()) + Fraction(1, 16)
    return found


def risk(one: Iterable[Genotype], other: Iterable[Genotype]) -> Risk:
    """The chances of a couple, over everything that each of the two may be.

    Without any genotype of one of them (not tested) every chance is open: from 0 to 1.
    """
    pairs = list(product(list(one), list(other)))
    if not pairs:
        return Risk(Fraction(), Fraction(1), {})
    severe: list[Fraction] = []
    by_form: dict[str, list[Fraction]] = {}
    for n, (mother, father) in enumerate(pairs):
        born = children(mother, father)
        severe.append(sum((p for child, p in born.items() if forms(child) & SEVERE), Fraction()))
        for child, p in born.items():
            for form in forms(child):
                chances = by_form.setdefault(form, [Fraction()] * len(pairs))
                chances[n] += p
    of = {form: (min(chances), max(chances)) for form, chances in sorted(by_form.items())}
    return Risk(min(severe), max(severe), of)


class Blood(NamedTuple):
    """Red cells (fL, pg, g/dL) and haemoglobins (% of all). None: not measured."""

    mcv: Decimal | None = None
    mch: Decimal | None = None
    hb: Decimal | None = None
    hba2: Decimal | None = None
    hbf: Decimal | None = None
    hbe: Decimal | None = None
    hbh: Decimal | None = None


class BloodCuts(NamedTuple):
    """Where red cells are small, and where a haemoglobin says what is carried."""

    mcv: Decimal
    mch: Decimal
    hba2: Decimal
    hbe_carrier: Decimal
    hbe_both: Decimal
    hbf_major: Decimal


Class = Literal[
    "normal", "small-cells", "alpha-possible", "beta-carrier", "e-carrier", "e-both", "beta-e",
    "beta-major", "hbh", "unknown",
]  # fmt: skip


def presumed(blood: Blood, cuts: BloodCuts) -> Class:
    """What blood alone says. "small-cells": haemoglobins are to be looked at; "alpha-possible": they
    are normal with small cells, so alpha carrier or lack of iron."""
    small = _below(blood.mcv, cuts.mcv) or _below(blood.mch, cuts.mch)
    fetal = blood.hbf is not None and blood.hbf >= cuts.hbf_major
    if blood.hbe is not None and blood.hbe >= cuts.hbe_both:
        return "beta-e" if fetal else "e-both"
    if blood.hbe is not None and blood.hbe >= cuts.hbe_carrier:
        return "beta-e" if fetal else "e-carrier"
    if blood.hbh:
        return "hbh"
    if fetal and small:
        return "beta-major"
    if blood.hba2 is not None:
        if blood.hba2 >= cuts.hba2:
            return "beta-carrier"
        return "alpha-possible" if small else "normal"
    if blood.mcv is None and blood.mch is None:
        return "unknown"
    return "small-cells" if small else "normal"


def _below(value: Decimal | None, cut: Decimal) -> bool:
    return value is not None and value < cut


_NORMAL_ALPHA = (("aa", "aa"),)
_ANY_ALPHA = (("aa", "aa"), ("-a", "aa"), ("aT", "aa"), ("--", "aa"), ("-a", "-a"))


def may_be(seen: Class) -> tuple[Genotype, ...]:
    """Genotypes that a presumed class stands for; none where it says nothing.

    Normal cells rule out what makes them small, and one alpha gene less may hide behind them; but no
    single such gene makes a severe form without a partner who has lost both on one chromosome.
    """
    betas: tuple[tuple[str, str], ...]
    alphas: tuple[tuple[str, str], ...] = _ANY_ALPHA
    if seen == "normal":
        betas, alphas = (("N", "N"),), (("aa", "aa"), ("-a", "aa"), ("aT", "aa"))
    elif seen == "alpha-possible":
        betas = (("N", "N"),)
    elif seen == "small-cells":
        betas = (("N", "N"), ("N", "b+"), ("N", "b0"), ("E", "N"), ("E", "E"))
    elif seen == "beta-carrier":
        betas = (("N", "b+"), ("N", "b0"))
    elif seen == "e-carrier":
        betas = (("E", "N"),)
    elif seen == "e-both":
        betas = (("E", "E"),)
    elif seen == "beta-e":
        betas = (("E", "b+"), ("E", "b0"))
    elif seen == "beta-major":
        betas, alphas = (("b+", "b+"), ("b+", "b0"), ("b0", "b0")), _NORMAL_ALPHA
    elif seen == "hbh":
        betas, alphas = (("N", "N"),), (("--", "-a"), ("--", "aT"))
    else:
        return ()
    return tuple(genotype(b, a) for b, a in product(betas, alphas))

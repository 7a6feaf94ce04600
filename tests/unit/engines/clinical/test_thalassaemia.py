from decimal import Decimal as D
from fractions import Fraction as F

import pytest

from tuyen.engines.clinical.thalassaemia import (
    Blood,
    BloodCuts,
    Genotype,
    Impossible,
    carrier,
    children,
    forms,
    genotype,
    may_be,
    presumed,
    risk,
)

CUTS = BloodCuts(D(80), D(27), D("3.5"), D(10), D(75), D(20))
BETA = genotype(["N", "b0"], [])
E = genotype(["N", "E"], [])
SEA = genotype([], ["aa", "--"])


@pytest.mark.parametrize(
    ("one", "other", "severe", "form"),
    [
        (BETA, BETA, F(1, 4), "beta-major"),
        (BETA, E, F(1, 4), "beta-e"),
        (SEA, SEA, F(1, 4), "hydrops"),
        (SEA, genotype([], ["aa", "aT"]), F(1, 4), "hbh-severe"),
        (genotype(["E", "E"], []), BETA, F(1, 2), "beta-e"),
        (genotype(["b0", "b0"], []), BETA, F(1, 2), "beta-major"),
        (genotype(["N", "b+"], []), genotype(["N", "b+"], []), F(1, 4), "beta-plus"),
    ],
)
def test_couples_at_risk(one, other, severe, form):
    found = risk([one], [other])

    assert (found.least, found.most) == (severe, severe)
    assert found.of[form] == (severe, severe)


@pytest.mark.parametrize(
    ("one", "other", "form"),
    [(BETA, SEA, None), (E, E, "e-e"), (SEA, genotype([], ["aa", "-a"]), "hbh"),
     (BETA, Genotype(), None)],
)  # fmt: skip
def test_couples_of_carriers_without_a_severe_form(one, other, form):
    found = risk([one], [other])

    assert not found.at_risk
    assert set(found.of) == ({form} if form else set())


def test_both_loci_are_inherited_apart():
    both = genotype(["N", "b0"], ["aa", "--"])

    assert risk([both], [both]).most == F(7, 16)  # 1 - 3/4 x 3/4
    assert sum(children(both, both).values()) == 1


def test_a_presumed_carrier_gives_a_range():
    found = risk(may_be("small-cells"), [BETA])

    assert found.least == 0
    assert found.most == F(1, 2)


def test_nothing_is_known_of_the_untested():
    assert (risk(may_be("unknown"), [BETA]).least, risk([], [BETA]).most) == (0, 1)


@pytest.mark.parametrize("alleles", [(["N"], []), (["N", "X"], []), ([], ["aa", "aa", "aa"])])
def test_no_pair_of_alleles(alleles):
    with pytest.raises(Impossible):
        genotype(*alleles)


@pytest.mark.parametrize(
    ("blood", "seen"),
    [
        (Blood(), "unknown"),
        (Blood(mcv=D(88), mch=D(30)), "normal"),
        (Blood(mcv=D(68)), "small-cells"),
        (Blood(mcv=D(68), hba2=D("5.1")), "beta-carrier"),
        (Blood(mcv=D(68), hba2=D("2.4")), "alpha-possible"),
        (Blood(mcv=D(78), hbe=D(28)), "e-carrier"),
        (Blood(mcv=D(60), hbe=D(90)), "e-both"),
        (Blood(mcv=D(60), hbe=D(55), hbf=D(40)), "beta-e"),
        (Blood(mcv=D(60), hbf=D(90)), "beta-major"),
        (Blood(mcv=D(60), hba2=D(1), hbh=D(8)), "hbh"),
    ],
)
def test_blood_tells_a_class(blood, seen):
    assert presumed(blood, CUTS) == seen


def test_a_carrier_is_healthy():
    assert carrier(BETA)
    assert forms(BETA) == frozenset()
    assert not carrier(Genotype())

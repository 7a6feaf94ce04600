"""One seed, one province: byte for byte, and module by module."""

import dataclasses
import hashlib
import resource
import sys
from datetime import date

import numpy as np
import pytest

from tuyen.engines.synthetic import province as provinces
from tuyen.engines.synthetic.people import render
from tuyen.engines.synthetic.streams import Choice, Streams
from tuyen.kernel.refusal import BadInput

from .conftest import RULES, gazetteer_of


def columns(of):
    if dataclasses.is_dataclass(of):
        of = [getattr(of, field.name) for field in dataclasses.fields(of)]
    return [column for column in of if isinstance(column, np.ndarray)]


def digest(*things):
    seen = hashlib.sha256()
    for thing in things:
        seen.update(
            np.ascontiguousarray(thing).tobytes()
            if isinstance(thing, np.ndarray)
            else repr(thing).encode()
        )
    return seen.hexdigest()


def everything(p):
    return digest(
        *columns(p.people), *columns(p.epidemics.cases), *columns(p.epidemics.returns),
        *columns(p.network.villages), p.network.villages.name, p.network.facilities,
        p.network.relations, p.network.names, p.network.codes, p.staff, p.epidemics.outbreaks,
        render(p.people),
    )  # fmt: skip


def test_the_same_seed_gives_the_same_bytes(make_province):
    assert everything(make_province(2_000, 9)) == everything(make_province(2_000, 9))


def test_another_seed_gives_another_province(make_province):
    one, other = make_province(2_000, 9), make_province(2_000, 10)

    assert digest(*columns(one.people)) != digest(*columns(other.people))
    assert digest(*columns(one.epidemics.cases)) != digest(*columns(other.epidemics.cases))
    assert one.staff.members != other.staff.members


def test_other_rules_of_disease_leave_people_and_staff_as_they_are():
    calmer = {**RULES["diseases"], "outbreaks": {**RULES["diseases"]["outbreaks"], "a_year": 1}}
    one, other = (
        provinces.build(gazetteer_of("11"), {**RULES, "diseases": rule}, size=1_500, seed=4)
        for rule in (RULES["diseases"], calmer)
    )

    assert digest(*columns(one.people)) == digest(*columns(other.people))
    assert one.staff == other.staff
    assert len(one.epidemics.outbreaks) > len(other.epidemics.outbreaks)


@pytest.mark.parametrize(
    ("why", "until", "years", "since"),
    [
        ("five years to the default day", date(2026, 10, 25), 5, date(2021, 1, 1)),
        ("one year", date(2026, 10, 25), 1, date(2025, 1, 1)),
        ("a leap day", date(2024, 2, 29), 1, date(2023, 1, 1)),
        ("before the merger", date(2025, 3, 1), 2, date(2023, 1, 1)),
    ],
)
def test_other_spans(make_province, why, until, years, since):
    p = make_province(800, until=until, years=years)

    assert p.since == since, why
    assert p.people.resident(np.datetime64(until)).sum() == 800, why
    assert (p.epidemics.cases.onset >= np.datetime64(since)).all(), why


@pytest.mark.parametrize(
    ("why", "options", "match"),
    [
        ("no years", {"years": 0}, "0 years"),
        ("a seed below 0", {"seed": -1}, "seed is -1"),
        ("disease below none", {"intensity": -1.0}, "intensity -1.0"),
    ],
)
def test_refusals(make_province, why, options, match):
    with pytest.raises(BadInput, match=match):
        make_province(500, **options)


def test_a_missing_rule_is_named(gazetteer):
    with pytest.raises(BadInput, match="synthetic/staff"):
        provinces.build(gazetteer, {k: v for k, v in RULES.items() if k != "staff"})


def test_progress_is_told_and_ends(make_province):
    told = []
    make_province(1_000, progress=lambda *step: told.append(step))

    assert {stage for stage, _, _ in told} == {"network", "people", "staff", "disease"}
    for stage in ("network", "people", "staff", "disease"):
        *_, (_, done, total) = [step for step in told if step[0] == stage]
        assert done == total, stage


def test_streams_of_different_names_differ():
    draws = {Streams(1).of(name).integers(1 << 62) for name in ("a", "b", "people", "staff")}

    assert len(draws) == 4


def test_a_choice_follows_its_weights():
    drawn = Choice([1, 0, 3]).draw(np.random.default_rng(1), 40_000)

    assert np.bincount(drawn, minlength=3)[1] == 0
    assert abs((drawn == 2).mean() - 0.75) < 0.01


@pytest.mark.nightly
def test_a_real_province_fits_in_memory(make_province):
    p = make_province(650_000)

    assert p.people.resident(p.people.until).sum() == 650_000
    assert sys.getsizeof(p.people.born) < 8 * 1_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_200_000  # KiB

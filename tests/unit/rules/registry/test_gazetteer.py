"""The administrative map before and after 2025-07-01: exact counts, whole links, real mergers."""

import csv
import math
import os
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from tuyen.engines.registry.crosswalk import Crosswalk, rebase, rebase_dated
from tuyen.engines.registry.geometry import derive, settle
from tuyen.engines.registry.stations import centre_areas, merge_stations
from tuyen.engines.registry.succession import Fact, Succession
from tuyen.kernel.validity import Validity
from tuyen.rules.registry import lists
from tuyen.rules.registry.gazetteer import CHANGE, load

BEFORE = date(2025, 6, 30)


def succession_of(gazetteer):
    facts = [Fact(*link[:5]) for link in gazetteer.links]
    units = (*gazetteer.communes, *gazetteer.former_communes)
    return Succession(facts, {unit.key: Validity(unit.since, unit.until) for unit in units})


def columns(gazetteer):
    """The arrays that the engines take: points, areas and links by row."""
    old = {unit.key: row for row, unit in enumerate(gazetteer.former_communes)}
    new = {unit.key: row for row, unit in enumerate(gazetteer.communes)}
    main = {link.predecessor: link.successor for link in gazetteer.links if link.main}
    former = np.array([(u.lon, u.lat) for u in gazetteer.former_communes], float)
    current = np.array([(u.lon, u.lat) for u in gazetteer.communes], float)
    area = np.array([u.area_km2 for u in gazetteer.communes], float)
    successor = np.array([new[main[u.key]] for u in gazetteer.former_communes])
    links = [(old[link.predecessor], new[link.successor]) for link in gazetteer.links]
    return former, successor, current, area, links


def test_the_country_is_whole():
    country = load()

    assert len(country.provinces) == 34
    assert len(country.provinces + country.former_provinces) - 23 == 63  # 23 of 34 are new
    assert len(country.districts) == 696
    assert Counter(unit.kind for unit in country.communes) == {
        "commune": 2621,
        "ward": 687,
        "special_zone": 13,
    }
    assert len(country.former_communes) == 10_040
    assert sum(unit.code is None for unit in country.former_communes) == 5  # island districts


@pytest.mark.parametrize(
    ("code", "former", "current", "districts"),
    [("11", 129, 45, 10), ("12", 106, 38, 8), ("04", 161, 56, 10)],
)
def test_provinces_of_the_seeds(code, former, current, districts):
    province = load(code)

    assert len(province.former_communes) == former
    assert len(province.communes) == current
    assert len(province.districts) == districts
    assert {link.weight for link in province.links} == {1.0}
    assert province.provinces[0].since is None  # these three provinces did not change


@pytest.mark.parametrize(
    ("name", "became"), [("Bắc Giang", "24"), ("Hoà Bình", "25"), ("Hà Giang", "08")]
)
def test_provinces_that_ended(name, became):
    country = load()
    old = {unit.key: unit for unit in country.former_provinces}
    new = {unit.key: unit for unit in country.provinces}

    heirs = {
        old[link.predecessor].name: new[link.successor].code for link in country.province_links
    }

    assert heirs[name.replace("Hoà", "Hòa")] == became


def test_codes_have_their_digits_and_keys_are_unique():
    country = load()
    units = [unit for column in country[:5] for unit in column]

    assert len({unit.key for unit in units}) == len(units)
    for unit in (*country.communes, *country.former_communes):
        assert unit.code is None or (len(unit.code) == 5 and unit.code.isdecimal())
    assert all(len(unit.code) == 2 for unit in country.provinces)


def test_every_former_commune_goes_somewhere_whole():
    shares, mains = defaultdict(list), Counter()
    country = load()
    for link in country.links:
        shares[link.predecessor].append(link.weight)
        mains[link.predecessor] += link.main

    assert set(shares) == {unit.key for unit in country.former_communes}
    assert {link.successor for link in country.links} == {unit.key for unit in country.communes}
    assert all(math.isclose(sum(parts), 1) for parts in shares.values())
    assert set(mains.values()) == {1}
    assert Counter(len(parts) > 1 for parts in shares.values()) == {False: 9569, True: 471}


def test_the_main_part_is_the_largest_and_its_share_is_marked_as_a_guess():
    split = [link for link in load().links if link.weight < 1]
    main = {link.predecessor: link.weight for link in split if link.main}

    assert all(link.weight < main[link.predecessor] for link in split if not link.main)
    assert {link.confidence for link in split} == {"L"}


@pytest.mark.parametrize("code", sorted(province.code for province in load().provinces))
def test_each_province_stands_alone(code):
    province = load(code)
    total = defaultdict(float)
    for link in province.links:
        total[link.predecessor] += link.weight

    assert all(math.isclose(share, 1) for share in total.values())
    assert len(succession_of(province).units_on(CHANGE)) == len(province.communes)
    assert len(succession_of(province).units_on(BEFORE)) == len(province.former_communes)


def test_an_unknown_province_is_refused():
    with pytest.raises(KeyError):
        load("99")


# The mergers of the seeds, on real codes


def test_dien_bien_has_45_stations_and_84_points():
    province = load("11")
    said = lists.reorganisation("stations_of_dien_bien", CHANGE)
    former, _, _, _, _ = columns(province)
    main = {link.predecessor: link.successor for link in province.links}
    keys = [unit.key for unit in province.former_communes]

    done = merge_stations(
        keys, [main[key] for key in keys], [unit.key for unit in province.communes], former
    )

    assert all(one.main is not None for one in done)
    stations, points = len(done), sum(len(one.points) for one in done)
    assert (stations, points) == (said["stations"], said["satellite_points"]) == (45, 84)
    assert stations + points == said["former_stations"] == 129


def test_the_centre_of_nam_po_guides_four_communes_with_eight_points():
    province = load("11")
    said = lists.reorganisation("centre_of_nam_po", CHANGE)
    communes = {unit.code: unit for unit in province.communes if unit.code in said["communes"]}
    came = Counter(link.successor for link in province.links)

    assert {unit.name for unit in communes.values()} == {"Mường Chà", "Nà Bủng", "Nà Hỳ", "Chà Tở"}
    points = sum(came[unit.key] - 1 for unit in communes.values())  # one station of each remains
    assert points == said["satellite_points"] == 8


def test_lai_chau_has_eight_centres_and_38_stations():
    province = load("12")
    said = lists.reorganisation("units_of_lai_chau", CHANGE)
    main = {link.predecessor: link.successor for link in province.links}
    former = province.former_communes

    areas = centre_areas(
        [unit.key for unit in former],
        [unit.district for unit in former],
        [main[unit.key] for unit in former],
    )

    assert (len(areas), sum(map(len, areas.values()))) == (said["centres"], said["stations"])
    assert all(areas.values())


def test_ha_giang_of_the_memorandum_is_now_in_tuyen_quang():
    country = load()
    heir = {link.predecessor: link.successor[1:3] for link in country.province_links}
    then = lists.reorganisation("provinces_on_the_guangxi_border", BEFORE)

    now = sorted(heir.get(f"p{code}.old", code) for code in then)

    assert tuple(now) == lists.reorganisation("provinces_on_the_guangxi_border", CHANGE)


def test_a_real_series_keeps_its_total_on_either_map():
    province = load("11")
    units = [unit.key for unit in (*province.former_communes, *province.communes)]
    counts = np.random.default_rng(7).poisson(3, (len(units), 4))
    days = [date(2025, 6, 1), date(2025, 6, 29), date(2025, 7, 6), date(2026, 7, 6)]
    history = succession_of(province)

    new, old = (rebase_dated(counts, units, days, history, on) for on in (CHANGE, BEFORE))

    assert (len(new.units), len(old.units)) == (45, 129)
    for done in (new, old):
        np.testing.assert_array_equal(done.counts.sum(axis=0), counts.sum(axis=0))
    assert new.exact.all()  # Dien Bien has whole successions only


def test_the_whole_country_is_rebased_with_bounds_only_at_splits():
    country = load()
    history = succession_of(country)
    keys = [unit.key for unit in country.former_communes]
    walk = Crosswalk.between(history, keys, BEFORE, CHANGE)

    done = rebase(np.full((len(keys), 1), 3), walk)

    touched = {link.successor for link in country.links if link.weight < 1}
    assert done.counts.sum() == 3 * len(keys)
    assert {
        unit for unit, exact in zip(done.units, done.exact[:, 0], strict=True) if not exact
    } == touched


@pytest.mark.parametrize("code", ["11", "12", "04", "25"])
def test_real_provinces_are_drawn_without_gaps(code):
    former, successor, current, area, links = columns(load(code))
    fit = settle(former, successor, current, area)

    drawn = derive(fit.former, fit.current, area, links)

    assert shapely.coverage_is_valid(drawn.former)
    assert shapely.coverage_is_valid(drawn.current)
    assert not any(shape.is_empty for shape in [*drawn.former, *drawn.current])


# Against another copy of the same lists, where one is at hand


@pytest.fixture
def elsewhere():
    """A folder with communes_2025.csv and legacy_to_2025.csv, named by TUYEN_GAZETTEER_CSV."""
    folder = Path(os.environ.get("TUYEN_GAZETTEER_CSV", "does-not-exist"))
    if not (folder / "legacy_to_2025.csv").is_file():
        pytest.skip("TUYEN_GAZETTEER_CSV names no folder with legacy_to_2025.csv to compare with")
    return folder


def test_agrees_with_the_other_copy(elsewhere):
    country = load()
    with (elsewhere / "communes_2025.csv").open(encoding="utf-8-sig", newline="") as file:
        theirs = {(row["code"], row["name"], row["province_code"]) for row in csv.DictReader(file)}
    with (elsewhere / "legacy_to_2025.csv").open(encoding="utf-8-sig", newline="") as file:
        links = {
            (row["legacy_code"], row["new_code"], row["how"] != "part")
            for row in csv.DictReader(file)
            if row["legacy_code"] and row["new_code"]
        }

    assert theirs == {(unit.code, unit.name, unit.province[1:]) for unit in country.communes}
    assert links == {
        (link.predecessor[1:6], link.successor[1:], link.main)
        for link in country.links
        if not link.predecessor.startswith("cd")
    }

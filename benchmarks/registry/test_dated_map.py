"""The dated map at the sizes of a province and of the nation."""

from datetime import date

import numpy as np
import pytest

from tuyen.engines.registry.crosswalk import Crosswalk, rebase
from tuyen.engines.registry.geometry import derive, settle
from tuyen.engines.registry.names import Place, PlaceIndex
from tuyen.engines.registry.succession import Fact, Succession
from tuyen.rules.registry.gazetteer import CHANGE, load

WEEKS = 5 * 52


@pytest.fixture(scope="session", params=["11", None], ids=["province", "nation"])
def country(request):
    return load(request.param)


def test_crosswalk_from_facts(benchmark, country):
    keys = [unit.key for unit in country.former_communes]
    facts = [Fact(*link[:5]) for link in country.links]

    benchmark(lambda: Crosswalk.between(Succession(facts), keys, date(2025, 6, 30), CHANGE))


def test_rebase_five_years_of_weeks(benchmark, country):
    keys = [unit.key for unit in country.former_communes]
    facts = [Fact(*link[:5]) for link in country.links]
    walk = Crosswalk.between(Succession(facts), keys, date(2025, 6, 30), CHANGE)
    counts = np.random.default_rng(20250701).poisson(0.8, (len(keys), WEEKS))

    benchmark(rebase, counts, walk)


def test_find_a_name(benchmark, country):
    index = PlaceIndex(
        Place(unit.key, unit.name, unit.kind, unit.code, unit.since, unit.until)
        for unit in (*country.communes, *country.former_communes)
    )

    benchmark(index.find, "xã Mường Bồn, huyện Điện Biên")


def test_draw_a_province(benchmark):
    country = load("11")
    old = {unit.key: row for row, unit in enumerate(country.former_communes)}
    new = {unit.key: row for row, unit in enumerate(country.communes)}
    former = np.array([(u.lon, u.lat) for u in country.former_communes], float)
    current = np.array([(u.lon, u.lat) for u in country.communes], float)
    area = np.array([u.area_km2 for u in country.communes], float)
    links = [(old[link.predecessor], new[link.successor]) for link in country.links]
    heir = dict(links)
    fit = settle(former, np.array([heir[row] for row in range(len(old))]), current, area)

    benchmark(derive, fit.former, fit.current, area, links)

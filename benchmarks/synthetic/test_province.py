"""Making a synthetic province: the demo's default, and a whole real-sized one."""

import pytest

from tuyen import rules
from tuyen.engines.synthetic import province
from tuyen.engines.synthetic.gazetteer import Commune, FormerCommune, Gazetteer
from tuyen.engines.synthetic.people import chunks
from tuyen.rules.registry import gazetteer as maps


@pytest.fixture(scope="session")
def dien_bien() -> Gazetteer:
    of = maps.load("11")
    districts = {district.key: district.name for district in of.districts}
    codes = {commune.key: commune.code for commune in of.communes}
    into = {link.predecessor: codes[link.successor] for link in of.links if link.main}
    return Gazetteer(
        [
            FormerCommune(c.code, c.name, c.kind, c.lon, c.lat, districts[c.district], into[c.key])
            for c in of.former_communes
        ],
        [Commune(c.code, c.name, c.kind, c.lon, c.lat) for c in of.communes],
    )


@pytest.fixture(scope="session")
def contents():
    return {name: rules.load(f"synthetic/{name}") for name in province.RULES}


@pytest.mark.parametrize("size", [60_000, 650_000], ids=["demo", "province"])
def test_build(benchmark, dien_bien, contents, size):
    made = benchmark.pedantic(
        province.build, (dien_bien, contents), {"size": size, "seed": 1}, rounds=3
    )
    benchmark.extra_info["people"] = len(made.people)
    benchmark.extra_info["cases"] = len(made.epidemics.cases.disease)


def test_render(benchmark, dien_bien, contents):
    people = province.build(dien_bien, contents, size=60_000, seed=1).people
    benchmark(lambda: sum(len(piece.name) for _, _, piece in chunks(people)))

"""The real map of Dien Bien in the shape that the generators take, and one province on it."""

from datetime import date

import pytest

from tuyen import rules
from tuyen.engines.synthetic import province
from tuyen.engines.synthetic.gazetteer import Commune, FormerCommune, Gazetteer
from tuyen.engines.synthetic.names import NameTables
from tuyen.rules.registry import gazetteer as maps

UNTIL = date(2026, 10, 25)


def gazetteer_of(code: str) -> Gazetteer:
    of = maps.load(code)
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


def make(size: int = 3_000, seed: int = 1, code: str = "11", **options) -> province.Province:
    return province.build(gazetteer_of(code), RULES, size=size, seed=seed, **options)


RULES = {name: rules.load(f"synthetic/{name}") for name in province.RULES}


@pytest.fixture(scope="session")
def gazetteer():
    return gazetteer_of("11")


@pytest.fixture(scope="session")
def names():
    return NameTables(RULES["names"])


@pytest.fixture(scope="session")
def dien_bien():
    """60,000 people, five years: the default of the demo."""
    return make(60_000)


@pytest.fixture(scope="session")
def make_province():
    return make

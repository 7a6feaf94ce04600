"""Runs the cases of the YAML files beside it."""

from pathlib import Path

import pytest
import yaml

from tuyen.engines.registry import identifiers
from tuyen.engines.registry.crosswalk import Crosswalk, rebase
from tuyen.engines.registry.names import Place, PlaceIndex
from tuyen.rules.registry import lists
from tuyen.rules.registry.gazetteer import Gazetteer, load

HERE = Path(__file__).parent


def cases(name):
    found = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["title"]) for case in found]


@pytest.mark.parametrize("case", cases("identifiers"))
def test_identifiers(case):
    if "says" in case:
        assert identifiers.personal_number(case["personal_number"])._asdict() == case["says"]
        return
    holder = case.get("holder", {})
    if "personal_number" in case:
        found = identifiers.check_personal_number(
            case["personal_number"],
            holder.get("sex"),
            holder.get("birth_year"),
            holder.get("day"),
            provinces=lists.provinces_of_registration(),
        )
    elif "insurance" in case:
        found = identifiers.check_insurance_card(case["insurance"], lists.insurance_groups())
    else:
        found = identifiers.check_facility_code(case["facility"])

    assert [finding.code for finding in found] == case["findings"]


@pytest.fixture(scope="module")
def dien_bien():
    return index_of(load("11"))


def index_of(gazetteer: Gazetteer) -> PlaceIndex:
    """Every unit of a gazetteer with the names of the units it lies in."""
    larger = [*gazetteer.provinces, *gazetteer.former_provinces, *gazetteer.districts]
    name = {unit.key: unit.name for unit in larger}
    places = []
    for unit in (*larger, *gazetteer.communes, *gazetteer.former_communes):
        inside = [getattr(unit, "district", None), getattr(unit, "province", None)]
        within = tuple(name[key] for key in inside if key)
        places.append(
            Place(unit.key, unit.name, unit.kind, unit.code, unit.since, unit.until, within)
        )
    heirs = {}
    for link in gazetteer.links:
        heirs.setdefault(link.predecessor, []).append((link.successor, link.weight))
    return PlaceIndex(places, heirs)


@pytest.mark.parametrize("case", cases("places"))
def test_places(case, dien_bien):
    found = dien_bien.find(case["text"], on=case.get("day"))[0]

    assert found.unit == case["means"]
    assert [unit for unit, _ in found.successors] == ([case["became"]] if "became" in case else [])


@pytest.mark.parametrize("case", cases("rebase"))
def test_rebase(case):
    walk = Crosswalk.of(case["shares"])

    done = rebase([[case["counts"][name]] for name in walk.sources], walk)

    assert {
        name: [int(column[i, 0]) for column in (done.counts, done.lower, done.upper)]
        for i, name in enumerate(done.units)
    } == case["gives"]

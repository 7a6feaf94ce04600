"""The network of a province like Dien Bien: figures of the sources, and laws of dated facts."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

from tuyen.engines.synthetic.gazetteer import Commune, FormerCommune, Gazetteer, spots
from tuyen.engines.synthetic.numbers import check_digit
from tuyen.kernel.refusal import BadInput

MERGED, OWNED = date(2025, 7, 1), date(2026, 1, 1)


def alive(things, on):
    return [t for t in things if t.since <= on and (t.until is None or on < t.until)]


@pytest.mark.parametrize(
    ("why", "on", "stations", "points"),
    [
        ("one station in each former commune", date(2025, 6, 30), 129, 0),
        ("45 stations and 84 points (F05)", MERGED, 45, 84),
        ("the change of owner closes nothing", date(2026, 10, 25), 45, 84),
    ],
)
def test_stations_by_day(dien_bien, why, on, stations, points):
    kinds = Counter(unit.kind for unit in alive(dien_bien.network.facilities, on))

    assert (kinds["station"], kinds["satellite-point"]) == (stations, points), why


def test_nam_po_serves_four_communes_and_guides_eight_points(dien_bien):
    net = dien_bien.network
    centre = next(n.ref for n in net.names if n.name == "Trung tâm Y tế khu vực Nậm Pồ")
    now = alive(net.relations, MERGED)
    names = {c.code: c.name for c in dien_bien.gazetteer.communes}
    served = {
        names[r.object.removeprefix("commune:")]
        for r in now
        if r.subject == centre and r.kind == "serves"
    }
    guided = [r.subject for r in now if r.object == centre and r.kind == "guided-by"]

    assert served == {"Mường Chà", "Nà Bủng", "Nà Hỳ", "Chà Tở"}
    assert sum(ref.startswith("facility:diem-") for ref in guided) == 8


@pytest.mark.parametrize(
    ("why", "on", "owner"),
    [
        ("after the merger still the health centre", MERGED, "facility:ttyt-03169"),
        ("from 2026 the commune", OWNED, "commune:03169"),
    ],
)
def test_owner_changes_and_guidance_stays(dien_bien, why, on, owner):
    lines = {
        r.kind: r.object
        for r in alive(dien_bien.network.relations, on)
        if r.subject == "facility:tyt-03169"
    }

    assert lines["owned-by"] == owner, why
    assert lines["guided-by"] == "facility:ttyt-03169", why


@pytest.mark.parametrize("on", [date(2016, 1, 1), date(2025, 6, 30), MERGED, date(2026, 10, 25)])
def test_everything_lies_in_one_area_every_day(dien_bien, on):
    net = dien_bien.network
    lies = Counter(r.subject for r in alive(net.relations, on) if r.kind == "lies-in")
    units = [unit.ref for unit in alive(net.facilities, on)]
    villages = [f"village:{code}" for code in net.villages.code]

    assert {lies[ref] for ref in units + villages} == {1}


def test_a_relation_lives_only_while_both_units_do(dien_bien):
    net = dien_bien.network
    life = {unit.ref: unit for unit in net.facilities}
    for relation in net.relations:
        for unit in filter(None, (life.get(relation.subject), life.get(relation.object))):
            assert relation.since >= unit.since, relation
            assert unit.until is None or (relation.until or date.max) <= unit.until, relation


def test_every_old_station_goes_on_as_one_unit(dien_bien):
    facts = dien_bien.network.successions

    assert Counter(fact.event for fact in facts) == {"rename": 45, "convert": 84}
    assert len({fact.predecessor for fact in facts}) == len(facts) == 129
    assert len({fact.successor for fact in facts}) == 129


def test_points_belong_to_the_station_of_their_commune(dien_bien):
    net = dien_bien.network
    where = {unit.ref: unit.commune for unit in net.facilities}
    pairs = [(r.subject, r.object) for r in net.relations if r.kind == "satellite-of"]

    assert len(pairs) == 84
    assert all(where[point] == where[station] for point, station in pairs)


def test_references_and_codes_are_given_once(dien_bien):
    net = dien_bien.network
    refs = [unit.ref for unit in net.facilities]
    codes = [(code.system, code.value) for code in net.codes]

    assert len(set(refs)) == len(refs)
    assert len(set(codes)) == len(codes)
    assert all(len(value) == {"insurer": 5, "gln": 13}[system] for system, value in codes)
    # GS1 keeps 200 to 299 for use inside one organisation, so no real place has such a number.
    glns = [value for system, value in codes if system == "gln"]
    assert all(gln[0] == "2" and check_digit(gln[:12]) == gln[12] for gln in glns)


def test_villages_have_one_name_in_a_commune_and_lie_around_its_centre(dien_bien):
    villages = dien_bien.network.villages
    centre = spots(dien_bien.gazetteer)[villages.former]

    assert 1_400 < len(villages.code) < 1_500
    assert len(set(zip(villages.former.tolist(), villages.name, strict=True))) == len(villages.code)
    assert np.abs(villages.lat - centre[:, 1]).max() < 0.06
    assert np.isclose(villages.weight.sum(), 1)


def test_former_communes_on_one_point_are_parted(gazetteer):
    places = spots(gazetteer)

    assert len(np.unique(places.round(4), axis=0)) == len(gazetteer.former)


@pytest.mark.parametrize("code", ["12", "04"])
def test_other_provinces_get_a_network_too(make_province, code):
    small = make_province(500, code=code)
    net = small.network
    stations = [unit for unit in alive(net.facilities, MERGED) if unit.kind == "station"]

    assert len(stations) == len(small.gazetteer.communes)
    assert len(net.former_station) == len(small.gazetteer.former)
    assert len(small.staff.logins) >= 12


def test_a_commune_that_nobody_became_is_refused():
    old = FormerCommune("1", "A", "commune", 103.0, 21.0, "", "9")
    with pytest.raises(BadInput, match="A became 9"):
        Gazetteer([old], [Commune("2", "B", "commune", 103.0, 21.0)])

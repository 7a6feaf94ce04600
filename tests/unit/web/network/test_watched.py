"""What came of a decision at each unit, in words: both sides, a dash where there is nothing to say."""

from datetime import date

from tests.unit.apps.network.conftest import place
from tuyen.apps.network.queries import Watched
from tuyen.apps.network.queries.watching import UnitRow
from tuyen.apps.registry import queries as registry
from tuyen.web.network import watched


def row(name, stands=(True, True), visits=(21.0, 14.5), doses=None, **figures):
    told = {"due": (13, 8), "came": (13, 6), "days": (0, 0), "short": (0, 0)} | figures
    return UnitRow(place(name), stands, visits, doses, **told)


def test_each_unit_is_told_before_and_after_with_a_dash_where_it_does_not_stand(monkeypatch, atlas):
    monkeypatch.setattr(registry, "atlas", lambda: atlas)
    units = (
        row("stM", days=(90, 0), short=(9, 0)),
        row("pM", (True, False), (3.0, 0.0), came=(0, 0), due=(0, 0)),
        row("pN", (False, True), None),
    )

    first, gone, new = watched.units(
        Watched(place("P"), date(2026, 9, 7), "QĐ", "in-force", 90, (), units=units)
    )

    assert (first["name"], first["commune"], first["mark"]) == ("station stM", "commune M", "")
    assert (first["visits"], first["doses"]) == ("21.0 → 14.5", "–")
    assert (first["reports"], first["short"]) == ("100% → 75%", "10% → –")
    assert (gone["mark"], gone["visits"], gone["reports"]) == ("off the map", "3.0 → –", "–")
    assert (new["mark"], new["visits"]) == ("opened", "–")

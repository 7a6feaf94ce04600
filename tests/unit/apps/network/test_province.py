"""The whole synthetic province: 129 stations of 129 communes become 45 and 84 points of 45, and back."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.registry.conftest import World
from tests.unit.apps.registry.provinces import tables
from tuyen import rules
from tuyen.apps.network import queries
from tuyen.apps.network.operations import DraftPlan, MergedCommune, SiteChoice, Wishes
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import UndoReorganisation
from tuyen.cli.demo.names import Names
from tuyen.cli.demo.places import Map
from tuyen.cli.demo.world import gazetteer_of
from tuyen.engines.synthetic import province as synthetic


@pytest.fixture
def own_map(db):
    """The map is the registry's own."""


@pytest.mark.nightly
def test_129_stations_become_45_and_84_points_with_a_main_station_each_and_back(own_map):
    texts = {name: rules.load(f"synthetic/{name}") for name in synthetic.RULES}
    profile = texts["dien_bien"]
    made = synthetic.build(
        gazetteer_of(profile["province"]["code"]), texts, size=300, years=1,
        until=date(2025, 12, 31), seed=1,
    )  # fmt: skip
    names, world = Names(1, made.network), World()
    place = Map(made, names, profile)
    receipts = world.commit(list(place.before()), 1000)
    assert [r.refusal for r in receipts if r.refusal] == []
    on, former, after = place.merged, len(made.gazetteer.former), len(made.gazetteer.communes)
    of: dict[str, list] = {}
    for old in made.gazetteer.former:
        of.setdefault(old.successor, []).append(names.unit(f"former-commune:{old.code}"))
    merges = tuple(
        MergedCommune(id=names.unit(f"commune:{new.code}"), type=new.kind, name=new.name, of=tuple(of[new.code]))
        for new in made.gazetteer.communes if len(of[new.code]) > 1
    )  # fmt: skip
    sites, answer, *_none = queries.answered(by=world.by, on=on, merges=merges, wishes=Wishes())
    # The province made points of all that did not stay, and stops of none.
    chosen = tuple(
        SiteChoice(unit=one.unit, kind="main" if one.kind == "main" else "satellite")
        for one in sites
    )
    draft = DraftPlan(title="129 thành 45", on=on, basis="NQ 1661", origin="engine", merges=merges,
                      sites=chosen, wishes=Wishes(), answer=answer)  # fmt: skip
    (id,) = world.good(draft, unit=place.root)
    assert queries.plan(by=world.by, id=id).must == 0
    before = tables()

    (decision,) = world.good(queries.decision_of(by=world.by, id=id), unit=place.root)

    atlas, day = registry.atlas(), on - timedelta(days=1)
    assert (len(atlas.units("station", day)), len(atlas.communes(day))) == (former, former)
    assert (len(atlas.units("station", on)), len(atlas.communes(on))) == (after, after)
    assert len(atlas.units("satellite_point", on)) == former - after
    assert all(len([s for s in atlas.subjects(c, "serves", on) if atlas.type(s, on) == "station"]) == 1
               for c in atlas.communes(on))  # fmt: skip
    world.good(UndoReorganisation(decision=decision, reason="thử"), unit=place.root)
    assert tables() == before

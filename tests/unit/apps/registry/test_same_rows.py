"""The same operations give the same rows, however they are cut into commits."""

import random
from datetime import date

from django.apps import apps
from django.db import transaction

from tests.unit.apps.registry.conftest import MERGER, NOW, World
from tuyen.apps.registry import areas
from tuyen.apps.registry.models import Person
from tuyen.apps.registry.operations import (
    AmendPerson,
    Conversion,
    CreateUnit,
    EndIdentifier,
    Entitle,
    Identify,
    Insurance,
    Member,
    MergePersons,
    MoveHousehold,
    MovePerson,
    Number,
    RecordDeath,
    RegisterHousehold,
    RegisterPerson,
    Reorganise,
    Tie,
    VoidPerson,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation

SPACE = areas.COUNTRY


def history():
    """A province, its stations and a few hundred lives, some of them refused."""
    rng = random.Random(7)
    operations = list(areas.area_operations("12", NOW))
    communes = [o.id for o in operations if o.kind == "registry.create_unit"][-106:]
    made = [o for o in operations if o.kind == "registry.create_unit"]
    decisions = [o for o in operations if o.kind == "registry.reorganise"]
    stations = [derived_id(c, "station") for c in communes]
    for commune, station in zip(communes, stations, strict=True):
        ties = (Tie(kind="serves", object=commune), Tie(kind="lies_in", object=commune))
        made.append(_of(CreateUnit(type="station", name="Trạm", relations=ties), station, station))
    people, houses, homes = [], [], []
    for n in range(60):
        commune = rng.choice(communes)
        members = tuple(_member(rng, derived_id(SPACE, "person", n, k)) for k in range(3))
        house = RegisterHousehold(place=commune, members=members, since=date(2020, 1, 1))
        houses.append(_of(house, derived_id(SPACE, "house", n), commune))
        people += [(member.id, commune) for member in members]
        homes.append(houses[-1].id)
    lives = [_life(rng, n, *rng.choice(people), communes, homes, people) for n in range(320)]
    # Runs of one kind, as they come from an import: within each, entries meet the same people.
    lives = [*sorted(lives[:150], key=lambda o: o.kind), *lives[150:]]
    convert = Conversion(unit=stations[1], type="satellite_point", satellite_of=stations[0])
    last = _of(Reorganise(on=MERGER, basis="x", converts=(convert,)), derived_id(SPACE, "c"), SPACE)
    return [*made, *houses, *lives[:200], *decisions, last, *lives[200:]]


def _member(rng, id):
    number = Number(system="personal_number", value=f"0120{rng.randrange(2000):08d}")
    insurance = Insurance(card=f"{rng.randrange(10**10):010d}", since=date(2024, 1, 1))
    born = date(rng.randrange(1950, 2024), rng.randrange(1, 13), 1)
    return Member(id=id, name=f"Lò Văn {rng.choice('ABCDE')}", sex=1, born_on=born,
                  numbers=(number,), insurance=insurance)  # fmt: skip


def _life(rng, n, person, commune, communes, homes, people):
    day = date(2024, rng.randrange(1, 13), 1 + rng.randrange(28))
    home, number = rng.choice([None, *homes]), str(n % 9)
    payload = rng.choice(
        [
            AmendPerson(person=person, name=f"Lò Thị {rng.choice('FGH')}", ethnicity="08"),
            MovePerson(person=person, place=rng.choice(communes), since=day, household=home),
            MoveHousehold(household=rng.choice(homes), place=rng.choice(communes), since=day),
            RegisterPerson(name="Lò Thị Mới", sex=2, born_on=day, household=rng.choice(homes)),
            RecordDeath(person=person, on=day),
            Entitle(person=person, card=f"{n:010d}", since=day),
            Identify(person=person, system="station_number", value=number, since=day),
            EndIdentifier(person=person, system="station_number", value=number, until=day),
            VoidPerson(person=person, reason="ghi trùng"),
            MergePersons(kept=rng.choice(people)[0], duplicate=person),
        ]
    )
    return _of(payload, derived_id(SPACE, "life", n), commune)


def _of(payload, id, unit):
    on = date(2025, 1, 1)
    return Operation.of(payload, id=id, unit=unit, happened_on=on, recorded_at=NOW)


def _rows():
    return {
        model.__name__: list(
            model.objects.order_by("pk").values_list(*(f.attname for f in model._meta.fields))
        )
        for model in apps.get_app_config("registry").get_models()
    }


def _applied(operations, size):
    """(statuses, rows) of the history in commits of ``size``; everything is rolled back after."""
    before = transaction.savepoint()  # not a block: a commit insists on being the outermost
    receipts = World().commit(operations, size)
    found = [receipt.status for receipt in receipts], _rows()
    transaction.savepoint_rollback(before)
    return found


def test_one_commit_or_many_give_the_same_rows(db):
    operations = history()

    together, some, single = (_applied(operations, size) for size in (len(operations), 7, 1))

    assert {"accepted", "refused"} <= set(together[0])
    assert together[0] == some[0] == single[0]
    for table, rows in together[1].items():
        assert rows == some[1][table], table
        assert rows == single[1][table], table
    assert len(together[1][Person.__name__]) > 100

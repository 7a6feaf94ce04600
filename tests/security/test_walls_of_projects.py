"""The wall of PostgreSQL before capital projects: who proposed, approved and built stands in their rows."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.db import connection

from tests.security.conftest import NOW, TODAY, Province, actor
from tuyen.apps.access import guard, walls
from tuyen.apps.governance import queries
from tuyen.apps.governance.models import (
    Disbursement,
    EquipmentUse,
    Progress,
    Project,
    ProjectVersion,
)
from tuyen.apps.governance.operations import Funding, ProjectPlan, Work
from tuyen.kernel.ids import uuid7

TABLES = (Project, ProjectVersion, Progress, Disbursement, EquipmentUse)


def seen(model: Any) -> set[UUID]:
    return set(model.objects.values_list("pk", flat=True))


def plan(site: UUID, name: str) -> ProjectPlan:
    return ProjectPlan(
        name=name, starts=date(2026, 1, 1), ends=date(2026, 12, 31),
        funding=(Funding(source="loan", amount=Decimal(10)),),
        works=(Work(site=site, package="water", source="loan", cost=Decimal(10)),),
    )  # fmt: skip


def project_of(province: Province, half: Any) -> dict[str, set[UUID]]:
    """A project of the province at a station, with one row of everything that hangs on it."""
    id, version, station = uuid7(), uuid7(), half.units["S"]
    who = {"author_id": uuid7(), "on": TODAY}
    with guard.opened("test"):
        Project.objects.create(id=id, unit_id=province.root, state="running", version_id=version,
                               baseline={}, outcome={}, changed_at=NOW)  # fmt: skip
        version_of(province, id, version, 1, station, half.word, "in-force")
        step = Progress.objects.create(id=uuid7(), project_id=id, stage="build", percent=10,
                                       contractor=f"Ông {half.word}builder", **who)  # fmt: skip
        paid = Disbursement.objects.create(
            id=uuid7(), project_id=id, unit_id=province.root, source="loan", amount=1, voucher="1",
            year=2026, state="standing", changed_at=NOW, **who,
        )  # fmt: skip
        use = EquipmentUse.objects.create(id=uuid7(), piece_id=uuid7(), unit_id=station, kind="x",
                                          month="2026-10", days=1, **who)  # fmt: skip
    return {"Project": {id}, "ProjectVersion": {version}, "Progress": {step.pk},
            "Disbursement": {paid.pk}, "EquipmentUse": {use.pk}}  # fmt: skip


def version_of(
    province: Province, project: UUID, id: UUID, number: int, site: UUID, name: str, state: str
) -> None:
    ProjectVersion.objects.create(
        id=id, project_id=project, unit_id=province.root, number=number,
        plan=msgspec.to_builtins(plan(site, name)), total=10, state=state, proposed_on=TODAY,
        author_id=uuid7(),
    )  # fmt: skip


def shown(by: Any) -> dict[str, set[UUID]]:
    with walls.at(walls.Reader(by)):
        return {model.__name__: seen(model) for model in TABLES}


@pytest.fixture
def postgresql(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row policies; ./run test runs this on PostgreSQL as well")


@pytest.mark.check("AC-05")
def test_a_project_is_shown_to_the_stations_that_it_works_on_and_to_its_unit(postgresql, province):
    near, far = project_of(province, province.near), project_of(province, province.far)
    nothing: dict[str, set[UUID]] = {model.__name__: set() for model in TABLES}

    assert shown(actor("station-head", province.near.units["S"])) == near
    assert shown(actor("station-head", province.far.units["S"])) == far
    assert shown(actor("planner", province.root)) == {k: near[k] | far[k] for k in near}
    assert shown(actor("midwife", province.near.units["S"])) == nothing
    with walls.at(walls.Level.NOBODY):
        assert {model.__name__: seen(model) for model in TABLES} == nothing


@pytest.mark.check("AC-05", mutant=True)
def test_mutant_what_a_contractor_did_without_its_policy_is_found(postgresql, province):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE governance_progress DISABLE ROW LEVEL SECURITY")

    with pytest.raises(AssertionError):
        test_a_project_is_shown_to_the_stations_that_it_works_on_and_to_its_unit(None, province)


@pytest.mark.check("AC-05")
def test_a_version_that_leaves_a_station_out_is_not_shown_to_it_on_either_store(province):
    """The filter of the program and the wall say the same."""
    own = project_of(province, province.near)
    (id,) = own["Project"]
    amended = uuid7()
    with guard.opened("test"):
        version_of(province, id, amended, 2, province.far.units["S"], "Far", "waits")
    near, far, planner = (
        actor("station-head", province.near.units["S"]),
        actor("station-head", province.far.units["S"]),
        actor("planner", province.root),
    )
    versions = {}
    for name, by in (("near", near), ("far", far), ("planner", planner)):
        with walls.at(walls.Reader(by)):
            page = queries.project(by=by, id=id, on=TODAY)
            listed = [row.id for row in queries.projects(by=by, on=TODAY)]
        assert listed == ([id] if page else [])
        versions[name] = [row.number for row in page.versions] if page else None

    assert versions == {"near": [1], "far": None, "planner": [2, 1]}

"""A copy for a drill that is poured out of a server: every row of every table, of whatever store."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.management import call_command

from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import OpenAccount
from tuyen.apps.journal.backup import facts
from tuyen.apps.journal.backup.embedded import settings_of
from tuyen.apps.journal.backup.refusals import NotEmpty
from tuyen.apps.journal.backup.walled import COPY, check_free, pour
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import CreateUnit, Member, RegisterHousehold, Tie
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 25)


def rows(using):
    return {
        model._meta.label: sorted(map(repr, model._default_manager.using(using).values_list()))
        for config in apps.get_app_configs()
        if config.name.startswith("tuyen.apps.")
        for model in config.get_models()
    }


def made(payload, unit, id=None):
    return Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW, id=id or uuid7())


@pytest.mark.django_db
def test_every_row_of_every_table_is_poured(tmp_path):
    province, commune = uuid7(), uuid7()
    born = Member(id=uuid7(), name="Giàng Thị Sua", sex=2, born_on=date(2019, 4, 2))
    receipts = commit(by=Actor.program(TODAY), at=NOW, operations=[
        made(CreateUnit(type="province", name="X"), province, id=province),
        made(CreateUnit(type="commune", name="Y",
                        relations=(Tie(kind="lies_in", object=province),)), commune, id=commune),
        made(RegisterHousehold(place=commune, members=(born,)), commune),
        made(OpenAccount(login="cdc", name="CDC"), NODE),
    ])  # fmt: skip
    assert all(receipt.ok for receipt in receipts)

    with facts.opened(COPY, settings_of(tmp_path / "copy.sqlite3")) as db, guard.opened("drill"):
        call_command("migrate", database=COPY, verbosity=0)
        pour(db)
        copied = rows(COPY)

    assert copied == rows("default")
    assert len(copied["registry.Person"]) == 1


def test_a_folder_that_holds_anything_is_not_written_over(tmp_path):
    check_free(tmp_path)
    (tmp_path / "tuyen.sqlite3").write_bytes(b"")

    with pytest.raises(NotEmpty):
        check_free(tmp_path)

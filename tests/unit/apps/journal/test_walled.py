"""The copy for a drill, poured out of whatever store: who and what is in it, behind which masks."""

import shutil
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections

from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import OpenAccount
from tuyen.apps.journal import seal, store
from tuyen.apps.journal.backup import facts, pouring
from tuyen.apps.journal.backup.embedded import settings_of
from tuyen.apps.journal.backup.masking import Masking, key_of
from tuyen.apps.journal.backup.refusals import NotEmpty
from tuyen.apps.journal.backup.walled import COPY, check_free
from tuyen.apps.journal.models import Entry
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import (
    CreateUnit,
    Member,
    Number,
    RegisterHousehold,
    SetApart,
    Tie,
)
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import KINDS, Operation
from tuyen.kernel.text import fold
from tuyen.rules.privacy import drills as rules

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 25)
MADE_ANEW = ("immunization.Child", "immunization.Status")  # in the copy, after it is poured
DRILL = UUID("6c1c2f0e-7d0b-4a93-9a1e-60c6a9c4b7d1")


def rows(using, *less):
    """Every table of the rooms, by row; of some models only how many there are."""
    return {
        model._meta.label: sorted(map(repr, model._default_manager.using(using).values_list()))
        for config in apps.get_app_configs()
        if config.name.startswith("tuyen.apps.")
        for model in config.get_models()
        if model._meta.label not in less
    }


def made(payload, unit, id=None):
    return Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW, id=id or uuid7())


@pytest.fixture
def province(db):
    """A commune with a family, an account, and something that was refused."""
    province, commune = uuid7(), uuid7()
    child = Member(id=uuid7(), name="Giàng Thị Sua", sex=2, born_on=date(2019, 4, 23), numbers=(
        Number(system="personal_number", value="011 319 001234"),))  # fmt: skip
    receipts = commit(by=Actor.program(TODAY), at=NOW, operations=[
        made(CreateUnit(type="province", name="X"), province, id=province),
        made(CreateUnit(type="commune", name="Y",
                        relations=(Tie(kind="lies_in", object=province),)), commune, id=commune),
        made(RegisterHousehold(place=commune, members=(child,), address="Bản Nà Mun 7"), commune),
        made(OpenAccount(login="cdc.sua", name="Giàng Thị Sua"), NODE),
        made(SetApart(one=uuid7(), other=uuid7(), reason="Sua không phải là Súa"), commune),
    ])  # fmt: skip
    assert [receipt.ok for receipt in receipts] == [True] * 4 + [False]
    return commune


@pytest.fixture(scope="module")
def template(tmp_path_factory, django_db_blocker):
    """An empty embedded store, as a drill's begins: made once, copied for each test."""
    path = tmp_path_factory.mktemp("walled") / "template.sqlite3"
    opened = facts.opened(COPY, settings_of(path))
    with django_db_blocker.unblock(), opened, guard.opened("drill"):
        call_command("migrate", database=COPY, verbosity=0)
    return path


@pytest.fixture
def copy(tmp_path, template):
    with facts.opened(COPY, settings_of(shutil.copy(template, tmp_path))) as db:
        yield db


def test_all_that_is_declared_is_copied_and_nobody_is_known_in_it(province, copy):
    with guard.opened("drill"):
        position, digest = pouring.pour(
            connections["default"], copy, Masking(key_of("secret", DRILL))
        )

    ours, theirs = rows("default"), rows(COPY)
    empty = set(MADE_ANEW)
    assert len(ours["immunization.Child"]) == 1  # she is followed
    assert not any(theirs[label] for label in empty)
    # Behind the five stays what was refused.
    assert {label: len(found) for label, found in theirs.items()} | {"journal.Entry": 6} == {
        label: len(found) for label, found in ours.items()
    } | dict.fromkeys(empty, 0)
    masked = {"access.User", "registry.Person", "registry.Household", "registry.Identifier",
              "registry.Residence", "journal.Entry", "journal.Head"}  # fmt: skip
    assert rows("default", *masked, *empty) == rows(COPY, *masked, *empty)
    assert (position, len(theirs["journal.Entry"])) == (5, 5)
    assert len(digest) == 32
    with store.working_on(COPY):
        person = apps.get_model("registry.Person").objects.get()
        user = apps.get_model("access.User").objects.get()
        number = apps.get_model("registry.Identifier").objects.get().value
        bodies = [seal.read_envelope(bytes(row.body)) for row in Entry.objects.order_by("position")]
    assert person.born_on == date(2019, 4, 1)
    assert person.name != "Giàng Thị Sua"
    assert user.name == person.name  # one name, one mask
    assert (user.login != "cdc.sua", user.password) == (True, "!")
    assert number[:6] == "011319"
    assert number != "011319001234"
    payloads = [KINDS.get(body.kind).decode(body.version, bytes(body.payload)) for body in bodies]
    (member,) = payloads[2].members
    assert (member.name, member.numbers[0].value) == (person.name, number)
    text = b"".join(bytes(body.payload) for body in bodies).decode()
    assert not [
        word for word in ("Giàng", "Sua", "001234", "Nà Mun", "cdc.sua", "-23") if word in text
    ]
    assert str(province) in text  # the map is as it is


def test_the_same_key_gives_the_same_masks_and_another_gives_others():
    def masked(drill):
        masks = Masking(key_of("secret", drill)).masks
        return masks.name("Giàng A Páo"), masks.number("011319001234"), masks.phone("0912345678")

    other = masked(UUID(int=1))

    assert masked(DRILL) == masked(DRILL)
    assert all(one != two for one, two in zip(masked(DRILL), other, strict=True))


def test_nobody_bears_a_family_name_of_a_drill():
    borne = {fold(family) for families, *_ in rules.people() for family in families}

    assert not borne & {fold(family) for family in rules.families()}
    assert len(rules.families()) >= 30


def test_a_copy_that_points_to_what_was_not_copied_is_not_made(province, copy, monkeypatch):
    masking = Masking(key_of("secret", DRILL))
    fewer = {
        label: cols for label, cols in masking.allowed.tables.items() if "Household" not in label
    }
    monkeypatch.setattr(masking, "allowed", masking.allowed._replace(tables=fewer))

    with guard.opened("drill"), pytest.raises(pouring.CopyPointsNowhere) as refused:
        pouring.pour(connections["default"], copy, masking)

    assert refused.value.values["to"] == "registry_household"


@pytest.mark.django_db
def test_what_is_read_is_of_one_moment_and_by_a_connection_that_writes_nothing():
    settings = {**connections.databases["default"]}
    with facts.opened("again", settings) as db, pouring.reading(db), db.cursor() as cursor:
        cursor.execute("SELECT position FROM journal_head")
        assert cursor.fetchone() == (0,)
    assert "again" not in connections.databases


def test_a_folder_that_holds_anything_is_not_written_over(tmp_path):
    check_free(tmp_path)
    (tmp_path / "tuyen.sqlite3").write_bytes(b"")

    with pytest.raises(NotEmpty):
        check_free(tmp_path)

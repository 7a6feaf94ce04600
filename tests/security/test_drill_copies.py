"""A drill's copy holds nobody: marks are planted in every text of a province and looked for in its bytes.

One row of every table and one operation of every kind, also of those that stay behind, each text in
them with a mark of its own. The allow-list itself is held by the build: what nobody declared fails.
"""

import itertools
import json
import re
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections, models
from msgspec import inspect as shapes

from tuyen.apps.access import guard
from tuyen.apps.journal import seal, store
from tuyen.apps.journal.backup import facts, pouring, walled
from tuyen.apps.journal.backup.embedded import Embedded, settings_of
from tuyen.apps.registry.services import indexing
from tuyen.kernel.operation import KINDS
from tuyen.rules.privacy import drills as rules

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
ID = UUID("9f3f0a52-5c0e-4d4e-8a53-3c3c7d3e0d11")
BIRTH = "1987-06-23"
MARK = {"drill": "7b0f1f8e-3c39-4c63-9b57-1c2c9b0f7a10", "scenario": "measles_village",
        "name": {"vi": "Sởi"}, "begins": NOW.isoformat()}  # fmt: skip
PATTERNED = (
    "vi",
    "2026-W01",
    "2026-10",
    "A15.0",
    "12",
    "ab" * 32,
    "ab" * 8,
    "08:00",
    "day",
    "a.b",
    "case",
)
"""Where no mark fits the form of a field: words that do."""


class Marks:
    """Marks, each once, with what they were planted in; texts of the map bear none."""

    def __init__(self):
        self.planted, self._numbers = {}, itertools.count(1)

    def text(self, where, fits=lambda text: True, *, kept=False):
        n = next(self._numbers)
        for mark in (f"Dấu vết {n:05}", f"dauvet{n:05}", f"disease:dauvet{n:05}", f"09{n:08}",
                     f"dv{n:05}"):  # fmt: skip
            if fits(mark):
                if not kept:
                    self.planted[mark.removeprefix("disease:")] = where
                return mark
        return next(filter(fits, PATTERNED), "")

    def found_in(self, folder):
        """Where the marks were planted that the bytes of a folder show, with accents or without."""
        told = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        plain = told.replace("Dấu vết".encode(), b"dau vet")
        return {where for mark, where in self.planted.items()
                if mark.replace("Dấu vết", "dau vet").encode() in plain}  # fmt: skip


def a_row(model, marks, allowed):
    """One row of a table: every text of it a mark, every id the same, so that all belong together."""
    label, row = model._meta.label, {}
    for field in model._meta.concrete_fields:
        where, mask = f"{label}.{field.attname}", allowed.mask(label, field.attname)
        if isinstance(field, (models.UUIDField, models.ForeignKey)):
            row[field.column] = ID.hex
        elif mask in ("json", "trace"):
            row[field.column] = a_document(where, mask, marks)
        elif isinstance(field, (models.CharField, models.TextField)):
            room = field.max_length or 1000
            row[field.column] = marks.text(
                where, lambda text, room=room: len(text) <= room,
                kept=mask == "keep" and label in allowed.tables,
            )  # fmt: skip
        elif isinstance(field, models.DateField):
            row[field.column] = BIRTH if mask.startswith("born") else "2020-01-02"
        elif isinstance(field, models.BinaryField):
            row[field.column] = marks.text(where).encode()
        else:
            row[field.column] = 1
    return row


def a_document(where, mask, marks):
    if mask == "trace":
        person = {"name": marks.text(where), "search": marks.text(where), "born_on": BIRTH,
                  "phone": marks.text(where, str.isdigit), "new_column": marks.text(where)}  # fmt: skip
        return json.dumps([["registry.Person", str(ID), None, person]], ensure_ascii=False)
    return json.dumps({"name": marks.text(where), "note": [marks.text(where)],
                       "deep": {marks.text(where): marks.text(where)}}, ensure_ascii=False)  # fmt: skip


def a_payload(shape, path, of, marks, allowed):
    """A payload of any kind: every field filled, every text a mark."""
    if isinstance(shape, shapes.Metadata):
        return a_payload(shape.type, path, of, marks, allowed)
    if isinstance(shape, shapes.UnionType):
        some = [one for one in shape.types if not isinstance(one, shapes.NoneType)]
        texts = [one for one in some if isinstance(one, shapes.StrType)]
        return a_payload((texts or some)[0], path, of, marks, allowed)
    if isinstance(shape, shapes.StructType):
        return {field.encode_name: a_payload(
            field.type, f"{path}.{field.encode_name}".lstrip("."), of, marks, allowed
        ) for field in shape.fields}  # fmt: skip
    if isinstance(shape, (shapes.ListType, shapes.VarTupleType, shapes.SetType)):
        return [a_payload(shape.item_type, path, of, marks, allowed)]
    if isinstance(shape, shapes.TupleType):
        return [a_payload(one, path, of, marks, allowed) for one in shape.item_types]
    if isinstance(shape, shapes.DictType):
        key = a_payload(shape.key_type, path, of, Marks(), allowed)
        return {"observed" if isinstance(shape.key_type, (shapes.StrType, shapes.Metadata)) else key:
                a_payload(shape.value_type, path, of, marks, allowed)}  # fmt: skip
    if isinstance(shape, shapes.LiteralType):
        return shape.values[0]
    if isinstance(shape, shapes.StrType):
        return a_text(shape, path, of, marks, allowed)
    plain = {shapes.UUIDType: str(ID), shapes.DateTimeType: "2026-01-02T03:04:05Z",
             shapes.DecimalType: "1", shapes.BoolType: True, shapes.FloatType: 0.95}  # fmt: skip
    if isinstance(shape, shapes.DateType):
        return BIRTH if allowed.mask(of, path).startswith("born") else "2020-01-02"
    return plain.get(type(shape), max(1, getattr(shape, "ge", 1) or 1))


def a_text(shape, path, of, marks, allowed):
    def fits(text):
        return (
            (shape.min_length or 0) <= len(text) <= (shape.max_length or 10**6)
            and (shape.pattern is None or re.search(shape.pattern, text) is not None)
        )  # fmt: skip

    kept = allowed.mask(of, path) == "keep" and of in allowed.kinds
    return marks.text(f"{of} {path}", fits, kept=kept)


def an_entry(position, kind, version, payload, accepted):
    refusal = None if accepted else {"code": "x", "message": "x", "values": {}}
    body = msgspec.json.encode({
        "id": str(UUID(int=position)), "kind": kind, "version": version, "unit": str(ID),
        "happened_on": "2026-01-02", "recorded_at": "2026-01-02T03:04:05Z",
        "received_at": "2026-01-02T03:04:05Z", "author": str(ID), "channel": "web",
        "corrects": None, "refusal": refusal, "payload": payload,
    })  # fmt: skip
    seal.read_envelope(body)
    return {"position": position, "id": UUID(int=position).hex, "kind": kind, "unit_id": ID.hex,
            "author_id": ID.hex, "corrects": None, "accepted": accepted, "digest": bytes(32),
            "received_at": "2026-01-02 03:04:05", "body": body}  # fmt: skip


def put(cursor, table, row):
    names = ", ".join(f'"{name}"' for name in row)
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["%s"] * len(row))})',
        list(row.values()),
    )


def plant(db, marks):
    """Fill every table of every room, and write an operation of every kind."""
    allowed = rules.copied()
    with db.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA ignore_check_constraints=ON")
        for model in apps.get_models():
            if not model.__module__.startswith("tuyen."):
                continue
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
            if model._meta.label != "journal.Entry":
                put(cursor, model._meta.db_table, a_row(model, marks, allowed))
        for n, kind in enumerate(KINDS, 1):
            said = a_payload(shapes.type_info(kind.payload), "", kind.name, marks, allowed)
            if kind.name in allowed.kinds:
                kind.decode(kind.version, msgspec.json.encode(said))  # as doors would take it
            put(cursor, "journal_entry", an_entry(n, kind.name, kind.version, said, True))
        for n, (kind, accepted) in enumerate([("surveillance.report_case", False),
                                              ("a-room-of-tomorrow.write", True)], 1000):  # fmt: skip
            said = {"name": marks.text(f"{kind}, {accepted}")}
            put(cursor, "journal_entry", an_entry(n, kind, 1, said, accepted))


@pytest.fixture
def schema(tmp_path, django_db_blocker):
    """A function that makes a migrated store of an empty one: both stores have the same schema."""
    path = tmp_path / "schema.sqlite3"
    with django_db_blocker.unblock(), facts.opened("schema", settings_of(path)) as db:
        with guard.opened("drill"):
            call_command("migrate", database="schema", verbosity=0)
        yield lambda to: db.connection.backup(to.connection)


def test_no_mark_of_a_province_is_in_the_bytes_of_its_drill(tmp_path, schema, monkeypatch):
    real, home, marks = tmp_path / "real", tmp_path / "drills" / "one", Marks()
    real.mkdir()
    with facts.opened("real", settings_of(real / "tuyen.sqlite3")) as db, guard.opened("drill"):
        schema(db)
        plant(db, marks)
    assert marks.found_in(real) == set(marks.planted.values())
    assert len(marks.planted) > 500

    def migrate(*args, **more):
        schema(connections[walled.COPY])
        connections[walled.COPY].cursor().execute("PRAGMA ignore_check_constraints=ON")

    monkeypatch.setattr(walled, "call_command", migrate)
    path = walled.copy_out(store=Embedded(real / "tuyen.sqlite3"), home=home, mark=MARK, at=NOW)
    with facts.opened(walled.COPY, settings_of(path)) as db, store.working_on(walled.COPY):
        indexing.index_people()
        counted = facts.counts(db)

    assert marks.found_in(home) == set()
    assert BIRTH.encode() not in path.read_bytes()
    allowed = rules.copied()
    for label in allowed.tables.keys() - {"journal.Revision"}:  # to which the drill adds its own
        assert counted[apps.get_model(label)._meta.db_table] == 1, label
    own = {"journal.Entry", "journal.Head"}
    for model in apps.get_models():  # of the rooms that are not named, too
        label = model._meta.label
        if model.__module__.startswith("tuyen.") and label not in allowed.tables.keys() | own:
            assert counted[model._meta.db_table] == 0, label
    assert counted["journal_entry"] == len(allowed.kinds) + 1  # and that it is a drill


def test_everything_of_the_rooms_that_are_copied_is_declared():
    assert pouring.undeclared() == []


@pytest.mark.parametrize(
    ("why", "changes", "found"),
    [
        ("a new table",
         lambda a: {"tables_left": {k: v for k, v in a.tables_left.items() if "Passkey" not in k}},
         "access.Passkey is neither copied nor left behind"),
        ("a new column",
         lambda a: {"tables": {**a.tables, "registry.Person": a.tables["registry.Person"][:-1]}},
         "registry.Person.merged_into_id is not declared"),
        ("a new operation",
         lambda a: {"kinds": a.kinds - {"surveillance.report_case"}},
         "surveillance.report_case is not declared"),
        ("a new text in an operation",
         lambda a: {"fields": {k: v for k, v in a.fields.items() if k != "history"}},
         "surveillance.report_case.history is a text without a mask"),
        ("a new text in a table",
         lambda a: {"fields": {k: v for k, v in a.fields.items() if k != "void_reason"}},
         "registry.Person.void_reason is free text without a mask"),
        ("a table that is gone",
         lambda a: {"tables": {**a.tables, "registry.Ghost": ("id",)}},
         "registry.Ghost is gone, or of a room that is not copied"),
    ],
)  # fmt: skip
def test_mutant_what_nobody_declared_fails_the_build(monkeypatch, why, changes, found):
    allowed = rules.copied()
    monkeypatch.setattr(rules, "copied", lambda: allowed._replace(**changes(allowed)))

    assert found in pouring.undeclared(), why


def test_mutant_a_room_that_nobody_named_fails_the_build(monkeypatch):
    allowed = rules.copied()
    fewer = allowed._replace(
        rooms=allowed.rooms - {"supply"},
        tables={k: v for k, v in allowed.tables.items() if not k.startswith("supply.")},
        kinds=frozenset(k for k in allowed.kinds if not k.startswith("supply.")),
        tables_left={k: v for k, v in allowed.tables_left.items() if not k.startswith("supply.")},
        kinds_left=frozenset(k for k in allowed.kinds_left if not k.startswith("supply.")),
    )  # fmt: skip
    monkeypatch.setattr(rules, "copied", lambda: fewer)

    assert pouring.undeclared() == ["supply is a room that is neither copied nor left behind"]


def test_of_a_room_that_is_left_behind_nothing_is_asked_and_nothing_is_copied(monkeypatch):
    allowed = rules.copied()
    fewer = allowed._replace(
        rooms=allowed.rooms - {"indicators"}, rooms_left={**allowed.rooms_left, "indicators": "figures"},
        tables={k: v for k, v in allowed.tables.items() if not k.startswith("indicators.")},
        kinds=frozenset(k for k in allowed.kinds if not k.startswith("indicators.")),
    )  # fmt: skip
    monkeypatch.setattr(rules, "copied", lambda: fewer)

    assert pouring.undeclared() == []

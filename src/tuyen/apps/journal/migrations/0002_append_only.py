"""The first head of the chain, and triggers that refuse to change or delete an entry."""

from uuid import uuid4

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tuyen.apps.access import guard

_SQLITE = [
    f"CREATE TRIGGER journal_entry_no_{verb} BEFORE {verb} ON journal_entry"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
_POSTGRESQL = [
    "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$",
    "CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
]
_UNDO = {
    "sqlite": ["DROP TRIGGER journal_entry_no_UPDATE", "DROP TRIGGER journal_entry_no_DELETE"],
    "postgresql": [
        "DROP TRIGGER journal_entry_append_only ON journal_entry",
        "DROP FUNCTION journal_refuse()",
    ],
}


def begin(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    head = apps.get_model("journal", "Head")
    with guard.opened("migration"):
        head.objects.using(editor.connection.alias).create(
            id=1, epoch=uuid4(), position=0, digest=bytes(32)
        )
    for sql in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
        editor.execute(sql)


def end(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for sql in _UNDO[editor.connection.vendor]:
        editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]  # noqa: RUF012  # Django's own form
    operations = [migrations.RunPython(begin, end)]  # noqa: RUF012

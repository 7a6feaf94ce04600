"""Long bodies are packed by LZ4 where the store can: a quarter of an import was spent on packing."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tuyen.apps.journal.compression import pack_by_lz4


def pack(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    pack_by_lz4(editor, "journal_entry", "body")


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_drill")]
    operations = [migrations.RunPython(pack, migrations.RunPython.noop)]

"""How PostgreSQL packs long texts: by LZ4 where the server was built with it, at a third of the price."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def pack_by_lz4(editor: BaseDatabaseSchemaEditor, table: str, column: str) -> None:
    """Let new values of a column be packed by LZ4; what is packed already stays as it is. Where the
    store does not know it, nothing is changed: it is a matter of speed only."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        )
        row = cursor.fetchone()
    if row and row[0]:
        # Names come from our own models.
        editor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET COMPRESSION lz4')

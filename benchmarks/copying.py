"""The rows of a demo, from its SQLite file into PostgreSQL: minutes saved, and the same rows.

``TUYEN_HOME`` names the demo, ``TUYEN_DATABASE_URL`` an empty PostgreSQL database.
"""

import os
from pathlib import Path
from typing import Any

from benchmarks import installation, measuring
from benchmarks.measuring import note

_STEP = 20_000


def main() -> None:
    installation.opened()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", database=_source(), verbosity=0)
    rows = 0
    connection.disable_constraint_checking()
    for model in _models():
        rows += _copy(model)
    with connection.cursor() as cursor:
        # What autovacuum does within minutes; until then each search reads the list of new entries.
        cursor.execute("VACUUM ANALYZE")
    measuring.tell({"rows": rows})


def _models() -> list[Any]:
    """Our own tables, those that are referred to first."""
    from django.apps import apps

    ours = {
        model
        for config in apps.get_app_configs()
        if config.name.startswith("tuyen.apps.")
        for model in config.get_models(include_auto_created=True)
    }
    placed: list[Any] = []
    while len(placed) < len(ours):
        for model in sorted(ours - set(placed), key=lambda model: str(model._meta)):
            needs = {field.related_model for field in model._meta.fields if field.is_relation}
            if needs <= {*placed, model}:
                placed.append(model)
    return placed


def _copy(model: Any) -> int:
    """One table; the order of the keys keeps a row that names another of its table behind it."""
    from django.db import transaction

    from tuyen.apps.access import guard
    from tuyen.apps.journal import bulk

    columns = [field.attname for field in model._meta.concrete_fields]
    rows = model._default_manager.using(_source()).order_by("pk").values_list(*columns)
    note(f"{model._meta.db_table}")
    with guard.opened("benchmark"), transaction.atomic():
        model._default_manager.all().delete() if model._meta.db_table == "journal_head" else None
        return bulk.insert(model, columns, rows.iterator(chunk_size=_STEP))


def _source() -> str:
    """The alias of the SQLite file."""
    from django.db import connections

    if "source" not in connections.databases:
        path = Path(os.environ["TUYEN_HOME"]) / "tuyen.sqlite3"
        given = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
        settings = connections.configure_settings({"default": given, "source": given})
        connections.databases["source"] = settings["source"]
    return "source"


if __name__ == "__main__":
    main()

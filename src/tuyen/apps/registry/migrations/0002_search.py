"""The index that finds people by the words of their names, in the way of each store."""

from django.db import migrations

from tuyen.apps.registry import search


def install(apps, schema_editor):
    search.install(schema_editor)


def remove(apps, schema_editor):
    search.remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]

"""Cards are asked about again until the portal has answered, and what it said is kept."""

from typing import Any

from django.db import migrations, models

from tuyen.apps.access import guard


def owe(apps: Any, editor: Any) -> None:
    """What stands of earlier visits as a replay of the journal would write it: not confirmed."""
    claims = apps.get_model("claims", "Claim").objects.using(editor.connection.alias)
    with guard.opened("migration"):
        claims.filter(payer="insurance", voided=False).update(entitlement="due")


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0002_check_ins"),
    ]

    operations = [
        migrations.CreateModel(
            name="CardTry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("operation_id", models.UUIDField()),
                ("claim_id", models.UUIDField(db_index=True)),
                ("unit_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("card", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("born", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(max_length=8)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("verdict", models.CharField(blank=True, max_length=4)),
                ("facts", models.TextField(default="{}")),
                ("message", models.CharField(blank=True, max_length=500)),
                ("asked_by_id", models.UUIDField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="claim", name="entitlement", field=models.CharField(default="", max_length=4)
        ),
        migrations.AddField(
            model_name="claim", name="ask_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="claim", name="asks", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.RunPython(owe, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("entitlement", "due")),
                fields=["ended_at"],
                name="claims_card_due",
            ),
        ),
    ]

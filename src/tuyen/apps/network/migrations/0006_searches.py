from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0005_moves"),
    ]

    operations = [
        migrations.AddField(
            model_name="outreachplan", name="ways", field=models.JSONField(null=True)
        ),
        migrations.CreateModel(
            name="RoundsSearch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit_id", models.UUIDField()),
                ("starts", models.DateField()),
                ("teams", models.JSONField()),
                ("season", models.CharField(blank=True, max_length=3)),
                ("quick", models.BooleanField()),
                ("state", models.CharField(max_length=8)),
                ("plan_id", models.UUIDField(null=True)),
                ("code", models.CharField(blank=True, max_length=80)),
                ("message", models.CharField(blank=True, max_length=600)),
                ("told", models.JSONField()),
                ("author_id", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "asked_at"], name="network_search_state")
                ],
            },
        ),
    ]

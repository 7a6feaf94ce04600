from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0006_searches"),
    ]

    operations = [
        migrations.CreateModel(
            name="PointMonth",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit_id", models.UUIDField()),
                ("month", models.DateField()),
                ("days", models.JSONField()),
                ("state", models.CharField(max_length=8)),
                ("author_id", models.UUIDField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["unit_id", "state", "month"], name="network_point_month")
                ],
            },
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_merged_index")]

    operations = [
        migrations.CreateModel(
            name="FormerDeath",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("died_on", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                ("author_id", models.UUIDField(null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
            ],
        ),
    ]

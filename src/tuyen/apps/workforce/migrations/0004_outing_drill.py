from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workforce", "0003_duty")]

    operations = [
        migrations.AddField("outing", "drill_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "outing",
            models.Index(
                fields=["drill_id"],
                condition=~models.Q(drill_id=None),
                name="workforce_outing_drill",
            ),
        ),
    ]

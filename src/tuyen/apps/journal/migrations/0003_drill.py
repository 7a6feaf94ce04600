from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]  # noqa: RUF012  # Django's own form
    operations = [  # noqa: RUF012
        migrations.AddField("head", "drill", models.UUIDField(null=True)),
    ]

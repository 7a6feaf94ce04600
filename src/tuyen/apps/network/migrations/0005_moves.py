from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0002_plans"),
    ]

    operations = [
        migrations.AddField(
            model_name="networkplan", name="moves", field=models.JSONField(default=list)
        ),
    ]

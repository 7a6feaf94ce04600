from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0004_outreach"),
    ]

    operations = [
        migrations.AddField(
            model_name="networkplan", name="moves", field=models.JSONField(default=list)
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinical", "0009_coming")]

    operations = [
        migrations.CreateModel(
            name="Talk",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit_id", models.UUIDField()),
                ("on", models.DateField()),
                ("form", models.CharField(max_length=40)),
                ("topic", models.CharField(max_length=40)),
                ("topic_words", models.CharField(blank=True, max_length=200)),
                ("place_id", models.UUIDField(null=True)),
                ("place_name", models.CharField(blank=True, max_length=200)),
                ("reached", models.PositiveIntegerField()),
                ("speaker", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("state", models.CharField(max_length=4)),
                ("version", models.PositiveSmallIntegerField()),
                ("author_id", models.UUIDField(null=True)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["unit_id", "on"], name="clinical_talk_unit")],
            },
        ),
        migrations.CreateModel(
            name="TalkStep",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("talk_id", models.UUIDField(db_index=True)),
                ("unit_id", models.UUIDField()),
                ("version", models.PositiveSmallIntegerField()),
                ("what", models.CharField(max_length=7)),
                ("reason", models.CharField(max_length=500)),
                ("content", models.TextField()),
                ("author_id", models.UUIDField(null=True)),
                ("received_at", models.DateTimeField()),
            ],
        ),
    ]

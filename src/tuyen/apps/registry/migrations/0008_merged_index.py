import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_undo_by_two"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.person",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("merged_into", None), _negated=True),
                fields=["merged_into"],
                name="registry_person_merged",
            ),
        ),
    ]

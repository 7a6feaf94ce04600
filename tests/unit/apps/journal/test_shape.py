"""A store that was not brought to the shape of this program is not copied."""

from pathlib import Path

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tuyen.apps.journal.backup import facts
from tuyen.apps.journal.backup.embedded import settings_of
from tuyen.apps.journal.backup.refusals import NotMigrated

HOME = Path("/srv/tuyen")


@pytest.mark.django_db
def test_a_store_of_this_version_is_taken_and_one_of_an_earlier_is_not(tmp_path):
    with facts.opened("other", settings_of(tmp_path / "x.sqlite3")) as db:
        done = MigrationRecorder(db)
        for name in MigrationLoader(None).graph.nodes:
            done.record_applied(*name)
        facts.check_shape(db, HOME)
        done.record_unapplied("surveillance", "0009_drills")

        with pytest.raises(NotMigrated) as refused:
            facts.check_shape(db, HOME)

    assert refused.value.code == "journal.not-migrated"
    assert "tuyen migrate --home /srv/tuyen" in str(refused.value)


@pytest.mark.django_db
def test_asking_makes_no_store_where_there_is_none(tmp_path):
    path = tmp_path / "tuyen.sqlite3"
    (tmp_path / "beside").mkdir()
    with facts.opened("nothing", settings_of(tmp_path / "beside" / "x.sqlite3")) as db:
        db.settings_dict["NAME"] = str(path)
        with pytest.raises(NotMigrated):
            facts.check_shape(db, tmp_path)

    assert not path.exists()

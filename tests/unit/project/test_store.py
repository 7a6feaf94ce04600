"""An acknowledged commit survives a power cut on either store."""

import pytest
from django.db import connection

DURABLE = {
    "sqlite": ("PRAGMA synchronous", 2),  # FULL
    "postgresql": ("SHOW synchronous_commit", "on"),
}


@pytest.mark.django_db
def test_a_commit_waits_for_the_disk():
    question, answer = DURABLE[connection.vendor]

    with connection.cursor() as cursor:
        cursor.execute(question)

        assert cursor.fetchone() == (answer,)

"""Fifty at once at one conditional create: see :mod:`tests.security.racing`."""

import json
from typing import Any

from tests.security.racing import TRIES, at_once, province, race, tally


def _program(here: Any) -> Any:
    from datetime import UTC, datetime

    from django.test import Client

    from tests.security.conftest import open_account
    from tuyen.apps.access import services

    user = open_account(here, "station-head", here.near.units["S"])
    key = services.issue_key(user=user, label="race", days=9, now=datetime.now(UTC))
    return lambda: Client(headers={"Authorization": f"Bearer {key}", "Host": "localhost"})


def _created(client: Any, content: dict[str, Any], criterion: str) -> Any:
    def attempt() -> str:
        answer = client().post(
            "/fhir/R4/Patient", json.dumps(content), content_type="application/fhir+json",
            headers={"If-None-Exist": criterion},
        )  # fmt: skip
        return f"{answer.status_code}:{answer.json().get('id')}"

    return attempt


def _raced(system: str, value: str) -> dict[str, Any]:
    """What became of fifty creates, each with another name, and whom there is afterwards."""
    from tuyen.apps.exchange.models import Resource
    from tuyen.apps.registry.models import Identifier

    client = _program(province())
    contents = [
        {
            "resourceType": "Patient", "name": [{"text": f"Lò Thị {n}"}], "gender": "female",
            "birthDate": "1991-02-03", "identifier": [{"system": system, "value": value}],
        }
        for n in range(TRIES)
    ]  # fmt: skip
    outcomes = at_once(*[_created(client, c, f"identifier={system}|{value}") for c in contents])
    return {
        "outcomes": tally(outcomes),
        "ids": len({str(outcome).partition(":")[2] for outcome in outcomes}),
        "rows": Resource.objects.filter(type="Patient").count(),
        "people": Identifier.objects.filter(value=value).count(),
    }


@race
def one_patient_by_personal_number() -> dict[str, Any]:
    """A patient with a number on the register, created fifty times where there is none yet."""
    return _raced("urn:tuyen:sid:personal-number", "011191000777")


@race
def one_patient_by_foreign_number() -> dict[str, Any]:
    """The same with a number that only another system knows."""
    return _raced("urn:other:hospital", "H-1")

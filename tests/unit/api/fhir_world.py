"""Two stations with their people, and programs that speak FHIR to them."""

import json
from datetime import date, timedelta
from typing import Any

from django.test import Client

from tests.unit.api.sync_world import World
from tuyen.apps.access import clock, services
from tuyen.apps.registry.operations import Insurance, Member, Number, RegisterHousehold
from tuyen.kernel.ids import uuid7

BASE = "/fhir/R4"
JSON = "application/fhir+json"


class Program:
    """A program that holds the key of somebody at a station."""

    def __init__(self, user, purpose: str = "duty") -> None:
        key = services.issue_key(user=user, label="test", days=9, now=clock.real_now())
        headers = {"Authorization": f"Bearer {key}", "Tuyen-Purpose": purpose}
        self.client = Client(headers=headers)

    def get(self, path: str, **rest: Any):
        return self.client.get(f"{BASE}/{path}", **rest)

    def post(self, path: str, content: Any, **headers: str):
        body = content if isinstance(content, (bytes, str)) else json.dumps(content)
        where = f"{BASE}/{path}" if path else BASE
        return self.client.post(where, body, content_type=JSON, headers=headers)

    def put(self, path: str, content: Any, **headers: str):
        body = content if isinstance(content, (bytes, str)) else json.dumps(content)
        return self.client.put(f"{BASE}/{path}", body, content_type=JSON, headers=headers)

    def delete(self, path: str):
        return self.client.delete(f"{BASE}/{path}")


class FhirWorld(World):
    """Also: programs of the stations, and a resident with a number and a card."""

    def program(self, n: int = 0, role: str = "station-head", purpose: str = "duty") -> Program:
        return Program(self.user(role, self.stations[n]), purpose)

    def resident(self, n: int, name: str, number: str, card: str = "", child: str = ""):
        member = Member(
            id=uuid7(), name=name, sex=2, born_on=date(1990, 3, 5), phone="0912000001", role="head",
            numbers=(Number(system="personal_number", value=number),),
            insurance=Insurance(card=card, since=date(2026, 1, 1)) if card else None,
        )  # fmt: skip
        members = [member]
        if child:
            born = clock.today() - timedelta(days=400)
            members.append(Member(id=uuid7(), name=child, sex=1, born_on=born, role="child"))
        self.send(
            RegisterHousehold(
                place=self.villages[n], members=tuple(members), since=date(2021, 1, 1)
            ),
            unit=self.stations[n],
        )
        self.child = members[-1].id
        return member.id


def patient(name: str = "Lò Thị Mai", number: str = "", **rest: Any) -> dict[str, Any]:
    """A Patient as another system might send one."""
    found: dict[str, Any] = {
        "resourceType": "Patient",
        "name": [{"use": "official", "text": name}],
        "gender": "female",
        "birthDate": "1991-02-03",
    }
    if number:
        found["identifier"] = [{"system": "urn:tuyen:sid:personal-number", "value": number}]
    return found | rest


def observation(subject: str, code: str = "8480-6", value: str = "120", **rest: Any) -> str:
    """An Observation as text, so that its decimals stand as they are written."""
    said = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": subject},
        "effectiveDateTime": "2026-11-02T08:00:00+07:00",
        "valueQuantity": {"value": "VALUE", "unit": "mmHg"},
    } | rest
    return json.dumps(said).replace('"VALUE"', value)

"""The machine door: a key or nothing, strict in, one shape of error, and nobody's data but one's own."""

import json
from datetime import UTC, date, datetime
from uuid import uuid4

import msgspec
import pytest
from django.test import Client

from tuyen.api.openapi import openapi
from tuyen.apps.access import services
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)


def operation(payload, unit=NODE):
    return Operation.of(payload, unit=unit, happened_on=NOW.date(), recorded_at=NOW)


@pytest.fixture
def caller(db, settings):
    """``caller(role, unit)``: a client whose key speaks for a new holder of the post."""
    settings.ALLOWED_HOSTS = ["testserver"]

    def make(role, unit=NODE):
        user = operation(OpenAccount(login=f"u{uuid4().hex[:12]}", name="Vì Thị Én"))
        post = operation(CreatePost(role=role, since=date(2020, 1, 1)), unit)
        holding = operation(Appoint(post=post.id, user=user.id, since=date(2020, 1, 1)), unit)
        receipts = commit(by=Actor.program(NOW.date()), operations=[user, post, holding], at=NOW)
        assert all(receipt.ok for receipt in receipts)
        key = services.issue_key(user=user.id, label="test", days=3650, now=datetime.now(UTC))
        return Client(headers={"Authorization": f"Bearer {key}"})

    return make


def push(client, *operations):
    body = json.dumps({"operations": [json.loads(msgspec.json.encode(o)) if not isinstance(o, dict) else o
                                      for o in operations]})  # fmt: skip
    return client.post("/api/v1/operations", body, content_type="application/json")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc", "Bearer  "])
@pytest.mark.parametrize(
    "path", ["feed", "cases", "counts", "alarms", "signals", "people", "units"]
)
def test_without_a_key_nothing_is_answered(db, header, path):
    answer = Client(headers={"Authorization": header}).get(f"/api/v1/{path}")

    assert answer.status_code == 401
    assert answer.json()["code"] == "api.no-key"
    assert answer["Content-Type"] == "application/problem+json"


def test_a_signed_in_browser_is_not_a_program(caller, client, db):
    """Cookies mean nothing to the API, so no page of another site can act through it."""
    assert (
        client.post("/api/v1/operations", "{}", content_type="application/json").status_code == 401
    )


def test_each_operation_gets_its_receipt_in_the_order_sent(caller):
    client = caller("administrator")
    good, bad = operation(OpenAccount(login="one", name="Một")), {"id": "not-an-id"}
    refused = operation(Appoint(post=uuid7(), user=uuid7(), since=date(2026, 1, 1)))

    receipts = push(client, good, bad, refused, good).json()["receipts"]

    assert [(r["index"], r["status"]) for r in receipts] == [
        (0, "accepted"), (1, "refused"), (2, "refused"), (3, "accepted"),
    ]  # fmt: skip
    assert receipts[1]["refusal"]["code"] == "api.malformed"
    assert receipts[2]["refusal"]["code"] == "access.missing"
    assert push(client, good).json()["receipts"][0]["status"] == "already-had"


@pytest.mark.parametrize(
    ("why", "body", "code"),
    [
        ("not JSON", b"{", "api.bad-request"),
        ("a list", b"[]", "api.bad-request"),
        ("an unknown field", b'{"operations":[],"x":1}', "api.bad-request"),
        ("bad UTF-8", b'{"operations":"\xff"}', "api.bad-request"),
        ("very deep", b'{"operations":' + b"[" * 50_000, "api.bad-request"),
        ("nothing", b"", "api.bad-request"),
        ("too many", b'{"operations":[' + b",".join([b"1"] * 1001) + b"]}", "api.too-many"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_whole(why, body, code, caller):
    client = caller("administrator")

    answer = client.post("/api/v1/operations", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, code), why


def test_the_wrong_method_is_said(caller):
    answer = caller("administrator").delete("/api/v1/feed")

    assert answer.status_code == 405
    assert "GET" in answer.json()["detail"]


def test_what_is_out_of_scope_looks_as_if_it_were_not_there(caller):
    station, elsewhere = uuid7(), uuid7()
    client = caller("station-head", station)
    hidden = operation(CreatePost(role="midwife", since=date(2026, 1, 1)), elsewhere)
    commit(by=Actor.program(NOW.date()), operations=[hidden], at=NOW)

    there = client.get(f"/api/v1/operations/{hidden.id}")
    nowhere = client.get(f"/api/v1/operations/{uuid4()}")

    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content


def test_an_operation_for_another_unit_is_refused_and_kept(caller):
    client = caller("station-head", uuid7())

    receipt = push(
        client, operation(CreatePost(role="midwife", since=date(2026, 1, 1)), uuid7())
    ).json()

    assert receipt["receipts"][0]["refusal"]["code"] == "access.not-allowed"
    assert receipt["receipts"][0]["position"] is not None


@pytest.mark.parametrize(
    "query",
    [
        "feed?after=x", "feed?after=-1", "feed?limit=0", "feed?limit=99999", "feed?epoch=1",
        "feed?after=99999999999999999999", "cases?page=0", "cases?area=1", "cases?first=2026-13-01",
        "counts", "counts?first=2026-01-02&last=2026-01-01", "counts?period=century&first=2026-01-01&last=2026-01-01",
        "counts?split=name&first=2026-01-01&last=2026-01-01", "alarms?open=perhaps", "units?on=yesterday",
    ],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_named(query, caller):
    answer = caller("cdc-epidemiologist").get(f"/api/v1/{query}")

    assert answer.status_code == 400
    assert answer.json()["code"] == "api.bad-request"


def test_sentences_come_in_the_callers_language(caller):
    client = caller("director")

    english = client.get("/api/v1/cases", headers={"Accept-Language": "en"}).json()
    vietnamese = client.get("/api/v1/cases", headers={"Accept-Language": "vi"}).json()

    assert english["code"] == vietnamese["code"] == "access.not-allowed"
    assert english["detail"] != vietnamese["detail"]


def test_the_description_names_every_route_and_every_kind_of_operation(db):
    described = openapi()

    assert "/v1/operations" in described["paths"]
    assert set(described["components"]["schemas"]["Operation"]["properties"]["kind"]["enum"]) >= {
        "surveillance.report_case", "registry.register_household", "access.appoint",
    }  # fmt: skip
    assert Client().get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"

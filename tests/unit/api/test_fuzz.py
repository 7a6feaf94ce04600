"""The API against its own description, with inputs nobody thought of: never a fault of ours."""

import json
from datetime import UTC, date, datetime
from urllib.parse import quote, urlencode

import hypothesis
import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given
from schemathesis.core import NotSet

from tuyen.api.openapi import openapi
from tuyen.apps.access import services
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
ROLES = ("cdc-epidemiologist", "planner", "administrator")


SCHEMA = schemathesis.openapi.from_dict(openapi())
ENDPOINTS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations()}


@pytest.fixture
def key(db):
    def operation(payload):
        return Operation.of(payload, unit=NODE, happened_on=NOW.date(), recorded_at=NOW)

    user = operation(OpenAccount(login="fuzz", name="Fuzz"))
    posts = [operation(CreatePost(role=role, since=date(2020, 1, 1))) for role in ROLES]
    held = [operation(Appoint(post=p.id, user=user.id, since=date(2020, 1, 1))) for p in posts]
    commit(by=Actor.program(NOW.date()), operations=[user, *posts, *held], at=NOW)
    return services.issue_key(user=user.id, label="fuzz", days=3650, now=datetime.now(UTC))


@pytest.mark.parametrize("endpoint", sorted(ENDPOINTS))
def test_no_input_makes_a_fault(endpoint, key, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)

    @hypothesis.settings(
        max_examples=30, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=ENDPOINTS[endpoint].as_strategy())
    def each(case):
        path = "/api" + quote(case.formatted_path)
        nothing = case.method == "GET" or isinstance(case.body, NotSet)
        sent = b"" if nothing else json.dumps(case.body).encode()
        query = urlencode({str(k): str(v) for k, v in dict(case.query or {}).items()})
        answer = client.generic(case.method, path, sent, "application/json", QUERY_STRING=query)
        assert answer.status_code < 500, (path, query, sent[:500], answer.content[:500])
        if answer.status_code in (400, 403):
            assert answer.json()["code"]

    each()

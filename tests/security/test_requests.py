"""A state changes by a form of our own page, or by a program's key: never by a page of another site."""

import pytest
from django.test import Client

from tests.security.addresses import addresses
from tests.security.conftest import routes


@pytest.mark.check("IN-15")
def test_nothing_changes_without_the_pages_own_token(province, holder):
    """Every route that takes a POST in the console refuses one that comes from elsewhere."""
    from tuyen.apps.journal import queries as journal

    who = holder("administrator", "H")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = who.browser.cookies
    before = journal.head()[1]
    answers = {
        path: strict.post(path, {}).status_code
        for path in addresses(province)
        # The doors of programs know no cookie: a key is asked for first (test_fhir, test_api).
        if not path.startswith(("/api/", "/fhir/"))
    }

    assert {path: status for path, status in answers.items() if status not in (403, 404)} == {}
    assert journal.head()[1] == before


@pytest.mark.check("IN-15")
def test_reading_changes_nothing(province, holder):
    from tuyen.apps.journal import queries as journal

    before = journal.head()[1]
    who = holder("station-head")
    end = journal.head()[1]
    for path in addresses(province):
        (who.program if path.startswith("/api/") else who.browser).get(path)

    assert journal.head()[1] == end > before


@pytest.mark.check("IN-15")
def test_only_the_doors_of_programs_take_a_post_without_a_token():
    exempt = {
        view.__module__.split(".")[1]
        for _path, view in routes()
        if getattr(view, "csrf_exempt", False)
    }

    assert exempt == {"api"}


@pytest.mark.check("IN-15", mutant=True)
def test_mutant_a_view_that_is_exempt_is_found(monkeypatch):
    from tuyen.web.access import views

    monkeypatch.setattr(views.invite, "csrf_exempt", True, raising=False)

    with pytest.raises(AssertionError):
        test_only_the_doors_of_programs_take_a_post_without_a_token()

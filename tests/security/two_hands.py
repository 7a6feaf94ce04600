"""A list with names, by both hands: one asks, a director agrees, the first takes it out."""

from typing import Any
from uuid import UUID

from django.test import Client

from tests.security.conftest import BACKEND, Holder, Province, open_account
from tuyen.apps.access.models import ExportRequest, User

PURPOSE = "báo cáo tháng cho Sở"


def asks(who: Holder, purpose: str = PURPOSE, query: str = "") -> Any:
    """The answer of the export page to a request for names."""
    said = {"names": "yes", "form": "csv", "reason": purpose, "query": query}
    return who.browser.post("/cases/export/", said)


def request_of(who: Holder) -> UUID:
    """The last list that somebody asked for."""
    return ExportRequest.objects.filter(author_id=who.user).latest("asked_at", "pk").pk


def browser_of(user: UUID) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(User.objects.get(pk=user), backend=BACKEND)
    return client


def director(province: Province) -> Client:
    return browser_of(open_account(province, "director", province.root))


def answers(browser: Client, request: UUID, verdict: str = "yes", reason: str = "") -> Any:
    return browser.post(f"/names/{request}/answer/", {"verdict": verdict, "reason": reason})


def fetches(who: Holder, request: UUID, form: str = "csv") -> Any:
    return who.browser.post(f"/names/{request}/fetch/", {"form": form})


def with_names(
    province: Province, who: Holder, form: str = "csv", purpose: str = PURPOSE, query: str = ""
) -> Any:
    """The file, or where the way to it ended."""
    asked = asks(who, purpose, query)
    if asked.status_code != 302:
        return asked
    answers(director(province), request_of(who))
    return fetches(who, request_of(who), form)

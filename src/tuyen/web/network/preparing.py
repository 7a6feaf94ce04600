"""What a page says while the engine behind it is being compiled, once on a machine: and it asks again."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tuyen.apps.network.refusals import EngineBeingPrepared

AGAIN = 5
"""Seconds after which the page asks again by itself."""


class Preparing:
    """Answers a request that met an engine which is not ready with 503 and when to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, failed: Exception) -> HttpResponse | None:
        """A page that was only read asks again by itself; what was sent is sent again by its author."""
        if not isinstance(failed, EngineBeingPrepared):
            return None
        read = request.method in ("GET", "HEAD")
        page = render(request, "network/preparing.html", {"read": read}, status=503)
        page["Retry-After"] = str(AGAIN)
        if read:
            page["Refresh"] = str(AGAIN)
        return page

"""What a page says when a rule file of the installation cannot be used: which, and what it lacks."""

import os
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tuyen.rules import BadRule


class Ruling:
    """Answers a request that met a bad rule with 503 and the sentence; the log has where it was read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, failed: Exception) -> HttpResponse | None:
        """Nothing was computed with it. Only where the file lies on the machine is left out."""
        if not isinstance(failed, BadRule):
            return None
        own = os.environ.get("TUYEN_RULES", "").rstrip("/")
        what = str(failed).replace(f"{own}/", "") if own else str(failed)
        return render(request, "shell/bad_rule.html", {"what": what}, status=503)

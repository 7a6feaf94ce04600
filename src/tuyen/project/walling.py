"""Every request begins and ends as nobody: see :mod:`tuyen.apps.access.walls`."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from tuyen.apps.access import walls


class Walled:
    """The outermost middleware; the doors say later who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with walls.request():
            response = self._answer(request)
            if isinstance(response, StreamingHttpResponse):
                content: Any = response.streaming_content
                response.streaming_content = walls.continued(content, walls.standing())
            return response

"""A refusal as it is said to a program: one form for every door (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpResponse

_encode = msgspec.json.Encoder().encode


def problem(said: Mapping[str, Any], *, detail: str, status: int) -> HttpResponse:
    """What a refusal says (:meth:`Refusal.as_dict`) as ``application/problem+json``, with its
    sentence in the caller's language as ``detail``."""
    content = {
        "type": "about:blank", "status": status, "title": said["code"], "detail": detail, **said,
    }  # fmt: skip
    response = HttpResponse(
        _encode(content), status=status, content_type="application/problem+json"
    )
    response["Cache-Control"] = "no-store"
    return response

"""What every page of the console needs to know."""

from typing import Any

from django.http import HttpRequest

from tuyen.web.shell import frame


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template variables ``shell`` (the frame) and ``actor``: no query of their own."""
    return {"shell": frame(request), "actor": getattr(request, "actor", None)}

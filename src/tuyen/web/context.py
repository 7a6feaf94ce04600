"""What every page of the console needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Language choices and the actor; screens add their own values."""
    return {"languages": settings.LANGUAGES, "actor": getattr(request, "actor", None)}

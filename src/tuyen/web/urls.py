"""The console's addresses, room by room."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from tuyen.web import pages

_ROOMS = (
    "access", "journal", "surveillance", "registry", "immunization", "supply", "clinical",
    "claims", "network", "indicators", "workforce", "governance",
)  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    *(
        path("", include(f"tuyen.web.{room}.urls"))
        for room in _ROOMS
        if find_spec(f"tuyen.web.{room}")
    ),
]

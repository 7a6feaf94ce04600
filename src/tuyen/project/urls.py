"""Addresses: every door's rooms, in one list."""

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [
    path(prefix, include(module))
    for prefix, module in [
        ("", "tuyen.web.urls"),
        ("api/", "tuyen.api.urls"),
        ("fhir/", "tuyen.api.fhir_urls"),
    ]
    if find_spec("tuyen.apps.registry")
    and find_spec("tuyen.apps.registry.queries")
    and find_spec(module)
]

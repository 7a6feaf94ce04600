"""Addresses: every door's rooms, in one list."""

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [
    path(prefix, include(module))
    for prefix, module in [
        # Machines first: a tablet's push need not be held against every page of the console.
        ("api/", "tuyen.api.urls"),
        ("fhir/", "tuyen.api.fhir_urls"),
        ("", "tuyen.web.urls"),
    ]
    if find_spec("tuyen.apps.registry")
    and find_spec("tuyen.apps.registry.queries")
    and find_spec(module)
]

"""The machine door's addresses."""

from django.urls import path

from tuyen.api import journal, openapi

urlpatterns = [
    path("v1/operations", journal.push, name="api-push"),
    path("v1/operations/<uuid:id>", journal.operation, name="api-operation"),
    path("v1/feed", journal.feed, name="api-feed"),
    path("v1/openapi.json", openapi.description, name="api-description"),
]

"""The machine door's addresses."""

from django.urls import path

from tuyen.api import (
    access,
    drills,
    exports,
    indicators,
    journal,
    openapi,
    registry,
    surveillance,
    sync,
)

urlpatterns = [
    path("v1/operations", journal.push, name="api-push"),
    path("v1/operations/<uuid:id>", journal.operation, name="api-operation"),
    path("v1/feed", journal.feed, name="api-feed"),
    path("v1/units", registry.units, name="api-units"),
    path("v1/units/<uuid:id>", registry.unit, name="api-unit"),
    path("v1/people", registry.people, name="api-people"),
    path("v1/people/<uuid:id>/readings", access.readings, name="api-readings"),
    path("v1/cases", surveillance.cases, name="api-cases"),
    path("v1/cases/<uuid:id>", surveillance.case, name="api-case"),
    path("v1/exports", exports.asked, name="api-exports"),
    path("v1/exports/<uuid:id>/file", exports.file, name="api-export-file"),
    path("v1/counts", surveillance.counts, name="api-counts"),
    path("v1/alarms", surveillance.alarms, name="api-alarms"),
    path("v1/signals", surveillance.signals, name="api-signals"),
    path("v1/tables", indicators.tables, name="api-tables"),
    path("v1/tables/<uuid:id>", indicators.table, name="api-table"),
    path("v1/sync/enrol", sync.enrol, name="sync-enrol"),
    path("v1/sync/push", sync.push, name="sync-push"),
    path("v1/sync/pull", sync.pull, name="sync-pull"),
    path("v1/sync/obeyed", sync.obeyed, name="sync-obeyed"),
    path("v1/drills/pair", drills.pair, name="api-drill-pair"),
    path("v1/drills/news", drills.news, name="api-drill-news"),
    path("v1/openapi.json", openapi.description, name="api-description"),
]

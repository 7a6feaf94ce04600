"""Addresses of the register of doses."""

from django.urls import path

from tuyen.web import importing
from tuyen.web.immunization import (
    views_child,
    views_coverage,
    views_dose,
    views_export,
    views_lists,
)
from tuyen.web.immunization.dose_import import DOSES

urlpatterns = [
    path("immunization/children/", views_lists.children, name="children"),
    path("immunization/children/export/", views_lists.export, name="children-export"),
    path("immunization/children/<uuid:id>/", views_child.child, name="child"),
    path("immunization/children/<uuid:id>/record/", views_child.record, name="child-record"),
    path("immunization/children/<uuid:id>/history/", views_child.history, name="child-history"),
    path("immunization/export/", views_export.export, name="dose-export"),
    *importing.steps("immunization/import/", DOSES),
    path("immunization/doses/<uuid:id>/amend/", views_dose.amend, name="dose-amend"),
    path("immunization/doses/<uuid:id>/effect/", views_dose.effect, name="dose-effect"),
    path("immunization/doses/<uuid:id>/void/", views_dose.void, name="dose-void"),
    path("immunization/doses/<uuid:id>/same/", views_dose.same, name="dose-same"),
    path("immunization/school/", views_lists.school, name="school-check"),
    path("immunization/school/export/", views_lists.school_export, name="school-export"),
    path("immunization/coverage/", views_coverage.coverage, name="immunization-coverage"),
    path("immunization/coverage/export/", views_coverage.table, name="immunization-coverage-table"),
]

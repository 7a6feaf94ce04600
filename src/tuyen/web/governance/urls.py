"""Addresses of governance."""

from django.urls import path

from tuyen.web.governance import (
    views_import,
    views_money,
    views_packages,
    views_projects,
    views_readiness,
    views_use,
)

urlpatterns = [
    path("governance/readiness/", views_readiness.matrix, name="readiness"),
    path("governance/readiness/<uuid:unit>/", views_readiness.site, name="readiness-site"),
    path("governance/packages/", views_packages.packages, name="packages"),
    path("governance/projects/", views_projects.projects, name="projects"),
    path("governance/projects/new/", views_projects.new, name="project-new"),
    path("governance/projects/<uuid:id>/", views_projects.project, name="project"),
    path("governance/projects/<uuid:id>/amend/", views_projects.amend, name="project-amend"),
    path("governance/projects/<uuid:id>/answer/", views_projects.answer, name="project-answer"),
    path("governance/projects/<uuid:id>/pay/", views_money.pay, name="project-pay"),
    path("governance/projects/<uuid:id>/adjust/", views_money.adjust, name="project-adjust"),
    path("governance/projects/<uuid:id>/progress/", views_money.progress, name="project-progress"),
    path("governance/projects/<uuid:id>/close/", views_money.close, name="project-close"),
    path("governance/projects/<uuid:id>/bought/", views_money.bought, name="project-bought"),
    path("governance/import/", views_import.start, name="payment-import"),
    path(
        "governance/import/<str:token>/columns/",
        views_import.columns,
        name="payment-import-columns",
    ),
    path("governance/import/<str:token>/check/", views_import.check, name="payment-import-check"),
    path(
        "governance/import/<str:token>/accept/", views_import.accept, name="payment-import-accept"
    ),
    path(
        "governance/import/<str:token>/errors.<str:form>",
        views_import.errors,
        name="payment-import-errors",
    ),
    path(
        "governance/import/<str:token>/discard/",
        views_import.discard,
        name="payment-import-discard",
    ),
    path("governance/equipment/", views_use.use, name="equipment-use"),
]

"""Addresses of governance."""

from django.urls import path

from tuyen.web import importing
from tuyen.web.governance import (
    views_money,
    views_packages,
    views_projects,
    views_readiness,
    views_use,
)
from tuyen.web.governance.payment_import import PAYMENTS

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
    *importing.steps("governance/import/", PAYMENTS),
    path("governance/equipment/", views_use.use, name="equipment-use"),
]

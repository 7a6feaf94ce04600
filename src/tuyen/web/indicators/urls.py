"""Addresses of published figures."""

from django.urls import path

from tuyen.web.indicators import tables, views

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/new/", views.figure_new, name="figure-new"),
    path("figures/<uuid:id>/", views.figure, name="figure"),
    path("figures/<uuid:id>/correct/", views.figure_correct, name="figure-correct"),
    path("figures/<uuid:id>/void/", views.figure_void, name="figure-void"),
    path("tables/", tables.releases, name="releases"),
    path("tables/new/", tables.release_new, name="release-new"),
    path("tables/<uuid:id>/", tables.release, name="release"),
    path("tables/<uuid:id>/<str:form>/", tables.release_file, name="release-file"),
]

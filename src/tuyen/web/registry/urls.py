"""Addresses of the map, its units, and the people on it."""

from django.urls import path

from tuyen.web.registry import views_map, views_units

urlpatterns = [
    path("map/", views_map.dated_map, name="map"),
    path("units/", views_units.units, name="units"),
    path("units/suggest/", views_units.suggest, name="units-suggest"),
    path("units/<uuid:id>/", views_units.unit, name="unit"),
    path("units/<uuid:id>/people/", views_units.unit_people, name="unit-people"),
    path("units/<uuid:id>/edit/<slug:what>/", views_units.unit_edit, name="unit-edit"),
]

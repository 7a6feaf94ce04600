"""Addresses of the map, its units, and the people on it."""

from django.urls import path

from tuyen.web.registry import (
    views_find,
    views_households,
    views_map,
    views_people,
    views_units,
)

urlpatterns = [
    path("map/", views_map.dated_map, name="map"),
    path("units/", views_units.units, name="units"),
    path("units/suggest/", views_units.suggest, name="units-suggest"),
    path("units/<uuid:id>/", views_units.unit, name="unit"),
    path("units/<uuid:id>/people/", views_units.unit_people, name="unit-people"),
    path("units/<uuid:id>/edit/<slug:what>/", views_units.unit_edit, name="unit-edit"),
    path("people/", views_people.persons, name="persons"),
    path("people/new/", views_people.person_new, name="person-new"),
    path("people/<uuid:id>/", views_people.person, name="person"),
    path("people/<uuid:id>/reveal/", views_people.reveal, name="person-reveal"),
    path("people/<uuid:id>/edit/<slug:what>/", views_people.person_edit, name="person-edit"),
    path("households/", views_households.households, name="households"),
    path("households/new/", views_households.household_new, name="household-new"),
    path("households/<uuid:id>/", views_households.household, name="household"),
    path("palette/", views_find.palette, name="palette"),
]

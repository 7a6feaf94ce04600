"""Addresses of schedules."""

from django.urls import path

from tuyen.web.immunization import views_packs

urlpatterns = [
    path("immunization/packs/", views_packs.packs, name="packs"),
    path("immunization/packs/catch-up/", views_packs.catch_up, name="packs-catch-up"),
    path(
        "immunization/packs/<uuid:activation>/roll-back/",
        views_packs.roll_back,
        name="pack-roll-back",
    ),
    path("immunization/packs/<slug:code>/", views_packs.pack, name="pack"),
    path("immunization/packs/<slug:code>/activate/", views_packs.activate, name="pack-activate"),
]

"""Addresses of the record of care: each subject has a file of its own."""

from django.urls import URLPattern, URLResolver, path

from tuyen.web.clinical import urls_desk, views_home

urlpatterns: list[URLPattern | URLResolver] = [
    path("care/", views_home.home, name="care"),
    *urls_desk.urlpatterns,
]

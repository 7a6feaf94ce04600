"""Addresses of the record of care: each subject has a file of its own."""

from django.urls import URLPattern, URLResolver, include, path

from tuyen.web.clinical import urls_desk, views_home

urlpatterns: list[URLPattern | URLResolver] = [
    path("care/", views_home.home, name="care"),
    path("", include("tuyen.web.clinical.urls_books")),
    path("", include("tuyen.web.clinical.urls_mothers")),
    *urls_desk.urlpatterns,
    path("", include("tuyen.web.clinical.urls_programmes")),
]

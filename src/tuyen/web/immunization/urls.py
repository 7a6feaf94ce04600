"""Addresses of the immunisation room."""

from django.urls import path

from tuyen.web.immunization import (
    urls_packs,
    urls_register,
    urls_sessions,
    views_certificates,
    views_home,
)

urlpatterns = [
    path("immunization/", views_home.home, name="immunization"),
    *urls_register.urlpatterns,
    path("certificates/verify/", views_certificates.verify, name="certificate-verify"),
    path("certificates/<uuid:id>/", views_certificates.certificate, name="certificate"),
    path(
        "certificates/<uuid:id>/withdraw/", views_certificates.withdraw, name="certificate-withdraw"
    ),
    path("people/<uuid:id>/certificates/", views_certificates.of_person, name="certificates"),
    *urls_packs.urlpatterns,
    *urls_sessions.urlpatterns,
]

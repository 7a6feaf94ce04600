"""Addresses of the journal and of the installation's health."""

from django.urls import path

from tuyen.web.journal import views

urlpatterns = [
    path("operations/", views.operations, name="operations"),
    path("operations/<uuid:id>/", views.operation, name="operation"),
    path("operations/refused/", views.refused, name="refused"),
    path("operations/refused/<uuid:id>/repair/", views.repair, name="refused-repair"),
    path("operations/refused/<uuid:id>/withdraw/", views.withdraw, name="refused-withdraw"),
    path("proof/", views.proof, name="journal-verify"),
    path("doctor/", views.doctor, name="doctor"),
]

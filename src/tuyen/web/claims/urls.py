"""Addresses of the insurance claim."""

from django.urls import path

from tuyen.web.claims import (
    views_card,
    views_catalogues,
    views_claim,
    views_closing,
    views_denials,
    views_desk,
    views_patient,
)

urlpatterns = [
    path("claims/", views_desk.desk, name="claims"),
    path("claims/list/", views_desk.listed, name="claims-list"),
    path("claims/closing/", views_closing.closing, name="claims-closing"),
    path("claims/closing/check/", views_closing.check_all, name="claims-check-all"),
    path("claims/closing/send/", views_closing.send_all, name="claims-send-all"),
    path("claims/denials/", views_denials.denials, name="claim-denials"),
    path("claims/denials/import/", views_denials.import_answers, name="claim-answers"),
    path("claims/catalogues/", views_catalogues.show, name="claim-catalogues"),
    path("claims/catalogues/change/", views_catalogues.change, name="claim-catalogue-change"),
    path("claims/files/<uuid:id>/", views_claim.file, name="claim-file"),
    path("claims/<uuid:id>/", views_claim.claim, name="claim"),
    path("claims/<uuid:id>/check/", views_claim.check, name="claim-check"),
    path("claims/<uuid:id>/approve/", views_claim.approve, name="claim-approve"),
    path("claims/<uuid:id>/check-in/", views_claim.check_in, name="claim-check-in"),
    path("claims/<uuid:id>/patient/", views_patient.patient, name="claim-patient"),
    path("claims/<uuid:id>/card/", views_card.card, name="claim-card"),
    path("claims/<uuid:id>/correct/", views_claim.correct, name="claim-correct"),
]

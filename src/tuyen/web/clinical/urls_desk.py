"""Addresses of the desk: the visit, the person, who comes, referrals."""

from django.urls import path

from tuyen.web.clinical import (
    views_allergies,
    views_change,
    views_claim_check,
    views_coming,
    views_find,
    views_lookup,
    views_papers,
    views_person,
    views_referrals,
    views_shown,
    views_visit,
)

urlpatterns = [
    path("care/find/", views_find.find, name="care-find"),
    path("care/new/", views_find.patient, name="care-new"),
    path("care/purpose/", views_change.purpose, name="care-purpose"),
    path("care/person/<uuid:id>/", views_person.person, name="care-person"),
    path("care/person/<uuid:id>/visit/", views_visit.new, name="visit-new"),
    path("care/person/<uuid:id>/visit/check/", views_claim_check.new, name="visit-check"),
    path("care/person/<uuid:id>/allergies/", views_allergies.allergies, name="care-allergies"),
    path("care/allergies/<uuid:id>/", views_allergies.allergy, name="care-allergy"),
    path("care/suggest/unborne/", views_allergies.suggest, name="care-unborne"),
    path("care/visit/<uuid:id>/", views_shown.visit, name="visit"),
    path("care/visit/<uuid:id>/correct/", views_change.amend, name="visit-amend"),
    path("care/visit/<uuid:id>/correct/check/", views_claim_check.amend, name="visit-amend-check"),
    path("care/visit/<uuid:id>/void/", views_change.void, name="visit-void"),
    path("care/visit/<uuid:id>/papers/", views_papers.papers, name="visit-papers"),
    path("care/visit/<uuid:id>/return/", views_change.returned, name="visit-return"),
    path("care/coming/", views_coming.comings, name="care-comings"),
    path("care/coming/<uuid:id>/", views_coming.coming, name="care-coming"),
    path("care/coming/<uuid:id>/note/", views_coming.sheet, name="care-coming-print"),
    path("care/referrals/", views_referrals.referrals, name="care-referrals"),
    path("care/suggest/diagnoses/", views_lookup.diagnoses, name="care-diagnoses"),
    path("care/suggest/medicines/", views_lookup.items, name="care-items"),
    path("care/suggest/services/", views_lookup.served, name="care-services"),
]

"""Addresses of mothers, children and families."""

from django.urls import path

from tuyen.web.clinical import (
    views_births,
    views_contraception,
    views_deaths,
    views_growth,
    views_mothers,
    views_pregnancies,
    views_rounds,
    views_thalassaemia,
)

urlpatterns = [
    path("care/pregnancies/", views_pregnancies.pregnancies, name="pregnancies"),
    path("care/pregnancies/new/<uuid:id>/", views_pregnancies.pregnancy_new, name="pregnancy-new"),
    path("care/pregnancies/<uuid:id>/", views_pregnancies.pregnancy, name="pregnancy"),
    path("care/pregnancies/after-birth/", views_mothers.after_birth, name="mothers"),
    path("care/pregnancies/deaths/", views_mothers.deaths, name="maternal-deaths"),
    path("care/deaths/", views_deaths.deaths, name="care-deaths"),
    path("care/deaths/<uuid:id>/", views_deaths.death, name="care-death"),
    path("care/births/", views_births.births, name="births"),
    path("care/births/new/<uuid:id>/", views_births.birth_new, name="birth-new"),
    path("care/births/<uuid:id>/", views_births.birth, name="birth"),
    path("care/growth/", views_growth.children, name="growth"),
    path("care/growth/rounds/", views_rounds.rounds, name="growth-rounds"),
    path("care/growth/<uuid:id>/", views_growth.child, name="growth-child"),
    path("care/family-planning/", views_contraception.users, name="family-planning"),
    path(
        "care/family-planning/<uuid:id>/", views_contraception.person, name="family-planning-person"
    ),
    path("care/thalassaemia/", views_thalassaemia.couples, name="thalassaemia"),
    path("care/thalassaemia/<uuid:id>/", views_thalassaemia.tested, name="thalassaemia-person"),
    path("care/thalassaemia/couples/<uuid:id>/", views_thalassaemia.couple, name="couple"),
]

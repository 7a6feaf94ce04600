"""Addresses of the programmes of care."""

from django.urls import path

from tuyen.web.clinical import views_overdue, views_programmes

urlpatterns = [
    path("care/overdue/", views_overdue.overdue, name="overdue"),
    path("care/overdue/<uuid:enrolment>/call/", views_overdue.call, name="overdue-call"),
    path("care/overdue/<uuid:enrolment>/visit/", views_overdue.visit, name="overdue-visit"),
    path("care/overdue/<uuid:enrolment>/end/", views_overdue.end, name="enrolment-end"),
    path("care/programmes/", views_programmes.programmes, name="programmes"),
    path("care/programmes/month/", views_programmes.month, name="ncd-month"),
    path("care/programmes/month/<slug:key>/", views_programmes.month_visits, name="ncd-visits"),
    path("care/programmes/<slug:key>/", views_programmes.programme, name="programme"),
    path("care/programmes/<slug:key>/people/", views_programmes.people, name="programme-people"),
    path("care/programmes/<slug:key>/enrol/", views_programmes.enrol, name="programme-enrol"),
]

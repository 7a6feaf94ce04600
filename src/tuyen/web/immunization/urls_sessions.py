"""Addresses of sessions, adverse events and lots."""

from django.urls import path

from tuyen.web.immunization import (
    views_aefi,
    views_campaigns,
    views_desk,
    views_lots,
    views_planner,
    views_sessions,
)

urlpatterns = [
    path("immunization/sessions/", views_sessions.sessions, name="sessions"),
    path("immunization/sessions/new/", views_sessions.plan, name="session-new"),
    path("immunization/sessions/<uuid:id>/", views_desk.desk, name="session"),
    path("immunization/sessions/<uuid:id>/plan/", views_sessions.plan, name="session-plan"),
    path("immunization/sessions/<uuid:id>/pack/", views_sessions.pack, name="session-pack"),
    path("immunization/sessions/<uuid:id>/cancel/", views_sessions.cancel, name="session-cancel"),
    path("immunization/sessions/<uuid:id>/closing/", views_desk.closing, name="session-closing"),
    path("immunization/sessions/<uuid:id>/run/<slug:what>/", views_desk.act, name="session-run"),
    path("immunization/planner/", views_planner.planner, name="planner"),
    path("immunization/campaigns/", views_sessions.campaigns, name="campaign-days"),
    path("immunization/campaigns/report/", views_sessions.report_day, name="campaign-report"),
    path("immunization/campaigns/of/", views_campaigns.campaign, name="campaign"),
    path("immunization/campaigns/of/export/", views_campaigns.export, name="campaign-export"),
    path("immunization/aefi/", views_aefi.events, name="aefis"),
    path("immunization/aefi/new/", views_aefi.new, name="aefi-new"),
    path("immunization/aefi/<uuid:id>/", views_aefi.event, name="aefi"),
    path("immunization/aefi/<uuid:id>/form/", views_aefi.form, name="aefi-form"),
    path("immunization/aefi/<uuid:id>/follow/<slug:what>/", views_aefi.follow, name="aefi-follow"),
    path("immunization/aefi/<uuid:id>/decide/<slug:what>/", views_aefi.decide, name="aefi-decide"),
    path("immunization/lots/", views_lots.lots, name="lot-holds"),
    path("immunization/lots/suspend/", views_lots.suspend, name="lot-suspend"),
    path("immunization/lots/lift/", views_lots.lift, name="lot-lift"),
    path("immunization/lots/doses/<uuid:id>/", views_lots.answer, name="lot-dose-answer"),
]

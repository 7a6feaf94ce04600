"""Addresses of surveillance."""

from django.urls import path

from tuyen.web.surveillance import (
    views_board,
    views_case,
    views_cases,
    views_counts,
    views_figures,
    views_import,
    views_report,
    views_resources,
    views_response,
    views_signals,
    views_suggest,
)

urlpatterns = [
    path("board/", views_board.board, name="board"),
    path("board/seen/", views_board.seen, name="board-seen"),
    path("board/reporting/", views_board.reporting, name="reporting"),
    path("board/reporting/zero/", views_board.report_zero, name="report-zero"),
    path("board/figures/", views_figures.figures, name="board-figures"),
    path("board/counts/", views_counts.counts, name="counts"),
    path("signals/", views_signals.signals, name="signals"),
    path("signals/<uuid:id>/", views_signals.signal, name="signal"),
    path("signals/<uuid:id>/answer/", views_signals.triage, name="signal-triage"),
    path("cases/", views_cases.cases, name="cases"),
    path("cases/views/", views_cases.save_view, name="case-view-save"),
    path("cases/views/forget/", views_cases.forget_view, name="case-view-forget"),
    path("cases/export/", views_cases.export, name="case-export"),
    path("cases/new/", views_report.new, name="case-new"),
    path("cases/new/check/", views_report.check, name="case-new-check"),
    path("cases/new/person/", views_report.person, name="case-new-person"),
    path("cases/<uuid:id>/", views_case.case, name="case"),
    path("cases/<uuid:id>/amend/", views_case.amend, name="case-amend"),
    path("cases/<uuid:id>/void/", views_case.void, name="case-void"),
    path("cases/import/", views_import.start, name="case-import"),
    path("cases/import/", views_import.start, name="import"),
    path("cases/import/<str:token>/", views_import.columns, name="case-import-columns"),
    path("cases/import/<str:token>/check/", views_import.check, name="case-import-check"),
    path("cases/import/<str:token>/accept/", views_import.accept, name="case-import-accept"),
    path("cases/import/<str:token>/discard/", views_import.discard, name="case-import-discard"),
    path(
        "cases/import/<str:token>/errors.<str:form>", views_import.errors, name="case-import-errors"
    ),
    path("response/", views_response.responses, name="responses"),
    path("response/plan/", views_response.plan, name="response-plan"),
    path("response/teams/", views_resources.teams, name="response-teams"),
    path("response/teams/new/", views_resources.team_new, name="response-team-new"),
    path("response/teams/<uuid:id>/", views_resources.team, name="response-team"),
    path("response/goods/", views_resources.goods, name="response-goods"),
    path("response/goods/new/", views_resources.goods_new, name="response-goods-new"),
    path("response/goods/<uuid:unit>/<slug:item>/", views_resources.shelf, name="response-shelf"),
    path("response/bookings/<uuid:booking>/arrive/", views_response.arrive, name="response-arrive"),
    path(
        "response/bookings/<uuid:booking>/release/", views_response.release, name="response-release"
    ),
    path("response/<slug:kind>/<uuid:id>/", views_response.response, name="response"),
    path("response/<slug:kind>/<uuid:id>/book/", views_response.book, name="response-book"),
    path("suggest/diseases/", views_suggest.diseases, name="diseases-suggest"),
    path("suggest/areas/", views_suggest.areas, name="areas-suggest"),
    path("suggest/places/", views_suggest.places, name="places-suggest"),
    path("suggest/facilities/", views_suggest.units, name="facilities-suggest"),
    path("suggest/persons/", views_suggest.persons, name="persons-suggest"),
]

"""Addresses of the network of stations."""

from django.urls import path

from tuyen.web.network import (
    views_bands,
    views_decide,
    views_map,
    views_moves,
    views_norms,
    views_outreach,
    views_plans,
    views_rounds,
    views_sites,
    views_wishes,
)

urlpatterns = [
    path("network/sites/", views_sites.sites, name="network-sites"),
    path("network/sites/<uuid:unit>/", views_sites.site, name="network-site"),
    path("network/sites/<uuid:unit>/review/", views_sites.review, name="network-review"),
    path("network/sites/<uuid:unit>/photographs/", views_sites.attach, name="network-attach"),
    path("network/map/", views_map.network_map, name="network-map"),
    path("network/map/villages/", views_map.villages, name="network-map-villages"),
    path("network/plans/", views_plans.plans, name="network-plans"),
    path("network/plans/new/", views_plans.begin, name="network-plan-new"),
    path("network/plans/<uuid:id>/", views_plans.plan, name="network-plan"),
    path(
        "network/plans/<uuid:id>/communes/<uuid:commune>/",
        views_plans.commune,
        name="network-plan-commune",
    ),
    path("network/plans/<uuid:id>/wishes/", views_wishes.wishes, name="network-wishes"),
    path("network/plans/<uuid:id>/forward/", views_decide.forward, name="network-plan-forward"),
    path("network/plans/<uuid:id>/document/", views_decide.document, name="network-document"),
    path("network/plans/<uuid:id>/cutover/", views_decide.cutover, name="network-cutover"),
    path("network/plans/<uuid:id>/moves/", views_moves.moves, name="network-moves"),
    path(
        "network/plans/<uuid:id>/moves/<uuid:commune>/",
        views_moves.commune,
        name="network-moves-commune",
    ),
    path("network/plans/<uuid:id>/bands/", views_bands.bands, name="network-plan-bands"),
    path("network/plans/<uuid:id>/price/", views_decide.price, name="network-price"),
    path("network/plans/<uuid:id>/beside/", views_decide.side_by_side, name="network-beside"),
    path("network/watch/<uuid:id>/", views_decide.watch, name="network-watch"),
    path("network/plans/<uuid:id>/sites.csv", views_norms.plan_csv, name="network-plan-csv"),
    path(
        "network/plans/<uuid:id>/sites.geojson",
        views_norms.plan_geojson,
        name="network-plan-geojson",
    ),
    path("network/norms/", views_norms.norms, name="network-norms"),
    path("network/frontier/", views_decide.frontier, name="network-frontier"),
    path("network/photographs/<uuid:id>.jpg", views_sites.photograph, name="network-photograph"),
    path("network/outreach/", views_outreach.villages, name="outreach"),
    path(
        "network/outreach/<uuid:unit>/villages/<uuid:village>/",
        views_outreach.need,
        name="outreach-need",
    ),
    path("network/outreach/teams/", views_outreach.teams, name="outreach-teams"),
    path("network/outreach/points/", views_outreach.points, name="outreach-points"),
    path(
        "network/outreach/<uuid:unit>/points/<uuid:point>/",
        views_outreach.point,
        name="outreach-point",
    ),
    path("network/outreach/months/", views_rounds.plans, name="outreach-plans"),
    path("network/outreach/months/<uuid:id>/", views_rounds.plan, name="outreach-plan"),
    path("network/outreach/months/<uuid:id>/force/", views_rounds.force, name="outreach-force"),
    path(
        "network/outreach/months/<uuid:id>/withdraw/",
        views_rounds.withdraw,
        name="outreach-withdraw",
    ),
    path(
        "network/outreach/months/<uuid:id>/sheets/<uuid:team>/<str:day>/",
        views_rounds.sheet,
        name="outreach-sheet",
    ),
    path(
        "network/outreach/months/<uuid:id>/notices/<uuid:village>/",
        views_rounds.notice,
        name="outreach-notice",
    ),
]

"""Addresses of the vaccine stock and the cold chain."""

from django.urls import path

from tuyen.web import importing
from tuyen.web.supply import (
    views_cold,
    views_controlled,
    views_dispensing,
    views_equipment,
    views_excursions,
    views_lot,
    views_medicines,
    views_moves,
    views_plan,
    views_stock,
    views_supervision,
)
from tuyen.web.supply.stock_import import STOCK

urlpatterns = [
    path("stock/", views_stock.stock, name="stock"),
    path("stock/lots/", views_stock.lots, name="stock-lots"),
    path("stock/lots/<uuid:id>/", views_lot.lot, name="lot"),
    path("stock/expiries/", views_stock.expiries, name="stock-expiries"),
    path("stock/orders/", views_plan.orders, name="stock-orders"),
    path("stock/need/", views_plan.need, name="stock-need"),
    path("stock/transfers/", views_moves.transfers, name="stock-transfers"),
    path("stock/transfers/<uuid:id>/", views_moves.transfer, name="stock-transfer"),
    path("stock/receive/", views_moves.receive, name="stock-receive"),
    path("stock/send/", views_moves.send_away, name="stock-send"),
    path("stock/count/", views_moves.count, name="stock-count"),
    path("cold/", views_cold.cold, name="cold"),
    path("cold/equipment/", views_cold.equipment, name="cold-equipment"),
    path("cold/equipment/new/", views_cold.piece_new, name="cold-new"),
    path("cold/equipment/<uuid:id>/", views_cold.piece, name="cold-piece"),
    path("cold/equipment/<uuid:id>/change/", views_cold.piece_change, name="cold-change"),
    path("cold/equipment/<uuid:id>/import/", views_excursions.importing, name="cold-import"),
    path("cold/excursions/", views_excursions.excursions, name="cold-excursions"),
    path("cold/excursions/<uuid:id>/", views_excursions.excursion, name="cold-excursion"),
    path("supervision/", views_supervision.supervision, name="supervision"),
    path("supervision/findings/", views_supervision.findings, name="supervision-findings"),
    path("supervision/sites/<uuid:unit>/", views_supervision.site, name="supervision-site"),
    path("supervision/sites/<uuid:unit>/new/", views_supervision.supervise, name="supervise"),
    path("supervision/visits/<uuid:id>/", views_supervision.visit, name="supervision-visit"),
    path(
        "supervision/visits/<uuid:id>/photographs/",
        views_supervision.attach,
        name="supervision-attach",
    ),
    path(
        "supervision/photographs/<uuid:id>.jpg",
        views_supervision.photograph,
        name="supervision-photograph",
    ),
    path("supply/medicines/", views_medicines.medicines, name="medicines"),
    path("supply/medicines/tracers/", views_medicines.tracers, name="medicine-tracers"),
    *importing.steps("supply/medicines/import/", STOCK),
    path("supply/medicines/<slug:item>/", views_medicines.medicine, name="medicine"),
    path("supply/dispensing/", views_dispensing.dispensing, name="dispensing"),
    path("supply/differences/", views_dispensing.shortfalls, name="shortfalls"),
    path("supply/controlled/", views_controlled.controlled, name="controlled"),
    path("supply/equipment/", views_equipment.register, name="equipment-register"),
    path("supply/equipment/floor/", views_equipment.floor, name="equipment-floor"),
]

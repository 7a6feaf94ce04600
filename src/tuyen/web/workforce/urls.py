"""Addresses of people at work."""

from django.urls import path

from tuyen.web.workforce import views_import, views_me, views_posts, views_staff, views_transfers

urlpatterns = [
    path("workforce/", views_posts.posts, name="workforce"),
    path("workforce/structure/", views_posts.structure, name="workforce-structure"),
    path("workforce/norms/", views_posts.norms, name="workforce-norms"),
    path("workforce/stations/<uuid:unit>/", views_posts.station, name="workforce-station"),
    path("workforce/staff/", views_staff.staff, name="staff"),
    path("workforce/staff/new/", views_staff.new, name="staff-new"),
    path("workforce/staff/<uuid:id>/", views_staff.file, name="staff-file"),
    path("workforce/me/", views_me.me, name="my-file"),
    path("workforce/corrections/", views_me.wishes, name="staff-wishes"),
    path("workforce/transfers/", views_transfers.transfers, name="staff-transfers"),
    path("workforce/transfers/plan/", views_transfers.plan, name="staff-transfers-plan"),
    path("workforce/import/", views_import.start, name="staff-import"),
    path(
        "workforce/import/<str:token>/columns/", views_import.columns, name="staff-import-columns"
    ),
    path("workforce/import/<str:token>/check/", views_import.check, name="staff-import-check"),
    path("workforce/import/<str:token>/accept/", views_import.accept, name="staff-import-accept"),
    path(
        "workforce/import/<str:token>/errors.<str:form>",
        views_import.errors,
        name="staff-import-errors",
    ),
    path(
        "workforce/import/<str:token>/discard/", views_import.discard, name="staff-import-discard"
    ),
]

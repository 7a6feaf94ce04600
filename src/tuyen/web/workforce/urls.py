"""Addresses of people at work."""

from django.urls import path

from tuyen.web.workforce import (
    views_duty,
    views_import,
    views_me,
    views_pay,
    views_posts,
    views_roster,
    views_staff,
    views_surge,
    views_training,
    views_training_course,
    views_training_import,
    views_training_needs,
    views_training_techniques,
    views_transfers,
)

urlpatterns = [
    path("workforce/", views_posts.posts, name="workforce"),
    path("workforce/structure/", views_posts.structure, name="workforce-structure"),
    path("workforce/norms/", views_posts.norms, name="workforce-norms"),
    path("workforce/stations/<uuid:unit>/", views_posts.station, name="workforce-station"),
    path("workforce/staff/", views_staff.staff, name="staff"),
    path("workforce/staff/new/", views_staff.new, name="staff-new"),
    path("workforce/staff/<uuid:id>/", views_staff.file, name="staff-file"),
    path("workforce/me/", views_me.me, name="my-file"),
    path("workforce/me/duty/", views_duty.mine, name="my-duty"),
    path("workforce/roster/", views_roster.roster, name="roster"),
    path("workforce/leave/", views_duty.leaves, name="leaves"),
    path("workforce/surge/", views_surge.surge, name="surge"),
    path("workforce/draw/<uuid:id>/", views_surge.draw, name="draw"),
    path("workforce/allowances/", views_pay.allowances, name="allowances"),
    path("workforce/retention/", views_pay.retention, name="retention"),
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
    path("workforce/training/", views_training.month, name="training"),
    path("workforce/training/new/", views_training.new, name="training-new"),
    path("workforce/training/needs/", views_training_needs.needs, name="training-needs"),
    path("workforce/training/figures/", views_training_needs.figures, name="training-figures"),
    path("workforce/training/people/", views_training_needs.people, name="training-people"),
    path(
        "workforce/training/techniques/",
        views_training_techniques.techniques,
        name="training-techniques",
    ),
    path(
        "workforce/training/techniques/<uuid:id>/",
        views_training_techniques.technique,
        name="training-technique",
    ),
    path("workforce/training/outings/", views_training_techniques.outings, name="training-outings"),
    path(
        "workforce/training/courses/<uuid:id>/",
        views_training_course.course,
        name="training-course",
    ),
    path(
        "workforce/training/courses/<uuid:id>/change/",
        views_training.change,
        name="training-change",
    ),
    path(
        "workforce/training/courses/<uuid:id>/list/",
        views_training_course.attendance_list,
        name="training-list",
    ),
    path(
        "workforce/training/courses/<uuid:id>/certificates/",
        views_training_course.certificates,
        name="training-certificates",
    ),
    path("workforce/training/import/", views_training_import.start, name="training-import"),
    path(
        "workforce/training/import/<str:token>/columns/",
        views_training_import.columns,
        name="training-import-columns",
    ),
    path(
        "workforce/training/import/<str:token>/check/",
        views_training_import.check,
        name="training-import-check",
    ),
    path(
        "workforce/training/import/<str:token>/accept/",
        views_training_import.accept,
        name="training-import-accept",
    ),
    path(
        "workforce/training/import/<str:token>/discard/",
        views_training_import.discard,
        name="training-import-discard",
    ),
    path(
        "workforce/training/import/<str:token>/errors.<str:form>",
        views_training_import.errors,
        name="training-import-errors",
    ),
]

"""Addresses of people at work."""

from django.urls import path

from tuyen.web import importing
from tuyen.web.workforce import (
    views_duty,
    views_me,
    views_pay,
    views_posts,
    views_roster,
    views_staff,
    views_surge,
    views_training,
    views_training_course,
    views_training_needs,
    views_training_outings,
    views_training_techniques,
    views_transfers,
    views_villages,
)
from tuyen.web.workforce.attendance_import import ATTENDANCE, blank
from tuyen.web.workforce.staff_import import STAFF
from tuyen.web.workforce.training_import import CERTIFICATES

urlpatterns = [
    path("workforce/", views_posts.posts, name="workforce"),
    path("workforce/structure/", views_posts.structure, name="workforce-structure"),
    path("workforce/norms/", views_posts.norms, name="workforce-norms"),
    path("workforce/stations/<uuid:unit>/", views_posts.station, name="workforce-station"),
    path(
        "workforce/stations/<uuid:unit>/villages/",
        views_villages.villages,
        name="workforce-villages",
    ),
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
    path("workforce/training/outings/", views_training_outings.outings, name="training-outings"),
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
        "workforce/training/courses/<uuid:id>/attendance.<str:form>",
        blank,
        name="training-attendance-list",
    ),
    path(
        "workforce/training/courses/<uuid:id>/certificates/",
        views_training_course.certificates,
        name="training-certificates",
    ),
    *importing.steps("workforce/training/import/", CERTIFICATES),
    *importing.steps("workforce/training/attendance/", ATTENDANCE),
    *importing.steps("workforce/import/", STAFF),
]

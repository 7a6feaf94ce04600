"""Mobile sessions: statements of points and villages, teams, and plans of a month."""

from django.db import models


class PointStatement(models.Model):
    """What a satellite point does, from a day on. An amended one stays, and counts no more."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    on = models.DateField()
    functions = models.JSONField()
    weekdays = models.JSONField()
    served_by = models.JSONField()
    mobile = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10)  # standing, amended
    reason = models.CharField(max_length=500, blank=True)
    amends_id = models.UUIDField(null=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "state", "-on"], name="network_point_unit")]


class VillageNeed(models.Model):
    """What a village needs, from a day on: of each day the last statement, of all the latest counts."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    village_id = models.UUIDField()
    on = models.DateField()
    visits = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    weekdays = models.JSONField()
    skills = models.JSONField()
    road = models.BooleanField()
    landing = models.BooleanField()
    vaccine = models.BooleanField()
    contact = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "village_id", "-on"], name="network_need_of")]


class OutreachTeam(models.Model):
    """A team of a unit as it is now; what it was stands in the plans that took it."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    skills = models.JSONField()
    minutes = models.PositiveSmallIntegerField()
    cold_minutes = models.PositiveSmallIntegerField()
    starts = models.CharField(max_length=5)
    weekdays = models.JSONField()
    home_id = models.UUIDField()
    nights = models.BooleanField()
    ended_on = models.DateField(null=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id"], name="network_team_unit")]


class OutreachPlan(models.Model):
    """The rounds of a month with what they were planned from: villages, teams, rounds and who is left out
    are lists of what the operations carry."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    starts = models.DateField()
    weeks = models.PositiveSmallIntegerField()
    villages = models.JSONField()
    teams = models.JSONField()
    rounds = models.JSONField()
    missing = models.JSONField()
    ways = models.JSONField(null=True)
    state = models.CharField(max_length=10)  # draft, in-force, replaced, withdrawn
    changes = models.PositiveIntegerField()
    replaces_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "-starts"], name="network_outreach_month")]


class RoundsSearch(models.Model):
    """A month that somebody asked the program to plan, and what came of it."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    starts = models.DateField()
    teams = models.JSONField()
    season = models.CharField(max_length=3, blank=True)
    quick = models.BooleanField()
    state = models.CharField(max_length=8)  # asked, made, failed, stopped
    plan_id = models.UUIDField(null=True)
    code = models.CharField(max_length=80, blank=True)
    message = models.CharField(max_length=600, blank=True)
    told = models.JSONField()
    author_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], name="network_search_state")]


class PointMonth(models.Model):
    """Who serves the points of a station in a month: (point, day, member) as the operation carries them."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    month = models.DateField()
    days = models.JSONField()
    state = models.CharField(max_length=8)  # live, replaced
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "state", "month"], name="network_point_month")]

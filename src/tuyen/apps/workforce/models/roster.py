"""Duty: rosters of a unit and month with their shifts, swaps that are asked for, leave."""

from django.db import models


class Roster(models.Model):
    """The roster of a unit for a month: proposed, in force, or replaced by a later one."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    month = models.DateField()  # its first day
    state = models.CharField(max_length=10)
    made = models.CharField(max_length=10)  # engine or hand
    despite = models.CharField(max_length=500, blank=True)  # why a rule of rest is broken
    short = models.PositiveSmallIntegerField()  # people missing when it was put forward
    put_on = models.DateField()
    put_by_id = models.UUIDField(null=True)
    enforced_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id", "month"], condition=models.Q(state="in-force"),
                name="workforce_roster_one",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["unit_id", "month", "state"], name="workforce_roster_of")]


class Shift(models.Model):
    """Somebody's shift on a day: ``live``, ``moved`` (to somebody else's row) or ``dropped``."""

    id = models.UUIDField(primary_key=True)
    roster_id = models.UUIDField()
    unit_id = models.UUIDField()
    member_id = models.UUIDField()
    day = models.DateField()
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    from_id = models.UUIDField(null=True)  # the shift that it took over
    why = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roster_id", "member_id", "day"], condition=models.Q(state="live"),
                name="workforce_shift_one",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["roster_id", "day"], name="workforce_shift_roster"),
            models.Index(fields=["member_id", "day"], name="workforce_shift_member"),
        ]


class Swap(models.Model):
    """Somebody asks a colleague to take their shift, for one of theirs or for nothing."""

    id = models.UUIDField(primary_key=True)
    shift_id = models.UUIDField()
    for_shift_id = models.UUIDField(null=True)
    unit_id = models.UUIDField()
    asker_id = models.UUIDField()
    member_id = models.UUIDField()  # who is asked
    reason = models.CharField(max_length=500)
    asked_on = models.DateField()
    state = models.CharField(max_length=10)
    answer = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "state"], name="workforce_swap_member"),
            models.Index(fields=["asker_id", "-asked_on"], name="workforce_swap_asker"),
        ]


class Leave(models.Model):
    """Days away, half-open: waiting, agreed, declined, withdrawn, or noted (a wish)."""

    id = models.UUIDField(primary_key=True)
    member_id = models.UUIDField()
    unit_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField()
    days = models.PositiveSmallIntegerField()  # working days in it
    reason = models.CharField(max_length=500, blank=True)
    asked_on = models.DateField()
    state = models.CharField(max_length=10)
    answer = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(null=True)
    answered_by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="workforce_leave_days"
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "state"], name="workforce_leave_unit"),
            models.Index(fields=["member_id", "since"], name="workforce_leave_member"),
        ]

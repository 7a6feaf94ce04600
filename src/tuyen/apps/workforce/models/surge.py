"""Who can be drawn for an outbreak, who was, and what the days of a month are paid."""

from django.db import models


class Surge(models.Model):
    """Somebody on the surge roster: what they can do, how they are reached, whether they agreed."""

    id = models.UUIDField(primary_key=True)  # the member's
    member_id = models.UUIDField()
    unit_id = models.UUIDField()
    skills = models.CharField(max_length=200)
    contact = models.CharField(max_length=100, blank=True)
    ready = models.BooleanField()
    said_on = models.DateField()
    said_by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "ready"], name="workforce_surge_unit")]


class Draw(models.Model):
    """Somebody of ``unit_id`` works for an outbreak, half-open: drawn or released."""

    id = models.UUIDField(primary_key=True)
    member_id = models.UUIDField()
    unit_id = models.UUIDField()
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    work = models.CharField(max_length=20)  # direct, support, volunteer or information
    group = models.CharField(max_length=1)  # a, b or c
    emergency = models.BooleanField()
    since = models.DateField()
    until = models.DateField()
    left = models.CharField(max_length=2000, blank=True)  # what was told of what it uncovers
    state = models.CharField(max_length=10)
    note = models.CharField(max_length=500, blank=True)
    drawn_on = models.DateField()
    drawn_by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="workforce_draw_days"
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "since"], name="workforce_draw_unit"),
            models.Index(fields=["subject_id", "since"], name="workforce_draw_subject"),
            models.Index(fields=["member_id", "since"], name="workforce_draw_member"),
        ]


class Sheet(models.Model):
    """The allowances of a unit and month: prepared by one hand, closed by another, or opened again."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    month = models.DateField()
    state = models.CharField(max_length=10)  # prepared, closed or void
    total = models.DecimalField(max_digits=14, decimal_places=0)
    prepared_on = models.DateField()
    prepared_by_id = models.UUIDField(null=True)
    closed_on = models.DateField(null=True)
    closed_by_id = models.UUIDField(null=True)
    why = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id", "month"], condition=~models.Q(state="void"),
                name="workforce_sheet_one",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["unit_id", "month"], name="workforce_sheet_of")]


class Due(models.Model):
    """What somebody is due for a day, or for a month of the village network (``day`` its first). Nobody
    is paid twice for a day: one row each, whichever unit's sheet it stands on."""

    id = models.UUIDField(primary_key=True)
    sheet_id = models.UUIDField()
    unit_id = models.UUIDField()
    member_id = models.UUIDField()
    day = models.DateField()
    what = models.CharField(max_length=10)  # day or village
    work = models.CharField(max_length=20)
    reference_id = models.UUIDField()
    rate = models.DecimalField(max_digits=12, decimal_places=0)
    times = models.DecimalField(max_digits=4, decimal_places=2)
    because = models.CharField(max_length=20, blank=True)
    meal = models.DecimalField(max_digits=12, decimal_places=0)
    amount = models.DecimalField(max_digits=12, decimal_places=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "day", "what"], name="workforce_due_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="workforce_due_amount"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["sheet_id", "member_id"], name="workforce_due_sheet")]


class VillageSize(models.Model):
    """How many households a village has from a day on, and whether it is an urban group."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    households = models.PositiveIntegerField()
    urban = models.BooleanField()
    since = models.DateField()
    source = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "-since"], name="workforce_village_unit")]

"""Plans of reorganisation while they are drawn, and the checks of the switch."""

from django.db import models


class NetworkPlan(models.Model):
    """A plan. ``sites``: unit -> [kind, destination], and the functions of a point where somebody
    chose them; ``merges``: list of {into, of}; ``wishes``: what the
    engine was asked; ``answer``: what it said of its own answer; ``moves``: posts and equipment, and where to. Nothing on the map changes here."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    title = models.CharField(max_length=120)
    on = models.DateField()
    basis = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=10)  # empty, present, engine, frontier
    sites = models.JSONField()
    merges = models.JSONField()
    wishes = models.JSONField()
    answer = models.JSONField()
    moves = models.JSONField(default=list)
    changes = models.PositiveIntegerField()
    state = models.CharField(max_length=10)  # draft, forward, discarded
    proposal_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "-changed_at"], name="network_plan_state")]


class CutoverCheck(models.Model):
    """A line of the cut-over checklist of a plan, as it was last answered."""

    id = models.UUIDField(primary_key=True)
    plan_id = models.UUIDField()
    item = models.CharField(max_length=40)
    done = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    on = models.DateField()
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan_id", "item"], name="network_cutovercheck_once"),
        ]

"""Travel surfaces: which there are, made of what, loaded by whom. The rasters are files."""

from django.db import models


class TravelSurface(models.Model):
    """A surface; its file is named by ``sha256``. ``files``: list of {role, name, sha256, size}."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    title = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    files = models.JSONField()
    west = models.FloatField()
    north = models.FloatField()
    cell = models.FloatField()
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    made_up = models.BooleanField()
    loaded_on = models.DateField()
    state = models.CharField(max_length=10)  # standing, withdrawn
    ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "-loaded_on"], name="network_surface_state")]

"""Units: areas and facilities in one table, with everything about them dated."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tuyen.apps.registry.models.spans import Dated


class Unit(Dated):
    """A node of the map: an area (province, commune, village) or a facility (station, gate).

    Its id never changes and is never used again. What it is called, which codes it has and which
    type it is are facts of their own: a station that became a satellite point is the same unit.
    """

    AREA, FACILITY = "area", "facility"

    kind = models.CharField(max_length=8)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=("area", "facility")),
                name="registry_unit_kind",
                violation_error_message=_("A unit is an area or a facility."),
            ),
        ]


class MapRevision(models.Model):
    """The last operation that changed the map: what an :class:`~..atlas.Atlas` is valid for."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    entry_id = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="registry_maprevision_one")]


class UnitName(Dated):
    """What a unit is called: ``name`` without its type, ``full_name`` as on a letterhead."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="names")
    name = models.CharField(max_length=200)
    full_name = models.CharField(max_length=250)


class UnitCode(Dated):
    """The code of a unit in one system: administrative, insurer's, 13-digit, ..."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="codes")
    system = models.CharField(max_length=32)
    code = models.CharField(max_length=64)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["system", "code"],
                condition=Q(until=None),
                name="registry_unitcode_one_holder",
                violation_error_message=_("Another unit has this code today."),
            ),
        ]


class UnitType(Dated):
    """What sort of unit it is, in time."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="types")
    type = models.CharField(max_length=32)


class UnitPoint(Dated):
    """Where a unit is: longitude and latitude in degrees, WGS 84."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="points")
    lon = models.FloatField()
    lat = models.FloatField()
    source = models.CharField(max_length=100, default="")

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="registry_unitpoint_on_earth",
                violation_error_message=_("A place has a longitude to 180 and a latitude to 90."),
            ),
        ]


class UnitFunction(Dated):
    """Something a facility does: immunisation, mobile clinic, ..."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="functions")
    function = models.CharField(max_length=40)


class Relation(Dated):
    """``subject`` lies in, is owned by, is guided by, is a satellite of, serves or refers to
    ``object``. Ownership and technical guidance are two lines; there is no tree."""

    subject = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    object = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(subject=F("object")),
                name="registry_relation_not_to_itself",
                violation_error_message=_("A unit has no relation to itself."),
            ),
            models.UniqueConstraint(
                fields=["subject", "kind", "object"],
                condition=Q(until=None),
                name="registry_relation_once",
                violation_error_message=_("This relation already holds."),
            ),
        ]


class Succession(models.Model):
    """On a day, ``predecessor`` gave the share ``weight`` of itself to ``successor``.

    ``weight_back`` is the part of the successor that came from there, where it is known;
    ``successor`` is empty when the unit closed without one.
    """

    id = models.UUIDField(primary_key=True)
    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True)
    on = models.DateField()
    weight = models.FloatField(default=1.0)
    weight_back = models.FloatField(null=True)
    main = models.BooleanField(default=False)
    event = models.CharField(max_length=16)
    basis = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor", "on"],
                name="registry_succession_once",
                violation_error_message=_("This succession is already recorded."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=1),
                name="registry_succession_share",
                violation_error_message=_("A share is above 0 and at most 1."),
            ),
        ]


class Boundary(Dated):
    """The outline of an area as a GeoJSON geometry; ``derived`` when computed, not surveyed."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="boundaries")
    geometry = models.TextField()
    source = models.CharField(max_length=200)
    derived = models.BooleanField(default=False)

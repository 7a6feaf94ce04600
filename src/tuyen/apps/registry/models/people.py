"""Persons and households. What can change is dated; what is sensitive stands apart."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tuyen.apps.registry.models.places import Unit
from tuyen.apps.registry.models.spans import Dated


class Household(Dated):
    """People who live together, at a place (village, or commune where no village is known)."""

    unit_id = models.UUIDField()  # where it was registered
    place = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.CharField(max_length=32, default="")
    address = models.CharField(max_length=200, default="")


class Person(models.Model):
    """A resident. Never deleted: one registered in error is voided, with a reason.

    ``place`` and ``household`` are where the person lives now; their history is in
    :class:`Residence` and :class:`Membership`. ``search`` holds the words that find the person
    (see :mod:`tuyen.apps.registry.search`).
    """

    MALE, FEMALE, UNKNOWN = 1, 2, 3  # as in the insurer's files
    DAY, MONTH, YEAR = "day", "month", "year"

    id = models.UUIDField(primary_key=True)
    number = models.PositiveBigIntegerField(unique=True)  # the order of registration
    unit_id = models.UUIDField()  # where it was registered
    name = models.CharField(max_length=200)
    sex = models.PositiveSmallIntegerField()
    born_on = models.DateField()
    birth_precision = models.CharField(max_length=5, default=DAY)
    died_on = models.DateField(null=True)
    death_cause = models.CharField(max_length=8, default="")
    phone = models.CharField(max_length=20, default="")
    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", null=True)
    search = models.CharField(max_length=500, default="")
    voided_on = models.DateField(null=True)
    void_reason = models.CharField(max_length=200, default="")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["phone"], condition=~Q(phone=""), name="registry_person_phone"),
            # Of those merged only: where nearly all rows hold nothing, SQLite takes an index of all
            # of them for useless, and reads everybody.
            models.Index(
                fields=["merged_into"],
                condition=~Q(merged_into=None),
                name="registry_person_merged",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sex__in=(1, 2, 3)),
                name="registry_person_sex",
                violation_error_message=_("Sex is 1 (male), 2 (female) or 3 (not known)."),
            ),
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(died_on__gte=F("born_on")),
                name="registry_person_dies_after_birth",
                violation_error_message=_("A person cannot die before birth."),
            ),
            models.CheckConstraint(
                condition=Q(voided_on=None, void_reason="")
                | Q(voided_on__isnull=False) & ~Q(void_reason=""),
                name="registry_person_void_has_reason",
                violation_error_message=_("A voided record needs both a date and a reason."),
            ),
        ]


class PersonEthnicity(models.Model):
    """The ethnic group of a person: sensitive, so apart, and read only for a stated purpose."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="+")
    group = models.CharField(max_length=8)


class PersonName(models.Model):
    """A name that a person had on record until it was amended; it still finds the person."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="former_names")
    name = models.CharField(max_length=200)
    until = models.DateField()


class FormerDeath(models.Model):
    """A day of death that stood on record until it was corrected, and why it was."""

    id = models.UUIDField(primary_key=True)  # the operation that corrected it
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    died_on = models.DateField()
    reason = models.CharField(max_length=500)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()


class Residence(Dated):
    """Where a person lives, in time; ``kind`` is the registration there.

    Sex and birth are repeated from the person, so that a population is counted from one index.
    """

    PERMANENT, TEMPORARY = "permanent", "temporary"

    person = models.ForeignKey(Person, models.PROTECT, related_name="residences")
    place = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=9)
    sex = models.PositiveSmallIntegerField()
    born_on = models.DateField()

    class Meta(Dated.Meta):
        indexes = [
            models.Index(
                fields=["place", "sex", "born_on", "since", "until"],
                name="registry_residence_count",
            )
        ]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(until=None),
                name="registry_residence_one_at_a_time",
                violation_error_message=_("A person lives in one place at a time."),
            ),
        ]


class PlaceRevision(models.Model):
    """The last operation that changed who lives at a place or how they are insured: what a count
    of that place is valid for, so that a birth in one village recounts one village."""

    place = models.OneToOneField(Unit, models.PROTECT, primary_key=True, related_name="+")
    entry_id = models.UUIDField()


class Membership(Dated):
    """A person belongs to a household, in a role, for a time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(until=None),
                name="registry_membership_one_at_a_time",
                violation_error_message=_("A person belongs to one household at a time."),
            ),
        ]


class Identifier(Dated):
    """A number by which a person is known in some system, in time.

    ``warning`` is the code of what is odd about it (a birth year that differs, say): numbers are
    re-issued and mistyped, so an oddity is kept and shown, not refused.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=24)
    value = models.CharField(max_length=40)
    warning = models.CharField(max_length=80, default="")

    class Meta(Dated.Meta):
        indexes = [models.Index(fields=["value"], name="registry_identifier_value")]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["system", "value"],
                condition=Q(until=None),
                name="registry_identifier_one_holder",
                violation_error_message=_("Another person has this number."),
            ),
        ]


class Entitlement(Dated):
    """Health insurance of a person for a time: the card, its group, where care begins."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="entitlements")
    card = models.CharField(max_length=20)
    group = models.CharField(max_length=4, default="")
    facility = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False)
    warning = models.CharField(max_length=80, default="")

    class Meta(Dated.Meta):
        indexes = [models.Index(fields=["card"], name="registry_entitlement_card")]


class PublishedCoverage(models.Model):
    """A coverage rate as somebody published it. Its parts are kept only where they were given:
    a percentage alone stays a percentage."""

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    on = models.DateField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    insured = models.PositiveIntegerField(null=True)
    persons = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="registry_publishedcoverage_percent",
                violation_error_message=_("A coverage rate lies between 0 and 100 %."),
            )
        ]

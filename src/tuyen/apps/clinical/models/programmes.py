"""Who is in which programme, and how they stand after their visits.

Programmes that are sensitive have tables of their own: the same columns, another right.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Enrolled(models.Model):
    """A person in a programme from a day to a day: [since, until).

    ``place_id``, ``sex`` and ``born_on`` are the person's, kept in step with the registry; ``why``
    says why it ended, and ``by_registry`` that the registry did (a death, a move, a merger). The
    rest is how the person stands after the contacts so far; what depends on today is asked of it.
    """

    id = models.UUIDField(primary_key=True)
    entry_id = models.UUIDField()  # the visit, or the operation, that enrolled
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    programme = models.CharField(max_length=40)
    unit_id = models.UUIDField()  # who follows
    place_id = models.UUIDField(null=True)
    sex = models.PositiveSmallIntegerField()
    born_on = models.DateField()
    group = models.CharField(max_length=30, blank=True)
    worker_id = models.UUIDField(null=True)  # who calls and visits
    author_id = models.UUIDField(null=True)
    source = models.CharField(max_length=5)  # visit, hand
    since = models.DateField()
    until = models.DateField(null=True)
    why = models.CharField(max_length=20, blank=True)
    by_registry = models.BooleanField(default=False)
    contacts = models.PositiveIntegerField(default=0)
    last_on = models.DateField(null=True)
    last_visit_id = models.UUIDField(null=True)
    due_on = models.DateField()
    reading = models.PositiveSmallIntegerField()  # 0 not on target, 1 on it, 2 nobody measured
    reading_on = models.DateField(null=True)
    values = models.TextField(blank=True)  # of the last contact, as JSON: what -> number
    step = models.CharField(max_length=20, blank=True)
    step_do = models.CharField(max_length=9, blank=True)
    risk = models.PositiveSmallIntegerField()
    call = models.CharField(max_length=20, blank=True)  # the last result
    called_on = models.DateField(null=True)
    next_try = models.DateField(null=True)
    home_on = models.DateField(null=True)  # a visit at home that is planned
    planned_on = models.DateField(null=True)  # the day on which it was

    class Meta:
        abstract = True


def _ends(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(until=None, why="") | Q(until__gte=F("since")) & ~Q(why=""),
        name=f"clinical_{name}_end_has_reason",
        violation_error_message=_("An end needs its day and its reason."),
    )


def _indexes(name: str) -> list[models.Index]:
    """By place, by who follows, by risk: of those still there; and by the day of joining."""
    return [
        models.Index(
            fields=["place_id", "due_on"], condition=Q(until=None), name=f"clinical_{name}_place"
        ),
        models.Index(
            fields=["unit_id", "due_on"], condition=Q(until=None), name=f"clinical_{name}_unit"
        ),
        models.Index(
            fields=["-risk", "due_on", "id"], condition=Q(until=None), name=f"clinical_{name}_risk"
        ),
        models.Index(fields=["programme", "since"], name=f"clinical_{name}_since"),
    ]


class Enrolment(Enrolled):
    """In a programme that everybody may see who reads visits."""

    class Meta:
        constraints = [_ends("enrolment")]
        indexes = _indexes("enrolment")


class SensitiveEnrolment(Enrolled):
    """In a programme that stands apart."""

    class Meta:
        constraints = [_ends("sensenrolment")]
        indexes = _indexes("sensenrolment")


class Counted(models.Model):
    """A live visit that counts for a programme: the line of its book."""

    id = models.UUIDField(primary_key=True)  # follows from the visit and the enrolment
    enrolment_id = models.UUIDField()  # no key: an enrolment's row is written anew
    visit_id = models.UUIDField(db_index=True)
    unit_id = models.UUIDField()
    programme = models.CharField(max_length=40)
    day = models.DateField()
    at = models.DateTimeField()
    appointment = models.DateField(null=True)
    drugs = models.PositiveSmallIntegerField()
    reading = models.PositiveSmallIntegerField()
    values = models.TextField(blank=True)

    class Meta:
        abstract = True


class Contact(Counted):
    """A contact of a programme that everybody may see who reads visits."""

    class Meta:
        indexes = [
            models.Index(fields=["enrolment_id", "day"], name="clinical_contact_enrolment"),
            models.Index(fields=["programme", "day"], name="clinical_contact_book"),
        ]


class SensitiveContact(Counted):
    """A contact of a programme that stands apart."""

    class Meta:
        indexes = [
            models.Index(fields=["enrolment_id", "day"], name="clinical_apartcontact_enrol"),
            models.Index(fields=["programme", "day"], name="clinical_apartcontact_book"),
        ]


class Call(models.Model):
    """What came of a call. Of which programme only the enrolment says."""

    id = models.UUIDField(primary_key=True)
    enrolment_id = models.UUIDField(db_index=True)
    unit_id = models.UUIDField()
    on = models.DateField()
    result = models.CharField(max_length=20)
    next_try = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()


class HomeVisit(models.Model):
    """A visit at home that was planned; the visit itself is a visit."""

    id = models.UUIDField(primary_key=True)
    enrolment_id = models.UUIDField(db_index=True)
    unit_id = models.UUIDField()
    on = models.DateField()
    worker_id = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

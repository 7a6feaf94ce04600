"""A claim, the files that were sent of it for ever, what the portal answered, what was denied."""

from django.db import models
from django.db.models import Q

SENT = ("accepted", "refused", "settled", "denied")
"""States of a claim of which a file has reached the portal."""
UNSENT = ("open", "faulty", "ready", "approved", "signed")
FILE, CHECK_IN = "130", "0"
"""Kinds of files, as the portal numbers them."""
CHECKABLE = ("open", "faulty", "ready", "approved")


class Claim(models.Model):
    """The claim of one visit, by the visit's id. ``version`` counts what the visit said.

    ``state``: open (not checked as it stands), faulty, ready, approved (somebody agreed to its
    sending), signed (waits in the outbox), accepted or refused by the portal, settled or denied by the
    insurer, void (the visit was taken back before anything was sent). ``check_in``: "" where none is
    owed, due, waiting (in the outbox), accepted, refused. ``entitlement``: "" of a visit that the insurance
    does not pay, due (the portal has not confirmed the card yet), good, bad; ``asks`` times it was silent
    since, and it is asked again from ``ask_at`` on. ``amended``: the visit says
    something else than what was sent. ``findings`` is JSON of the last check.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    person_id = models.UUIDField()
    key = models.CharField(max_length=100)
    day = models.DateField()
    ended_at = models.DateTimeField()
    payer = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    amended = models.BooleanField(default=False)
    voided = models.BooleanField(default=False)
    correcting = models.BooleanField(default=False)
    errors = models.PositiveSmallIntegerField(default=0)
    warnings = models.PositiveSmallIntegerField(default=0)
    findings = models.TextField(default="[]")
    missing = models.TextField(default="[]")
    digest = models.CharField(max_length=64, default="")
    total = models.DecimalField(max_digits=17, decimal_places=2, default=0)
    fund = models.DecimalField(max_digits=17, decimal_places=2, default=0)
    changes = models.TextField(default="[]")
    due_on = models.DateField()
    correct_by = models.DateField(null=True)
    sent = models.PositiveSmallIntegerField(default=0)
    check_in = models.CharField(max_length=8, default="")
    entitlement = models.CharField(max_length=4, default="")
    ask_at = models.DateTimeField(null=True)
    asks = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="claims_claim_key_once")]
        indexes = [
            models.Index(fields=["unit_id", "day"], name="claims_claim_day"),
            models.Index(fields=["unit_id", "state", "due_on"], name="claims_claim_state"),
            models.Index(
                fields=["ended_at"], condition=Q(check_in="due"), name="claims_check_in_due"
            ),
            models.Index(
                fields=["ended_at"], condition=Q(entitlement="due"), name="claims_card_due"
            ),
            models.Index(fields=["person_id"], name="claims_claim_person"),
        ]


class Submission(models.Model):
    """The exact bytes of a file that was signed, never changed and never taken out. ``kind`` as the
    portal numbers them: 130 the visit, 0 its check-in.

    ``state``: waiting, accepted, refused, or withdrawn (the visit was amended before it was sent).
    ``seq`` is the order in which files leave.
    """

    id = models.UUIDField(primary_key=True)
    claim_id = models.UUIDField()
    unit_id = models.UUIDField()
    kind = models.CharField(max_length=3, default="130")
    seq = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    facility = models.CharField(max_length=5)
    signer = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, default="")
    transaction = models.CharField(max_length=100, default="")
    received = models.CharField(max_length=40, default="")
    message = models.CharField(max_length=500, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim_id", "kind", "number"], name="claims_submission_once"
            ),
        ]
        indexes = [
            models.Index(fields=["seq"], condition=Q(state="waiting"), name="claims_outbox"),
            models.Index(fields=["unit_id", "state"], name="claims_submission_state"),
        ]


class Attempt(models.Model):
    """One try to send a file, and what came back: the receipt, kept for ever."""

    id = models.UUIDField(primary_key=True)
    submission_id = models.UUIDField(db_index=True)
    claim_id = models.UUIDField()
    unit_id = models.UUIDField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    transaction = models.CharField(max_length=100, blank=True)
    received = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=500, blank=True)


class Denial(models.Model):
    """A refusal of the insurer, matched to what was sent. ``claim_id`` is null where nothing was."""

    id = models.UUIDField(primary_key=True)
    claim_id = models.UUIDField(null=True)
    unit_id = models.UUIDField()
    key = models.CharField(max_length=100)
    table = models.CharField(max_length=10, blank=True)
    row = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40)
    words = models.CharField(max_length=500, blank=True)
    amount = models.DecimalField(max_digits=17, decimal_places=2, null=True)
    at_risk = models.DecimalField(max_digits=17, decimal_places=2)
    status = models.CharField(max_length=10)
    state = models.CharField(max_length=10)  # open, corrected
    answered_on = models.DateField()
    correct_by = models.DateField()
    month = models.CharField(max_length=7)  # of the end of the visit; of the answer if unknown

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "month"], name="claims_denial_month"),
            models.Index(fields=["claim_id"], name="claims_denial_claim"),
        ]

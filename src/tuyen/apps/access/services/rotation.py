"""The installation's key is changed: what was sealed under the old one is sealed under the new."""

from cryptography.exceptions import InvalidTag
from django.db import transaction

from tuyen.apps.access import guard
from tuyen.apps.access.factor_models import CodeMaker
from tuyen.apps.access.services import factors


def reseal(*, old: str, new: str) -> int:
    """Seal every app's secret under the key ``new``, in one transaction; how many there are.

    What ``new`` opens already is left as it is, so that a change which was cut off is gone through
    again. Raises InvalidTag, and changes nothing, where neither key opens a secret.
    """
    with guard.opened("credentials"), transaction.atomic():
        rows = list(CodeMaker.objects.select_for_update().order_by("pk"))
        for row in rows:
            sealed = bytes(row.secret)
            try:
                factors.unseal(sealed, row.user_id, new)
            except InvalidTag:
                secret = factors.unseal(sealed, row.user_id, old)
                row.secret = factors.seal(secret, row.user_id, new)
        CodeMaker.objects.bulk_update(rows, ["secret"])
    return len(rows)

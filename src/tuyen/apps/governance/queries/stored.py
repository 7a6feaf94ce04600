"""A plan as the store keeps it, as it was sent."""

from typing import Any

import msgspec

from tuyen.apps.governance.operations import ProjectPlan


def plan_of(kept: Any) -> ProjectPlan:
    """Amounts are kept as texts, so that none is rounded on its way."""
    return msgspec.convert(kept, ProjectPlan, strict=False)

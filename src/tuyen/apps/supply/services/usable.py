"""Whether vials of a lot may be used or passed on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tuyen.apps.supply.refusals import LotExpired, LotSuspended


def check_usable(lot: Mapping[str, Any], on: date) -> None:
    """Refuse a lot that is suspended, or whose last day is past."""
    if lot["suspended_on"] is not None:
        raise LotSuspended(lot=lot["number"], on=lot["suspended_on"], why=lot["suspended_why"])
    if lot["expires_on"] < on:
        raise LotExpired(lot=lot["number"], on=lot["expires_on"])

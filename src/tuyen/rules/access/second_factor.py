"""Who must hold something besides a password, and how long what one is given holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from tuyen.rules import load

Demand = Literal["", "any", "passkey"]
_STRENGTH: dict[str, int] = {"": 0, "any": 1, "passkey": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRule:
    """The table in force. Times in the unit that the name says."""

    since: date
    roles: dict[str, Demand]
    passkey_rights: frozenset[str]
    grace_days: int
    step_minutes: int
    fresh_minutes: int
    period_seconds: int
    drift_steps: int
    digits: int
    tries: int
    wait_minutes: int
    recovery_codes: int
    reset_minutes: int
    invitation_days: int

    def demanded(self, roles: Iterable[str]) -> Demand:
        """The strongest demand of several roles; a role that is not named is held to a passkey.

        >>> rule = second_factor()
        >>> rule.demanded(["midwife"]), rule.demanded(["midwife", "administrator"]), rule.demanded([])
        ('any', 'passkey', 'any')
        """
        asked: list[Demand] = [self.roles.get(role, "passkey") for role in roles]
        return max(asked, key=_STRENGTH.__getitem__, default="any")

    def grace_until(self, opened_on: date) -> date:
        """The last day on which an account without a second factor still signs in."""
        return max(self.since, opened_on) + timedelta(days=self.grace_days)


@cache
def second_factor() -> SecondFactorRule:
    """The rule in force."""
    raw = load("access/second_factor")
    unknown = set(raw["roles"].values()) - set(_STRENGTH)
    if unknown:
        raise ValueError(f"second_factor.yaml: {unknown} is no demand; any or passkey")
    return SecondFactorRule(
        since=raw["from"],
        roles=dict(raw["roles"]),
        passkey_rights=frozenset(raw["passkey_rights"]),
        **{name: raw["code"][name] for name in ("period_seconds", "drift_steps", "digits")},
        **{
            name: raw[name]
            for name in ("grace_days", "step_minutes", "fresh_minutes", "tries", "wait_minutes",
                         "recovery_codes", "reset_minutes", "invitation_days")
        },
    )  # fmt: skip

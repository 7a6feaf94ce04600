"""Accounts as those see them who answer for the tablets of a unit: who serves there, and with what."""

from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.device_models import Device
from tuyen.apps.access.models import Holding, User
from tuyen.apps.access.queries import AccountRow, PostRow

MANAGE = "access.device.manage"
ACCOUNTS = "access.account.manage"


def account(*, by: Actor, id: UUID) -> AccountRow | None:
    """One account with its holdings, for those who manage accounts, and for those who may give
    orders to tablets where it serves or has one; None for everybody else. Three queries."""
    user = User.objects.filter(pk=id).first()
    if user is None:
        return None
    held = Holding.objects.select_related("post").filter(user=user).order_by("since", "pk")
    posts = [PostRow(h.pk, h.post_id, h.post.role, h.post.unit_id, h.since, h.until) for h in held]
    scope = policies.scope(by, MANAGE)
    serves = any(
        scope.covers(post.unit) and (post.until is None or post.until > by.on) for post in posts
    )
    if not policies.may(by, ACCOUNTS) and not serves and not _has_one(user, scope):
        return None
    return AccountRow(user.pk, user.login, user.name, user.opened_on, user.closed_on, posts)


def _has_one(user: User, scope: policies.Scope) -> bool:
    return bool(scope) and Device.objects.filter(Q(user=user) & scope.where("unit_id")).exists()

"""Posts, those who hold them, and tablets move with their unit when it ends.

A post at a unit that ends goes on at the unit's main successor, and nobody has to be appointed
again; where there is no successor it ends. A decision may also let the posts of a station that
becomes a satellite point go to the station it belongs to. Nothing is written here: see
:mod:`tuyen.kernel.reorganising`.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access.models import Device, Holding, Post
from tuyen.kernel.ids import derived_id
from tuyen.kernel.reorganising import Change, Edit, moves


@moves("access")
def move_posts(change: Change) -> Iterator[Edit]:
    """Three queries, whatever the number of posts."""
    later = Q(until=None) | Q(until__gt=change.on)
    posts = list(Post.objects.filter(later, unit_id__in=change.posts).order_by("pk"))
    holdings: dict[UUID, list[Holding]] = {}
    for holding in Holding.objects.filter(later, post__in=posts).order_by("pk"):
        holdings.setdefault(holding.post_id, []).append(holding)
    for post in posts:
        yield from _move(change, post, holdings.get(post.pk, []))
    for device in Device.objects.filter(unit_id__in=change.posts).order_by("pk"):
        heir = change.posts[device.unit_id]
        if heir is not None:
            yield Edit(device, {"unit_id": heir})


def _move(change: Change, post: Post, holdings: list[Holding]) -> Iterator[Edit]:
    heir, on = change.posts[post.unit_id], change.on
    if post.since >= on:  # it has not begun: it will begin elsewhere, or never did
        if heir is not None:
            yield Edit(post, {"unit_id": heir})
        return
    yield Edit(post, {"until": on})
    moved = derived_id(change.decision, "post", post.pk)
    if heir is not None:
        new = Post(id=moved, role=post.role, unit_id=heir, since=on, until=post.until)
        yield Edit(new, new=True)
    for holding in holdings:
        yield from _hold(change, holding, moved if heir is not None else None, on)


def _hold(change: Change, holding: Holding, post: UUID | None, on: date) -> Iterator[Edit]:
    if holding.since >= on:
        if post is not None:
            yield Edit(holding, {"post_id": post})
        return
    yield Edit(holding, {"until": on})
    if post is not None:
        new = Holding(
            id=derived_id(change.decision, "holding", holding.pk), post_id=post,
            user_id=holding.user_id, since=on, until=holding.until,
        )  # fmt: skip
        yield Edit(new, new=True)

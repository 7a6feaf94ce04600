"""People at work, their posts, and what they have to show. A batch takes a constant number of queries."""

from tuyen.apps.workforce.desk import Desk
from tuyen.apps.workforce.operations import (
    AddCredential,
    AmendMember,
    EndPost,
    RegisterMember,
    TakePost,
    VoidCredential,
    VoidPost,
)
from tuyen.apps.workforce.refusals import (
    EndedAlready,
    EndsBeforeItBegan,
    UnknownCredential,
    UnknownPost,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal


@applies(RegisterMember)
def register_members(batch: Batch[RegisterMember]) -> None:
    """Somebody at work, with the post and everything to show: all of it, or nothing."""
    desk = Desk(
        accounts=[e.payload.account for e in batch.entries],
        licences=[
            one.number.strip() for e in batch.entries for one in e.payload.shown
            if one.kind == "licence"
        ],
        heads_of=[e.unit for e in batch.entries if e.payload.post.position == "head"],
    )  # fmt: skip
    for entry in batch.entries:
        said = entry.payload
        row = {
            "id": entry.id, "name": said.name.strip(), "name_folded": "", "sex": said.sex,
            "born_on": said.born_on, "phone": said.phone.strip(), "unit_id": entry.unit,
            "person_id": said.person, "user_id": said.account, "changed_at": entry.received_at,
        }  # fmt: skip
        try:
            desk.check_post(entry.unit, row, said.post)
            for one in said.shown:
                desk.check_shown(row, one)
            desk.keep_member(row, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        desk.take_post(derived_id(entry.id, "post"), entry, row, said.post)
        for number, one in enumerate(said.shown):
            desk.show(derived_id(entry.id, "shown", str(number)), entry, row, one)
    desk.post_all()


@applies(AmendMember)
def amend_members(batch: Batch[AmendMember]) -> None:
    """Who somebody is, said anew."""
    desk = Desk(
        members=[e.payload.member for e in batch.entries],
        accounts=[e.payload.account for e in batch.entries],
    )
    for entry in batch.entries:
        said = entry.payload
        try:
            row = desk.member(said.member, entry.unit)
            desk.keep_member(row | {
                "name": said.name.strip(), "sex": said.sex, "born_on": said.born_on,
                "phone": said.phone.strip(), "person_id": said.person, "user_id": said.account,
            }, entry)  # fmt: skip
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    desk.post_all()


@applies(TakePost)
def take_posts(batch: Batch[TakePost]) -> None:
    """A post more, or one in the place of another at the same unit."""
    desk = Desk(
        members=[e.payload.member for e in batch.entries],
        tenures=[e.payload.ends for e in batch.entries if e.payload.ends is not None],
        heads_of=[e.unit for e in batch.entries if e.payload.post.position == "head"],
    )
    for entry in batch.entries:
        said, left = entry.payload, None
        try:
            member = desk.member(said.member)
            if said.ends is not None:
                left = desk.tenures.get(said.ends)
                if left is None or left["void"] or left["member_id"] != said.member:
                    raise UnknownPost(post=said.ends)
                if left["unit_id"] != entry.unit:
                    raise UnknownPost(post=said.ends)
                if said.post.since <= left["since"]:
                    raise EndsBeforeItBegan(since=left["since"], until=said.post.since)
                desk.tenures.put(left | {"until": said.post.since, "changed_at": entry.received_at})
            desk.take_post(entry.id, entry, member, said.post)
        except Refusal as refusal:
            if left is not None:
                desk.tenures.put(left)  # as it was
            batch.refuse(entry, refusal)
            continue
        desk.settle(said.member, entry)
    desk.post_all()


@applies(EndPost)
def end_posts(batch: Batch[EndPost]) -> None:
    """A post ends on a day, or on another than was said before."""
    desk = Desk(tenures=[e.payload.post for e in batch.entries])
    for entry in batch.entries:
        said = entry.payload
        row = desk.tenures.get(said.post)
        if row is None or row["void"] or row["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownPost(post=said.post))
        elif said.until <= row["since"]:
            batch.refuse(entry, EndsBeforeItBegan(since=row["since"], until=said.until))
        elif row["until"] is not None and said.until > row["until"]:
            batch.refuse(entry, EndedAlready(until=row["until"]))
        else:
            desk.tenures.put(row | {
                "until": said.until, "why": said.reason.strip(), "changed_at": entry.received_at,
            })  # fmt: skip
    desk.post_all()


@applies(VoidPost)
def void_posts(batch: Batch[VoidPost]) -> None:
    """A post that never was counts no more."""
    desk = Desk(tenures=[e.payload.post for e in batch.entries])
    for entry in batch.entries:
        said = entry.payload
        row = desk.tenures.get(said.post)
        if row is None or row["void"] or row["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownPost(post=said.post))
            continue
        desk.tenures.put(row | {
            "void": True, "why": said.reason.strip(), "changed_at": entry.received_at,
        })  # fmt: skip
        desk.settle(row["member_id"], entry)
    desk.post_all()


@applies(AddCredential)
def add_credentials(batch: Batch[AddCredential]) -> None:
    """Something more to show; what it replaces counts no more."""
    desk = Desk(
        members=[e.payload.member for e in batch.entries],
        credentials=[e.payload.replaces for e in batch.entries if e.payload.replaces is not None],
        licences=[
            e.payload.shown.number.strip() for e in batch.entries
            if e.payload.shown.kind == "licence"
        ],
    )  # fmt: skip
    for entry in batch.entries:
        said = entry.payload
        try:
            member = desk.member(said.member, entry.unit)
            before = desk.credentials.get(said.replaces)
            if said.replaces is not None and (
                before is None or before["state"] != "live" or before["member_id"] != said.member
            ):
                raise UnknownCredential(credential=said.replaces)
            desk.show(entry.id, entry, member, said.shown, said.replaces)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        if before is not None:
            desk.credentials.put(before | {"state": "replaced", "changed_at": entry.received_at})
    desk.post_all()


@applies(VoidCredential)
def void_credentials(batch: Batch[VoidCredential]) -> None:
    """It counts no more, with the reason."""
    desk = Desk(credentials=[e.payload.credential for e in batch.entries])
    for entry in batch.entries:
        said = entry.payload
        row = desk.credentials.get(said.credential)
        member = desk.members.get(row["member_id"]) if row else None
        if row is None or row["state"] != "live" or not member or member["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownCredential(credential=said.credential))
            continue
        desk.credentials.put(row | {
            "state": "void", "why": said.reason.strip(), "changed_at": entry.received_at,
        })  # fmt: skip
    desk.post_all()

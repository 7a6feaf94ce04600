"""What can be done to the map and to the people on it.

Dates named ``since`` are the first day of a fact, ``until`` the first day without it; a ``since``
left out means the day the operation happened. An id that the sender makes (units that a
reorganisation opens, members of a household) is a UUID never used before.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.registry.deaths_told import AmendDeathDay as AmendDeathDay
from tuyen.apps.registry.deaths_told import RecordDeath as RecordDeath
from tuyen.apps.registry.deaths_told import VoidDeath as VoidDeath
from tuyen.kernel.operation import Payload, operation

Name = Annotated[str, Meta(min_length=1, max_length=200)]
FullName = Annotated[str, Meta(max_length=250)]
Slug = Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Text = Annotated[str, Meta(max_length=300)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Share = Annotated[float, Meta(gt=0, le=1)]
Sex = Literal[1, 2, 3]
Precision = Literal["day", "month", "year"]
Role = Literal["head", "spouse", "child", "parent", "grandchild", "sibling", "relative", "other"]
Phone = Annotated[str, Meta(max_length=20, pattern=r"^\+?[0-9 .-]*$")]
Stay = Literal["permanent", "temporary"]
Reason = Annotated[str, Meta(min_length=3, max_length=300)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a payload; unknown fields are refused as in the payload itself."""


class Code(Part, frozen=True):
    """A code in a system of ``rules/registry/code_systems.csv``."""

    system: Slug
    code: Annotated[str, Meta(min_length=1, max_length=64)]


class Point(Part, frozen=True):
    """A place in degrees, WGS 84."""

    lon: Longitude
    lat: Latitude
    source: Annotated[str, Meta(max_length=100)] = ""


class Tie(Part, frozen=True):
    """A relation of the unit in question to ``object``."""

    kind: Slug
    object: UUID


class Link(Part, frozen=True):
    """A relation between two units."""

    subject: UUID
    kind: Slug
    object: UUID


@operation("registry.create_unit", version=1, right="registry.unit.edit")
class CreateUnit(Payload, frozen=True):
    """Put a unit on the map; its id is the operation's id. Units of one commit may name one another as
    long as the object of a relation comes first."""

    type: Slug
    name: Name
    full_name: FullName = ""
    since: date | None = None  # None: as far back as is known
    until: date | None = None
    codes: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    point: Point | None = None
    functions: Annotated[tuple[Slug, ...], Meta(max_length=40)] = ()
    relations: Annotated[tuple[Tie, ...], Meta(max_length=100)] = ()


@operation("registry.change_unit", version=1, right="registry.unit.edit")
class ChangeUnit(Payload, frozen=True):
    """State new facts about a unit from a day on; what held before ends that day."""

    unit: UUID
    since: date
    name: Name | None = None
    full_name: FullName = ""
    type: Slug | None = None
    codes: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    point: Point | None = None
    functions: Annotated[tuple[Slug, ...], Meta(max_length=40)] | None = None  # the whole set
    basis: Text = ""


@operation("registry.relate", version=1, right="registry.unit.edit")
class Relate(Payload, frozen=True):
    """Let a relation hold from a day. Where a unit can have only one such, the old one ends."""

    subject: UUID
    relation: Slug
    object: UUID
    since: date | None
    until: date | None = None
    basis: Text = ""


@operation("registry.end_relation", version=1, right="registry.unit.edit")
class EndRelation(Payload, frozen=True):
    """End a relation: ``until`` is the first day without it."""

    subject: UUID
    relation: Slug
    object: UUID
    until: date
    basis: Text = ""


@operation("registry.close_unit", version=1, right="registry.unit.edit")
class CloseUnit(Payload, frozen=True):
    """Close a unit that has no successor: ``on`` is the first day without it."""

    unit: UUID
    on: date
    basis: Text = ""


class Opening(Part, frozen=True):
    """A unit that a reorganisation opens. What it leaves out it takes over from the units whose
    main successor it is: relations of a kind it names none of, and the point of the first."""

    id: UUID
    type: Slug
    name: Name
    full_name: FullName = ""
    codes: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    point: Point | None = None
    functions: Annotated[tuple[Slug, ...], Meta(max_length=40)] = ()
    relations: Annotated[tuple[Tie, ...], Meta(max_length=100)] = ()


class Gift(Part, frozen=True):
    """``predecessor`` gives ``weight`` of itself to ``successor`` (None: it closes without one).

    What a unit keeps is a gift to itself. ``weight_back`` is the part of the successor that comes
    from here, where it is known: with it, counts can be led back to the old map.
    """

    predecessor: UUID
    successor: UUID | None
    weight: Share = 1.0
    weight_back: Annotated[float, Meta(ge=0, le=1)] | None = None
    main: bool = False


class Conversion(Part, frozen=True):
    """A unit becomes one of another type and stays itself: a station turns satellite point.

    With ``posts_follow``, its posts and tablets go to the station whose point it becomes: a head
    whose station serves nobody any more would keep a post that reaches nobody.
    """

    unit: UUID
    type: Slug
    name: Name | None = None
    full_name: FullName = ""
    satellite_of: UUID | None = None
    functions: Annotated[tuple[Slug, ...], Meta(max_length=40)] | None = None
    posts_follow: bool = False


@operation(
    "registry.reorganise", version=3, right="registry.reorganise",
    upcasts={1: lambda said: said, 2: lambda said: said},
)  # fmt: skip
class Reorganise(Payload, frozen=True):
    """Merge, split, transfer, rename, convert and close units on one day, as one decision.

    Units that give everything away end that day. Relations of others to them pass to their main
    successors; ``relates`` and ``ends`` then say what else changes. Posts, tablets and open work go
    with their units.

    Two persons decide: ``proposal`` is what another proposed, word for word but for the basis. The
    program itself loads what was published without one.
    """

    on: date
    basis: Text
    proposal: UUID | None = None
    opens: Annotated[tuple[Opening, ...], Meta(max_length=500)] = ()
    gives: Annotated[tuple[Gift, ...], Meta(max_length=1000)] = ()
    converts: Annotated[tuple[Conversion, ...], Meta(max_length=500)] = ()
    relates: Annotated[tuple[Link, ...], Meta(max_length=1000)] = ()
    ends: Annotated[tuple[Link, ...], Meta(max_length=1000)] = ()


@operation(
    "registry.propose_reorganisation", version=2, right="registry.reorganise",
    upcasts={1: lambda said: said},
)  # fmt: skip
class ProposeReorganisation(Payload, frozen=True):
    """Put a decision before a second person. Nothing on the map changes."""

    decision: Reorganise


@operation("registry.withdraw_proposal", version=1, right="registry.reorganise")
class WithdrawProposal(Payload, frozen=True):
    """A proposed reorganisation, or undo, is not to be: taken back by its author, or turned down."""

    proposal: UUID
    reason: Reason


@operation("registry.propose_undo", version=1, right="registry.reorganise")
class ProposeUndo(Payload, frozen=True):
    """Put before a second person that a reorganisation be undone. Nothing on the map changes."""

    decision: UUID
    reason: Reason


@operation(
    "registry.undo_reorganisation", version=2, right="registry.reorganise",
    upcasts={1: lambda said: said},
)  # fmt: skip
class UndoReorganisation(Payload, frozen=True):
    """Put back every row as it stood before a reorganisation, if nothing was built on it since: as
    ``proposal``, which another person made, proposes it."""

    decision: UUID
    reason: Reason
    proposal: UUID | None = None


@operation("registry.set_boundary", version=1, right="registry.unit.edit")
class SetBoundary(Payload, frozen=True):
    """State the outline of an area from a day on, as a GeoJSON Polygon or MultiPolygon."""

    unit: UUID
    geometry: Annotated[str, Meta(min_length=20, max_length=60_000)]
    source: Annotated[str, Meta(min_length=1, max_length=200)]
    since: date | None = None
    derived: bool = False


class Number(Part, frozen=True):
    """A number of a system in ``rules/registry/identifier_systems.csv``."""

    system: Slug
    value: Annotated[str, Meta(min_length=1, max_length=40)]
    since: date | None = None


class Insurance(Part, frozen=True):
    """An insurance card (15 characters) or number (10 digits), valid for a time."""

    card: Annotated[str, Meta(min_length=1, max_length=24)]
    since: date
    until: date | None = None
    group: Annotated[str, Meta(max_length=4)] = ""  # read from a card of 15 when left out
    facility: UUID | None = None  # where the person's care begins


class Member(Part, frozen=True):
    """A person who is registered with a household; the id is made by the sender."""

    id: UUID
    name: Name
    sex: Sex
    born_on: date
    role: Role = "other"
    birth_precision: Precision = "day"
    ethnicity: Annotated[str, Meta(max_length=8)] = ""
    phone: Phone = ""
    numbers: Annotated[tuple[Number, ...], Meta(max_length=10)] = ()
    insurance: Insurance | None = None


@operation("registry.register_household", version=1, right="registry.person.edit")
class RegisterHousehold(Payload, frozen=True):
    """Register a household with the people in it; its id is the operation's id. ``since`` is when they
    came to live there; somebody born later came at birth."""

    place: UUID  # a village, or a commune where the village is not known
    members: Annotated[tuple[Member, ...], Meta(max_length=60)] = ()
    code: Annotated[str, Meta(max_length=32)] = ""
    address: Annotated[str, Meta(max_length=200)] = ""
    since: date | None = None
    stay: Stay = "permanent"


@operation("registry.register_person", version=1, right="registry.person.edit")
class RegisterPerson(Payload, frozen=True):
    """Register one person: a birth, or somebody who came. The person's id is the operation's id. With
    ``household``, the person joins it and lives at its place."""

    name: Name
    sex: Sex
    born_on: date
    place: UUID | None = None  # may be left out when a household is named
    household: UUID | None = None
    role: Role = "other"
    birth_precision: Precision = "day"
    ethnicity: Annotated[str, Meta(max_length=8)] = ""
    phone: Phone = ""
    numbers: Annotated[tuple[Number, ...], Meta(max_length=10)] = ()
    insurance: Insurance | None = None
    since: date | None = None
    stay: Stay = "permanent"


@operation("registry.amend_person", version=1, right="registry.person.edit")
class AmendPerson(Payload, frozen=True):
    """Correct what is recorded about a person; what is left out stays as it is.

    The operation's ``corrects`` names the registration, where it is known.
    """

    person: UUID
    name: Name | None = None
    sex: Sex | None = None
    born_on: date | None = None
    birth_precision: Precision | None = None
    ethnicity: Annotated[str, Meta(max_length=8)] | None = None
    phone: Phone | None = None


@operation("registry.void_person", version=1, right="registry.person.edit")
class VoidPerson(Payload, frozen=True):
    """Take a record out of use that should not be: it stays, with the reason, and finds nobody."""

    person: UUID
    reason: Annotated[str, Meta(min_length=3, max_length=200)]


@operation(
    "registry.move_person", version=2, right="registry.person.edit",
    upcasts={1: lambda said: said},
)  # fmt: skip
class MovePerson(Payload, frozen=True):
    """A person comes to live elsewhere from a day. No place: left for somewhere not on this node.

    With ``household``, the person joins it; without, the person leaves the one they were in.

    The unit where the person lives lets them go. Another takes them in when they show, in
    ``shown``, the personal number that is on their record; else it asks (:class:`RequestMove`).
    """

    person: UUID
    place: UUID | None
    since: date | None = None
    household: UUID | None = None
    role: Role = "other"
    stay: Stay = "permanent"
    shown: Annotated[str, Meta(max_length=20)] = ""


@operation("registry.request_move", version=1, right="registry.person.edit")
class RequestMove(Payload, frozen=True):
    """Ask the unit where a person lives to let them go: they came to live at a place of the
    operation's unit. Nothing changes before the other unit, or one above both, agrees."""

    person: UUID
    place: UUID
    reason: Reason
    since: date | None = None
    household: UUID | None = None
    role: Role = "other"
    stay: Stay = "permanent"


@operation("registry.answer_move", version=1, right="registry.person.release")
class AnswerMove(Payload, frozen=True):
    """Let a person go who was asked for, or not. The unit that asked may withdraw: a no."""

    request: UUID
    agreed: bool
    reason: Annotated[str, Meta(max_length=300)] = ""


@operation("registry.move_household", version=1, right="registry.person.edit")
class MoveHousehold(Payload, frozen=True):
    """A household moves with everybody in it."""

    household: UUID
    place: UUID
    since: date | None = None
    address: Annotated[str, Meta(max_length=200)] = ""


@operation("registry.identify", version=1, right="registry.person.edit")
class Identify(Payload, frozen=True):
    """Record a number of a person; an older one of the same system ends that day."""

    person: UUID
    system: Slug
    value: Annotated[str, Meta(min_length=1, max_length=40)]
    since: date | None = None


@operation("registry.end_identifier", version=1, right="registry.person.edit")
class EndIdentifier(Payload, frozen=True):
    """A number is cancelled, or was somebody else's: ``until`` is the first day without it."""

    person: UUID
    system: Slug
    value: Annotated[str, Meta(min_length=1, max_length=40)]
    until: date


@operation("registry.entitle", version=1, right="registry.person.edit")
class Entitle(Payload, frozen=True):
    """Record insurance for a time; an earlier entitlement that reaches into it is cut short."""

    person: UUID
    card: Annotated[str, Meta(min_length=1, max_length=24)]
    since: date
    until: date | None = None
    group: Annotated[str, Meta(max_length=4)] = ""
    facility: UUID | None = None


@operation("registry.propose_merge", version=1, right="registry.person.release")
class ProposeMerge(Payload, frozen=True):
    """Put before a second person that two records of different communes are one person's. A centre
    that reads both communes sees what neither station can, and proposes it."""

    kept: UUID
    duplicate: UUID


@operation("registry.merge_persons", version=1, right="registry.person.edit")
class MergePersons(Payload, frozen=True):
    """Two records are one person's: ``duplicate`` leaves every count and search, and what the kept
    record lacks passes to it. Both stay readable, and rows of other rooms keep the person they
    were made for. Where the two live in different communes, another person has proposed it."""

    kept: UUID
    duplicate: UUID
    proposal: UUID | None = None


@operation("registry.undo_merge", version=1, right="registry.person.edit")
class UndoMerge(Payload, frozen=True):
    """Two records turned out to be two people's: both are again as they were."""

    merge: UUID
    reason: Reason


@operation("registry.set_apart", version=1, right="registry.person.edit")
class SetApart(Payload, frozen=True):
    """Two records that look alike are two people's: they are suggested no more, nor merged."""

    one: UUID
    other: UUID
    reason: Reason


@operation("registry.undo_set_apart", version=1, right="registry.person.edit")
class UndoSetApart(Payload, frozen=True):
    """Two records may be one person's after all."""

    decision: UUID
    reason: Reason


@operation("registry.publish_coverage", version=1, right="registry.unit.edit")
class PublishCoverage(Payload, frozen=True):
    """Keep a published insurance coverage as it was published: with its parts only if given."""

    unit: UUID
    on: date
    percent: Annotated[str, Meta(pattern=r"^[0-9]{1,3}([.][0-9]{1,2})?$")]
    source: Annotated[str, Meta(min_length=1, max_length=300)]
    insured: Annotated[int, Meta(ge=0)] | None = None
    persons: Annotated[int, Meta(ge=1)] | None = None

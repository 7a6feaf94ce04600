"""What can be done about an outbreak: open it, change it, fill its line list, declare it, close it."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tuyen.apps.surveillance.operations.cases import Classification
from tuyen.apps.surveillance.operations.words import Line, Prose, Reason, Word
from tuyen.kernel.operation import Payload, operation

Communes = Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=200)]
Ids = Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=5000)]
Sources = Annotated[tuple[UUID, ...], Meta(max_length=200)]
Title = Annotated[str, Meta(min_length=3, max_length=200)]
RUN: str = "surveillance.outbreak.run"
DECLARE: str = "surveillance.outbreak.declare"


class CaseDefinition(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Who counts as a case: in words for people, and what the search for cases takes.

    Empty means any; ``since`` and ``until`` are days of onset. The disease and the communes are those
    of the outbreak.
    """

    suspected: Prose = ""
    probable: Prose = ""
    confirmed: Prose = ""
    since: date | None = None
    until: date | None = None
    classes: Annotated[tuple[Classification, ...], Meta(max_length=4)] = ()
    villages: Annotated[tuple[UUID, ...], Meta(max_length=200)] = ()
    age_from: Annotated[int, Meta(ge=0, le=130)] | None = None
    age_to: Annotated[int, Meta(ge=0, le=130)] | None = None
    cluster: Word = ""


@operation("surveillance.open_outbreak", version=1, right=RUN)
class OpenOutbreak(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Open an outbreak of a disease, or of a syndrome while the disease is not known.

    Its id is the operation's id; its unit is one of the communes or an area that holds them.
    ``since`` is when it emerged: the onset of the first case, as far as is known. Alarms it was opened from
    are answered by it, and the seven early actions become its first tasks.
    """

    disease: Word = ""
    syndrome: Line = ""
    title: Title
    since: date
    communes: Communes
    lead: UUID | None = None
    assignee: UUID | None = None
    post: UUID | None = None
    from_alarms: Sources = ()
    from_signals: Sources = ()
    cases: Annotated[tuple[UUID, ...], Meta(max_length=5000)] = ()
    definition: CaseDefinition = CaseDefinition()


class OutbreakChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of the facts of an outbreak; those left out stay as they are."""

    disease: Word | UnsetType = UNSET
    syndrome: Line | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    since: date | UnsetType = UNSET
    communes: Communes | UnsetType = UNSET
    lead: UUID | UnsetType | None = UNSET
    assignee: UUID | UnsetType | None = UNSET
    post: UUID | UnsetType | None = UNSET
    definition: CaseDefinition | UnsetType = UNSET


@operation("surveillance.amend_outbreak", version=1, right=RUN)
class AmendOutbreak(Payload, frozen=True, kw_only=True):
    """Change what is known of an outbreak. ``revision`` is how many changes the author had seen."""

    outbreak: UUID
    changes: OutbreakChanges
    reason: Annotated[str, Meta(max_length=500)] = ""
    revision: Annotated[int, Meta(ge=0)] | None = None


@operation("surveillance.attach_cases", version=1, right=RUN)
class AttachCases(Payload, frozen=True, kw_only=True):
    """Put cases on the line list of an outbreak; those that are on it already stay as they are."""

    outbreak: UUID
    cases: Ids
    by: Literal["link", "definition", "contact"] = "link"


@operation("surveillance.detach_cases", version=1, right=RUN)
class DetachCases(Payload, frozen=True, kw_only=True):
    """Take cases off the line list of an outbreak, and out of its chains of transmission."""

    outbreak: UUID
    cases: Ids
    reason: Reason


@operation("surveillance.close_outbreak", version=1, right=DECLARE)
class CloseOutbreak(Payload, frozen=True, kw_only=True):
    """Close an outbreak: by the closing rule, or because it was none, or is part of another."""

    outbreak: UUID
    because: Literal["rule", "ruled-out", "joined"]
    conclusion: Prose = ""


@operation("surveillance.reopen_outbreak", version=1, right=DECLARE)
class ReopenOutbreak(Payload, frozen=True, kw_only=True):
    """Open a closed outbreak again, for example because of another case."""

    outbreak: UUID
    reason: Reason


Evidence = Literal[
    "same-house", "same-class", "care", "work", "travel", "genetic", "event", "other"
]


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One infection: who had it from whom, and how one knows."""

    case: UUID
    infector: UUID
    evidence: Evidence
    note: Annotated[str, Meta(max_length=500)] = ""


@operation("surveillance.link_cases", version=1, right=RUN)
class LinkCases(Payload, frozen=True, kw_only=True):
    """Say who infected whom; a case has one infector, the last one said."""

    outbreak: UUID
    links: Annotated[tuple[Link, ...], Meta(min_length=1, max_length=500)]


@operation("surveillance.unlink_cases", version=1, right=RUN)
class UnlinkCases(Payload, frozen=True, kw_only=True):
    """Take back who infected these cases."""

    outbreak: UUID
    cases: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=500)]
    reason: Reason


LevelCode = Literal[
    "epidemic", "epidemic-a", "level-1", "level-2", "level-3", "emergency", "end"
]  # fmt: skip
Authority = Literal[
    "station", "commune-committee", "province-committee", "minister", "prime-minister", "state"
]  # fmt: skip


@operation("surveillance.declare_outbreak", version=1, right=DECLARE)
class DeclareOutbreak(Payload, frozen=True, kw_only=True):
    """Keep what was declared by law: the level, by whom, by which document, on what ground.

    ``met_at`` is when the criterion was met: the notice is due by the clock of the level from then.
    ``fails`` names the tests of capacity that failed; ``copes`` the government that still copes.
    """

    outbreak: UUID
    level: LevelCode
    authority: Authority
    document: Annotated[str, Meta(min_length=1, max_length=100)]
    declared_on: date
    criterion: Word = ""
    basis: Prose = ""
    met_at: datetime | None = None
    fails: Annotated[tuple[Literal["technical", "station", "forces"], ...], Meta(max_length=3)] = ()
    copes: Literal["", "commune", "province", "none"] = ""
    measures: Prose = ""


IsolationSetting = Literal["home", "facility", "gate", "other"]
IsolationStep = Literal[
    "listed", "asked", "decided", "informed", "moved", "started", "hold", "handed-over", "ended"
]  # fmt: skip


@operation("surveillance.record_isolation", version=1, right=RUN)
class RecordIsolation(Payload, frozen=True, kw_only=True):
    """Say when each step of isolating a case was done; steps said before stay unless said anew."""

    outbreak: UUID
    case: UUID
    setting: IsolationSetting
    found_at: datetime
    steps: dict[IsolationStep, datetime] = {}

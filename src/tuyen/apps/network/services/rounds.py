"""Plans of mobile sessions: drafted, changed by hand, put in force, withdrawn. A constant number of queries."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.network import bulk, places
from tuyen.apps.network import rounds as plans
from tuyen.apps.network.models import OutreachPlan, OutreachTeam
from tuyen.apps.network.operations import (
    ChangeRounds,
    DraftRounds,
    PlannedRound,
    PutRoundsInForce,
    WithdrawRounds,
)
from tuyen.apps.network.refusals import (
    MonthIsPast,
    MonthPlannedAlready,
    NotAMonth,
    OutOfReach,
    RoundOutside,
    RoundsBreakRules,
    RoundTwice,
    UnknownOutreachTeam,
    UnknownRounds,
)
from tuyen.apps.network.services.searches import Searches
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

ROUNDS = (
    "id", "unit_id", "starts", "weeks", "villages", "teams", "rounds", "missing", "state", "changes",
    "replaces_id", "reason", "author_id", "changed_at", "ways",
)  # fmt: skip
_plain = msgspec.to_builtins


class _Plans:
    """Plans as rows, changed in memory and written once."""

    def __init__(self, ids: Iterable[UUID], unit_months: bool = False) -> None:
        asked = OutreachPlan.objects.filter(pk__among=set(ids))
        rows = list(fetch(asked.values_list(*ROUNDS)))
        if unit_months and rows:
            beside = OutreachPlan.objects.filter(
                unit_id__in={row[1] for row in rows}, starts__in={row[2] for row in rows},
                state="in-force",
            )  # fmt: skip
            rows += fetch(beside.values_list(*ROUNDS))
        self.rows = {row[0]: dict(zip(ROUNDS, row, strict=True)) for row in rows}
        self._changed: dict[UUID, None] = {}

    def open(self, id: UUID, entry: Entry[Any], states: Sequence[str]) -> dict[str, Any]:
        row = self.rows.get(id)
        if row is None or row["unit_id"] != entry.unit or row["state"] not in states:
            raise UnknownRounds(plan=id)
        return row

    def put(self, row: dict[str, Any], entry: Entry[Any], **changes: Any) -> None:
        self.rows[row["id"]] = row | changes | {"changed_at": entry.received_at}
        self._changed[row["id"]] = None

    def post(self) -> None:
        bulk.replace(OutreachPlan, self._changed, ROUNDS, [self.rows[id] for id in self._changed])


@applies(DraftRounds)
def draft_rounds(batch: Batch[DraftRounds]) -> None:
    """Keep the rounds of a month that is not over, of teams of the unit and villages of its reach. One that
    answers a search is whose search it was."""
    units = {entry.unit for entry in batch.entries}
    teams = dict(fetch(OutreachTeam.objects.filter(
        unit_id__in=units, ended_on=None).values_list("id", "unit_id")))  # fmt: skip
    searches = Searches(e.payload.search for e in batch.entries if e.payload.search)
    rows = []
    for entry in batch.entries:
        said = entry.payload
        try:
            search = searches.open(said.search, entry) if said.search else None
            _check_month(said.starts, said.weeks, entry.happened_on)
            reach = set(plans.village_reach(entry.unit, said.starts))
            for village in said.villages:
                if village.village not in reach:
                    unit = places.name(entry.unit, said.starts)
                    raise OutOfReach(name=places.name(village.village, said.starts), unit=unit)
            for team in said.teams:
                if teams.get(team.team) != entry.unit:
                    raise UnknownOutreachTeam(team=team.team)
            _check_rounds(plans.Drawn(entry.unit, said.starts, said.weeks, said.villages, said.teams,
                                      said.rounds, said.missing), said.rounds)  # fmt: skip
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows.append((
            entry.id, entry.unit, said.starts, said.weeks, _plain(said.villages), _plain(said.teams),
            _plain(said.rounds), _plain(said.missing), "draft", 0, None, "",
            search["author_id"] if search else entry.author, entry.received_at, _plain(said.ways),
        ))  # fmt: skip
        if search is not None:
            searches.put(search, entry, state="made", plan_id=entry.id)
    bulk.insert(OutreachPlan, ROUNDS, rows)
    searches.post()


def _check_month(starts: date, weeks: int, on: date) -> None:
    if plans.first_monday(starts) != starts or weeks != plans.weeks_of(starts):
        raise NotAMonth(starts=starts)
    if (on - starts).days >= 7 * weeks:
        raise MonthIsPast(starts=starts)


def _check_rounds(plan: plans.Drawn, rounds: Iterable[PlannedRound]) -> None:
    """Rounds name teams, villages, sites and days of the plan, each team and day once."""
    on = plan.starts
    teams = {one.team: one for one in plan.teams}
    villages = {one.village for one in plan.villages}
    sites = {plan.unit, *(one.home for one in plan.teams), *plans.rest_sites(plan.unit, on)}
    seen = set()
    for one in rounds:
        if one.team not in teams:
            raise RoundOutside(value=one.team)
        strange = next((id for id in one.stops if id not in villages), None)
        strange = strange or next((id for id in (one.begins, one.ends) if id not in sites), None)
        if strange is not None:
            raise RoundOutside(value=places.name(strange, on))
        if not plan.starts <= one.day <= plan.ends:
            raise RoundOutside(value=one.day)
        if (one.team, one.day) in seen or len(set(one.stops)) < len(one.stops):
            raise RoundTwice(name=teams[one.team].name, day=one.day)
        seen.add((one.team, one.day))


@applies(ChangeRounds)
def change_rounds(batch: Batch[ChangeRounds]) -> None:
    """Rounds of a draft stand in place of those of the same team and day."""
    held = _Plans(entry.payload.plan for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = held.open(said.plan, entry, ("draft",))
            plan = plans.drawn(row)
            _check_rounds(plan, said.rounds)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        gone = {(one.team, one.day) for one in said.rounds}
        kept = [one for one in plan.rounds if (one.team, one.day) not in gone]
        kept += [one for one in said.rounds if one.stops or one.begins != one.ends]
        kept.sort(key=lambda one: (one.day, str(one.team)))
        held.put(row, entry, rounds=_plain(kept), changes=row["changes"] + 1)
    held.post()


@applies(PutRoundsInForce)
def put_rounds_in_force(batch: Batch[PutRoundsInForce]) -> None:
    """A draft that breaks nothing that must hold; no team goes by two plans in a month."""
    held = _Plans((entry.payload.plan for entry in batch.entries), unit_months=True)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = held.open(said.plan, entry, ("draft",))
            plan = plans.drawn(row)
            _check_month(plan.starts, plan.weeks, entry.happened_on)
            must = [one for one in plans.broken(plan) if one.must]
            if must:
                raise RoundsBreakRules(number=len(must))
            old = held.open(said.replaces, entry, ("in-force",)) if said.replaces else None
            _check_teams(row, held.rows.values(), said.replaces)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        if old is not None:
            held.put(old, entry, state="replaced")
        held.put(row, entry, state="in-force", replaces_id=said.replaces)
    held.post()


def _check_teams(row: dict[str, Any], others: Iterable[dict[str, Any]], but: UUID | None) -> None:
    names = {one["team"]: one["name"] for one in row["teams"]}
    for other in others:
        same = other["unit_id"] == row["unit_id"] and other["starts"] == row["starts"]
        if not same or other["state"] != "in-force" or other["id"] in (but, row["id"]):
            continue
        twice = next((one["team"] for one in other["teams"] if one["team"] in names), None)
        if twice is not None:
            raise MonthPlannedAlready(name=names[twice])


@applies(WithdrawRounds)
def withdraw_rounds(batch: Batch[WithdrawRounds]) -> None:
    """A plan is not gone by, and says why."""
    held = _Plans(entry.payload.plan for entry in batch.entries)
    for entry in batch.entries:
        try:
            row = held.open(entry.payload.plan, entry, ("draft", "in-force"))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.put(row, entry, state="withdrawn", reason=entry.payload.reason.strip())
    held.post()

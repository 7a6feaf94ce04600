"""A plan carried out: its good rows through the journal, in batches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.imports.findings import spoken
from tuyen.apps.surveillance.imports.plan import ImportPlan
from tuyen.engines.exchange.findings import Finding
from tuyen.kernel.operation import Receipt
from tuyen.kernel.refusal import N_, Refusal

BATCH = 500


class RowsToMend(Refusal):
    code = "surveillance.rows-to-mend"
    message = N_(
        "{bad} of {rows} rows cannot go in; mend them, or say that the good rows go in without them."
    )


class FileToMend(Refusal):
    code = "surveillance.file-to-mend"
    message = N_("The file cannot be imported as it is: {what}")


@dataclass(slots=True)
class ImportResult:
    """What became of a file: counts of rows, and a receipt for each operation sent."""

    accepted: int = 0
    already: int = 0
    refused: int = 0
    left_out: int = 0
    receipts: list[Receipt] = field(default_factory=list)


def run(
    *, by: Actor, plan: ImportPlan, at: datetime, accept_good_rows: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the good rows of a plan, 500 at a time; each batch is whole and durable.

    Raises
    ------
    FileToMend, RowsToMend
        If the file cannot be read, or rows have to be mended and ``accept_good_rows`` is False.
        Nothing is written then.
    """
    policies.check(by, plan.right)
    if plan.refused or plan.columns.doubts:
        what = "; ".join(str(finding.refusal) for finding in plan.refused[:3]) or "–"
        raise FileToMend(what=what)
    bad = plan.bad_rows
    if bad and not accept_good_rows:
        raise RowsToMend(bad=len(bad), rows=len(plan.table))
    result = ImportResult(already=len(plan.already) + len(plan.repeated), left_out=len(bad))
    for start in range(0, len(plan.operations), BATCH):
        receipts = commit(by=by, operations=plan.operations[start : start + BATCH], at=at)
        result.receipts += receipts
        for number, receipt in zip(plan.rows[start : start + BATCH], receipts, strict=True):
            _count(result, plan, number, receipt)
        if progress is not None:
            progress(min(start + BATCH, len(plan.operations)))
    return result


def _count(result: ImportResult, plan: ImportPlan, number: int, receipt: Receipt) -> None:
    if receipt.status == "accepted":
        result.accepted += 1
    elif receipt.status == "already-had":
        result.already += 1
    elif receipt.refusal is not None:
        result.refused += 1
        refusal = spoken(receipt.refusal.refusal())
        plan.findings.append(Finding(number, "", "", "", "", refusal))

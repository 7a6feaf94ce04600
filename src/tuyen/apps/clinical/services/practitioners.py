"""Who practises under which licence."""

from tuyen.apps.clinical.keeping import columns_of
from tuyen.apps.clinical.models import Practitioner
from tuyen.apps.clinical.operations import SetPractitioner
from tuyen.apps.clinical.refusals import NobodysLicence
from tuyen.apps.journal import bulk
from tuyen.kernel.operation import Batch, applies

_COLUMNS = columns_of(Practitioner)


@applies(SetPractitioner)
def set_practitioners(batch: Batch[SetPractitioner]) -> None:
    """Keep the author's licence from a day on; the latest that was told of a day holds."""
    made = []
    for entry in batch.entries:
        if entry.author is None:
            batch.refuse(entry, NobodysLicence())
            continue
        said = entry.payload
        row = {
            "id": entry.id, "user_id": entry.author, "unit_id": entry.unit,
            "licence": said.licence.strip(), "since": said.since, "received_at": entry.received_at,
        }  # fmt: skip
        made.append(tuple(row[name] for name in _COLUMNS))
    if made:
        bulk.insert(Practitioner, _COLUMNS, made)

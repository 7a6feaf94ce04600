"""A line list as a table to take out: the headers are those that an import reads back."""

from collections.abc import Iterator, Sequence

import msgspec

from tuyen.apps.access import world
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.imports.plan import fields
from tuyen.apps.surveillance.queries import CaseFilters, CaseRow, export_rows
from tuyen.engines.exchange.write import Cell, SheetOut, write_csv, write_xlsx
from tuyen.kernel.refusal import N_
from tuyen.kernel.zone import VIETNAM

_FIELDS = (
    "source_code", "person_name", "sex", "birth_date", "age", "current_commune_code",
    "current_commune", "current_village", "disease", "diagnosis_class", "onset_date",
    "diagnosis_date", "report_date", "outcome", "outcome_date", "outbreak", "reporting_unit",
)  # fmt: skip
_MORE = (
    N_("Reporting window"),
    N_("Group"),
    N_("Due"),
    N_("Late"),
    N_("Commune today"),
    N_("Case"),
)
SHEET = N_("Line list of cases")
WHAT = "surveillance.cases"
"""The name of this list in a request to take it out with names."""


def header(language: str = "vi") -> list[str]:
    """The names of the columns: those an import knows, then what the program adds."""
    return [fields().by_id[name].label(language) for name in _FIELDS] + list(_MORE)


def rows(
    *, by: Actor, filters: CaseFilters | None = None, names: bool = False
) -> Iterator[list[Cell]]:
    """The rows of a line list, for those who may take them out. Without ``names`` nothing in them
    tells who somebody is: a case has its number, age, sex, disease and commune."""
    map_ = places.atlas()
    for row in export_rows(by=by, filters=filters):
        code = map_.code(row.commune, "administrative", row.onset_on)
        yield _cells(row if names else unnamed(row), code or "", by.language)


def unnamed(row: CaseRow) -> CaseRow:
    """A line without what tells whose it is: name, number of the report, birth date, village."""
    return row._replace(name="", external_id="", birth_date=None, village=None, village_name="")


def written(filters: CaseFilters) -> str:
    """Filters as text, to be kept with a request for a list with names.

    >>> written(CaseFilters(diseases=("measles",)))
    '{"diseases":["measles"]}'
    """
    said = msgspec.to_builtins(filters)
    plain = msgspec.to_builtins(CaseFilters())
    kept = {name: value for name, value in said.items() if value != plain[name]}
    return msgspec.json.encode(kept).decode()


def read(text: str) -> CaseFilters:
    """The filters that :func:`written` wrote."""
    return msgspec.json.decode(text, type=CaseFilters)


def seeks_somebody(filters: CaseFilters) -> bool:
    """Whether the filters begin with a person: such a list is no export, and its words are a name."""
    return bool(filters.text.strip() or filters.person)


def csv_file(
    *, by: Actor, filters: CaseFilters | None = None, titles: Sequence[str] = (),
    names: bool = False,
) -> bytes:  # fmt: skip
    """CSV in UTF-8 with its mark; ``titles`` are the headers in the reader's language."""
    found = rows(by=by, filters=filters, names=names)
    head, body = world.marked(titles or header(by.language), found)
    return write_csv(head, body, title=world.titled())


def xlsx_file(
    *, by: Actor, filters: CaseFilters | None = None, titles: Sequence[str] = (),
    sheet: str = "Cases", names: bool = False,
) -> bytes:  # fmt: skip
    """A workbook in which no text is a formula."""
    found = rows(by=by, filters=filters, names=names)
    head, body = world.marked(titles or header(by.language), found)
    widths = [min(32, max(10, len(title) + 2)) for title in head]
    return write_xlsx([SheetOut(sheet, head, body, widths, world.titled())])


def _cells(row: CaseRow, code: str, language: str) -> list[Cell]:
    return [
        row.external_id,
        row.name,
        row.sex,
        row.birth_date,
        row.age,
        code,
        row.commune_name,
        row.village_name,
        row.disease_name(language),
        row.classification,
        row.onset_on,
        row.diagnosed_on,
        row.reported_at.astimezone(VIETNAM).date(),
        row.outcome,
        row.outcome_on,
        row.cluster,
        row.unit_name,
        row.window,
        row.group,
        row.due_at.astimezone(VIETNAM).replace(tzinfo=None),
        row.late,
        row.commune_today,
        str(row.id),
    ]

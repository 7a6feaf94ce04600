"""A table as it is printed: on the screen, in a file, with words for its marks."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext, ngettext

from tuyen.apps.indicators.queries import Draft, ReleaseRow
from tuyen.engines.disclosure.ledger import MARK
from tuyen.engines.exchange.write import Cell
from tuyen.rules.surveillance import disease
from tuyen.web.indicators import words
from tuyen.web.templatetags import figures

SIGN = "*"


class Shown(NamedTuple):
    """One cell: its text, and why it is hidden ("small", "cover" or nothing)."""

    text: str
    why: str = ""


class Line(NamedTuple):
    disease: str
    name: str
    cells: list[Shown]


def heads(shape: Any) -> list[str]:
    """The periods in words, and their total."""
    names = [period_name(period) for period in shape.periods]
    return [*names, gettext("Total")] if len(names) > 1 else names


def lines(shape: Any, printed: Sequence[int], draft: Draft | None = None) -> list[Line]:
    """The rows of a table, diseases one below the other; why cells are hidden only of a draft."""
    language = get_language() or "vi"
    diseases = [disease(names[0]).name(language) for names in shape.diseases]
    diseases += [gettext("All these diseases")] if len(diseases) > 1 else []
    rows = [row.name for row in shape.rows]
    rows += [gettext("Total")] if len(rows) > 1 else []
    width = len(heads(shape))
    found, at = [], 0
    for named in diseases:
        for row in rows:
            cells = [_shown(printed[n], n, draft) for n in range(at, at + width)]
            found.append(Line(named if len(diseases) > 1 else "", row, cells))
            at += width
    return found


def _shown(value: int, n: int, draft: Draft | None) -> Shown:
    if value != MARK:
        return Shown(figures.number(value))
    if draft is None:
        return Shown(SIGN, "hidden")
    return Shown(SIGN, "small" if draft.small[n] else "cover")


def period_name(period: Any) -> str:
    if period.kind == "week":
        year, _sep, week = period.label.partition("-")
        return f"{week}/{year}"
    if period.kind == "month":
        return f"{period.start:%m/%Y}"
    return words.period_name(period)


def reasons(draft: Draft) -> list[str]:
    """What is hidden or rounded and why, in sentences."""
    if draft.base is not None:
        return [_rounded(draft.base, draft.error), *_common(draft)]
    small, cover = sum(draft.small), sum(draft.cover)
    most = draft.rule.k - 1
    if not small and not cover:
        said = [gettext("Nothing is hidden: no number of this table points at few people.")]
    else:
        said = [
            ngettext(
                "%(n)s number is hidden because it counts from 1 to %(most)s people.",
                "%(n)s numbers are hidden because each counts from 1 to %(most)s people.",
                small,
            )
            % {"n": small, "most": most}
        ]
    if cover:
        said.append(
            ngettext(
                "%(n)s more is hidden so that those cannot be computed from totals or from what"
                " was published before.",
                "%(n)s more are hidden so that those cannot be computed from totals or from what"
                " was published before.",
                cover,
            )
            % {"n": cover}
        )
    return said + _common(draft)


def _rounded(base: int, error: int | None) -> str:
    return gettext(
        "Every number is rounded to a multiple of %(base)s, up or down, so that sums add up and no"
        " table undoes another; none is further than %(error)s from the records."
    ) % {"base": base, "error": error}


def _common(draft: Draft) -> list[str]:
    """What holds for both ways of protecting a table."""
    said = []
    if draft.earlier:
        said.append(
            ngettext(
                "%(n)s earlier release speaks of the same cases and was reckoned with.",
                "%(n)s earlier releases speak of the same cases and were reckoned with, those on the"
                " other map too.",
                draft.earlier,
            )
            % {"n": draft.earlier}
        )
    if any(len(row.communes) > 1 for row in draft.shape.rows):
        said.append(
            gettext(
                "Communes joined by + stand in one row: the cases of these days were counted where"
                " they cannot be told apart on this map."
            )
        )
    return said


def note(row: ReleaseRow) -> str:
    """The sentence below a published table."""
    if row.base is not None:
        return _rounded(row.base, row.error)
    return gettext(
        "%(sign)s: hidden so that no number from 1 to %(most)s can be read or computed from this"
        " table and those published before it. It may also stand for 0."
    ) % {"sign": SIGN, "most": row.k - 1}


def file_rows(row: ReleaseRow) -> tuple[list[str], list[list[Cell]]]:
    """(header, rows) of the file of a release: numbers as numbers, then the words about it."""
    shape = row.shape
    several = len(shape.diseases) > 1
    header = [*([gettext("Disease")] if several else []), gettext("Commune"), *heads(shape)]
    width = len(heads(shape))
    body: list[list[Cell]] = []
    for n, line in enumerate(lines(shape, row.printed)):
        values = row.printed[n * width : (n + 1) * width]
        cells: list[Cell] = [SIGN if value == MARK else value for value in values]
        body.append([*([line.disease] if several else []), line.name, *cells])
    said: list[list[Cell]] = [[text] for text in about(row)]
    return header, [*body, [], *said]


def about(row: ReleaseRow) -> list[str]:
    """What a reader of the file must know, line by line."""
    language = get_language() or "vi"
    names = ", ".join(disease(one[0]).name(language) for one in row.shape.diseases)
    said = [
        row.title,
        names,
        gettext("Published %(when)s by %(who)s") % {
            "when": figures.moment(row.published_at), "who": row.unit_name,
        },
        gettext("Communes on the map of %(day)s") % {"day": figures.day(row.map_on)},
        note(row),
    ]  # fmt: skip
    return (
        [*said, f"{gettext('Corrects an earlier release')}: {row.reason}"] if row.replaces else said
    )

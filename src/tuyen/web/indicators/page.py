"""What stands on the page of one figure."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.apps.indicators import queries
from tuyen.rules.indicators import Indicator, indicator, unit_words
from tuyen.web.indicators import words
from tuyen.web.indicators.numbers import written
from tuyen.web.sentences import say
from tuyen.web.templatetags import figures

Pairs = list[tuple[Any, ...]]


def shown(card: queries.FigureCard, by: Actor) -> dict[str, Any]:
    """Everything that `indicators/figure.html` shows, as plain values."""
    row, known = card.row, indicator(card.row.indicator)
    state, tone = words.state(row)
    return {
        "name": words.indicator_name(row.indicator),
        "number": words.bounded(written(row.value, row.digits), row.qualifier),
        "measure_unit": words.of(unit_words(row.measure_unit)),
        "unparted": known is not None and known.per is not None and row.numerator is None,
        "period": words.period_name(row.period),
        "calendar": words.calendar_name(row.period.calendar),
        "state": state,
        "state_tone": tone,
        "latest": card.versions[0] if card.versions[0].id != row.id else None,
        "facts": facts(row),
        "definition": definition(row, known),
        "compared": compared(row, by),
        "projected": projected(row, by),
        "goal": goal(known),
        "references": references(known),
        "changes": changes(card),
        "events": events(card),
    }


def facts(row: queries.FigureRow) -> Pairs:
    """What the document said, and who wrote it down."""
    said: Pairs = [
        (_("Value"), words.value(row)),
        (_("Period"), f"{words.period_name(row.period)} · {words.days(row.period)}"),
        (_("Reporting calendar"), words.calendar_name(row.period.calendar)),
        (_("Unit"), row.unit_name),
        (_("On the map of"), figures.day(row.map_on)),
        (_("Parts"), parts(row)),
        (_("Document"), row.document),
        (_("Date of the document"), figures.day(row.dated)),
        (_("Recorded by"), f"{row.author_name} · {figures.moment(row.published_at)}"),
    ]
    if row.completeness is not None:
        said.insert(6, (_("Completeness"), figures.percent(row.completeness)))
    if row.definition:
        said.insert(6, (_("Its own definition"), row.definition))
    return said


def parts(row: queries.FigureRow) -> str:
    """Numerator and denominator; what was not published is said to be so."""
    known = indicator(row.indicator)
    if row.numerator is not None and row.denominator is not None:
        return _("%(numerator)s of %(denominator)s") % {
            "numerator": written(row.numerator),
            "denominator": written(row.denominator),
        }
    if known is None or known.per is None:
        return _("This indicator has none")
    return _("Not published")


def definition(row: queries.FigureRow, known: Indicator | None) -> dict[str, Any] | None:
    """The indicator's definition in force for the period."""
    found = known.definition(row.period.end) if known else None
    if found is None:
        return None
    return {
        "words": words.of(found.words),
        "since": found.since,
        "source": words.of(found.source),
        "verified": found.verified,
    }


def compared(row: queries.FigureRow, by: Actor) -> dict[str, Any] | None:
    """The same period of the year before, or why there is none."""
    done = queries.comparison(by=by, id=row.id)
    if done is None:
        return None
    base = done.base
    if done.refusal is not None or base is None:
        refusal = say(done.refusal) if done.refusal else ""
        return {"refusal": refusal, "period": words.period_name(done.period)}
    text = written(round(base.value, base.digits), base.digits)
    weakest = max((one.qualifier for one in base.rows), key=["exact", "at-least", "about"].index)
    return {
        "period": words.period_name(done.period),
        "days": words.days(done.period),
        "base": words.bounded(text, weakest),
        "rebased": base.rebased,
        "rows": [_source(one) for one in base.rows],
        **words.change(done),
    }


def _source(row: queries.FigureRow) -> dict[str, Any]:
    return {
        "unit": row.unit_name,
        "value": words.value(row),
        "document": row.document,
        "href": reverse("figure", kwargs={"id": row.id}),
    }


def projected(row: queries.FigureRow, by: Actor) -> Pairs:
    """Where the year will end, both ways side by side."""
    done = queries.projection(by=by, id=row.id)
    if done is None:
        return []

    def said(value: Any) -> str:
        return words.measured(written(round(value, 0), 0), row.measure_unit)

    rows: Pairs = [(_("By the days that have passed"), said(done.linear))]
    season = said(done.seasonal) if done.seasonal is not None else _("Last year is not published")
    return [*rows, (_("By the season of last year"), season)]


def goal(known: Indicator | None) -> dict[str, Any] | None:
    found = known.goal(clock.today()) if known else None
    if known is None or found is None:
        return None
    text = words.measured(written(found.value), known.unit)
    if found.beyond and known.lower_is_better:
        text = _("below %(value)s") % {"value": text}
    elif found.beyond:
        text = _("above %(value)s") % {"value": text}
    return {
        "text": text,
        "by": found.by,
        "source": words.of(found.source),
        "verified": found.verified,
    }


def references(known: Indicator | None) -> list[dict[str, Any]]:
    """What other places reached; never averaged."""
    if known is None:
        return []
    return [
        {
            "place": words.of(one.place),
            "year": str(one.since.year),
            "value": words.bounded(words.measured(written(one.value), known.unit), one.qualifier),
            "source": words.of(one.source),
        }
        for one in known.references
    ]


def changes(card: queries.FigureCard) -> list[tuple[str, str, str]]:
    """What this version says otherwise than the one before it."""
    before = next((r for r in card.versions if r.version == card.row.version - 1), None)
    if before is None:
        return []
    was = {pair[0]: pair[1] for pair in facts(before)[:-1]}
    now = {pair[0]: pair[1] for pair in facts(card.row)[:-1]}
    was[_("Indicator")] = words.indicator_name(before.indicator)
    now[_("Indicator")] = words.indicator_name(card.row.indicator)
    names = [*now, *(name for name in was if name not in now)]
    return [(n, was.get(n), now.get(n)) for n in names if was.get(n) != now.get(n)]  # type: ignore[misc]


def events(card: queries.FigureCard) -> list[dict[str, Any]]:
    """The life of the figure, oldest first; each version opens as it was."""
    told: list[dict[str, Any]] = []
    for row in reversed(card.versions):
        told.append(
            {
                "when": row.published_at,
                "title": _("Version %(n)s: %(value)s")
                % {"n": row.version, "value": words.value(row)},
                "text": row.reason,
                "by": row.author_name,
                "href": reverse("figure", kwargs={"id": row.id}) if row.id != card.row.id else "",
            }
        )
        if row.state == "void":
            told.append(
                {
                    "when": row.ended_at,
                    "title": _("Declared void"),
                    "text": row.void_reason,
                    "tone": "bad",
                }
            )
    return told

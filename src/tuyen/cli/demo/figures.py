"""What the demo's province published about itself, as its documents say it."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from tuyen.apps.indicators.operations import PublishFigure
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.figures import Figure
from tuyen.kernel.operation import Operation
from tuyen.rules.indicators import indicator


def published(
    figures: Iterable[Figure], names: Names, province: UUID
) -> Iterator[tuple[date, Operation]]:
    """Each figure on the day its document came out, of the province's area."""
    for figure in figures:
        known = indicator(figure.indicator)
        assert known is not None, figure.indicator
        payload = PublishFigure(
            indicator=figure.indicator,
            period=figure.period,
            value=figure.value,
            measure_unit=known.unit,
            document=figure.document,
            dated=figure.published,
            qualifier="about" if figure.qualifier == "about" else "exact",
            numerator=figure.numerator,
            denominator=figure.denominator,
        )
        parts = (figure.indicator, figure.period, figure.document)
        made = names.operation(payload, *parts, unit=province, on=figure.published)
        yield figure.published, made

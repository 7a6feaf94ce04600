"""What the facility laid down is laid beside its claims: lines that the insurer did not take, and the
licence, the scope and the hours of practitioners."""

from datetime import date

import pytest

from tests.unit.apps.claims.conftest import AMLODIPINE, LICENCE, SERVICES, TODAY
from tuyen.apps.claims import queries
from tuyen.apps.claims.operations import Line, SetCatalogue
from tuyen.engines.claims.rulebook import AS_LAID_DOWN

DAY = date(2026, 2, 1)


def laid(station, kind, key, values):
    station.good(SetCatalogue(kind=kind, since=DAY, lines=(Line(key=key, values=values),)))


def found(station):
    told, _ = queries.preview(by=station.by, visit=station.visit(station.patient()), on=TODAY)
    ours = {".".join(parts) for parts in AS_LAID_DOWN}
    return sorted(
        (one.finding.code, one.finding.severity, one.finding.row, one.finding.expected)
        for one in told
        if one.finding.code in ours
    )


def test_where_nothing_more_is_laid_down_nothing_is_compared(station):
    assert found(station) == []


@pytest.mark.parametrize(("said", "told"), [
    ("no", [("XML2.MA_THUOC.not-accepted", "error", 1, "")]), ("yes", []),
])  # fmt: skip
def test_a_drug_that_the_insurer_did_not_take_is_told_at_its_line(station, said, told):
    laid(station, "drug", "amlodipine-5", {**AMLODIPINE, "accepted": said})

    assert found(station) == told


def test_a_service_that_the_insurer_did_not_take_is_told_at_its_line(station):
    key, values = next(iter(SERVICES.items()))
    laid(station, "service", key, {**values, "accepted": "no"})

    assert [one[:2] for one in found(station)] == [("XML3.MA_DICH_VU.not-accepted", "error")]


@pytest.mark.parametrize(("line", "told"), [
    ({"until": "20261231", "hours": "0600-1200;1300-1800", "services": "02.;23."}, []),
    ({"until": "20260930"}, [("licence-over", "error", "20260930")]),
    ({"hours": "1300-1700"}, [("hours", "warning", "1300-1700")]),
    ({"services": "03.;14."}, [("scope", "warning", "03.;14.")]),
])  # fmt: skip
def test_a_practitioner_is_compared_with_the_licence_that_was_laid_down(station, line, told):
    laid(station, "practitioner", LICENCE, {"name": "BS Lò Văn Pó", **line})

    seen = {(code.rpartition(".")[2], severity, wanted) for code, severity, _row, wanted in found(station)}  # fmt: skip

    assert seen == set(told)


def test_hours_that_cannot_be_are_refused(station):
    line = Line(key=LICENCE, values={"name": "BS Lò Văn Pó", "hours": "7h-17h"})

    assert station.codes(SetCatalogue(kind="practitioner", since=DAY, lines=(line,))) == [
        "field-form"
    ]

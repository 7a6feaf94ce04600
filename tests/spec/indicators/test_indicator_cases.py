"""Runs the cases of the YAML files beside it."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tuyen.engines.indicators.comparison import Figure, compare
from tuyen.engines.indicators.projection import year_end
from tuyen.engines.indicators.rates import shares
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal

HERE = Path(__file__).parent


def cases(name):
    found = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["title"]) for case in found]


def decimal(value):
    """A number of a YAML file as it is written there; words and None stay."""
    return Decimal(str(value)) if isinstance(value, (int, float)) else value


def figure(side):
    period = Period.parse(side["period"])
    rest = {name: decimal(value) for name, value in side.items() if name != "period"}
    return Figure(start=period.start, end=period.end, **rest)


@pytest.mark.parametrize("case", cases("same_period"))
def test_same_period(case):
    current, base = figure(case["current"]), figure(case["base"])
    measure = case.get("measure", "count")
    if "refused" in case:
        with pytest.raises(Refusal) as caught:
            compare(current, base, measure)
        assert caught.value.code == case["refused"]
        return

    found = compare(current, base, measure)._asdict()

    found["percent"] = found["percent"] and round(found["percent"], 4)
    expected = {name: decimal(value) for name, value in case["expect"].items()}
    expected |= {"flags": tuple(expected["flags"])} if "flags" in expected else {}
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("case", cases("shares"))
def test_shares(case):
    if "refused" in case:
        with pytest.raises(Refusal) as caught:
            shares(case["parts"], case["digits"])
        assert caught.value.code == case["refused"]
        return

    assert shares(case["parts"], case["digits"]) == [decimal(share) for share in case["shares"]]


@pytest.mark.parametrize("case", cases("year_end"))
def test_year_end(case):
    year, base = case["year"], case.get("base", {})
    given = (case["actual"], year["start"], year["through"], year["end"])
    if "refused" in case:
        with pytest.raises(Refusal) as caught:
            year_end(*given)
        assert caught.value.code == case["refused"]
        return

    found = year_end(*given, base.get("part"), base.get("year"))._asdict()

    shown = {name: value if value is None else round(value, 2) for name, value in found.items()}
    assert {name: shown[name] for name in case["expect"]} == {
        name: decimal(value) for name, value in case["expect"].items()
    }

"""Reading supporting data: what is wrong with a file is said with its name."""

import pytest

from tests.unit.engines.immunization.coast import FOLDER, coast
from tuyen.engines.immunization import BadPack, Parameters, read_pack

SCHEDULE = (FOLDER / "coast" / "ScheduleSupportingData.xml").read_text("utf-8")
RUST = (FOLDER / "coast" / "Rust.xml").read_text("utf-8")


def read(schedule=SCHEDULE, **antigens):
    return read_pack(schedule, antigens, name="x", version="", parameters=Parameters())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<antigenSupportingData>", "Rust: no element found"),
        ("<other/>", "Rust: the root is <other>, expected <antigenSupportingData>"),
        (RUST.replace("6 weeks - 4 days", "soon"), "Rust: 'soon' is not an age or interval"),
        (RUST.replace("Vaccine Count By Age", "Weather"), "is not a type of condition"),
        (RUST.replace("20201231", "2020"), "<cessationDate> holds '2020', expected a date"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + RUST, "declares no document type"),
        ("<antigenSupportingData></antigenSupportingData>", "Rust: has no series"),
    ],
)
def test_a_bad_file_is_named(text, said):
    with pytest.raises(BadPack, match=said):
        read(Rust=text)


def test_published_spellings_are_read_as_one():
    dose = coast().antigens["Rust"].series[0].doses[1]
    condition = dose.skips[0].sets[0].conditions[0]

    assert (condition.kind, condition.valid_only, condition.comparison) == (
        "count",
        True,
        "greater",
    )
    assert coast().vaccine_code(1) == coast().vaccine_code(" 01 ") == "01"
    assert coast().vaccine_code("999") is None

"""Tables as sums of one grid."""

import numpy as np
import pytest

from tuyen.engines.disclosure.tables import Axis, common_parts, tabulate
from tuyen.kernel.refusal import BadInput


def test_a_hierarchy_and_its_total_are_sums_of_parts():
    area = Axis.of(["A", "B", "C"], {"east": ["A", "B"]}, total="all")
    sex = Axis.of(["F", "M"], total="both")

    table = tabulate([area, sex], [[3, 1], [9, 0], [2, 2]])

    values = dict(zip(table.labels, table.values.tolist(), strict=True))
    assert values["east", "F"] == 12
    assert values["all", "both"] == 17
    assert len(values) == 5 * 3


def test_only_groups_that_are_shown_become_cells():
    weeks = Axis.of(["w1", "w2", "w3"], {"to w2": ["w1", "w2"]}, each=False)

    table = tabulate([weeks], [1, 2, 4])

    assert (table.labels, table.values.tolist()) == ((("to w2",),), [3])


def test_two_maps_meet_in_their_overlaps():
    old = {"A": ["v1", "v2"], "B": ["v3"]}
    new = {"X": ["v1"], "Y": ["v2", "v3"]}

    pieces = common_parts(old, new)

    assert pieces == {"A|X": ("v1",), "A|Y": ("v2",), "B|Y": ("v3",)}


def test_a_place_that_a_map_leaves_out_keeps_a_piece():
    assert common_parts({"A": ["v1", "v2"]}, {"X": ["v1"]}) == {"A|-": ("v2",), "A|X": ("v1",)}


@pytest.mark.parametrize(
    ("why", "make"),
    [
        ("a part twice", lambda: Axis.of(["A", "A"])),
        ("a group of nothing", lambda: Axis.of(["A"], {"g": []})),
        ("a group of something else", lambda: Axis.of(["A"], {"g": ["B"]})),
        ("two groups of one name", lambda: Axis.of(["A", "B"], {"A": ["B"]})),
        ("another shape", lambda: tabulate([Axis.of(["A"])], [[1]])),
        ("half a person", lambda: tabulate([Axis.of(["A"])], [0.5])),
        ("less than nobody", lambda: tabulate([Axis.of(["A"])], [-1])),
        ("more than a solver can count", lambda: tabulate([Axis.of(["A"])], np.array([2**41]))),
        ("a place in two communes", lambda: common_parts({"A": ["v"], "B": ["v"]})),
    ],
)
def test_what_contradicts_itself_is_refused(why, make):
    with pytest.raises(BadInput):
        make()

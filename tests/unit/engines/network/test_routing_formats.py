"""What the three formats say, and which line and field is named when they do not say it."""

import numpy as np
import pytest

from tuyen.engines.network.periodic_formats import read_cordeau
from tuyen.engines.network.routing_formats import UnreadableRouting, read_cvrplib, read_solomon
from tuyen.engines.network.routing_problem import FREE

CVRP = """NAME : \ttiny
COMMENT : "three of them"
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 7
NODE_COORD_SECTION
1  0 0
2\t1 1
3  2 1.5
DEMAND_SECTION
1 0
2 3
3 4
DEPOT_SECTION
 1
 -1
EOF
"""
SOLOMON = """TINY

VEHICLE
NUMBER     CAPACITY
   2         10

CUSTOMER
CUST NO.   XCOORD.   YCOORD.    DEMAND   READY TIME   DUE DATE   SERVICE TIME

    0          0          0          0          0        100          0
    1          1          1          5         10         20          2
"""
PVRP = """1 2 2 3
0 20
50 0
0 20
 0  0 0 0 0 0 0
 1  3 4 1 5 1 3 1 2 4
 2  6 8 1 5 2 1 5
"""
MDPVRP = """8\t1\t1\t2\t2
0 20
0 20
0 20
0 20
0 0 0 0 0 0 0 0 1000
1 9 0 0 0 0 0 0 1000
2 3 4 1 5 1 2 1 2 354 509
"""
DEPOTS = "2 1 1 2\n0 9\n0 9\n1 3 4 0 7 1 2 1 2\n2 0 0 0 0 0 0\n3 6 8 0 0 0 0\n"


def test_cvrplib_rounds_ways_to_whole_numbers():
    problem = read_cvrplib(CVRP)

    assert problem.names == ("2", "3")
    assert problem.cost[0].tolist() == [[0, 1, 1], [1, 0, 3], [1, 3, 0]]
    assert problem.slots[0][2:5] == (None, 7.0, FREE)
    assert problem.demand.tolist() == [3, 4]


def test_an_explicit_matrix_is_read():
    text = CVRP.replace("EUC_2D", "EXPLICIT\nEDGE_WEIGHT_FORMAT : LOWER_ROW")
    start, stop = text.index("NODE_COORD"), text.index("DEMAND_SECTION")
    problem = read_cvrplib(f"{text[:start]}EDGE_WEIGHT_SECTION\n5 6\n7\n{text[stop:]}")

    assert problem.cost[0].tolist() == [[0, 7, 5], [7, 0, 6], [5, 6, 0]]


def test_a_matrix_stands_in_the_order_of_the_numbers_whatever_that_of_the_demands():
    text = CVRP.replace("EUC_2D", "EXPLICIT\nEDGE_WEIGHT_FORMAT : UPPER_DIAG_COL")
    start, stop = text.index("NODE_COORD"), text.index("DEMAND_SECTION")
    matrix = "EDGE_WEIGHT_SECTION\n0\n5 0\n6 7 0\n"
    turned = text[stop:].replace("1 0\n2 3\n3 4", "3 4\n1 0\n2 3")

    problem = read_cvrplib(text[:start] + matrix + turned)

    assert problem.names == ("3", "2")
    assert problem.demand.tolist() == [4, 3]
    assert problem.cost[0].tolist() == [[0, 7, 6], [7, 0, 5], [6, 5, 0]]


def test_what_is_drawn_and_what_was_driven_is_passed_over():
    more = "DISPLAY_DATA_SECTION\n1 9 9\nTOUR_SECTION\n1\n2\n-1\nFIXED_EDGES_SECTION\n-1\nEOF"

    problem = read_cvrplib(CVRP.replace("EOF", more))

    assert problem.cost[0].tolist() == read_cvrplib(CVRP).cost[0].tolist()


def test_solomon_truncates_to_tenths():
    problem = read_solomon(SOLOMON)

    assert (problem.scale, problem.cost[0, 0, 1]) == (10.0, 14.0)
    assert (problem.opens[0], problem.closes[0], problem.service[0]) == (100, 200, 20)
    assert problem.slots[0].vehicles == 2


def test_combinations_name_the_first_day_highest():
    problem = read_cordeau(PVRP)

    assert problem.options.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 0, 1]]
    assert problem.first.tolist() == [0, 3, 4]
    assert [(s.day, s.longest, s.capacity) for s in problem.slots] == [
        (1, FREE, 20), (2, 50, FREE), (3, FREE, 20),
    ]  # fmt: skip
    assert problem.cost[0, 0, 2] == 5.0


def test_days_and_depots_are_slots_of_their_own():
    problem = read_cordeau(MDPVRP)

    assert [(s.day, s.depot, s.matrix) for s in problem.slots] == [
        (1, 1, 0), (1, 2, 1), (2, 1, 0), (2, 2, 1),
    ]  # fmt: skip
    assert problem.options.tolist() == [[0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]]
    assert not problem.windowed


def test_depots_may_stand_last_and_kinds_of_vehicles_are_options():
    depots = read_cordeau(DEPOTS)
    sites = read_cordeau("3 1 1 2\n0 9\n0 5\n0 0 0 0 0 0 0\n1 3 4 0 4 1 1 2\n")

    assert depots.options.tolist() == [[1, 0], [0, 1]]
    assert np.allclose(depots.cost[:, 0, 1], 5.0)
    assert sites.options.tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("reader", "text", "change", "line", "field"),
    [
        (read_cvrplib, CVRP, ("CAPACITY : 7\n", ""), 18, "CAPACITY"),
        (read_cvrplib, CVRP, ("CAPACITY : 7", "CAPACITY : x"), 6, "CAPACITY"),
        (read_cvrplib, CVRP, ("DIMENSION : 3", "DIMENSION : 4"), 19, "DEMAND_SECTION"),
        (read_cvrplib, CVRP, ("DIMENSION : 3", "DIMENSION : 2"), 14, "DEMAND_SECTION"),
        (read_cvrplib, CVRP, ("3 4", "2 4"), 14, "DEMAND_SECTION"),
        (read_cvrplib, CVRP, ("2\t1 1", "2\t1"), 9, "NODE_COORD_SECTION"),
        (read_cvrplib, CVRP, ("2\t1 1", "2 1 nan"), 9, "NODE_COORD_SECTION"),
        (read_cvrplib, CVRP, ("2\t1 1", "2 1 1e300"), 9, "NODE_COORD_SECTION"),
        (read_cvrplib, CVRP, ("2 3", "2 1_000"), 13, "DEMAND_SECTION"),
        (read_cvrplib, CVRP, ("EUC_2D", "EUC_3D"), 5, "EDGE_WEIGHT_TYPE"),
        (read_cvrplib, CVRP, (" 1\n -1", " 1\n 2\n -1"), 17, "DEPOT_SECTION"),
        (read_cvrplib, CVRP, (" 1\n -1", " 1 2 -1"), 16, "DEPOT_SECTION"),
        (read_cvrplib, CVRP, ("1 0\n2 3", "1 2\n2 3"), 12, "DEMAND_SECTION"),
        (
            read_cvrplib,
            CVRP,
            ("EOF", "FIXED_EDGES_SECTION\n2 3\n-1\nEOF"),
            19,
            "FIXED_EDGES_SECTION",
        ),
        (read_cvrplib, CVRP, ("EOF", "TIME_WINDOW_SECTION\nEOF"), 18, "header"),
        (read_cvrplib, CVRP, ("CAPACITY : 7", "CAPACITY : 7\nCAPACITY : 9"), 7, "CAPACITY"),
        (read_cvrplib, "", ("", ""), 1, "DIMENSION"),
        (read_solomon, SOLOMON, ("   2         10", ""), 7, "VEHICLE"),
        (read_solomon, SOLOMON, ("   2  ", "   x  "), 5, "VEHICLE NUMBER"),
        (read_solomon, SOLOMON, ("    1    ", "    x    "), 11, "CUST NO."),
        (read_solomon, SOLOMON, ("    0    ", "    -    "), 10, "CUST NO."),
        (read_solomon, SOLOMON + "  2\n", ("", ""), 12, "CUSTOMER"),
        (
            read_solomon,
            SOLOMON,
            ("    0          0          0          0", "   0 0 0 3"),
            10,
            "DEMAND",
        ),
        (read_solomon, SOLOMON, ("20          2", "5          2"), 11, "DUE DATE"),
        (read_solomon, SOLOMON, ("5         10", "-5         10"), 11, "DEMAND"),
        (read_solomon, SOLOMON, ("20          2", "20"), 11, "CUSTOMER"),
        (read_cordeau, PVRP, ("1 2 2 3", "12 2 2 3"), 1, "type"),
        (read_cordeau, PVRP, ("1 2 2 3", "1 2 3 3"), 1, "customers"),
        (read_cordeau, PVRP, ("1 2 2 3", "1 2 2"), 1, "header"),
        (read_cordeau, PVRP, ("50 0", "50"), 3, "D Q"),
        (read_cordeau, PVRP, ("1 3 1 2 4", "1 3 1 2 3"), 6, "combination"),
        (read_cordeau, PVRP, ("1 3 1 2 4", "1 3 1 2 8"), 6, "combination"),
        (read_cordeau, PVRP, ("1 3 1 2 4", "1 3 1 2"), 6, "combinations"),
        (read_cordeau, PVRP, ("1 3 1 2 4", "1 2 1 2 4"), 6, "combinations"),
        (read_cordeau, PVRP, ("2 1 5", "2"), 7, "customer"),
        (read_cordeau, DEPOTS, ("1 2 1 2", "1 1 2"), 4, "combinations"),
        (read_cordeau, PVRP, (" 2  6", " 1  6"), 7, "i"),
        (read_cordeau, PVRP, (" 2  6", " x  6"), 7, "i"),
        (read_cordeau, PVRP, (" 0  0 0 0 0 0 0\n", ""), 7, "depots"),
    ],
)
def test_the_line_and_field_at_fault_are_named(reader, text, change, line, field):
    with pytest.raises(UnreadableRouting) as refused:
        reader(text.replace(*change, 1))

    assert (refused.value.values["line"], refused.value.values["field"]) == (line, field)
    assert "{" not in str(refused.value)

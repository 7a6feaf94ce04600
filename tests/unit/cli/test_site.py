"""``tuyen site``: from a file to the answer, and what it says to files that are no use."""

import json

import pytest

from tuyen.cli.main import main

ROADS = "4 5 1\n1 2 3\n2 3 4\n3 4 5\n1 4 9\n1 4 2\n"
"""The road 1-4 stands twice: the later length holds."""
CAPACITATED = "1 10\n4 2 10\n1 0 0 5\n2 3 4 5\n3 30 0 6\n4 33 4 4\n"
PLACES = "id,x,y,kind,population,capacity\nA,0,0,both,10,30\nB,3,4,demand,5,\nC,6,8,both,9,30\n"


@pytest.fixture
def ask(tmp_path, capsys):
    """Runs ``tuyen site`` on a text; gives the exit code, what was written, and what was said."""

    def run(problem, text, *options, name="task.txt"):
        path, out = tmp_path / name, tmp_path / "out.json"
        path.write_text(text, encoding="utf-8")
        code = main(["site", problem, str(path), "--out", str(out), *options])
        answer = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
        return code, answer, capsys.readouterr().err

    return run


def test_a_network_of_roads(ask):
    code, answer, _said = ask("pmedian", ROADS)

    assert code == 0
    assert answer.pop("seconds") >= 0
    assert answer == {
        "objective": 12, "bound": 12, "gap": 0.0, "status": "optimal", "open": [1],
        "assign": [1, 1, 1, 1],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "options", "objective", "opened"),
    [
        ("pmedcap", (), 10, None),
        ("pcenter", (), 5, None),
        ("mclp", ("--radius", "5", "--p", "1"), 10, None),
        ("lscp", ("--radius", "5"), 2, None),
        ("pmedian", ("--p", "4"), 0, [1, 2, 3, 4]),
    ],
)
def test_points_with_capacities(ask, problem, options, objective, opened):
    code, answer, _said = ask(problem, CAPACITATED, *options)

    assert code == 0
    assert (answer["status"], answer["objective"]) == ("optimal", objective)
    assert opened is None or answer["open"] == opened


def test_names_of_a_table_come_back(ask):
    code, answer, _said = ask("pmedian", PLACES, "--p", "1", name="task.csv")

    assert code == 0
    assert answer["open"] == ["A"]
    assert answer["assign"] == ["A", "A", "A"]
    assert answer["objective"] == 5 * 5 + 9 * 10


@pytest.mark.parametrize(
    ("rounding", "objective"), [((), 1), (("--distance", "nearest"), 1), (("--distance", "ceiling"), 2)]
)  # fmt: skip
def test_straight_distances_are_rounded_as_asked(ask, rounding, objective):
    assert ask("pmedian", "0 0\n1 1\n", "--p", "1", *rounding)[1]["objective"] == objective


def test_tsplib_header_says_how_distances_are_rounded(ask):
    header = "NAME: x\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"

    answer = ask("pmedian", header + "1 0 0\n2 1.2 1.2\nEOF\n", "--p", "1")[1]

    assert answer["objective"] == 2  # 1.697 to the nearest; bare points have 1


HEADED = "NAME: x\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n3 0 0\n2 0 5\n1 0 9\nEOF\n"


def test_places_have_the_numbers_of_the_file_whatever_their_order(ask):
    answer = ask("pmedian", HEADED, "--p", "1")[1]

    assert (answer["open"], answer["objective"]) == ([2], 9)
    turned = "1 10\n3 1 10\n3 0 0 1\n2 0 5 1\n1 0 9 1\n"
    assert ask("pmedcap", turned)[1]["open"] == [2]


@pytest.mark.parametrize(
    ("form", "cells", "opened", "objective"),
    [
        ("FULL_MATRIX", "0 9 9 1 0 2 9 9 0", [2], 3),  # from 2 to the others; from 1 it would be 18
        ("UPPER_ROW", "1 9 2", [2], 3),
        ("LOWER_DIAG_ROW", "0\n1 0\n9 2 0", [2], 3),
        ("UPPER_DIAG_COL", "0 1 0 9 2 0", [2], 3),
    ],
)
def test_tsplib_may_give_the_ways_themselves(ask, form, cells, opened, objective):
    head = f"DIMENSION : 3\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : {form}\n"

    answer = ask("pmedian", f"{head}EDGE_WEIGHT_SECTION\n{cells}\nEOF\n", "--p", "1")[1]

    assert (answer["open"], answer["objective"]) == (opened, objective)


@pytest.mark.parametrize(
    ("kind", "objective"), [("MAN_2D", 13), ("MAX_2D", 9), ("ATT", 4), ("CEIL_2D", 11)]
)
def test_tsplib_measures_ways_in_kinds_of_its_own(ask, kind, objective):
    text = HEADED.replace("EUC_2D", kind).replace("2 0 5", "2 1.5 5").lower()

    code, answer, _said = ask("pmedian", text, "--p", "1")

    assert (code, answer["open"], answer["objective"]) == (0, [2], objective)


def test_what_is_drawn_and_what_was_driven_asks_nothing_of_sites(ask):
    more = "DISPLAY_DATA_SECTION\n1 0 0\nTOUR_SECTION\n1\n2\n3\n-1\nFIXED_EDGES_SECTION\n-1\nEOF\n# said after the end"

    answer = ask("pmedian", HEADED.replace("EOF", more), "--p", "1")[1]

    assert (answer["open"], answer["objective"]) == ([2], 9)


def test_blank_lines_before_a_table_are_none_of_it(ask):
    answer = ask("pmedian", "\n ;;\n" + PLACES.replace(",", ";"), "--p", "1", name="task.csv")[1]

    assert (answer["open"], answer["objective"]) == (["A"], 115)


def test_the_answer_is_not_written_over_the_task(tmp_path, capsys):
    path = tmp_path / "task.txt"
    path.write_text(ROADS)

    assert main(["site", "pmedian", str(path), "--out", str(path)]) == 2
    assert path.read_text() == ROADS
    assert "[cli.written-over]" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_said_before_anything_is_searched(tmp_path, capsys):
    nothing, out = tmp_path / "task.txt", tmp_path / "away" / "answer.json"

    assert main(["site", "pmedian", str(nothing), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert str(out) in said  # and not the task, which is not there either
    assert "a folder you may write to" in said


@pytest.mark.parametrize(
    ("problem", "text", "options", "code"),
    [
        ("pmedian", "3 1 1\n1 2 5\n", (), "network.roads-disconnected"),
        ("pmedian", "3 2 1\n1 2 5\n1 4 1\n", (), "network.no-such-place"),
        ("pmedian", "3 2 1\n1 2 5\n1 3 -1\n", (), "network.not-a-number"),
        ("pmedian", "3 2 1\n1 2 5\n1 3 nan\n", (), "network.not-a-number"),
        ("pmedian", "3 2 1\n1 2 5\n", (), "network.wrong-count"),
        ("pmedian", "3.5 2 1\n1 2 5\n1 3 1\n", (), "network.not-a-number"),
        ("pmedian", "3 2 1.5\n1 2 5\n1 3 1\n", (), "network.not-a-number"),
        ("pmedian", "3 2 1\n1 2 5\n1 3 1e308\n", (), "network.not-a-number"),
        ("pmedian", "3 2 1\n1 2 5\n1 3 1_0\n", (), "network.not-a-number"),
        ("pmedian", HEADED.replace("2 0 5", "x 0 5"), ("--p", "1"), "network.not-a-number"),
        ("pmedian", HEADED.replace("2 0 5\n", ""), ("--p", "1"), "network.wrong-count"),
        ("pmedian", HEADED.replace("2 0 5", "1 0 5"), ("--p", "1"), "network.contradiction"),
        ("pmedian", HEADED.replace("EUC_2D", "EUC_3D"), ("--p", "1"), "network.unknown-format"),
        (
            "pmedian",
            HEADED.replace("NODE_COORD", "TIME_WINDOW"),
            ("--p", "1"),
            "network.section-not-taken",
        ),
        (
            "pmedian",
            HEADED.replace("EOF", "FIXED_EDGES_SECTION\n1 2\n-1"),
            ("--p", "1"),
            "network.section-not-taken",
        ),
        (
            "pmedian",
            HEADED.replace("NODE_C", "DIMENSION: 4\nNODE_C"),
            ("--p", "1"),
            "network.contradiction",
        ),
        ("pmedian", "# of 1990\n" + ROADS, (), "network.comment-line"),
        ("pmedian", ROADS + "// end\n", (), "network.comment-line"),
        ("pmedcap", "% of 1994\n" + CAPACITATED, (), "network.comment-line"),
        ("pmedcap", CAPACITATED.replace("4 33", "3 33"), (), "network.contradiction"),
        ("pmedian", ROADS, ("--p", "5"), "network.how-many-sites"),
        ("pmedian", ROADS, ("--p", "0"), "network.how-many-sites"),
        ("pmedian", "0 0\n1 1\n", (), "network.sites-not-given"),
        ("pmedian", "\n", (), "network.nothing-to-site"),
        ("pmedian", ROADS, ("--time-limit", "nan"), "cli.site-bad-option"),
        ("pmedcap", ROADS, (), "network.capacity-needed"),
        ("mclp", ROADS, (), "network.radius-needed"),
        ("lscp", ROADS, ("--radius", "-1"), "network.radius-needed"),
    ],
)
def test_what_is_no_use_is_refused(ask, problem, text, options, code):
    given, answer, said = ask(problem, text, *options)

    assert (given, answer) == (2, None)
    assert f"[{code}]" in said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("id,lat,lon\nA,105.8,21.0\nB,106,21\n", "network.coordinates-swapped"),
        ("id,lat,lon\nA,205.8,21.0\n", "network.coordinates-impossible"),
        ("id,x,y,population\nA,1,1,0\n", "network.no-people"),
        ("id,x,y,population\nA,1,1,\n", "network.no-people"),
        ("id,x,y,population\nA,1,1,-4\n", "network.not-a-number"),
        ("id,x,y,kind\nA,1,1,station\n", "network.unknown-kind"),
        ("id,x\nA,1\n", "network.missing-columns"),
        ("id,x,y\nA,1,1\nA,2,2\n", "network.contradiction"),
        ("demand,site,distance\nA,S,1\nB,T,1\n", "network.pair-missing"),
        ("id,x,y,kind\nA,1,1,site\n", "network.nothing-to-site"),
        ("id,x,y\nA,1\n", "network.wrong-count"),
        ("id,x,y\nA,1,1\n ,2,2\n", "network.no-name"),
        ("id,x,y,x\nA,1,1,2\n", "network.column-twice"),
        ("# of 2026\nid,x,y\nA,1,1\n", "network.comment-line"),
        ("id,x,y,weight,population\nA,1,1,2,2\n", "network.column-twice"),
        ("id,x,y\nA,1e200,1\n", "network.not-a-number"),
        ('id,x,y\n"A,1,1\n', "network.broken-table"),
        (f"id,x,y\n{'A' * 140_000},1,1\n", "network.broken-table"),
    ],
)
def test_tables_that_are_no_use_are_refused(ask, text, code):
    given, answer, said = ask("pmedian", text, "--p", "1", name="task.csv")

    assert (given, answer) == (2, None)
    assert f"[{code}]" in said


@pytest.mark.parametrize(
    ("problem", "options", "reason"),
    [
        ("pmedcap", ("--p", "1"), "network.demand-too-large"),
        ("lscp", ("--radius", "5"), "network.out-of-reach"),
    ],
)
def test_what_cannot_be_is_written_with_its_reason(ask, problem, options, reason):
    table = PLACES.replace("C,6,8,both", "C,60,80,demand").replace(
        "A,0,0,both,10,30", "A,0,0,both,10,8"
    )

    code, answer, said = ask(problem, table, *options, name="task.csv")

    assert code == 1
    assert (answer["status"], answer["objective"], answer["open"]) == ("infeasible", None, [])
    assert f"[{reason}]" in said


def test_a_file_that_is_not_text(ask, tmp_path, capsys):
    path = tmp_path / "x.txt"
    path.write_bytes(b"\xff\xfe\x00")

    assert main(["site", "pmedian", str(path), "--out", str(tmp_path / "o.json")]) == 2
    assert "[cli.site-unreadable]" in capsys.readouterr().err

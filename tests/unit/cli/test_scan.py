"""``tuyen scan`` from a file to a file, and the pictures of the commands beside it."""

import csv
from xml.etree import ElementTree

import numpy as np
import pytest

from tuyen.cli.main import main


@pytest.fixture
def command(tmp_path, capsys):
    """command(text, *options, name=...): exit code, rows (None: no file), stderr."""

    def run(text, *options, name="scan"):
        file, out = tmp_path / "in.csv", tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        code = main([name, str(file), "--out", str(out), *map(str, options)])
        said = capsys.readouterr().err
        if not out.exists():
            return code, None, said
        with out.open(encoding="utf-8", newline="") as answer:
            return code, list(csv.DictReader(answer)), said

    return run


def places(periods=6, side=5, planted=("0-0", "0-1", "1-0"), extra=None, degrees=False):
    """Poisson counts on a grid; the planted places have five more in the last two periods."""
    rng = np.random.default_rng(3)
    xy = "longitude,latitude" if degrees else "x,y"
    names = ["series", "t", xy, "count", *(extra or {})]
    lines = [",".join(names)]
    for t in range(1, periods + 1):
        for x in range(side):
            for y in range(side):
                more = 5 if f"{x}-{y}" in planted and t > periods - 2 else 0
                at = f"{106 + x / 100},{20 + y / 100}" if degrees else f"{x},{y}"
                row = [f"{x}-{y}", str(t), at, str(rng.poisson(1) + more)]
                lines.append(",".join(row + [str(value) for value in (extra or {}).values()]))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("model", "extra", "options"),
    [
        ("poisson", {"population": 500}, ()),
        ("bernoulli", {"population": 500}, ()),
        ("expectation", {"baseline": 1.1}, ()),
        ("negative-binomial", {"baseline": 1.1}, ("--size", 20)),
        ("permutation", None, ()),
        ("expectation", None, ("--durations", 3)),  # earlier periods say what is usual
    ],
)
def test_a_planted_cluster_is_found(command, model, extra, options):
    code, rows, _ = command(
        places(extra=extra), "--model", model, "--replicates", 99, "--seed", 5, *options
    )

    assert code == 0
    assert {"0-0", "0-1", "1-0"} <= set(rows[0]["places"].split(";"))
    assert (rows[0]["start"], rows[0]["end"]) == ("5", "6")
    assert float(rows[0]["p"]) == 0.01
    assert float(rows[0]["recurrence"]) == pytest.approx(100)


def test_degrees_are_measured_in_kilometres_and_a_seed_repeats_the_answer(command):
    options = ("--model", "permutation", "--radius", 1.6, "--replicates", 49)

    one, two = (command(places(degrees=True), *options) for _ in range(2))

    assert one == two
    assert 0.9 < float(one[1][0]["radius"]) < 1.6


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("series,count\na,1\n", (), "expected columns x and y"),
        ("series,x,y,count\na,1,1,2\na,1,1,3\n", (), "row 3, column series"),
        ("series,t,x,y,count\na,1,1,1,2\na,2,1,9,3\n", (), "row 3, column y"),
        ("series,t,x,y,count\na,1,1,1,2\nb,2,1,9,3\n", (), "'b' has no row for 1"),
        ("series,x,y,count\na,1,1,-2\n", (), "row 2, column count: '-2'"),
        ("series,x,y,count\na,1,1,2\n", ("--model", "bernoulli"), "needs a column population"),
        ("series,x,y,count\na,1,1,2\n", ("--model", "expectation"), "needs a column baseline"),
        ("series,x,y,count\na,1,1,2\n", ("--share", 0.3, "--model", "permutation"), "--share"),
        ("series,x,y,count\na,1,1,2\n", ("--replicates", -1), "--replicates is -1"),
        ("series,x,y,count,population\na,1,1,5,2\n", ("--model", "bernoulli"), "more cases than"),
    ],
)
def test_a_bad_file_is_answered_by_one_sentence(command, text, options, says):
    code, rows, said = command(text, *options)

    assert (code, rows) == (2, None)
    assert says in said


COUNTS = "series,t,count\n" + "".join(f"xã <A>,{t},{5 + t % 4}\n" for t in range(1, 40))
CASES = "onset,report\n" + "".join(
    f"2026-03-{d:02d},2026-03-{d + k:02d}\n" for d in range(1, 22) for k in range(4)
)


@pytest.mark.parametrize(
    ("name", "text", "options", "marks"),
    [
        ("forecast", COUNTS, ("--horizon", 3), {"rect", "polygon", "polyline"}),
        ("nowcast", CASES, (), {"rect", "polygon", "polyline"}),
        ("rt", COUNTS, ("--mean-si", 3, "--std-si", 1), {"polygon", "polyline", "line"}),
        ("clusters", places(), ("--model", "permutation", "--replicates", 9), {"circle"}),
    ],
)
def test_a_picture_is_whole_and_says_what_it_shows(command, tmp_path, name, text, options, marks):
    code, _, _ = command(text, *options, "--plot", tmp_path / "out.svg", name=name)

    svg = ElementTree.parse(tmp_path / "out.svg").getroot()  # our own file
    drawn = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert code == 0
    assert marks | {"title", "desc"} <= drawn
    assert all(part.text for part in svg.iter() if part.tag.endswith(("title", "desc")))


def test_clusters_is_the_same_command(command):
    text = places(extra={"population": 500})
    options = ("--replicates", 49, "--seed", 5)

    assert command(text, *options, name="clusters") == command(text, *options)


@pytest.mark.parametrize(
    ("why", "arguments"),
    [
        ("no file", []),
        ("as a timer of an older release has it", ["--on", "2026-10-25"]),
        ("with its folder", ["--home", "/srv/tuyen"]),
    ],
)
def test_the_night_has_another_name(capsys, why, arguments):
    assert main(["scan", *arguments]) == 2, why

    said = capsys.readouterr().err
    assert "tuyen night" in said, why
    assert "[cli.not-the-night]" in said, why


def test_a_scan_asks_where_to_write(tmp_path, capsys):
    file = tmp_path / "in.csv"
    file.write_text(places(), encoding="utf-8")

    assert main(["scan", str(file)]) == 2
    assert "--out" in capsys.readouterr().err

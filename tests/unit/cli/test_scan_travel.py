"""``tuyen scan --travel-times``: zones along the roads, not across the ridge."""

import csv

import numpy as np
import pytest

from tuyen.cli.forecasting.travel import travel_times
from tuyen.cli.main import main
from tuyen.engines.surveillance.zones import nearest_by


@pytest.fixture
def valley(tmp_path):
    """Two valleys of five villages, a kilometre apart by the crow and hours by the road.

    One valley is ill, in every second week of the file's last four.
    """
    rng = np.random.default_rng(7)
    lines = ["series,t,x,y,count,population"]
    for t in range(1, 9):
        for y in range(5):
            for side in "ab":
                more = 4 if side == "a" and t > 6 else 0
                x = 0 if side == "a" else 1
                lines.append(f"{side}{y},{t},{x},{3 * y},{rng.poisson(1) + more},900")
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    roads = [f"{side}{y},{side}{y + 1},12" for side in "ab" for y in range(4)]
    text = "\n".join(["from,to,minutes", *roads, "a4,b4,150"]) + "\n"
    (tmp_path / "roads.csv").write_text(text, encoding="utf-8")
    return tmp_path


def scanned(folder, *options):
    out = folder / "out.csv"
    out.unlink(missing_ok=True)
    code = main(["scan", str(folder / "in.csv"), "--out", str(out), "--replicates", "99",
                 "--durations", "3", *map(str, options)])  # fmt: skip
    if not out.exists():
        return code, None
    with out.open(encoding="utf-8", newline="") as file:
        return code, list(csv.DictReader(file))


def test_a_zone_follows_the_road_where_a_circle_crosses_the_ridge(valley):
    _, circles = scanned(valley)
    code, zones = scanned(valley, "--travel-times", valley / "roads.csv", "--plot",
                          valley / "map.svg")  # fmt: skip

    assert code == 0
    assert set(zones[0]["places"].split(";")) == {f"a{y}" for y in range(5)}
    assert float(zones[0]["score"]) > float(circles[0]["score"])
    assert float(zones[0]["radius"]) in (24.0, 36.0, 48.0)
    assert (valley / "map.svg").exists()


def test_minutes_bound_a_zone_and_positions_are_not_needed(valley):
    text = (valley / "in.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()]
    plain = "\n".join(",".join(row[:2] + row[4:]) for row in rows) + "\n"
    (valley / "in.csv").write_text(plain, encoding="utf-8")

    code, zones = scanned(valley, "--travel-times", valley / "roads.csv", "--minutes", 12)

    assert code == 0
    assert max(int(row["number"]) for row in zones) <= 3


def test_a_square_table_says_the_same_as_its_pairs(tmp_path):
    (tmp_path / "square.csv").write_text("series,a,b,c\na,0,5,\nb,5,0,7\nc,,9,0\n")
    (tmp_path / "pairs.csv").write_text("from,to,minutes\na,b,5\nb,a,5\nb,c,7\nc,b,9\nx,y,1\n")

    square, pairs = (travel_times(tmp_path / f"{n}.csv", ["a", "b", "c"])
                     for n in ("square", "pairs"))  # fmt: skip

    np.testing.assert_array_equal(square, pairs)
    assert square.tolist() == [[0, 5, 12], [5, 0, 7], [14, 9, 0]]


def test_places_without_a_way_never_share_a_zone():
    apart = np.array([[0.0, 3, np.inf], [3, 0, np.inf], [np.inf, np.inf, 0]])

    zones = nearest_by(apart)

    assert zones.order.tolist() == [[0, 1], [1, 0], [2, -1]]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("from,to,minutes\na0,a1,-5\n", (), "-5"),
        ("from,to,minutes\na0,a1,5\n", (), "has no travel time"),
        ("here,there\na0,a1\n", (), "expected columns from, to, minutes"),
        ("from,to,minutes\na0,a1,5\n", ("--radius", 3), "give --minutes"),
    ],
)
def test_what_cannot_be_used_is_named(valley, capsys, text, options, says):
    (valley / "bad.csv").write_text(text, encoding="utf-8")
    if says == "give --minutes":
        text = (valley / "roads.csv").read_text(encoding="utf-8")
        (valley / "bad.csv").write_text(text, encoding="utf-8")

    code, rows = scanned(valley, "--travel-times", valley / "bad.csv", *options)

    assert (code, rows) == (2, None)
    assert says in capsys.readouterr().err

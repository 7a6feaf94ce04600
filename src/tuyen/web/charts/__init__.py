"""Charts and maps as accessible SVG: plain values in, a safe string out.

One palette (`tuyen.web.palette`), one way of showing what is not known: a report that has not come
is hatched, a reported zero has a mark of its own, and neither looks like the other.
"""

from tuyen.web.charts.bars import Bar, render_bars, render_sparkline
from tuyen.web.charts.calibration import Covered, render_coverage, render_pit
from tuyen.web.charts.chains import Node, render_chains
from tuyen.web.charts.curves import Reach, curve_key, render_curve
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.charts.epicurve import Bin, Note, render_epicurve
from tuyen.web.charts.fan import Spread, Step, render_fan
from tuyen.web.charts.funnelplot import Lines, Spot, render_funnel_plot, verdict_word
from tuyen.web.charts.ground import Outline
from tuyen.web.charts.heat import Due, Strip, heat_table, render_heat
from tuyen.web.charts.maps import Marker, Shape, render_map
from tuyen.web.charts.rate import Rate, render_rate
from tuyen.web.charts.riskmap import Risk, ratios, render_risk_map
from tuyen.web.charts.tradeoff import Mark, render_tradeoff
from tuyen.web.charts.trend import Band, Measure, render_trend
from tuyen.web.charts.weekly import Week, render_multiples, render_weekly, weekly_table

__all__ = [
    "Band",
    "Bar",
    "Bin",
    "Covered",
    "Due",
    "Lines",
    "Mark",
    "Marker",
    "Measure",
    "Node",
    "Note",
    "Outline",
    "Rate",
    "Reach",
    "Risk",
    "Shape",
    "Spot",
    "Spread",
    "Step",
    "Strip",
    "Week",
    "curve_key",
    "drawn_once",
    "heat_table",
    "ratios",
    "render_bars",
    "render_chains",
    "render_coverage",
    "render_curve",
    "render_epicurve",
    "render_fan",
    "render_funnel_plot",
    "render_heat",
    "render_map",
    "render_multiples",
    "render_pit",
    "render_rate",
    "render_risk_map",
    "render_sparkline",
    "render_tradeoff",
    "render_trend",
    "render_weekly",
    "verdict_word",
    "weekly_table",
]

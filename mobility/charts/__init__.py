"""Charts of scores as plain geometry, for templates to draw as SVG. No markup, colour or type is decided here."""

from mobility.charts.axes import TimeAxis
from mobility.charts.shapes import (
    Aim,
    Corridor,
    Dot,
    Drawing,
    Event,
    Glyph,
    Line,
    Mark,
    Reading,
    SmallChart,
    Sparkline,
    Start,
    Text,
    TrendChart,
    Zone,
)
from mobility.charts.small import small_chart, time_axis
from mobility.charts.spark import sparkline
from mobility.charts.trend import Context, trend_chart

__all__ = [
    "Aim",
    "Context",
    "Corridor",
    "Dot",
    "Drawing",
    "Event",
    "Glyph",
    "Line",
    "Mark",
    "Reading",
    "SmallChart",
    "Sparkline",
    "Start",
    "Text",
    "TimeAxis",
    "TrendChart",
    "Zone",
    "small_chart",
    "sparkline",
    "time_axis",
    "trend_chart",
]

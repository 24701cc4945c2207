"""Charts of scores as plain geometry, for templates to draw as SVG. No markup, colour or type is decided here."""

from mobility.charts.shapes import Dot, Drawing, Line, Reading, Sparkline, Text, TrendChart, Zone
from mobility.charts.spark import sparkline
from mobility.charts.trend import trend_chart

__all__ = ["Dot", "Drawing", "Line", "Reading", "Sparkline", "Text", "TrendChart", "Zone", "sparkline", "trend_chart"]

"""Axes and the placing of words, each on its own."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility import catalogue
from mobility.charts.axes import TimeAxis, axis_top, value_ticks
from mobility.charts.labels import Box, spread, text_width
from mobility.charts.shapes import Dot

D = Decimal
TUG = catalogue.get("tug")


@pytest.mark.parametrize(("value", "top"), [("12", "40"), ("40", "40"), ("40.01", "50"), ("99", "100"), ("310", "400")])
def test_a_scale_without_maximum_ends_at_a_round_number_above_the_values(value, top):
    assert axis_top(TUG.default_scale, [D(value)]) == D(top)


@given(st.decimals(D("0.01"), D("9999.99"), places=2))
def test_ticks_of_any_axis_are_few_ascending_and_complete(value):
    top = axis_top(TUG.default_scale, [value])
    ticks = value_ticks(D(0), top)
    assert top >= value
    assert (ticks[0], ticks[-1]) == (0, top)
    assert 4 <= len(ticks) <= 8
    assert all(a < b for a, b in itertools.pairwise(ticks))


@given(st.dates(), st.dates(), st.integers(60, 200))
def test_time_ticks_are_on_the_axis_in_order_and_not_too_many(one, other, spacing):
    first, last = sorted((one, other))
    axis = TimeAxis(first, last, 40, 700, 26)
    ticks = axis.ticks(spacing)
    assert ticks
    assert len(ticks) <= 660 / spacing + 1
    assert list(ticks) == sorted(set(ticks))
    assert all(39 <= axis.x(day) <= 701 for day in ticks)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=5).map(sorted))
def test_spread_labels_keep_order_and_distance(wanted):
    centres = spread(wanted, [30.0] * len(wanted), 0, 320)
    assert all(b - a >= 29.999 for a, b in itertools.pairwise(centres))
    assert centres[0] >= 15
    assert centres[-1] <= 305.001


def test_a_box_knows_what_crosses_it():
    box = Box(10, 10, 20, 20)
    assert box.crossings([Dot(0, 0, 1), Dot(30, 30, 1)])
    assert box.crossings([Dot(15, 0, 1), Dot(15, 30, 1)])
    assert not box.crossings([Dot(0, 30, 1), Dot(9, 0, 1)])
    assert not box.crossings([Dot(25, 0, 1), Dot(25, 30, 1)])
    assert not box.crossings([Dot(0, 5, 1), Dot(30, 5, 1)])


def test_chinese_letters_are_as_wide_as_high():
    assert text_width("\N{CJK UNIFIED IDEOGRAPH-4E2D}" * 4, 12) == 48

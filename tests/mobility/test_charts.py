"""Geometry of the trend chart and the sparkline: the rules of the design reference, "Charts"."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility import catalogue
from mobility.charts import Drawing, Reading, Text, TrendChart, sparkline, trend_chart
from mobility.charts.labels import Box, box_of
from mobility.charts.spark import BOTTOM, LEFT, RIGHT, TOP

D = Decimal

INSTRUMENTS = catalogue.instruments()
BARTHEL = catalogue.get("barthel_index")
TUG = catalogue.get("tug")
EN_DASH = "\N{EN DASH}"


def scores(start: str, every: int, *values: object) -> list[Reading]:
    first = dt.date.fromisoformat(start)
    return [Reading(first + dt.timedelta(days=every * n), D(str(value))) for n, value in enumerate(values)]


STROKE = scores("2026-08-28", 14, 30, 40, 55, 40, 55, 65)


def chart(instrument: catalogue.Instrument = BARTHEL, readings: list[Reading] = STROKE) -> TrendChart:
    found = trend_chart(instrument, readings)
    assert found is not None
    return found


def texts(words: tuple[Text, ...]) -> list[str]:
    return [one.text for one in words]


def drawings(found: TrendChart) -> list[Drawing]:
    return [found.wide, found.narrow]


def test_the_finding_is_the_heading_and_makes_no_claim_of_meaning():
    found = chart()
    assert found.heading == "Up 35 since the first score"
    assert found.summary == "Barthel Index (original weighting, 0 to 100), higher is better. Last scored 06-Nov-2026."
    assert found.title == "Barthel Index, 28-Aug-2026 to 06-Nov-2026"
    assert found.description == (
        "6 scores: 30, 40, 55, 40, 55, 65\xa0of\xa0100. Up 35 since the first score. "
        "The last score is in the band Moderate dependency. Every value is in the table below."
    )


@pytest.mark.parametrize(
    ("instrument", "values", "heading"),
    [
        (TUG, ["22.10", "18.40"], "Down 3.7\xa0s since the first score (lower is better)"),
        (TUG, ["18.40", "22.10"], "Up 3.7\xa0s since the first score (lower is better)"),
        (BARTHEL, [65, 30], "Down 35 since the first score"),
        (BARTHEL, [65, 30, 65], "No change since the first score"),
        (BARTHEL, [65], "One score: 65\xa0of\xa0100"),
    ],
)
def test_headings(instrument, values, heading):
    assert chart(instrument, scores("2026-08-28", 7, *values)).heading == heading


def test_bands_are_named_with_their_population_and_source():
    note = chart().band_note
    assert (
        note
        == "Bands: Stroke rehabilitation; widely reused. Shah et al., 1989, J Clin Epidemiol 42:703. A guide, not a diagnosis."
    )


@pytest.mark.parametrize("instrument_id", ["berg_balance_scale", "elderly_mobility_scale", "ten_metre_walk"])
def test_bands_that_nobody_verified_are_not_drawn(instrument_id):
    found = chart(catalogue.get(instrument_id), scores("2026-08-28", 7, 1, 2))
    assert found.band_note == ""
    assert "band" not in found.description
    for drawing in drawings(found):
        assert (drawing.zones, drawing.zone_labels) == ((), ())


def test_sizes_follow_the_design():
    found = chart()
    assert (found.wide.width, found.wide.height) == (860, 380)
    assert (found.narrow.width, found.narrow.height) == (340, 320)


def test_the_axis_is_the_whole_scale():
    for drawing in drawings(chart()):
        assert texts(drawing.value_ticks) == ["0", "20", "40", "60", "80", "100"]
    wide = chart().wide
    heights = [one.y for one in wide.value_ticks]
    assert heights == sorted(heights, reverse=True)
    assert wide.marks[0].y == pytest.approx(350 - 0.30 * 322)


@pytest.mark.parametrize(
    ("instrument_id", "ticks"),
    [
        ("berg_balance_scale", ["0", "10", "20", "30", "40", "50", "56"]),
        ("tinetti_poma", ["0", "5", "10", "15", "20", "25", "28"]),
        ("elderly_mobility_scale", ["0", "5", "10", "15", "20"]),
        ("functional_ambulation_category", ["0", "1", "2", "3", "4", "5"]),
        ("katz_adl", ["0", "1", "2", "3", "4", "5", "6"]),
        ("tug", ["0", "10", "20", "30", "40\xa0s"]),
        ("ten_metre_walk", ["0", "0.4", "0.8", "1.2", "1.6\xa0m/s"]),
    ],
)
def test_ticks_are_round_and_end_with_the_maximum(instrument_id, ticks):
    assert texts(chart(catalogue.get(instrument_id), scores("2026-08-28", 7, 1)).wide.value_ticks) == ticks


def test_time_is_to_scale():
    wide = chart(BARTHEL, [Reading(dt.date(2026, 1, day), D(5)) for day in (1, 2, 11)]).wide
    first, second, third = (one.x for one in wide.marks)
    assert third - first == pytest.approx(10 * (second - first), abs=0.6)


@pytest.mark.parametrize(
    ("start", "every", "ticks"),
    [
        ("2026-08-28", 70, ["31-Aug-2026", "14-Sep", "28-Sep", "12-Oct", "26-Oct", "09-Nov"]),
        ("2026-12-30", 4, ["30-Dec-2026", "31-Dec", "01-Jan-2027", "02-Jan", "03-Jan"]),
        ("2025-10-20", 200, ["01-Nov-2025", "01-Dec", "01-Jan-2026", "01-Feb", "01-Mar", "01-Apr", "01-May"]),
        (
            "1990-01-01",
            12800,
            [
                "01-Jan-1990",
                "01-Jan-1995",
                "01-Jan-2000",
                "01-Jan-2005",
                "01-Jan-2010",
                "01-Jan-2015",
                "01-Jan-2020",
                "01-Jan-2025",
            ],
        ),
    ],
)
def test_date_ticks_name_the_year_whenever_it_is_new(start, every, ticks):
    assert texts(chart(BARTHEL, scores(start, every, 30, 40)).wide.time_ticks) == ticks


def test_one_score_stands_in_the_middle_above_its_date():
    for drawing in drawings(chart(BARTHEL, scores("2026-08-28", 1, 45))):
        assert texts(drawing.time_ticks) == ["28-Aug-2026"]
        assert drawing.time_ticks[0].x == drawing.marks[0].x
        assert texts(drawing.value_labels) == ["45"]
        assert drawing.value_labels[0].is_last


def test_scores_of_one_day_keep_their_order_and_are_all_labelled():
    found = chart(BARTHEL, scores("2026-08-28", 0, 45, 60, 55))
    assert found.heading == "Up 10 since the first score"
    for drawing in drawings(found):
        assert len({one.x for one in drawing.marks}) == 1
        assert sorted(texts(drawing.value_labels)) == ["45", "55", "60"]


def test_readings_may_come_in_any_order():
    assert chart(BARTHEL, STROKE[::-1]) == chart()


def test_no_scores_no_chart():
    assert trend_chart(BARTHEL, []) is None
    assert sparkline(BARTHEL, []) is None


def test_bands_lie_behind_from_darkest_worst_to_lightest():
    wide = chart().wide
    assert [one.step for one in wide.zones] == [1, 2, 3, 4]
    assert texts(wide.zone_labels) == [
        "Independent 100",
        f"Slight 91{EN_DASH}99",
        f"Moderate 61{EN_DASH}90",
        f"Severe 21{EN_DASH}60",
        f"Total dependency 0{EN_DASH}20",
    ]


def test_for_a_time_the_worst_band_is_the_top_one():
    wide = chart(TUG, scores("2026-08-28", 7, "22.1", "18.4")).wide
    assert [one.step for one in wide.zones] == [5, 4, 2, 1]
    words = " ".join(texts(wide.zone_labels))
    assert words.index("Impaired 30\xa0s or more") < words.index("Freely mobile under 10\xa0s")


@pytest.mark.parametrize("instrument", [pytest.param(one, id=one.id) for one in INSTRUMENTS if one.shown_band])
def test_bands_fill_the_plot_without_gap_or_overlap(instrument):
    for drawing in drawings(chart(instrument, scores("2026-08-28", 7, 1, 2))):
        bottom = drawing.axis[0].y1
        for zone in drawing.zones:
            assert zone.y + zone.height == pytest.approx(bottom, abs=0.11)
            bottom = zone.y
        assert bottom == pytest.approx(drawing.grid[-1].y1, abs=0.11)


def test_a_point_lies_inside_its_band():
    for value, zone in ((20, 0), (25, 1), (60, 1), (65, 2), (90, 2), (95, 3), (100, 3)):
        drawing = chart(BARTHEL, scores("2026-08-28", 7, value)).wide
        band = drawing.zones[zone]
        assert band.y <= drawing.marks[0].y <= band.y + band.height


def test_every_value_of_a_short_series_is_labelled_and_the_last_stands_out():
    for drawing in drawings(chart()):
        assert sorted(texts(drawing.value_labels)) == ["30", "40", "40", "55", "55", "65"]
        assert [one.text for one in drawing.value_labels if one.is_last] == ["65"]


def test_two_hundred_scores_keep_first_last_lowest_and_highest():
    values = [50, *((n * 35) % 80 + 10 for n in range(198)), 60]
    found = chart(BARTHEL, scores("2022-01-01", 7, *values))
    for drawing in drawings(found):
        assert len(drawing.line) == 200
        assert 2 <= len(drawing.value_labels) <= 4
        assert len(drawing.marks) == len(drawing.value_labels)
        assert {"50", "60"} <= set(texts(drawing.value_labels))
    assert found.description.startswith("200 scores, the lowest 10, the highest 85, the last 60\xa0of\xa0100.")


def test_a_value_outside_the_scale_is_drawn_at_the_edge_with_its_true_number():
    wide = chart(BARTHEL, scores("2026-08-28", 7, 130)).wide
    assert wide.marks[0].y == wide.grid[-1].y1
    assert texts(wide.value_labels) == ["130"]


def all_words(drawing: Drawing) -> list[tuple[Text, Box]]:
    tick, zone = 12, 12
    sized = [(one, tick) for one in drawing.value_ticks + drawing.time_ticks]
    sized += [(one, zone) for one in drawing.zone_labels]
    sized += [(one, 18 if one.is_last else 13) for one in drawing.value_labels]
    return [(text, box_of(text, size)) for text, size in sized]


@st.composite
def series(draw):
    instrument = draw(st.sampled_from(INSTRUMENTS))
    scale = instrument.default_scale
    highest = scale.max or D("9999.99")
    steps = st.integers(1 if scale.exclusive_min else 0, int((highest - scale.min) / scale.step))
    days = st.dates(dt.date(1850, 1, 1), dt.date(2200, 12, 31))
    found = draw(st.lists(st.tuples(days, steps), min_size=1, max_size=40))
    return instrument, [Reading(day, scale.min + step * scale.step) for day, step in found]


@settings(max_examples=150, deadline=None)
@given(series())
def test_every_drawing_stays_within_its_frame_and_its_words_apart(made):
    instrument, readings = made
    for drawing in drawings(chart(instrument, readings)):
        plot = drawing.axis[0]
        assert len(drawing.line) == len(readings)
        for dot in drawing.line:
            assert plot.x1 <= dot.x <= plot.x2
            assert drawing.grid[-1].y1 <= dot.y <= plot.y1
        words = all_words(drawing)
        for text, box in words:
            assert text.text
            assert box.x1 >= -1
            assert box.y1 >= -1
            assert box.x2 <= drawing.width + 1
            assert box.y2 <= drawing.height + 1
        ticks = [box for text, box in words if text in drawing.time_ticks]
        assert not any(a.overlaps([b]) for a, b in itertools.combinations(ticks, 2))
        # The first and the last value always have a label; beyond these two no value may touch another.
        boxes = [box for text, box in words if text in drawing.value_labels[2:]]
        assert not any(a.overlaps([b]) for a, b in itertools.combinations(boxes, 2))


def places(spark):
    """The scores of a sparkline as numbers."""
    return [tuple(map(float, pair[1:].split(","))) for pair in spark.path.split()]


def test_the_sparkline_is_the_prototypes():
    spark = sparkline(BARTHEL, scores("2026-08-28", 7, 45, 50, 50, 35))
    assert places(spark) == [(3.0, 12.9), (26.3, 12.0), (49.7, 12.0), (73.0, 14.7)]
    assert (spark.last_x, spark.last_y) == ("73.0", "14.7")


def test_a_sparkline_of_one_day_stands_at_its_end():
    assert [x for x, _ in places(sparkline(BARTHEL, scores("2026-08-28", 0, 45, 50)))] == [73.0, 73.0]


def test_a_sparkline_shows_the_newest_twelve():
    spark = sparkline(BARTHEL, scores("2026-01-01", 1, *range(0, 100, 5)))
    assert len(places(spark)) == 12
    assert spark.last_y == "3.9"


@given(series())
def test_a_sparkline_stays_within_its_frame(made):
    instrument, readings = made
    for x, y in places(sparkline(instrument, readings)):
        assert LEFT <= x <= RIGHT
        assert TOP <= y <= BOTTOM

"""What the templates draw: valid SVG, geometry in attributes only, the same in every language."""

import datetime as dt
import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from mobility import catalogue
from mobility.charts import Reading, sparkline, trend_chart
from mobility.charts.spark import BOTTOM, LEFT, RIGHT
from mobility.panels import LastScore
from mobility.tab import Measure
from tests.columns import cell
from ui import parts

D = Decimal

BARTHEL = catalogue.get("barthel_index")
READINGS = [Reading(dt.date(2026, 8, 28) + dt.timedelta(14 * n), D(v)) for n, v in enumerate((30, 40, 55, 40, 55, 65))]


def chart_html(**context):
    values = {"chart": trend_chart(BARTHEL, READINGS), "trend": None, "measures": [], **context}
    return parts.render("mobility/_trend_chart.jinja", **values)


def cell_html(readings=READINGS):
    """The caseload's cell, with the trend of these scores."""
    spark = sparkline(BARTHEL, readings)
    words = {"measure": "Barthel Index", "short_name": "Barthel", "text": "65 of 100", "on": dt.date(2026, 11, 6)}
    return cell("score", LastScore(**words, move="", move_label="First score", spark=spark))


def svgs(html):
    return [ET.fromstring(one) for one in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]  # noqa: S314 - our own text


def test_both_drawings_are_images_with_a_name_and_a_description():
    html = chart_html()
    for svg, size, box in zip(svgs(html), ("wide", "narrow"), ("0 0 860 380", "0 0 340 320"), strict=True):
        assert (svg.get("class"), svg.get("viewBox"), svg.get("role")) == (f"chart chart--{size}", box, "img")
        title, desc, drawing = svg
        assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert title.text == "Barthel Index, 28-Aug-2026 to 06-Nov-2026"
        assert "Up 35 since the first score" in desc.text
        assert drawing.get("aria-hidden") == "true"
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)) == 7


def test_the_finding_is_the_heading_of_the_panel():
    html = chart_html()
    assert ">Up 35 since the first score</h2>" in html
    assert "Shah et al., 1989" in html


def test_panels_of_two_instruments_with_the_same_finding_have_different_names():
    (names,) = re.findall(r'<section class="panel" id="[^"]+" aria-labelledby="([^"]+)"', chart_html())
    assert names == "trend-barthel_index-total-heading trend-barthel_index-total-summary"
    assert all(f'id="{one}"' in chart_html() for one in names.split())


def test_every_score_is_a_mark_and_its_value_a_word():
    for svg in svgs(chart_html()):
        assert svg.find(".//path[@class='pt']").get("d").count("z") == 6
        assert svg.find(".//text[@class='val val--last']").text == "65"
        assert len(svg.find(".//polyline").get("points").split()) == 6


@pytest.mark.parametrize("language", ["en-gb", "de", "fr", "zh-hans"])
def test_numbers_in_the_drawing_know_no_language(language, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    with translation.override(language):
        for svg in svgs(chart_html() + cell_html()):
            for element in svg.iter():
                for name in {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"} & {*element.keys()}:
                    assert re.fullmatch(r"\d+(\.\d)?", element.get(name))
                if points := element.get("points"):
                    assert re.fullmatch(r"(\d+\.\d,\d+\.\d ?)+", points)
                assert re.fullmatch(r"[-\dMLahvz., ]*", element.get("d", ""))


def test_nothing_in_the_markup_needs_more_than_the_strict_policy():
    html = chart_html() + cell_html()
    assert not re.search(r"<style|<script|\bstyle=|\bfill=|\bstroke=|\bon\w+=|href=", html)


def test_the_sparkline_is_hidden_from_assistive_technology():
    (svg,) = svgs(cell_html())
    assert (svg.get("class"), svg.get("viewBox"), svg.get("aria-hidden")) == ("spark", "0 0 76 24", "true")


def test_the_sparkline_has_the_frame_that_its_places_were_counted_for():
    line, scores, last = svgs(cell_html())[0]
    frame = [float(line.get(name)) for name in ("x1", "y1", "x2", "y2")]
    assert frame == [LEFT, BOTTOM, RIGHT, BOTTOM]
    assert scores.get("d").split()[-1] == f"L{last.get('cx')},{last.get('cy')}"


def test_without_scores_there_is_no_sparkline():
    assert "<svg" not in cell_html([])


def test_the_measures_to_choose_from_are_links():
    one = Measure("?m=tug", "Timed <Up>", is_current=True)
    assert "chips" not in chart_html(measures=[one]), "there is nothing to choose from"
    html = chart_html(measures=[one, Measure("?m=b", "Barthel", is_current=False)])
    assert '<a class="chip" href="?m=tug" aria-current="true">Timed &lt;Up&gt;</a>' in html

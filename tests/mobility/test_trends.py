"""Trends: like with like, a baseline for each episode, corridors from thresholds that may be used, events on the axis."""

import datetime as dt
import itertools
import json
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from equipment import services as equipment
from mobility import catalogue, drawings
from mobility.charts import Event, Glyph
from mobility.charts.labels import box_of
from mobility.charts.lane import tags
from mobility.models import MobilityScore
from mobility.querysets import TrendRow
from mobility.trends import series_of
from patients import services as patients
from patients.course import Course
from patients.registry import CourseEvent
from tests.mobility.scores import day, mark, record, typed, url

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def at(days):
    return NOW + dt.timedelta(days=days)


def rows(instrument_id, *values, series="", scale="", context=None, recoded=(), since=0):
    """Scores a week apart; `context` by place."""
    instrument = catalogue.get(instrument_id)
    return [
        TrendRow(
            since + place,
            instrument_id,
            instrument.version,
            scale,
            series,
            Decimal(str(value)),
            at(since + 7 * place).date(),
            json.dumps((context or {}).get(place, {})),
            place in recoded,
            None,
        )
        for place, value in enumerate(values)
    ]


def only(found):
    (series,) = found.values()
    return series


def events(*days):
    return Course([CourseEvent(at(one), "start", "Active again", "Active", is_start=True) for one in (-5, *days)])


def corridors(series, course=None):
    course = course or Course(())
    chart = drawings.trend(series, course).chart
    return [text.text for text in chart.wide.corridor_labels]


def test_the_corridor_is_the_measurement_error_of_the_baseline():
    # Berg's error depends on the earlier score: 7 from 25 to 34, 4 from 45 on.
    assert corridors(only(series_of(rows("berg_balance_scale", 28, 30, 40)))) == [
        "Within measurement error of the baseline: between 21 and 35"
    ]
    assert corridors(only(series_of(rows("berg_balance_scale", 54, 50)))) == [
        "Within measurement error of the baseline: over 50"
    ]
    assert corridors(only(series_of(rows("barthel_index", 30, 40)))) == [], "it depends on the diagnosis"


def test_the_chosen_diagnosis_group_decides_which_corridor_there_is():
    series = only(series_of(rows("barthel_index", 30, 40), group="stroke_chronic"))
    error = series.error_of(0)
    assert error is not None
    drawing = drawings.trend(series, Course(())).chart.wide
    (zone,) = drawing.corridors
    top, bottom = drawing.grid[-1].y1, drawing.axis[0].y1
    per_point = (bottom - top) / 100
    assert zone.height == pytest.approx(float(2 * error.value) * per_point, abs=0.2)
    assert len(drawings.trend(series, Course(())).notes) == len([one for one in (error, series.meaning_of(0)) if one])


def test_a_percentage_is_one_of_the_baseline():
    found = [one for one in catalogue.everything() if any(t.is_percent for t in one.mdc)]
    for instrument in found:
        threshold = next(t for t in instrument.mdc if t.is_percent)
        around = drawings.reach(threshold, Decimal(40))
        assert around.high - 40 == 40 - around.low == threshold.value * 40 / 100


def test_each_episode_has_its_own_baseline_and_no_line_leads_into_it():
    course = events(17)
    series = only(series_of(rows("berg_balance_scale", 20, 28, 30, 50, 52), course))
    assert series.baselines() == [0, 3]
    assert [series.is_joined(place) for place in range(5)] == [False, True, True, False, True]
    assert series.since_baseline(3) is None
    assert series.since_baseline(4).change.amount == 2
    assert series.since_last(3).change.amount == 20, "the score before is the score before"
    chart = drawings.trend(series, course).chart
    for drawing in (chart.wide, chart.narrow):
        assert len(drawing.corridors) == 2
        assert drawing.corridors[0].x + drawing.corridors[0].width <= drawing.corridors[1].x
        assert [len(run.split()) for run in drawing.joined] == [3, 2]
        assert [text.text for text in drawing.start_labels] == ["Episode 2"]
    assert chart.heading == "Up 2 since baseline. Within measurement error"
    assert "1 further episode begins." in chart.description
    first = drawings.heading(only(series_of(rows("berg_balance_scale", 20, 28), events(6))))
    assert first == "First score of this episode: 28\xa0of\xa056"


def test_scores_of_another_aid_are_drawn_apart_and_judged_by_nobody():
    stick = {"walking_aid": "Stick"}
    series = only(series_of(rows("tug", 30, 28, 20, 18, context={2: stick, 3: {"walking_aid": "stick"}})))
    drawn = drawings.trend(series, Course(()))
    wide = drawn.chart.wide
    assert [dot.kind for dot in wide.line] == ["", "", "apart", "apart"]
    assert [len(run.split()) for run in wide.joined] == [2, 2]
    assert drawn.has_apart
    assert "walking aid" in series.moved(series.since_last(2)).short
    assert series.since_last(3).change.amount == -2, "Stick and stick are one aid"
    assert not series.since_baseline(3).is_comparable
    assert "2 scores are not comparable with their baseline." in drawn.chart.description
    recoded = only(series_of(rows("tug", 30, 28, 20, recoded=(1,))))
    assert drawings.trend(recoded, Course(())).chart.wide.joined == ()


def test_hands_scales_errors_and_other_versions_are_never_on_one_axis():
    right, left = ({n: {"hand": hand} for n in range(3)} for hand in ("right", "left"))
    mixed = [
        *rows("grip_strength", 20, 22, series="hand=right", context=right),
        *rows("grip_strength", 30, series="hand=left", context=left),
        *(one._replace(entered_in_error_at=NOW) for one in rows("tug", 99)),
        *(one._replace(instrument_version="old") for one in rows("tug", 98)),
        *(one._replace(scale="gone") for one in rows("tug", 97)),
    ]
    found = series_of(mixed)
    assert {name: [int(row.score_value) for row in one.rows] for name, one in found.items()} == {
        ("grip_strength", "hand=right"): [20, 22],
        ("grip_strength", "hand=left"): [30],
    }
    assert [one.label for one in found.values()] == ["right", "left"]


def test_small_multiples_of_an_episode_share_their_time_axis():
    long, short = rows("tug", 30, 28, 20), rows("berg_balance_scale", 20, 30)
    charts = drawings.small(series_of([*long, *short]).values())
    tug, berg = charts["tug", ""], charts["berg_balance_scale", ""]
    assert (tug.first[0], tug.last[0]) == ("5.0", "235.0")
    assert (berg.first[0], berg.last[0]) == ("5.0", "120.0")
    assert berg.corridor and not tug.corridor


glyphs = st.sampled_from(Glyph)


@given(st.lists(st.tuples(st.floats(30, 300), glyphs, st.text("abc ", max_size=20)), max_size=60))
def test_events_below_the_axis_never_touch_and_each_is_in_one_mark(made):
    places = sorted(made, key=lambda one: one[0])
    found = tags(
        [(x, Event(NOW.date(), glyph, n, text)) for n, (x, glyph, text) in enumerate(places, 1)], 0, 250, 2, 338
    )
    boxes = [box_of(one.text, 12) for one in found]
    assert not any(a.overlaps([b]) for a, b in itertools.combinations(boxes, 2))
    assert all(box.x1 >= -1 and box.x2 <= 341 for box in boxes)
    numbers = [re.match(r"(\d+)(?:\N{EN DASH}(\d+))?", one.text.text) for one in found]
    covered = [n for match in numbers for n in range(int(match[1]), int(match[2] or match[1]) + 1)]
    assert covered == list(range(1, len(places) + 1))


def test_the_tab_marks_what_happened_and_lists_it(sign_in, patient, therapist, time_machine):
    start = timezone.now().replace(hour=12, minute=0)
    time_machine.move_to(start, tick=False)
    record(patient, therapist, "28", score_type="berg_balance_scale")
    time_machine.move_to(start + dt.timedelta(days=10))
    patients.change_mobility_status(patient=patient, to="hoist", reason="Fell", by=therapist)
    loan = equipment.check_out(patient=patient, serial_number="WC-1", equipment_name="Wheelchair", by=therapist)
    wrong = equipment.check_out(patient=patient, serial_number="WC-2", equipment_name="Walker", by=therapist)
    equipment.void_entry(log=wrong, version=wrong.version, reason="Other patient", by=therapist)
    record(patient, therapist, "30", score_type="berg_balance_scale", score_date=timezone.localdate())
    time_machine.move_to(start + dt.timedelta(days=20))
    equipment.return_item(log=loan, condition="good", by=therapist)
    patient.refresh_from_db()
    patients.change_chart_status(patient=patient, to="inactive", reason="Home", by=therapist)
    time_machine.move_to(start + dt.timedelta(days=40))
    patient.refresh_from_db()
    patients.change_chart_status(patient=patient, to="active", reason="Back", by=therapist)
    client = sign_in(therapist)
    record(patient, therapist, "48", score_type="berg_balance_scale", score_date=timezone.localdate())
    form = typed(score_type="berg_balance_scale", score_value="50")
    said = client.post(url(patient, "record_score"), form, follow=True)
    page = said.context["page"]
    assert [one.words for one in page.trend.events] == [
        "Registered",
        "Wheelchair WC-1 issued",
        "Mobility status: Assistance of 1 to Hoist transfers",
        "Wheelchair WC-1 returned",
        "Chart status: Active to Inactive",
        "Active again: a new episode",
    ]
    text = said.content.decode()
    assert "Walker" not in text.split('id="on-axis"')[1]
    assert "Up 2 since the last score. Within measurement error" in text
    assert [row.baseline and row.baseline.label for row in page.rows] == ["Up 2", None, "Up 2", None]
    assert page.trend.chart.heading == "Up 2 since baseline. Within measurement error"
    score = patient.mobility_scores.newest_first().first()
    about = client.get(url(patient, "show_score", score_id=score.pk)).content.decode()
    assert "Change since baseline" in about and "Change since the last score" in about
    assert "Within measurement error, so it may be chance: a real change is 4 points or more" in about


def test_the_message_tells_the_change_since_last_and_since_baseline(sign_in, patient, therapist):
    record(patient, therapist, "20", score_type="berg_balance_scale", ago=9)
    wrong = record(patient, therapist, "1", score_type="berg_balance_scale", ago=8)
    record(patient, therapist, "28", score_type="berg_balance_scale", ago=5)
    mark(wrong, therapist)
    form = typed(score_type="berg_balance_scale", score_value="30")
    text = sign_in(therapist).post(url(patient, "record_score"), form, follow=True).content.decode()
    assert "Up 2 since the last score. Within measurement error, so it may be chance" in text
    assert "Up 10 since baseline. Improved beyond measurement error." in text


def test_the_diagnosis_group_of_the_patient_decides_by_what_the_tab_judges(sign_in, patient, therapist):
    for ago, value in ((9, "30"), (5, "60"), (0, "65")):
        record(patient, therapist, value, ago=ago)
    client = sign_in(therapist)
    before = client.get(url(patient))
    assert "choose the diagnosis group" in before.content.decode()
    assert not before.context["page"].trend.chart.wide.corridors
    patient.diagnosis_group = "stroke_chronic"
    patient.save(update_fields=["diagnosis_group"])
    after = client.get(url(patient))
    page, text = after.context["page"], after.content.decode()
    assert len(page.trend.chart.wide.corridors) == 1
    assert [row.last and row.last.short for row in page.rows] == [
        "Within measurement error", "Improved beyond measurement error", None
    ]  # fmt: skip
    assert "Chronic stroke" in text and "Diagnosis group" in text
    assert "move--up" in text, "a change of more than measurement error has a colour as well as words"


def test_twelve_measures_of_forty_scores_take_as_many_queries_as_two_of_one(sign_in, patient, therapist):
    client, counts = sign_in(therapist), []
    measures = [one for one in catalogue.recordable() if not one.requires and not one.default_scale.values][:12]
    for each, chosen in ((1, measures[:2]), (40, measures)):
        MobilityScore.objects.bulk_create(
            MobilityScore(
                patient=patient, score_type=one.id, instrument_version=one.version, recorded_by=therapist,
                score_value=one.default_scale.min + one.default_scale.step * (1 + n % 3), score_date=day(n),
                occurred_at=timezone.now() - dt.timedelta(days=n), has_time=True,
            )
            for one in chosen
            for n in range(each)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url(patient))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(response.context["page"].cards) == 12
    assert response.content.decode().count('class="mini__c"') == 12

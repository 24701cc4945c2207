"""Assessments: kept item by item with their wording, completed with their scores in one transaction, never half."""

import dataclasses
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction

from audit.models import AuditEvent
from mobility import catalogue, editions, judging, services
from mobility.errors import Completed, EnteredInError, NotComplete
from mobility.models import Assessment, MobilityScore
from mobility.scoring import AnswersRefused
from patients.errors import AlreadyRecorded, ChartArchived, RecordedOtherwise, StaleVersion
from tests.mobility.scores import day, mark, record

BARTHEL = {
    "feeding": "10", "bathing": "0", "grooming": "5", "dressing": "5", "bowels": "10", "bladder": "5", "toilet": "5",
    "transfers": "10", "mobility": "10", "stairs": "0",
}  # fmt: skip


def assess(patient, by, answers=BARTHEL, **fields):
    defaults = {"score_type": "barthel_index", "score_date": day()}
    return services.record_assessment(patient=patient, by=by, answers=answers, **(defaults | fields))


def begin(patient, by, answers, **fields):
    defaults = {"score_type": "barthel_index", "score_date": day()}
    return services.save_assessment(patient=patient, by=by, answers=answers, **(defaults | fields))


def test_a_complete_assessment_is_kept_with_its_score_and_its_wording(patient, therapist):
    done = assess(patient, therapist, {**BARTHEL, "feeding": "10.0"}, notes="Ward")
    score = patient.mobility_scores.get()
    assert (score.score_value, score.scale, score.series, score.entry) == (Decimal(60), "", "", "items")
    assert (score.assessment, score.notes, score.edition_id) == (done, "Ward", editions.current(score.instrument))
    done.refresh_from_db()
    assert done.answers == BARTHEL
    assert (done.completed_by, done.completed_at is not None, done.saved_by) == (therapist, True, therapist)
    feeding = done.edition.facts["items"][0]
    assert (feeding["label"], feeding["levels"][2]) == ("Feeding", {"value": "10", "label": "Independent"})
    events = list(AuditEvent.objects.order_by("pk").values_list("event_type", flat=True))
    assert events[-2:] == ["score.recorded", "assessment.completed"]
    assert editions.InstrumentEdition.objects.count() == 1


def test_an_incomplete_one_has_no_score_and_is_finished_by_somebody_else(patient, therapist, lead):
    begun = begin(patient, therapist, {"feeding": "10"})
    assert not patient.mobility_scores.exists()
    with pytest.raises(NotComplete) as caught:
        begin(patient, lead, {"feeding": "10"}, assessment=begun, version=1, complete=True)
    assert caught.value.missing == tuple(BARTHEL)[1:]
    with pytest.raises(StaleVersion):
        begin(patient, lead, BARTHEL, assessment=begun, version=7)
    done = begin(patient, lead, BARTHEL, assessment=begun, version=1, complete=True)
    assert (done.recorded_by, done.completed_by, done.version) == (therapist, lead, 2)
    assert patient.mobility_scores.get().recorded_by == lead
    assert [row.history_user for row in done.history.order_by("history_id")] == [therapist, lead]
    with pytest.raises(Completed):
        begin(patient, therapist, BARTHEL, assessment=begun, version=2)


def test_the_same_form_again_begins_nothing_new(patient, therapist):
    token = uuid.uuid4()
    assess(patient, therapist, form_token=token)
    with pytest.raises(AlreadyRecorded) as same:
        assess(patient, therapist, form_token=token)
    assert not isinstance(same.value, RecordedOtherwise)
    with pytest.raises(RecordedOtherwise):
        assess(patient, therapist, {**BARTHEL, "stairs": "5"}, form_token=token)
    assert patient.assessments.count() == patient.mobility_scores.count() == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"answers": {**BARTHEL, "feeding": "7"}}, AnswersRefused),
        ({"answers": {**BARTHEL, "flying": "5"}}, AnswersRefused),
        ({"score_date": day(-1)}, ValidationError),
        ({"score_type": "planted"}, ValidationError),
        ({"context": {"hand": "left"}}, ValidationError),
        ({"score_type": "fugl_meyer_ue", "answers": {}}, ValidationError),
    ],
)
def test_what_cannot_be_scored_is_refused_whole(patient, therapist, fields, error):
    with pytest.raises(error):
        assess(patient, therapist, **fields)
    assert not patient.assessments.exists()


@pytest.mark.parametrize(
    ("measure", "inputs", "words"),
    [
        ("copm", lambda n: {"problems": [{"problem": f"Cook {n}", "performance": n, "satisfaction": n}]}, "problems"),
        ("goal_attainment_scaling", lambda n: {"goals": [{"goal": f"Stairs {n}", "x": n, "w": "1"}]}, "goals"),
    ],
)
def test_a_change_of_the_patients_own_problems_and_goals_says_what_it_holds_for(
    patient, therapist, measure, inputs, words
):
    for number, ago in (("1", 7), ("2", 0)):
        assess(patient, therapist, {}, score_type=measure, inputs=inputs(number), score_date=day(ago))
    newest = patient.mobility_scores.filter(series="").newest_first().first()
    assert judging.of_score(newest).last[-1].text == f"Holds only if the same {words} were rated both times"
    assert f"same {words}" in judging.recorded_words(newest)
    barthel = [record(patient, therapist, value, ago=ago) for value, ago in (("40", 3), ("60", 2))][-1]
    assert not any("Holds only" in line.text for line in judging.of_score(barthel).last)


def test_marking_one_score_marks_its_assessment_and_every_score_of_it(patient, therapist):
    problems = [{"problem": "Cooking", "performance": "3", "satisfaction": "2"}]
    done = assess(patient, therapist, {}, score_type="copm", inputs={"problems": problems})
    performance, satisfaction = patient.mobility_scores.order_by("pk")
    assert [(one.scale, one.series, one.score_value) for one in (performance, satisfaction)] == [
        ("", "", Decimal(3)), ("satisfaction", "satisfaction", Decimal(2)),
    ]  # fmt: skip
    mark(performance, therapist)
    done.refresh_from_db()
    satisfaction.refresh_from_db()
    assert done.is_in_error and satisfaction.entered_in_error_reason == "Typed 65 for 56"
    again = [{"problem": "Cooking", "performance": "4", "satisfaction": "5"}]
    right = assess(patient, therapist, {}, score_type="copm", inputs={"problems": again}, corrects=performance)
    assert {one.scale: one.corrects_id for one in right.scores.all()} == {
        "": performance.pk, "satisfaction": satisfaction.pk,
    }  # fmt: skip


def test_an_incomplete_one_can_be_marked_as_well(patient, therapist):
    begun = begin(patient, therapist, {})
    services.mark_assessment_in_error(assessment=begun, reason="Wrong patient", by=therapist)
    assert not patient.assessments.unfinished().exists()
    with pytest.raises(EnteredInError):
        begin(patient, therapist, BARTHEL, assessment=begun, version=1)


def test_an_archived_chart_takes_no_assessment(patient, therapist, lead):
    patient.chart_status = "archived"
    type(patient).objects.filter(pk=patient.pk).update(chart_status="archived")
    with pytest.raises(ChartArchived):
        assess(patient, therapist)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mobility_assessment SET answers = '{}'",
        "UPDATE mobility_assessment SET completed_at = NULL, completed_by_id = NULL",
        "DELETE FROM mobility_assessment",
        'UPDATE mobility_mobilityscore SET context = \'{"hand": "left"}\'',
        "UPDATE mobility_mobilityscore SET assessment_id = NULL",
        "UPDATE mobility_instrumentedition SET facts = '{}'",
        "DELETE FROM mobility_instrumentedition",
    ],
)
def test_the_database_keeps_what_was_completed(patient, therapist, statement):
    assess(patient, therapist)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_no_assessment_is_committed_as_complete_without_a_score(patient, therapist):
    begun = begin(patient, therapist, BARTHEL)
    with pytest.raises(Error, match="completed without a score"), transaction.atomic():
        Assessment.objects.filter(pk=begun.pk).update(completed_at=begun.created_at, completed_by=therapist)


def test_hands_are_series_of_their_own(patient, therapist):
    for hand, value in (("Left", "20.5"), ("right", "31"), ("left ", "22")):
        record(patient, therapist, value, score_type="grip_strength", context={"hand": hand})
    left = patient.mobility_scores.with_previous().newest_first().first()
    assert (left.series, left.change.amount) == ("hand=left", Decimal("1.5"))
    grip = catalogue.get("grip_strength")
    assert [value for _day, value in patient.mobility_scores.readings(grip, "hand=left")] == [
        Decimal("20.5"), Decimal(22)
    ]  # fmt: skip
    with pytest.raises(ValidationError):
        record(patient, therapist, "20", score_type="grip_strength")


def test_a_score_of_another_context_is_not_compared(patient, therapist):
    record(patient, therapist, "20", score_type="tug", ago=1)
    record(patient, therapist, "15", score_type="tug", context={"walking_aid": "Stick"})
    newest = patient.mobility_scores.with_previous().newest_first().first()
    assert newest.change is None
    assert newest.move_label == "Not comparable"
    assert "walking aid" in judging.of_score(newest).last[0].text


def test_a_score_is_shown_as_recorded_when_the_catalogue_says_something_else(
    patient, therapist, monkeypatch, django_assert_num_queries
):
    score = record(patient, therapist, "65")
    known = catalogue.get("barthel_index")
    bands = [
        dataclasses.replace(band, ranges=tuple(dataclasses.replace(one, label="Otherwise") for one in band.ranges))
        for band in known.bands
    ]
    renamed = dataclasses.replace(known, name="Barthel, renamed", version="barthel-2030", bands=tuple(bands))
    with django_assert_num_queries(0):
        assert (score.measure, score.value_text) == ("Barthel Index", "65\xa0of\xa0100")
        assert score.band_label == "Moderate dependency"
    monkeypatch.setattr(catalogue, "find", {"barthel_index": renamed}.get)
    editions._read.clear()
    later = [MobilityScore.objects.get(pk=score.pk) for _ in range(2)]
    with django_assert_num_queries(1):
        for one in later:
            assert (one.measure, one.value_text) == ("Barthel Index", "65\xa0of\xa0100")
            assert one.version_label == "original weighting, 0 to 100"
            assert one.band_label == "Moderate dependency"
    for catalogue_of_later in (renamed, dataclasses.replace(renamed, version=known.version)):
        monkeypatch.setattr(catalogue, "find", {"barthel_index": catalogue_of_later}.get)
        assert MobilityScore.objects.get(pk=score.pk).band_label == "Moderate dependency"
    monkeypatch.setattr(editions, "_read", {score.edition_id: editions.Wording({})})  # kept before bands were
    assert MobilityScore.objects.get(pk=score.pk).band_label == "Otherwise"
    monkeypatch.undo()
    facts = {name: said for name, said in editions.facts_of(known).items() if name != "bands"}
    assert editions.is_current(known, editions.digest_of(facts))
    assert not editions.is_current(known, editions.digest_of(facts | {"name": "Another"}))
    reworded = dataclasses.replace(known, name="Barthel, renamed")
    monkeypatch.setattr(catalogue, "find", {"barthel_index": reworded}.get)
    with django_assert_num_queries(0):
        assert MobilityScore(**{f.attname: getattr(score, f.attname) for f in score._meta.concrete_fields}).measure == (
            "Barthel Index"
        )


def test_section_gg_may_be_of_one_part_and_says_what_it_recoded(patient, therapist):
    answers = {
        "GG0130A": "6", "GG0130B": "5", "GG0130C": "4", "GG0130E": "88", "GG0130F": "4", "GG0130G": "3", "GG0130H": "3"
    }  # fmt: skip
    assess(patient, therapist, answers, score_type="section_gg")
    score = patient.mobility_scores.get()
    assert (score.score_value, score.is_recoded, score.series) == (Decimal(26), True, "")
    with pytest.raises(NotComplete):
        assess(patient, therapist, {**answers, "GG0130A": "-"}, score_type="section_gg")

"""Scores out of one clinic and into another: the same facts, once, with every digit."""

import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from interchange.fhir_r4.systems import LOINC, REPLACES, UCUM
from interchange.fhir_r4.writing.assessments import write_assessment, write_goals
from interchange.fhir_r4.writing.patients import write_patient
from interchange.fhir_r4.writing.text import dump, ndjson
from interchange.reader import read_records
from interchange.services.export import as_bundle, export_scores
from mobility import catalogue, services
from mobility.models import Assessment, GoalSet, MobilityScore
from patients.models import Patient
from tests.interchange.importing import run_import
from tests.interchange.samples import Reading
from tests.mobility.scores import day, mark, record
from tests.mobility.test_assessments import BARTHEL, assess, begin

INPUT = {"code": {"coding": [{"system": "urn:ot-tracker:input", "code": "x"}]}, "valueString": "1"}
NOTE = "Imported from another system\n"
GG = {"GG0130A": "6", "GG0130B": "5", "GG0130C": "4", "GG0130E": "88", "GG0130F": "-", "GG0130G": "3", "GG0130H": "07"}
ITEMISED = [one for one in catalogue.everything() if one.questions.items and not one.questions.formula]
VALUED = [one for one in catalogue.everything() if one.may_be_recorded or len(one.scored_scales) == 1]


def facts(patient):
    """What a clinic knows of this chart's scores, wherever it was entered."""

    def said(row):
        at = row.occurred_at if row.has_time else None
        return (
            row.score_type,
            row.instrument_version,
            row.score_date,
            at,
            row.notes.removeprefix(NOTE.strip()).strip(),
        )

    scores = [
        (*said(one), one.scale, one.series, one.score_value, one.context, one.is_recoded, one.assessment_id is not None)
        for one in MobilityScore.objects.filter(patient=patient).live()
    ]
    done = Assessment.objects.filter(patient=patient, completed_at__isnull=False).live()
    sittings = [(*said(one), one.context, one.answers, one.inputs) for one in done]
    goals = [(one.score_type, one.set_on, one.answers) for one in GoalSet.objects.filter(patient=patient).live()]
    return sorted(scores, key=str), sorted(sittings, key=str), sorted(goals, key=str)


def elsewhere(patient, text: str) -> str:
    """The same file as a clinic reads it that has never heard of the patient."""
    return text.replace(str(patient.pk), str(uuid.uuid4())).replace(f'"{patient.patient_id}"', '"ELSEWHERE-1"')


def bring_in(folder, name: str, text: str, therapist):
    """Import a file; the outcome and the chart that it made."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    outcome = run_import(path, therapist=therapist)
    return outcome, Patient.objects.get(patient_id="ELSEWHERE-1")


@pytest.fixture
def full_chart(patient, therapist):
    """Something of every kind that a chart of scores can hold."""
    wrong = record(patient, therapist, "55", ago=9, notes="Typed\nin haste")
    mark(wrong, therapist)
    record(patient, therapist, "65", ago=9, corrects=wrong, notes="Größe 张 < & >")
    at = timezone.now().replace(microsecond=0) - dt.timedelta(days=2)
    on = timezone.localdate(at)
    record(patient, therapist, "18.40", score_type="tug", score_date=on, scored_at=at, context={"walking_aid": "frame"})
    record(patient, therapist, "21.5", score_type="grip_strength", context={"hand": "left"})
    record(patient, therapist, "0.82", score_type="ten_metre_walk")
    record(patient, therapist, "12", score_type="push_tool_3", context={"wound": "left heel"})
    assess(patient, therapist, ago := {**BARTHEL, "stairs": "10"}, notes="Ward")
    assert ago
    services.record_assessment(
        patient=patient, score_type="section_gg", score_date=day(5), by=therapist, answers={**GG, "GG0130F": "10"}
    )
    services.record_assessment(
        patient=patient, score_type="sppb", score_date=day(4), by=therapist,
        answers={"side_by_side": "1", "semi_tandem": "1", "gait_points": "3"},
        inputs={"tandem_s": "6.0", "chair_5_s": None},
    )  # fmt: skip
    services.record_assessment(
        patient=patient, score_type="goal_attainment_scaling", score_date=day(3), by=therapist,
        inputs={"goals": [{"text": f"Goal {n}: wash, dress", "x": str(n % 3 - 1), "w": "2"} for n in range(11)]},
    )  # fmt: skip
    services.record_goals(
        patient=patient, score_type="section_gg", set_on=day(5), by=therapist, answers={"GG0130A": "6", "GG0130H": "09"}
    )
    begin(patient, therapist, {"feeding": "10"})
    return patient


def test_a_chart_goes_out_and_comes_in_with_the_same_facts_once(full_chart, therapist, tmp_path):
    resources = export_scores(patient=full_chart, by=therapist)
    text = as_bundle(resources)
    Bundle.model_validate(json.loads(text, parse_float=Decimal))
    outcome, other = bring_in(tmp_path, "out.json", elsewhere(full_chart, text), therapist)
    assert outcome.failures == []
    assert facts(other) == facts(full_chart)
    assert outcome.totals("goals") == {"created": 1}
    assert "skipped 1 assessments: an item that is in no collection" in outcome.lines  # of the incomplete assessment
    again = run_import(tmp_path / "out.json", therapist=therapist)
    assert again.status == 0
    for kind in ("patients", "scores", "assessments", "goals"):
        assert again.totals(kind).get("unchanged") == outcome.totals(kind)["created"], kind
        assert "created" not in again.totals(kind)
    assert facts(other) == facts(full_chart)
    event = AuditEvent.objects.get(event_type="score.exported")
    assert (event.actor, event.patient, event.details["format"]) == (therapist, full_chart, "fhir")


def test_codes_statuses_and_digits_are_as_the_catalogue_and_the_chart_have_them(full_chart, therapist):
    found = [one for one in export_scores(patient=full_chart, by=therapist) if "valueQuantity" in one]
    by_name = {one["code"]["text"]: one for one in found if one["status"] == "final"}

    def loinc(one):
        return [coding["code"] for coding in one["code"].get("coding", []) if coding["system"] == LOINC]

    assert loinc(by_name["Timed Up and Go"]) == ["89423-8"]
    assert loinc(by_name["Hand grip strength"]) == ["83173-5"]  # the left hand's
    assert loinc(by_name["10 Metre Walk Test"]) == []  # only a neighbouring test has a code
    assert dump(by_name["10 Metre Walk Test"]["valueQuantity"]) == (
        '{"value":0.82,"unit":"m/s","system":"http://unitsofmeasure.org","code":"m/s"}'
    )
    wrong = next(one for one in found if one["status"] == "entered-in-error")
    right = next(one for one in found if one.get("extension"))
    assert right["extension"] == [{"url": REPLACES, "valueReference": {"reference": f"Observation/{wrong['id']}"}}]
    assert "Address" not in ndjson(found)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_legal_answers_come_back(data, patient, therapist, tmp_path):
    """Whatever is answered on whichever form: the facts of the copy are those of the original."""
    instrument = data.draw(st.sampled_from(ITEMISED))
    asked = instrument.questions
    codes = [*asked.not_attempted.codes] if asked.not_attempted else []
    answers = {
        item.id: data.draw(st.sampled_from([*map(catalogue.plain, item.allowed), *codes]))
        for item in asked.items
        if not (item.is_alternate or item.counts_if)
    }
    context = dict.fromkeys(map(str, instrument.requires), "left")
    done = services.save_assessment(
        patient=patient, score_type=instrument.id, score_date=day(1), by=therapist, answers=answers, context=context
    )
    goals = services.record_goals(
        patient=patient, score_type=instrument.id, set_on=day(1), by=therapist, answers=dict([*answers.items()][:1])
    )
    resources = [write_patient(patient), *write_assessment(done, []), *write_goals(goals)]
    path = tmp_path / "out.ndjson"
    path.write_text(ndjson(resources).replace('"preliminary"', '"final"'), encoding="utf-8")
    reading = Reading(list(read_records([path], by_loinc=catalogue.by_loinc)))
    assert not reading.failures
    (one,), (set_,) = reading.assessments, reading.goals
    assert (dict(one.answers), dict(one.context), one.effective_on) == (done.answers, context, day(1))
    assert (dict(set_.answers), set_.effective_on) == (goals.answers, day(1))
    assert (one.measure.instrument, one.measure.version) == (instrument.id, instrument.version)


def test_a_float_is_never_written():
    assert dump({"value": Decimal("18.40"), "n": 1, "ok": True}) == '{"value":18.4,"n":1,"ok":true}'
    with pytest.raises(TypeError):
        dump({"value": 18.4})


def test_a_stated_total_that_is_not_the_sum_is_reported_and_said_in_the_chart(patient, therapist, tmp_path):
    assess(patient, therapist)
    text = elsewhere(patient, ndjson(export_scores(patient=patient, by=therapist)))
    outcome, other = bring_in(tmp_path, "out.ndjson", text.replace('"value":60,', '"value":65,'), therapist)
    assert outcome.status == 3
    assert [line.rpartition(": ")[2] for line in outcome.failures] == [
        "its total is not what its answers add up to; the answers were entered, and counted here"
    ]
    score = other.mobility_scores.get()
    assert (score.score_value, score.entry) == (60, "imported")
    assert "another total" in score.notes


def test_a_form_with_components_is_an_assessment_too(therapist, tmp_path):
    from tests.interchange.samples import person, score, write_ndjson

    items = catalogue.get("barthel_index").questions.items
    components = [
        {"code": {"coding": [{"system": LOINC, "code": item.loinc}]}, "valueInteger": int(BARTHEL[item.id])}
        for item in items
    ]
    panel = score("panel-1", loinc="96761-2", component=components, valueQuantity={"value": 60, "code": "{score}"})
    broken = score("panel-2", loinc="96761-2", component=[{**components[0], "valueInteger": 7}, *components[1:]])
    partial = score("panel-3", loinc="96761-2", component=components[1:], valueQuantity=None)
    outcome = run_import(write_ndjson(tmp_path / "a.ndjson", [person(), panel, broken, partial]), therapist=therapist)
    assert outcome.totals("assessments") == {"created": 2, "failed": 1}
    note = "note for 1 of those created: an assessment with items missing, kept as incomplete and without a total"
    assert note in outcome.lines
    assert Assessment.objects.get(completed_at=None).answers == {k: v for k, v in BARTHEL.items() if k != "feeding"}
    done = Assessment.objects.get(completed_at__isnull=False)
    assert (done.answers, done.scores.get().score_value, done.has_time) == (BARTHEL, 60, True)


def test_who_may_download_and_that_the_password_is_asked_for_again(sign_in, full_chart, therapist, stranger, settings):
    address = reverse("interchange:export_scores", kwargs={"patient_id": full_chart.pk})
    assert sign_in(stranger).get(address).status_code == 404
    client = sign_in(therapist)
    response = client.get(address)
    assert response["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert str(full_chart.pk) not in response["Content-Disposition"]
    assert json.loads(response.content)["resourceType"] == "Bundle"
    settings.OT_REAUTH_SECONDS = 0
    assert client.get(address)["Location"].startswith("/account/confirm/")


def test_the_command_writes_the_charts_of_one_account_and_no_others(full_chart, therapist, stranger, tmp_path):
    path = tmp_path / "out.ndjson"
    call_command("export_records", str(path), therapist=therapist.username)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in lines if one["resourceType"] == "Patient"] == [str(full_chart.pk)]
    assert path.stat().st_mode & 0o077 == 0
    for wrong in (
        {"path": str(path)},  # never overwritten
        {"path": str(tmp_path / "out.txt")},
        {"therapist": stranger.username, "patient": [full_chart.patient_id]},
        {"therapist": "nobody"},
    ):
        given_path = wrong.pop("path", str(tmp_path / "other.json"))
        with pytest.raises(CommandError) as refused:
            call_command("export_records", given_path, **{"therapist": therapist.username, **wrong})
        assert refused.value.returncode == 2
    assert not (tmp_path / "other.json").exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"component": [{"code": {"coding": [{"system": "urn:ot-tracker:input", "code": "goals.0.x"}]}, "valueString": "1"}]},
        {"component": [{"code": {"coding": [{"system": "urn:ot-tracker:input", "code": path}]}, "valueString": "9" * 40}
                       for path in ("goals", "goals.0", "goals.7.x", "..", "goals.99999999999.x")]},
        {"hasMember": [{"reference": "Observation/o-1"}, {"reference": "Patient/p-1"}, {"display": "x"}]},
        {"method": {"coding": [{"system": "urn:ot-tracker:measure", "code": "planted", "version": "1"}]}},
        {"method": {"coding": [{"system": "urn:ot-tracker:measure", "code": "goal_attainment_scaling", "version": "0"}]}},
    ],
)  # fmt: skip
def test_a_collection_that_makes_no_sense_costs_itself_alone(therapist, tmp_path, broken):
    """Whatever stands in our own code systems may come from anybody."""
    from tests.interchange.samples import person, score, write_ndjson

    measure = {"method": {"coding": [{"system": "urn:ot-tracker:measure", "code": "goal_attainment_scaling"}]}}
    other = score("o-2", loinc="96761-2", valueQuantity={"value": 60, "system": UCUM, "code": "{score}"})
    bad = score("o-1", **({"valueQuantity": None, "component": [INPUT]} | measure | broken))
    outcome = run_import(write_ndjson(tmp_path / "a.ndjson", [person(), bad, other]), therapist=therapist)
    assert MobilityScore.objects.get().score_value == 60
    assert not Assessment.objects.exists()
    assert len(outcome.skips) + len(outcome.failures) > 0

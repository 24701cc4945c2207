"""FHIR Observation: what becomes a score, and why the others do not."""

import datetime as dt
from decimal import Decimal

import pytest

from interchange.records import Kind
from tests.interchange.samples import LOINC, SNOMED, UCUM, person, read_resource, score


def read_one(folder, **elements):
    reading = read_resource(folder, person(), score(**elements))
    assert not reading.failures
    assert not reading.skips
    return reading.scores[0]


def test_a_score_has_value_day_and_patient(tmp_path):
    reading = read_resource(tmp_path, score(note=[{"text": "With frame"}, {"text": "Tired"}]), person())

    (one,) = reading.scores

    assert (one.loinc, one.value, one.status) == ("11111-1", Decimal(85), "final")
    assert one.effective_at == dt.datetime.fromisoformat("2024-02-03T10:30:00-05:00")
    assert one.patient_key == reading.patients[0].source_key
    assert one.notes == "With frame\nTired"
    assert (one.origin.line, one.origin.resource) == (1, "Observation/o-1")


@pytest.mark.parametrize(
    ("effective", "day", "has_time"),
    [
        ({"effectiveDateTime": "2024-02-03"}, dt.date(2024, 2, 3), False),
        ({"effectiveDateTime": "2024-02-03T23:30:00-05:00"}, dt.date(2024, 2, 3), True),
        ({"effectiveDateTime": "2024-02-03T10:00:60.5Z"}, dt.date(2024, 2, 3), True),
        ({"effectiveInstant": "2024-02-03T10:00:00.123Z"}, dt.date(2024, 2, 3), True),
        (
            {"effectivePeriod": {"start": "2024-02-03T08:00:00Z", "end": "2024-02-03T09:00:00Z"}},
            dt.date(2024, 2, 3),
            False,
        ),
    ],
)
def test_the_day_is_the_one_on_the_clock_of_the_place(tmp_path, effective, day, has_time):
    one = read_one(tmp_path, **{"effectiveDateTime": None, **effective})
    assert (one.effective_on, one.effective_at is not None) == (day, has_time)


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [
        ({"value": 12, "unit": "seconds", "system": UCUM, "code": "s"}, "s"),
        ({"value": 12, "code": "s"}, "s"),
        ({"value": 12, "unit": "seconds", "system": SNOMED, "code": "258702006"}, "seconds"),
        ({"value": 12}, ""),
    ],
)
def test_the_unit_is_the_ucum_code_or_else_the_source_word(tmp_path, quantity, unit):
    assert read_one(tmp_path, valueQuantity=quantity).unit == unit


def test_a_whole_number_is_a_value(tmp_path):
    assert read_one(tmp_path, valueQuantity=None, valueInteger=7).value == 7


def test_all_codings_are_kept_and_one_known_loinc_code_is_enough(tmp_path):
    codes = [{"system": SNOMED, "code": "1"}, {"system": LOINC, "code": "0-0"}, {"system": LOINC, "code": "22222-2"}]
    one = read_one(tmp_path, code={"coding": codes})
    assert (one.loinc, [coding.code for coding in one.codings]) == ("22222-2", ["1", "0-0", "22222-2"])


def test_two_codes_of_the_same_instrument_are_no_contradiction(tmp_path):
    codes = [{"system": LOINC, "code": code} for code in ("22222-2", "22222-3")]
    assert read_one(tmp_path, code={"coding": codes}).loinc == "22222-2"


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_settled_scores_are_read(tmp_path, status):
    assert read_one(tmp_path, status=status).status == status


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"loinc": "99999-9"}, "Observation with a LOINC code that the catalogue does not know"),
        ({"code": {"coding": [{"system": SNOMED, "code": "11111-1"}]}}, "Observation without a LOINC code"),
        ({"code": {"text": "Barthel"}}, "Observation without a LOINC code"),
        (
            {"code": {"coding": [{"system": LOINC, "code": code} for code in ("11111-1", "22222-2")]}},
            "Observation with the LOINC codes of two instruments",
        ),
        ({"status": "entered-in-error"}, "Observation with the status entered-in-error"),
        ({"status": "cancelled"}, "Observation with the status cancelled"),
        ({"status": "preliminary"}, "Observation with the status preliminary"),
        ({"status": "registered"}, "Observation with the status registered"),
        ({"status": "unknown"}, "Observation with the status unknown"),
        ({"valueQuantity": None}, "Observation without a value"),
        ({"valueQuantity": {"unit": "points"}}, "Observation whose value is no number"),
        ({"valueQuantity": None, "dataAbsentReason": {"text": "asleep"}}, "Observation without a value"),
        ({"valueQuantity": None, "valueString": "85"}, "Observation whose value is no number"),
        (
            {"valueQuantity": None, "valueCodeableConcept": {"coding": [{"system": LOINC, "code": "LA10055-4"}]}},
            "Observation whose value is no number",
        ),
        ({"valueQuantity": {"value": 90, "comparator": ">"}}, "Observation whose value is only a bound"),
        (
            {"valueQuantity": None, "hasMember": [{"reference": "Observation/2"}]},
            "Observation panel without a value of its own",
        ),
        (
            {"valueQuantity": None, "component": [{"code": {"text": "part"}, "valueQuantity": {"value": 1}}]},
            "Observation panel without a value of its own",
        ),
        ({"effectiveDateTime": None}, "Observation without a full date"),
        ({"effectiveDateTime": "2024-02"}, "Observation without a full date"),
        ({"effectiveDateTime": None, "issued": "2024-02-03T10:00:00Z"}, "Observation without a full date"),
        (
            {"effectiveDateTime": None, "effectivePeriod": {"start": "2024-02-03", "end": "2024-02-05"}},
            "Observation over more than one day",
        ),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": "2024-02-03"}}, "Observation over more than one day"),
        ({"subject": None}, "no reference to a patient"),
        ({"subject": {"identifier": {"system": "urn:x", "value": "1"}}}, "no reference to a patient"),
        ({"of": "Group/1"}, "its subject is not a patient"),
    ],
)
def test_what_gives_no_score_is_skipped_with_its_reason(tmp_path, elements, reason):
    reading = read_resource(tmp_path, person(), score(**elements))

    assert [(skip.kind, skip.reason) for skip in reading.skips] == [(Kind.SCORE, reason)]
    assert not reading.scores
    assert not reading.failures


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"valueQuantity": {"value": "85"}}, "its value is not written as a number"),
        ({"valueQuantity": {"value": 10**200}}, "its value is no plausible number"),
        ({"valueQuantity": {"value": 1.2345678901234567}}, "its value is no plausible number"),
        ({"status": None}, "not a valid Observation: status"),
        ({"status": "done"}, "not a valid Observation: status"),
        ({"code": None}, "not a valid Observation: code"),
        ({"effectiveDateTime": "2024-02-30"}, "not a valid Observation: effectiveDateTime"),
        ({"effectiveDateTime": "2024-02-03T10:00:00"}, "not a valid Observation: effectiveDateTime"),
        ({"valueString": "x"}, "not a valid Observation: two values for one element"),
        ({"of": "Patient/nobody"}, "its patient is not among the records read"),
        ({"own_id": None}, "without an id a second import would enter this score again"),
    ],
)
def test_what_is_broken_fails_and_the_next_is_read(tmp_path, elements, message):
    reading = read_resource(tmp_path, person(), score(**elements), score("sound"))

    assert [(f.kind, f.message, f.origin.line) for f in reading.failures] == [(Kind.SCORE, message, 2)]
    assert [one.origin.resource for one in reading.scores] == ["Observation/sound"]


def test_a_contained_patient_has_no_record_of_its_own(tmp_path):
    reading = read_resource(tmp_path, score(of="#baby", contained=[person("baby")]))
    assert reading.reasons == {"its patient is contained in it, and has no record": 1}

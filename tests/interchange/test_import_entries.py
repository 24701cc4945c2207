"""Scores and loans of other systems in charts: of this run's patients and of earlier ones'."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

import equipment.services
from equipment.models import EquipmentItem, EquipmentLog
from mobility.models import MobilityScore
from patients import as_of, provenance, services
from patients.models import Patient
from tests.factories import UserFactory, make_patient
from tests.interchange.samples import (
    DEVICE_COLUMNS,
    PATIENT_COLUMNS,
    UCUM,
    WHEELCHAIR,
    person,
    score,
    statement,
    thing,
    write_json,
    write_ndjson,
    write_table,
)

BARTHEL, TUG = "96761-2", "89423-8"
UUID = "04121321-4af5-424c-a0e1-ed3aab1c349d"
SECONDS = {"value": 18.4, "unit": "s", "system": UCUM, "code": "s"}
NOON = dt.time(12)


def write(folder, *resources):
    return write_ndjson(folder / "records.ndjson", resources)


def write_tables(folder, *loans, people=({"Id": "p-1"},)):
    rows = [
        {"FIRST": "Zofia", "LAST": "Planted-Name", "GENDER": "F", "BIRTHDATE": "1941-02-03"} | row for row in people
    ]
    write_table(folder / "patients.csv", PATIENT_COLUMNS, *rows)
    write_table(folder / "devices.csv", DEVICE_COLUMNS, *(WHEELCHAIR | loan for loan in loans))
    return folder


def used(own_id="u-1", start="2024-03-01", end=None, **elements):
    period = {"start": start} | ({"end": end} if end else {})
    return statement(own_id, timingPeriod=period, **elements)


def clinic(at):
    return timezone.localtime(at).replace(tzinfo=None)


# Scores.


def test_every_total_code_of_the_catalogue_is_taken_with_the_hand_that_it_says(tmp_path, bring):
    """Grip's codes say which hand; PUSH needs a wound that no code says; a neighbouring test's code is no score."""
    kilograms = {"value": 21.5, "system": UCUM, "code": "kg"}
    points = {"value": 12, "system": UCUM, "code": "{score}"}
    outcome = bring(
        write(
            tmp_path, person(), score("l", loinc="83173-5", valueQuantity=kilograms),
            score("r", loinc="83174-3", valueQuantity=kilograms | {"value": 24}),
            score("p", loinc="90981-2", valueQuantity=points), score("m", loinc="72172-0", valueQuantity=points),
            score("n", loinc="83172-7", valueQuantity=points),
        )
    )  # fmt: skip
    found = {(one.score_type, one.series): one for one in MobilityScore.objects.all()}
    left, right = found["grip_strength", "hand=left"], found["grip_strength", "hand=right"]
    assert (left.score_value, left.context, left.entry) == (Decimal("21.5"), {"hand": "left"}, "imported")
    assert (right.score_value, ("moca", "") in found, len(found)) == (24, True, 3)
    assert "skipped 1 scores: a score that does not say of which hand, side or wound" in outcome.skips
    assert "skipped 1 scores: Observation with a LOINC code that the catalogue does not know" in outcome.skips


def test_what_happened_long_ago_is_in_no_chart_as_it_stood_before_the_import(tmp_path, bring, therapist):
    bring(write(tmp_path, person(), score(loinc=BARTHEL), used(start="2020-03-01", end="2020-04-01"), thing()))
    patient = Patient.objects.get()
    assert patient.mobility_scores.get().occurred_at < patient.created_at - dt.timedelta(days=100)
    assert as_of.read(patient, patient.created_at - dt.timedelta(minutes=1)) is None
    panels = {panel.key: data for panel, data in as_of.read(patient, timezone.now()).panels}
    assert (len(panels["score"]["scores"]), len(panels["equipment_past"]["loans"])) == (1, 1)
    for what, key in (("patient", "date_of_birth"), ("score", str(patient.mobility_scores.get().pk))):
        [(said, origin)] = provenance.find(patient, what, key).said
        assert (said.by, str(origin)) == (therapist, "Import of records")


def test_a_score_stands_in_the_chart(tmp_path, bring, therapist):
    note = [{"text": "With stick"}]
    outcome = bring(write(tmp_path, person(), score(loinc=TUG, valueQuantity=SECONDS, note=note)))

    one = Patient.objects.get().mobility_scores.get()
    assert outcome.totals("scores") == {"created": 1}
    assert (one.score_type, one.score_value, one.score_date) == ("tug", Decimal("18.4"), dt.date(2024, 2, 3))
    assert one.occurred_at == dt.datetime(2024, 2, 3, 15, 30, tzinfo=dt.UTC)
    assert (one.recorded_by, one.notes) == (therapist, "Imported from another system\nWith stick")
    assert timezone.now() - one.created_at < dt.timedelta(minutes=5)


def test_a_day_alone_is_noon_in_the_clinic(tmp_path, bring):
    bring(write(tmp_path, person(), score(loinc=BARTHEL, effectiveDateTime="2024-07-03")))
    one = MobilityScore.objects.get()
    assert clinic(one.occurred_at) == dt.datetime.combine(dt.date(2024, 7, 3), NOON)
    assert not one.has_time


def test_a_time_belongs_to_the_clinics_day(tmp_path, bring):
    bring(write(tmp_path, person(), score(loinc=BARTHEL, effectiveDateTime="2024-07-03T23:30:00-05:00")))
    assert MobilityScore.objects.get().score_date == dt.date(2024, 7, 4)


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"valueQuantity": {"value": 101}}, "its value is not on the scale of the measure"),
        ({"valueQuantity": {"value": 62.5}}, "its value is not on the scale of the measure"),
        ({"valueQuantity": {"value": 60, "unit": "kg"}}, "its unit is not that of the measure"),
        ({"valueQuantity": {"value": 60}, "loinc": TUG}, "its unit is not that of the measure"),
        ({"effectiveDateTime": "2999-01-01"}, "its date is in the future or outside the patient's life"),
        ({"effectiveDateTime": "1950-06-06"}, "its date is in the future or outside the patient's life"),
        ({"effectiveDateTime": "2024-03-02"}, "its date is in the future or outside the patient's life"),
    ],
)
def test_an_impossible_score_costs_itself_alone(tmp_path, bring, elements, message):
    wrong = score("o-1", **{"loinc": BARTHEL, **elements})
    path = write(tmp_path, person(deceasedDateTime="2024-03-01"), wrong, score("o-2", loinc=BARTHEL))

    outcome = bring(path)

    assert outcome.totals("scores") == {"created": 1, "failed": 1}
    assert outcome.failures == [f"failed scores: {path}:2 (Observation/o-1): {message}"]
    assert outcome.status == 3


# Loans.


def test_a_loan_stands_in_the_chart_and_its_item_in_the_register(tmp_path, bring, therapist):
    outcome = bring(write_tables(tmp_path, {"STOP": "2024-03-09T10:00:00Z"}))

    log = Patient.objects.get().equipment_logs.get()
    assert outcome.totals("equipment") == {"created": 1}
    assert (log.equipment_name, log.serial_number, log.status) == ("Manual wheelchair", "SN9", "returned")
    assert log.checked_out_at == dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC)
    assert log.returned_at == dt.datetime(2024, 3, 9, 10, tzinfo=dt.UTC)
    assert (log.logged_by, log.notes) == (therapist, "Imported from another system")
    assert (log.item.status, log.item.notes) == ("in_stock", "UDI (01)123(11)240101(10)77(21)SN9")


def test_equipment_still_out_at_death_stays_out(tmp_path, bring):
    bring(write_tables(tmp_path, {}, people=[{"Id": "p-1", "DEATHDATE": "2024-05-01"}]))
    log = EquipmentLog.objects.get()
    assert (log.patient.chart_status, log.status, log.item.status) == ("deceased", "checked_out", "checked_out")


def test_days_alone_are_noon_and_never_put_the_end_first(tmp_path, bring):
    uses = [
        used("u-1", "2024-03-01", "2024-03-31"),
        used("u-2", "2024-04-02", "2024-04-02T08:00:00Z"),
        used("u-3", "2024-04-03T15:00:00Z", "2024-04-03"),
        used("u-4", timezone.localdate().isoformat()),
    ]
    assert bring(write(tmp_path, person(), thing(), *uses)).totals("equipment") == {"created": 4}

    first, second, third, last = EquipmentLog.objects.order_by("checked_out_at")
    # The clocks of the clinic changed in between.
    assert (clinic(first.checked_out_at).time(), clinic(first.ended_at).time()) == (NOON, NOON)
    assert first.ended_at - first.checked_out_at == dt.timedelta(days=30) - dt.timedelta(hours=1)
    assert second.checked_out_at == second.ended_at == dt.datetime(2024, 4, 2, 8, tzinfo=dt.UTC)
    assert third.checked_out_at == third.ended_at
    assert last.checked_out_at <= timezone.now()


def test_a_start_that_is_no_hand_over_says_so(tmp_path, bring):
    bring(write(tmp_path, person(), thing(), statement(recordedOn="2024-03-01")))
    assert "when it was handed out is not known" in EquipmentLog.objects.get().notes


def test_a_thing_without_a_serial_number_is_one_item_of_that_patient(tmp_path, bring):
    people = [person("p-1"), person("p-2")]
    uses = [used("u-1", "2024-01-01", "2024-01-02"), used("u-2"), used("u-3", of="Patient/p-2")]

    assert bring(write(tmp_path, *people, thing(), *uses)).totals("equipment") == {"created": 3}

    items = EquipmentItem.objects.order_by("logs__patient_id").distinct()
    assert len({item.serial_number for item in items}) == 2
    assert all(item.serial_number.startswith("NO-SERIAL-") for item in items)


def test_the_same_serial_number_is_never_out_twice(tmp_path, bring):
    loans = [{"PATIENT": "p-1"}, {"PATIENT": "p-2", "START": "2024-04-01T09:00:00Z"}]
    folder = write_tables(tmp_path, *loans, people=[{"Id": "p-1"}, {"Id": "p-2"}])

    outcome = bring(folder)

    assert outcome.totals("equipment") == {"created": 1, "failed": 1}
    assert outcome.failures == [f"failed equipment: {folder}/devices.csv:3: the thing was somewhere else at that time"]
    assert EquipmentLog.objects.get().item == EquipmentItem.objects.get()


def test_one_thing_goes_from_patient_to_patient(tmp_path, bring):
    loans = [
        {"PATIENT": "p-1", "STOP": "2024-04-01T09:00:00Z"},
        {"PATIENT": "p-2", "START": "2024-04-01T09:00:00Z"},
    ]
    outcome = bring(write_tables(tmp_path, *loans, people=[{"Id": "p-1"}, {"Id": "p-2"}]))
    assert outcome.totals("equipment") == {"created": 2}
    assert EquipmentItem.objects.get().logs.count() == 2


@pytest.mark.parametrize(
    ("loan", "message"),
    [
        ({"START": "1930-01-01"}, "its times are in the future, outside the patient's life or out of order"),
        ({"START": "2999-01-01"}, "its times are in the future, outside the patient's life or out of order"),
        ({"UDI": f"(01)1(21){'9' * 101}"}, "serial_number is too long"),
    ],
)
def test_an_impossible_loan_leaves_no_item_behind(tmp_path, bring, loan, message):
    outcome = bring(write_tables(tmp_path, loan))
    assert outcome.failures == [f"failed equipment: {tmp_path}/devices.csv:2: {message}"]
    assert not EquipmentItem.objects.exists()


def test_the_registers_own_item_is_used(tmp_path, bring, therapist):
    equipment.services.register_item(equipment_name="manual wheelchair", serial_number="sn 9", by=therapist)
    bring(write_tables(tmp_path, {}))
    assert EquipmentItem.objects.get().is_out


def test_a_serial_number_of_something_else_fails(tmp_path, bring, therapist):
    equipment.services.register_item(equipment_name="Walker", serial_number="SN9", by=therapist)
    outcome = bring(write_tables(tmp_path, {}))
    assert outcome.failures[0].endswith("the register has its serial number for something else")


def test_two_things_with_one_serial_number_are_not_taken_for_one(tmp_path, bring):
    other_maker = WHEELCHAIR["UDI"].replace("(01)123", "(01)456")
    outcome = bring(write_tables(tmp_path, {"STOP": "2024-03-02"}, {"UDI": other_maker, "START": "2024-04-01"}))
    assert outcome.totals("equipment") == {"created": 1, "failed": 1}
    assert outcome.failures[0].endswith("another imported thing has its serial number")


def test_an_item_renamed_since_is_found_again(tmp_path, bring, therapist):
    bring(write_tables(tmp_path, {"STOP": "2024-03-02"}))
    changes = {"equipment_name": "Chair 7", "serial_number": "SN-NINE"}
    equipment.services.edit_item(item=EquipmentItem.objects.get(), version=1, changes=changes, by=therapist)

    bring(write_tables(tmp_path, {"STOP": "2024-03-02"}, {"START": "2024-04-01"}))

    assert EquipmentItem.objects.get().logs.newest_first().first().equipment_name == "Chair 7"


# Again, and for patients of earlier runs.


def test_the_same_again_is_unchanged(tmp_path, bring):
    path = write(tmp_path, person(), score(loinc=BARTHEL), score(loinc=BARTHEL), thing(), used())
    bring(path)

    outcome = bring(path)

    assert [outcome.totals(kind) for kind in ("scores", "equipment")] == [{"unchanged": 2}, {"unchanged": 1}]
    assert MobilityScore.objects.count() == EquipmentLog.objects.count() == 1


def test_a_changed_score_or_loan_leaves_the_chart_as_it_is(tmp_path, bring):
    bring(write(tmp_path, person(), score(loinc=BARTHEL), thing(), used()))

    changed = score(loinc=BARTHEL, valueQuantity={"value": 90})
    outcome = bring(write(tmp_path, person(), changed, thing(), used(end="2024-05-01")))

    assert [outcome.totals(kind) for kind in ("scores", "equipment")] == [{"skipped": 1}, {"skipped": 1}]
    assert MobilityScore.objects.get().score_value == 85
    assert EquipmentLog.objects.get().is_out


def test_new_entries_of_a_known_patient_enter_even_where_the_patient_changed(tmp_path, bring):
    bring(write(tmp_path, person()))
    outcome = bring(write(tmp_path, person(address=[{"text": "New Street"}]), score(loinc=BARTHEL), thing(), used()))
    assert outcome.totals("patients") == {"skipped": 1}
    assert [outcome.totals(kind) for kind in ("scores", "equipment")] == [{"created": 1}, {"created": 1}]


def test_a_uuid_finds_the_patient_of_an_earlier_import(tmp_path, bring):
    bring(write(tmp_path, person(UUID)))
    uses = [score(of=f"Patient/{UUID}", loinc=BARTHEL), thing(), used(of=f"urn:uuid:{UUID}")]

    outcome = bring(write(tmp_path, *uses))

    assert [outcome.totals(kind) for kind in ("scores", "equipment")] == [{"created": 1}, {"created": 1}]
    assert Patient.objects.get().mobility_scores.count() == 1


def test_any_other_id_may_be_somebody_elses(tmp_path, bring):
    bring(write(tmp_path, person("p-1")))
    outcome = bring(write(tmp_path, score(of="Patient/p-1", loinc=BARTHEL)))
    assert outcome.failures[0].endswith("its patient is not among the records read")


def test_two_charts_with_one_uuid_are_not_guessed_between(tmp_path, bring):
    bring(write_tables(tmp_path / "csv", people=[{"Id": UUID}]))
    bring(write_json(tmp_path / "fhir" / "a.json", person(UUID)))
    outcome = bring(write(tmp_path, score(of=f"Patient/{UUID}", loinc=BARTHEL)))
    assert outcome.totals("scores") == {"failed": 1}


def test_what_belongs_to_a_patient_who_failed_is_skipped(tmp_path, bring, therapist):
    make_patient(therapist, patient_id="FHIR-p-1")

    outcome = bring(write(tmp_path, person(), score(loinc=BARTHEL), thing(), used()))

    assert outcome.totals("patients") == {"failed": 1}
    assert outcome.skips == [
        "skipped 1 equipment: its patient was not imported",
        "skipped 1 scores: its patient was not imported",
    ]
    assert not EquipmentItem.objects.exists()


def test_entries_of_somebody_else_under_a_known_id_never_enter_the_known_chart(tmp_path, bring):
    bring(write(tmp_path, person()))
    outcome = bring(write(tmp_path, person(birthDate="1961-06-07"), score(loinc=BARTHEL)))
    assert outcome.totals("scores") == {"skipped": 1}
    assert not MobilityScore.objects.exists()


def test_a_chart_handed_over_since_is_closed_to_the_old_therapist(tmp_path, bring, therapist, lead, other_team):
    successor = UserFactory(username="successor", team=other_team)
    path = write(tmp_path, person(), score("o-1", loinc=BARTHEL))
    bring(path)
    services.hand_over(patients=[Patient.objects.get()], to=successor, reason="Moved", by=lead)
    write(tmp_path, person(), score("o-1", loinc=BARTHEL), score("o-2", loinc=BARTHEL))

    outcome = bring(path)

    assert outcome.totals("scores") == {"unchanged": 1, "skipped": 1}
    assert outcome.skips == ["skipped 1 scores: its chart is no longer open to this therapist"]
    assert bring(path, therapist=successor).totals("scores") == {"unchanged": 1, "created": 1}


def test_an_archived_chart_takes_no_entries(tmp_path, bring, lead):
    path = write(tmp_path, person())
    bring(path)
    services.change_chart_status(patient=Patient.objects.get(), to="archived", reason="Discharged", by=lead)

    outcome = bring(write(tmp_path, person(), score(loinc=BARTHEL)))

    assert outcome.skips == ["skipped 1 scores: its chart is archived"]


def test_a_loan_entered_by_hand_is_not_entered_again(tmp_path, bring, therapist):
    bring(write_tables(tmp_path))
    start = dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC)
    loan = {"equipment_name": "Manual wheelchair", "serial_number": "SN9", "checked_out_at": start, "returned_at": None}
    equipment.services.record_loan(patient=Patient.objects.get(), by=therapist, **loan)

    outcome = bring(write_tables(tmp_path, {}))

    assert outcome.skips == ["skipped 1 equipment: the chart has it already, entered by hand"]


def test_a_later_sign_that_a_thing_is_still_there_is_no_second_loan(tmp_path, bring):
    bring(write(tmp_path, person(), thing(), used("u-1", "2024-03-01")))
    outcome = bring(write(tmp_path, person(), thing(), used("u-2", "2024-04-01")))
    assert outcome.skips == ["skipped 1 equipment: the thing was out to this patient already"]

"""Synthea's CSV folder: people, and their mobility equipment with the real dates."""

import datetime as dt

import pytest

from interchange.records import Kind, StartBasis
from tests.interchange.samples import DEVICE_COLUMNS, PATIENT_COLUMNS, WHEELCHAIR, read, write_table

ZOFIA = {
    "Id": "p-1",
    "BIRTHDATE": "1950-06-07",
    "SSN": "999-11-2222",
    "PREFIX": "Mrs.",
    "FIRST": "Zofia12",
    "MIDDLE": "Ana3",
    "LAST": "Concepción765",
    "SUFFIX": "MD",
    "GENDER": "F",
    "ADDRESS": "1 Test Way",
    "CITY": "Boston",
    "STATE": "Massachusetts",
    "ZIP": "02101",
}


@pytest.fixture
def folder(tmp_path):
    write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, ZOFIA)
    return tmp_path


def test_a_person_is_read_as_recorded(folder):
    (patient,) = read(folder).patients

    assert (patient.title, patient.given_names, patient.family_name) == ("Mrs.", "Zofia12 Ana3", "Concepción765")
    assert (patient.suffix, patient.sex_at_birth, patient.date_of_birth) == ("MD", "female", dt.date(1950, 6, 7))
    assert patient.address == "1 Test Way\nBoston Massachusetts 02101"
    assert patient.patient_ids[0] == "p-1"
    assert [(i.type, i.value) for i in patient.identifiers] == [("SS", "999-11-2222")]
    assert (patient.origin.line, patient.origin.resource) == (2, "Patient/p-1")
    assert not patient.is_deceased


@pytest.mark.parametrize("died", ["2020-01-02", "2020-01-02T23:30:00Z"])
def test_the_dead_have_a_date_of_death(tmp_path, died):
    path = write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, {**ZOFIA, "DEATHDATE": died})

    (patient,) = read(path).patients

    assert (patient.is_deceased, patient.deceased_on) == (True, dt.date(2020, 1, 2))


@pytest.mark.parametrize("postcode", ["", "00000"])
def test_an_unknown_postcode_is_left_out_of_the_address(tmp_path, postcode):
    path = write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, {**ZOFIA, "ZIP": postcode})
    assert read(path).patients[0].address == "1 Test Way\nBoston Massachusetts"


def test_a_loan_has_its_real_start_and_stop(folder):
    write_table(folder / "devices.csv", DEVICE_COLUMNS, {**WHEELCHAIR, "STOP": "2024-03-09T17:00:00Z"})

    (loan,) = (reading := read(folder)).loans

    assert loan.checked_out_at == dt.datetime(2024, 3, 1, 9, tzinfo=dt.UTC)
    assert loan.returned_at == dt.datetime(2024, 3, 9, 17, tzinfo=dt.UTC)
    assert loan.start_basis == StartBasis.PERIOD
    assert loan.patient_key == reading.patients[0].source_key
    assert (loan.item.name, loan.item.serial_number, loan.item.lot_number) == ("Manual wheelchair", "SN9", "77")
    assert loan.item.udi == WHEELCHAIR["UDI"]
    assert loan.item.codings[0].code == "228869008"


def test_a_loan_without_stop_is_still_out_even_when_the_patient_died(tmp_path):
    write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, {**ZOFIA, "DEATHDATE": "2024-05-01"})
    write_table(tmp_path / "devices.csv", DEVICE_COLUMNS, WHEELCHAIR)
    assert read(tmp_path).loans[0].returned_at is None


def test_overlapping_loans_of_the_same_kind_are_two_items(folder):
    other = {**WHEELCHAIR, "START": "2024-03-02T09:00:00Z", "UDI": "(01)123(21)SN10"}
    write_table(folder / "devices.csv", DEVICE_COLUMNS, WHEELCHAIR, other)

    loans = read(folder).loans

    assert len({loan.item.source_key for loan in loans}) == 2


def test_one_item_lent_twice_is_one_item_with_two_loans(folder):
    first = {**WHEELCHAIR, "STOP": "2024-03-05T09:00:00Z"}
    write_table(folder / "devices.csv", DEVICE_COLUMNS, first, {**WHEELCHAIR, "START": "2025-01-01T09:00:00Z"})

    loans = read(folder).loans

    assert len({loan.item.source_key for loan in loans}) == 1
    assert len({loan.source_key for loan in loans}) == 2


def test_things_without_a_serial_number_are_as_many_as_their_loans(tmp_path):
    write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, ZOFIA, {**ZOFIA, "Id": "p-2"})
    chair = {**WHEELCHAIR, "UDI": ""}
    write_table(tmp_path / "devices.csv", DEVICE_COLUMNS, chair, {**chair, "PATIENT": "p-2"})
    assert len({loan.item.source_key for loan in read(tmp_path).loans}) == 2


def test_double_spaces_where_a_comma_was_dropped_are_closed(folder):
    bed = {**WHEELCHAIR, "CODE": "91537007", "DESCRIPTION": "Hospital bed  device (physical object)"}
    write_table(folder / "devices.csv", DEVICE_COLUMNS, bed)
    assert read(folder).loans[0].item.name == "Hospital bed device"


@pytest.mark.parametrize(
    "code",
    ["228869008", "705427004", "1255320005", "705406009", "360008003", "91537007", "705417005", "706112002"],
)
def test_every_code_of_mobility_equipment_is_taken(folder, code):
    write_table(folder / "devices.csv", DEVICE_COLUMNS, {**WHEELCHAIR, "CODE": code})
    assert len(read(folder).loans) == 1


def test_other_devices_are_skipped_each_with_the_same_reason(folder):
    denture = {**WHEELCHAIR, "CODE": "8060009", "DESCRIPTION": "Denture", "PATIENT": "nobody"}
    write_table(folder / "devices.csv", DEVICE_COLUMNS, denture, denture)

    reading = read(folder)

    assert reading.reasons == {"not mobility equipment": 2}
    assert {skip.kind for skip in reading.skips} == {Kind.EQUIPMENT}


def test_the_other_tables_of_the_folder_are_skipped_by_name(folder):
    (folder / "encounters.csv").write_text("Id,START\n")
    (folder / "my-own.csv").write_text("a,b\n")
    assert read(folder).reasons == {
        "Synthea's table encounters.csv is not imported": 1,
        "not a file that this importer reads": 1,
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"START": ""}, "START is empty"),
        ({"START": "yesterday"}, "START is no date or time"),
        ({"STOP": "2024-02-31T09:00:00Z"}, "STOP is no date or time"),
        ({"STOP": "2023-03-01T09:00:00Z"}, "STOP is before START"),
        ({"PATIENT": ""}, "PATIENT is empty"),
        ({"PATIENT": "p-9"}, "its patient is not among the records read"),
        ({"CODE": ""}, "CODE is empty"),
        ({"DESCRIPTION": ""}, "DESCRIPTION is empty"),
    ],
)
def test_a_broken_loan_is_named_with_its_line_and_the_next_is_read(folder, change, message):
    sound = {**WHEELCHAIR, "UDI": "(21)OTHER"}
    path = write_table(folder / "devices.csv", DEVICE_COLUMNS, {**WHEELCHAIR, **change}, sound)

    reading = read(folder)

    assert [(f.message, f.origin.file, f.origin.line) for f in reading.failures] == [(message, str(path), 2)]
    assert [loan.item.serial_number for loan in reading.loans] == ["OTHER"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Id": ""}, "Id is empty"),
        ({"Id": "two words"}, "Id has characters that no id has"),
        ({"BIRTHDATE": "1950-02-30"}, "BIRTHDATE is no date"),
        ({"BIRTHDATE": "07/06/1950"}, "BIRTHDATE is no date"),
        ({"DEATHDATE": "unknown"}, "DEATHDATE is no date or time"),
    ],
)
def test_a_broken_person_is_named_with_the_line_and_the_next_is_read(tmp_path, change, message):
    write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, {**ZOFIA, **change}, {**ZOFIA, "Id": "p-2"})

    reading = read(tmp_path)

    assert [(f.kind, f.message, f.origin.line) for f in reading.failures] == [(Kind.PATIENT, message, 2)]
    assert [patient.patient_ids[0] for patient in reading.patients] == ["p-2"]


def test_a_person_may_have_one_name_or_none_and_no_birth_date(tmp_path):
    single = {"Id": "p-1", "FIRST": "Zofia"}
    write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, single, {"Id": "p-2"})

    one, nobody = read(tmp_path).patients

    assert (one.family_name, one.given_names, one.date_of_birth) == ("Zofia", "", None)
    assert not nobody.has_name


def test_a_header_that_lacks_the_date_of_death_stops_the_file(tmp_path):
    columns = [column for column in PATIENT_COLUMNS if column != "DEATHDATE"]
    path = write_table(tmp_path / "patients.csv", columns, ZOFIA)

    reading = read(path)

    assert reading.messages == ["the header lacks DEATHDATE"]
    assert not reading.patients

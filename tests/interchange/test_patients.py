"""FHIR Patient: whose name is used, what is missing, who is left out, and the clinic's own identifier."""

import datetime as dt

import pytest

from interchange.records import Kind
from tests.interchange.samples import bundle, person, read, read_resource, record_number, write_json

ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}


def read_one(folder, **elements):
    reading = read_resource(folder, person(**elements))
    assert not reading.failures
    return reading.patients[0]


# Names.


@pytest.mark.parametrize(
    ("names", "family", "given", "preferred"),
    [
        ([{"use": "official", "family": "A", "given": ["B", "C"]}], "A", "B C", ""),
        ([{"use": "usual", "given": ["Jim"]}, {"use": "official", "family": "A", "given": ["B"]}], "A", "B", "Jim"),
        ([{"use": "official", "family": "A", "given": ["B"]}, {"use": "usual", "text": "Bee Ay"}], "A", "B", "Bee Ay"),
        ([{"use": "maiden", "family": "Old"}, {"family": "A", "given": ["B"]}], "A", "B", ""),
        ([{"use": "old", "family": "Old", "period": {"end": "2020"}}, {"use": "usual", "family": "A"}], "A", "", ""),
        (
            [{"use": "official", "family": "Was", "period": {"end": "2020"}}, {"use": "usual", "family": "A"}],
            "A",
            "",
            "",
        ),
        ([{"use": "official", "text": "张无忌"}], "张无忌", "", ""),
        ([{"use": "usual", "given": ["Kenzi"]}], "Kenzi", "", ""),
        ([{"use": "official", "text": "Roel", "family": "Bor", "given": ["Roelof"]}], "Bor", "Roelof", ""),
        ([{"family": " van  de Heuvel ", "given": ["José  María"]}], "van de Heuvel", "José María", ""),
    ],
)
def test_the_name_in_use_is_chosen(tmp_path, names, family, given, preferred):
    patient = read_one(tmp_path, name=names)
    assert (patient.family_name, patient.given_names, patient.preferred_name) == (family, given, preferred)


def test_title_and_suffix_are_kept_apart_from_the_name(tmp_path):
    name = {"family": "Bor", "given": ["R"], "prefix": ["Drs.", "Ir."], "suffix": ["PDEng.", "MSc"]}
    patient = read_one(tmp_path, name=[name])
    assert (patient.title, patient.suffix) == ("Drs. Ir.", "PDEng., MSc")


@pytest.mark.parametrize(
    "names", [[], [{"_family": ABSENT}], [{"given": [None], "_given": [ABSENT]}], [{"family": " "}]]
)
def test_a_person_without_a_name_is_read(tmp_path, names):
    patient = read_one(tmp_path, name=names)
    assert not patient.has_name
    assert patient.date_of_birth == dt.date(1950, 6, 7)


# Dates.


def test_a_birth_date_with_a_reason_for_its_absence_is_missing(tmp_path):
    resource = person(_birthDate=ABSENT)
    del resource["birthDate"]

    (patient,) = read_resource(tmp_path, resource).patients

    assert (patient.date_of_birth, patient.notes) == (None, ())


@pytest.mark.parametrize("born", ["1974", "1974-12"])
def test_a_partial_birth_date_is_missing_with_a_note(tmp_path, born):
    patient = read_one(tmp_path, birthDate=born)
    assert (patient.date_of_birth, patient.notes) == (None, (f"Date of birth is recorded only as {born}",))


@pytest.mark.parametrize(
    ("elements", "is_deceased", "deceased_on", "notes"),
    [
        ({}, False, None, 0),
        ({"deceasedBoolean": False}, False, None, 0),
        ({"deceasedBoolean": True}, True, None, 0),
        ({"deceasedDateTime": "2022-07-22"}, True, dt.date(2022, 7, 22), 0),
        ({"deceasedDateTime": "2015-02-14T23:42:00-10:00"}, True, dt.date(2015, 2, 14), 0),
        ({"deceasedDateTime": "2022-07"}, True, None, 1),
    ],
)
def test_the_dead(tmp_path, elements, is_deceased, deceased_on, notes):
    patient = read_one(tmp_path, **elements)
    assert (patient.is_deceased, patient.deceased_on, len(patient.notes)) == (is_deceased, deceased_on, notes)


# Sex.


@pytest.mark.parametrize(("code", "sex"), [("F", "female"), ("M", "male"), ("UNK", ""), ("OTH", "")])
def test_birth_sex_is_sex_at_birth(tmp_path, code, sex):
    url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
    assert read_one(tmp_path, extension=[{"url": url, "valueCode": code}]).sex_at_birth == sex


@pytest.mark.parametrize(
    ("kind", "value", "sex"),
    [
        ("76689-9", "female", "female"),
        ("1515311000168102", "248153007", "male"),
        ("1515311000168102", "32570691000036108", "indeterminate"),
        ("76689-9", "unknown", ""),
        ("99999-9", "female", ""),
    ],
)
def test_a_recorded_sex_counts_only_if_it_is_the_one_at_birth(tmp_path, kind, value, sex):
    parts = [{"url": "type", "valueCodeableConcept": {"coding": [{"code": kind}]}}]
    parts.append({"url": "value", "valueCodeableConcept": {"coding": [{"code": value}]}})
    url = "http://hl7.org/fhir/StructureDefinition/individual-recordedSexOrGender"
    assert read_one(tmp_path, extension=[{"url": url, "extension": parts}]).sex_at_birth == sex


@pytest.mark.parametrize("gender", ["male", "female", "other", "unknown"])
def test_administrative_gender_is_not_taken_for_sex_at_birth(tmp_path, gender):
    patient = read_one(tmp_path, gender=gender)
    assert (patient.gender, patient.sex_at_birth) == (gender, "")


# Contact.


def phone(value, **elements):
    return {"system": "phone", "value": value, **elements}


@pytest.mark.parametrize(
    ("points", "number"),
    [
        ([phone("1", use="home"), phone("2", use="mobile")], "2"),
        ([phone("1", use="mobile", rank=2), phone("2", use="work", rank=1)], "2"),
        ([phone("1", use="old"), phone("2", use="work")], "2"),
        ([{"use": "home"}, {"system": "email", "value": "a@example.org"}], ""),
    ],
)
def test_the_phone_to_ring_first_is_taken(tmp_path, points, number):
    assert read_one(tmp_path, telecom=points).phone == number


def test_the_current_home_address_is_taken_and_written_in_lines(tmp_path):
    old = {"use": "old", "line": ["9 Gone St"]}
    left = {"use": "home", "line": ["8 Left St"], "period": {"end": "2020-07-22"}}
    work = {"use": "work", "line": ["7 Work St"]}
    home = {"line": ["1 Here St", "Unit 2"], "city": "Town", "state": "VIC", "postalCode": "3999", "country": "AU"}
    assert read_one(tmp_path, address=[old, left, work, home]).address == "1 Here St\nUnit 2\nTown VIC 3999\nAU"


def test_an_address_in_one_text_is_kept(tmp_path):
    assert read_one(tmp_path, address=[{"text": "1 Here St\nTown"}]).address == "1 Here St\nTown"


def test_the_emergency_contact_is_named_with_relation_and_phone(tmp_path):
    son = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "SONC", "display": "Son"}]
    }
    emergency = {"coding": [{"system": "http://hl7.org/fhir/v2/0131", "code": "C", "display": "Emergency Contact"}]}
    kin = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "N"}]}
    contacts = [
        {"relationship": [kin], "name": {"text": "Next Kin"}},
        {"relationship": [son, emergency], "name": {"family": "B", "given": ["A"]}, "telecom": [phone("1")]},
    ]
    assert read_one(tmp_path, contact=contacts).emergency_contact == "A B (Son), 1"
    assert read_one(tmp_path, contact=contacts[:1]).emergency_contact == "Next Kin"


# The clinic's identifier, and the key.


def test_the_medical_record_number_becomes_the_patient_id(tmp_path):
    retired = {**record_number("OLD")[0], "use": "old"}
    social = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-11-2222", "type": {"coding": [{"code": "SS"}]}}
    patient = read_one(tmp_path, identifier=[social, retired, *record_number("MRN 7")])
    assert patient.patient_ids[0] == "MRN 7"
    assert [identifier.type for identifier in patient.identifiers] == ["SS", "MR", "MR"]


def test_without_a_record_number_the_source_id_becomes_the_patient_id(tmp_path):
    patient = read_one(tmp_path, identifier=[{"_value": ABSENT}, {"system": "urn:passport", "value": "IT1111111"}])
    assert patient.patient_ids[0] == "FHIR-p-1"


def test_two_hospitals_with_the_same_number_propose_different_second_ids(tmp_path):
    here, there = (
        person("a", identifier=record_number("12345")),
        person("b", identifier=record_number("12345", "urn:x")),
    )

    one, other = read_resource(tmp_path, here, there).patients

    assert one.patient_ids[0] == other.patient_ids[0] == "12345"
    assert one.patient_ids[1] != other.patient_ids[1]


@pytest.mark.parametrize("identifier", [[], record_number("9" * 300)])
def test_a_proposed_id_is_at_most_64_characters(tmp_path, identifier):
    patient = read_one(tmp_path, own_id="p" * 64, identifier=identifier)
    assert all(len(proposed) <= 64 for proposed in patient.patient_ids)


def test_the_key_does_not_depend_on_where_the_file_stands(tmp_path):
    here = write_json(tmp_path / "here" / "a.json", bundle(person(identifier=record_number("1"))))
    there = write_json(tmp_path / "there" / "b.json", person(identifier=record_number("1")))
    assert read(here).patients[0].source_key == read(there).patients[0].source_key


def test_a_person_without_id_is_known_by_the_uuid_of_the_bundle(tmp_path):
    resource = person()
    del resource["id"]
    path = write_json(tmp_path / "a.json", bundle(resource, urls={0: "urn:uuid:04121321-4af5-424c-a0e1-ed3aab1c349d"}))
    assert "04121321-4af5-424c-a0e1-ed3aab1c349d" in read(path).patients[0].source_key


def test_a_person_without_any_id_fails(tmp_path):
    resource = person()
    del resource["id"]
    assert read_resource(tmp_path, resource).messages == ["without an id a second import would enter this person again"]


# Who is left out.


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-animal"}]}, "an animal"),
        (
            {"link": [{"type": "replaced-by", "other": {"reference": "Patient/2"}}]},
            "replaced by another patient record",
        ),
        ({"name": [], "birthDate": None}, "no name, birth date or identifier"),
    ],
)
def test_who_is_no_patient_of_ours_is_skipped(tmp_path, elements, reason):
    if reason == "an animal":
        elements["extension"][0]["extension"] = [{"url": "species", "valueCodeableConcept": {"text": "Dog"}}]
    reading = read_resource(tmp_path, person(**elements))
    assert [(skip.kind, skip.reason) for skip in reading.skips] == [(Kind.PATIENT, reason)]
    assert not reading.patients


def test_a_record_not_in_use_says_so(tmp_path):
    assert read_one(tmp_path, active=False).is_active is False


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"birthDate": "1950-13-01"}, "birthDate"),
        ({"birthDate": "1950-02-30"}, "birthDate"),
        ({"gender": "Planted"}, "gender"),
        ({"active": "yes"}, "active"),
        ({"deceasedBoolean": "true"}, "deceasedBoolean"),
        ({"deceasedBoolean": True, "deceasedDateTime": "2020-01-01"}, "two values for one element"),
        ({"name": "Planted"}, "name"),
        ({"name": [{"family": 5}]}, "name.0.family"),
        ({"name": [{"family": "Planted\x00"}]}, "a NUL character or half a character in its text"),
        ({"name": [{"family": "Planted\ud800"}]}, "a NUL character or half a character in its text"),
        ({"Planted Name": 1}, "?"),
        ({"name": [5], "telecom": 5, "contact": 5, "address": 5}, "address, contact, name.0 and 1 more"),
        ({"own_id": "a/b"}, "its id has characters or a length that FHIR does not allow"),
        ({"own_id": "x" * 65}, "its id has characters or a length that FHIR does not allow"),
        ({"contained": [{"resourceType": "Banana"}]}, "KeyError while it was checked"),
        ({"name": ['{"family": "Planted"}']}, "an element has not the form that FHIR gives it"),
    ],
)
def test_what_is_not_valid_fails_without_a_word_of_its_content(tmp_path, elements, message):
    reading = read_resource(tmp_path, person(**elements), person("sound"))

    assert reading.messages == [f"not a valid Patient: {message}"]
    assert "Planted" not in str(reading.failures)
    assert [patient.origin.resource for patient in reading.patients] == ["Patient/sound"]


def test_no_record_shows_a_person_in_its_repr(tmp_path):
    patient = read_one(
        tmp_path,
        identifier=record_number("SECRET-7"),
        telecom=[phone("555-0199")],
        address=[{"text": "1 Here St"}],
    )
    shown = repr(patient)
    assert not [word for word in ("Planted", "Zofia", "555-0199", "Here St", "1950") if word in shown]

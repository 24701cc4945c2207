"""People of other systems as charts: what is in them, who sees them, and whose identifier is whose."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse

from audit.models import AuditEvent
from interchange.models import ImportedRecord
from patients import services
from patients.models import CareTeamMember, Patient
from tests.factories import make_patient
from tests.interchange.samples import (
    PATIENT_COLUMNS,
    bundle,
    person,
    record_number,
    write_json,
    write_ndjson,
    write_table,
)

ADA = {
    "Id": "8a4f6a1e-0000-4000-8000-000000000001",
    "BIRTHDATE": "1941-02-03",
    "PREFIX": "Mrs.",
    "FIRST": "Ada",
    "MIDDLE": "Mary",
    "LAST": "Planted-Name",
    "SUFFIX": "MD",
    "GENDER": "F",
    "ADDRESS": "1 Mill Lane",
    "CITY": "Leeds",
    "ZIP": "00000",
    "SSN": "999-11-2222",
}


def only(queryset=None):
    return (Patient.objects if queryset is None else queryset).get()


def test_a_person_becomes_a_whole_chart(tmp_path, bring, therapist):
    path = write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, ADA)

    outcome = bring(path)

    patient = only()
    assert outcome.totals("patients") == {"created": 1}
    assert outcome.status == 0
    assert patient.display_name == "PLANTED-NAME, Ada Mary MD (Mrs.)"
    assert (patient.patient_id, patient.date_of_birth) == (ADA["Id"], dt.date(1941, 2, 3))
    assert (patient.sex_at_birth, patient.address) == ("female", "1 Mill Lane\nLeeds")
    assert (patient.primary_therapist, patient.team) == (therapist, therapist.team)
    assert CareTeamMember.objects.get().role == "primary"


def test_its_mobility_status_is_marked_as_not_assessed(tmp_path, bring, therapist):
    bring(write_json(tmp_path / "a.json", person()))

    patient = only()
    row = patient.status_history.get(status_type="mobility_status")
    assert patient.alert_list == ["Mobility status not assessed (imported)"]
    assert (row.from_value, row.to_value, row.changed_by) == ("", "supervision", therapist)
    assert row.change_reason == "Imported: mobility status not in the source, assess at first contact"


def test_the_operator_may_choose_the_first_mobility_status(tmp_path, bring):
    bring(write_json(tmp_path / "a.json", person()), mobility_status="hoist")
    assert only().mobility_status == "hoist"


@pytest.mark.parametrize(
    ("who", "status"), [("therapist", 200), ("lead", 200), ("colleague", 404), ("stranger", 404), ("other_lead", 404)]
)
def test_who_sees_it(tmp_path, request, bring, sign_in, who, status):
    bring(write_json(tmp_path / "a.json", person(deceasedDateTime="2024-02-03")))
    url = reverse("patients:show_chart", args=[only().pk])
    assert sign_in(request.getfixturevalue(who)).get(url).status_code == status


@pytest.mark.parametrize(
    ("elements", "chart_status", "died"),
    [
        ({}, "active", None),
        ({"active": False}, "inactive", None),
        ({"deceasedBoolean": True}, "deceased", None),
        ({"deceasedDateTime": "2024-02-03T23:30:00-05:00"}, "deceased", dt.date(2024, 2, 3)),
        ({"deceasedDateTime": "2024", "active": False}, "deceased", None),
    ],
)
def test_chart_status(tmp_path, bring, elements, chart_status, died):
    bring(write_json(tmp_path / "a.json", person(**elements)))

    patient = only()
    assert (patient.chart_status, patient.deceased_on) == (chart_status, died)
    if chart_status == "deceased":
        row = patient.status_history.filter(status_type="chart_status").newest_first().first()
        assert (row.to_value, row.change_reason) == ("deceased", "Imported record")


def test_a_partial_date_is_kept_as_an_alert(tmp_path, bring):
    bring(write_json(tmp_path / "a.json", person(birthDate="1950")))
    assert only().date_of_birth is None
    assert "Date of birth is recorded only as 1950" in only().alert_list


def test_a_person_without_a_name_can_be_told_by_that(tmp_path, bring):
    outcome = bring(write_json(tmp_path / "a.json", person(name=[])))
    assert only().display_name == "Name not recorded"
    assert outcome.notes == ["note for 1 of those created: no name in the source"]


def test_what_a_chart_does_not_keep_is_counted(tmp_path, bring):
    telecom = [{"system": "email", "value": "planted@example.org"}]
    numbers = [*record_number("MRN-1"), {"system": "http://ssn.example", "value": "planted-ssn"}]
    path = write_json(tmp_path / "a.json", person(gender="female", telecom=telecom, identifier=numbers))

    outcome = bring(path)

    assert only().sex_at_birth == ""
    assert outcome.notes == [
        "note for 1 of those created: administrative gender is not sex at birth, which stays not known",
        "note for 1 of those created: an email address, for which a chart has no field",
        "note for 1 of those created: identifiers beside the one that became the patient ID",
    ]


def test_a_single_name_keeps_its_suffix(tmp_path, bring):
    bring(write_json(tmp_path / "a.json", person(name=[{"text": "Teller", "suffix": ["Jr."]}])))
    assert only().display_name == "Teller Jr."


# Identifiers.


def test_two_hospitals_may_have_the_same_number(tmp_path, bring):
    one = person("a", identifier=record_number("12345", "http://one.example"))
    two = person("b", identifier=record_number("123 45", "http://two.example"))

    assert bring(write_ndjson(tmp_path / "a.ndjson", [one, two])).totals("patients") == {"created": 2}

    first, second = Patient.objects.order_by("created_at").values_list("patient_id", flat=True)
    assert first == "12345"
    assert second.startswith("123 45~")


def test_an_identifier_of_a_chart_registered_by_hand_is_never_given_out_again(tmp_path, bring, therapist):
    make_patient(therapist, patient_id="mrn-1")

    outcome = bring(write_json(tmp_path / "a.json", person(identifier=record_number("MRN-1"))))

    assert Patient.objects.count() == 1
    assert outcome.status == 3
    reason = "its identifier is on file in a chart that was not imported: find out whether this is the same person"
    assert outcome.failures == [f"failed patients: {tmp_path}/a.json:1 (Patient/p-1): {reason}"]


@pytest.mark.parametrize(
    ("number", "systems"),
    [
        ("12345", ("http://one.example", "http://one.example")),
        ("04121321-4af5-424c-a0e1-ed3aab1c349d", ("http://one.example", "http://two.example")),
    ],
)
def test_a_second_record_with_a_number_that_only_one_person_has_fails(tmp_path, bring, number, systems):
    people = [person(f"p-{n}", identifier=record_number(number, system)) for n, system in enumerate(systems)]

    outcome = bring(write_ndjson(tmp_path / "a.ndjson", people))

    assert outcome.totals("patients") == {"created": 1, "failed": 1}
    assert outcome.failures[0].endswith(
        "another record with its identifier was imported: find out whether this is the same person"
    )


def test_a_number_that_nobody_is_known_to_have_given_may_be_anybodys(tmp_path, bring):
    people = [person(f"p-{n}", identifier=record_number("12345", "")) for n in (1, 2)]
    for someone in people:
        del someone["identifier"][0]["system"]
    assert bring(write_ndjson(tmp_path / "a.ndjson", people)).totals("patients") == {"created": 2}


# The same record again.


def test_the_same_again_is_unchanged(tmp_path, bring):
    path = write_ndjson(tmp_path / "a.ndjson", [person("a", deceasedBoolean=True), person("b"), person("b")])
    assert bring(path).totals("patients") == {"created": 2, "unchanged": 1}
    events = AuditEvent.objects.count()

    again = bring(path)

    assert again.totals("patients") == {"unchanged": 3}
    assert Patient.objects.count() == ImportedRecord.objects.count() == 2
    assert AuditEvent.objects.count() == events + 1  # that an import was made


def test_a_changed_record_leaves_the_chart_as_it_is(tmp_path, bring):
    bring(write_json(tmp_path / "a.json", person()))

    outcome = bring(write_json(tmp_path / "a.json", person(address=[{"text": "New Street"}])))

    assert outcome.totals("patients") == {"skipped": 1}
    assert outcome.skips == ["skipped 1 patients: changed since it was imported; the chart was left as it is"]
    assert outcome.status == 0
    assert only().address == ""


def test_a_new_name_is_no_new_person_even_where_the_chart_was_put_right(tmp_path, bring, therapist):
    bring(write_json(tmp_path / "a.json", person()))
    changes = {"family_name": "Corrected", "given_names": "Entirely", "date_of_birth": dt.date(1951, 6, 7)}
    services.edit_patient(patient=only(), version=1, changes=changes, by=therapist)
    married = [{"family": "Married", "given": ["Zofia"]}]
    corrected = [{"family": "Corrected", "given": ["Entirely"]}]

    for elements in ({"name": married}, {"name": corrected, "birthDate": "1951-06-07"}):
        assert bring(write_json(tmp_path / "a.json", person(**elements))).totals("patients") == {"skipped": 1}


@pytest.mark.parametrize(
    "elements", [{"birthDate": "1961-06-07"}, {"name": [{"family": "Somebody", "given": ["Else"]}]}]
)
def test_somebody_else_under_a_known_id_fails(tmp_path, bring, elements):
    bring(write_json(tmp_path / "a.json", person()))

    outcome = bring(write_json(tmp_path / "a.json", person(**elements)))

    assert outcome.totals("patients") == {"failed": 1}
    assert "this id was read before for a person with another birth date or name" in outcome.failures[0]
    assert Patient.objects.count() == 1


# What cannot be entered.


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ({"birthDate": "2999-01-01"}, "its date of birth is not possible"),
        ({"deceasedDateTime": "2999-01-01"}, "its date of death is not possible"),
        ({"deceasedDateTime": "1900-01-01"}, "its date of death is before its date of birth"),
        ({"name": [{"family": "Planted" * 20, "given": ["Zofia"]}]}, "family_name is too long"),
        ({"telecom": [{"system": "phone", "value": "7" * 61}]}, "phone is too long"),
    ],
)
def test_a_broken_record_leaves_nothing_behind_and_stops_nothing(tmp_path, bring, elements, message):
    path = write_ndjson(tmp_path / "a.ndjson", [person("a"), person("b", **elements), person("c")])

    outcome = bring(path)

    assert outcome.totals("patients") == {"created": 2, "failed": 1}
    assert outcome.failures == [f"failed patients: {path}:2 (Patient/b): {message}"]
    assert Patient.objects.count() == CareTeamMember.objects.count() == ImportedRecord.objects.count() == 2
    assert bring(path).totals("patients") == {"unchanged": 2, "failed": 1}


# Provenance.


def test_of_the_source_only_key_and_fingerprint_are_kept(tmp_path, bring, therapist):
    uuid = "04121321-4af5-424c-a0e1-ed3aab1c349d"
    someone = person()
    del someone["id"]
    bring(write_json(tmp_path / "Zofia_Planted-Name.json", bundle(someone, urls={0: f"urn:uuid:{uuid}"})))

    record = ImportedRecord.objects.get()
    assert (record.kind, record.resource, record.patient_id) == ("patient", f"Patient/{uuid}", only().pk)
    assert (record.target_id, record.imported_by) == (str(only().pk), therapist)
    assert "Planted" not in str([value for value in vars(record).values() if isinstance(value, str)])


def test_neither_names_nor_dates_nor_numbers_are_printed(tmp_path, bring):
    numbers = record_number("planted-number")
    people = [
        person("a", identifier=numbers),
        person("b", identifier=numbers, deceasedDateTime="1900-01-01"),
        person("a", birthDate="1961-06-07"),
    ]
    outcome = bring(write_ndjson(tmp_path / "a.ndjson", people))

    assert outcome.failures
    for text in ("Planted", "Zofia", "planted-number", "1950", "1900", "1961"):
        assert text not in "\n".join(outcome.lines)


def test_the_help_says_what_it_does(capsys):
    with pytest.raises(SystemExit):
        call_command("import_records", "--help")
    assert "FHIR R4" in capsys.readouterr().out

"""Whose score is it: references of every form, across files and folders, and the same id for two people."""

import pytest

from tests.interchange.samples import (
    bundle,
    person,
    read,
    read_resource,
    record_number,
    score,
    write_json,
    write_ndjson,
)

UUID = "04121321-4af5-424c-a0e1-ed3aab1c349d"
SERVER = "http://server.example/fhir/"
OTHER = "http://other.example/fhir/"


def whose(reading):
    """The proposed identifier of the patient of each score."""
    names = {patient.source_key: patient.patient_ids[0] for patient in reading.patients}
    return [names[one.patient_key] for one in reading.scores]


@pytest.mark.parametrize(
    ("url", "reference"),
    [
        (f"urn:uuid:{UUID}", f"urn:uuid:{UUID}"),
        ("", "Patient/p-1"),
        (f"urn:uuid:{UUID}", "Patient/p-1"),
        (f"{SERVER}Patient/p-1", f"{SERVER}Patient/p-1"),
        (f"{SERVER}Patient/p-1", f"{SERVER}Patient/p-1/_history/2"),
        (f"{SERVER}Patient/p-1", "Patient/p-1"),
        ("", "Patient/p-1/_history/2"),
        ("", f"{SERVER}Patient/p-1"),
        ("Patient/p-1", "Patient/p-1"),
    ],
)
def test_every_form_of_reference_is_followed(tmp_path, url, reference):
    path = write_json(tmp_path / "a.json", bundle(score(of=reference), person(), urls={1: url}))
    assert whose(read(path)) == ["FHIR-p-1"]


def test_a_uuid_finds_the_person_of_that_id_in_another_file(tmp_path):
    write_ndjson(tmp_path / "b.ndjson", [person(UUID)])
    write_ndjson(tmp_path / "a.ndjson", [score(of=f"urn:uuid:{UUID}")])
    assert whose(read(tmp_path)) == [f"FHIR-{UUID}"]


def test_the_patient_may_stand_in_a_later_file_or_another_folder(tmp_path):
    write_json(tmp_path / "a" / "score.json", score())
    write_json(tmp_path / "b" / "person.json", person())

    reading = read(tmp_path / "a", tmp_path / "b")

    assert whose(reading) == ["FHIR-p-1"]
    assert reading.outcomes.index(reading.patients[0]) < reading.outcomes.index(reading.scores[0])


def test_a_relative_reference_stays_on_its_own_server(tmp_path):
    entries = [person(), score("o-1"), score("o-2")]
    urls = {0: f"{SERVER}Patient/p-1", 1: f"{SERVER}Observation/o-1", 2: f"{OTHER}Observation/o-2"}
    path = write_json(tmp_path / "a.json", bundle(*entries, urls=urls))

    reading = read(path)

    assert [one.origin.entry for one in reading.scores] == ["1"]
    assert reading.messages == ["its patient is not among the records read"]


def test_an_absolute_reference_never_means_another_server(tmp_path):
    entries = [person(), score(of=f"{OTHER}Patient/p-1")]
    path = write_json(tmp_path / "a.json", bundle(*entries, urls={0: f"{SERVER}Patient/p-1"}))
    assert read(path).messages == ["its patient is not among the records read"]


def test_the_same_id_in_two_folders_means_the_person_of_the_same_folder(tmp_path):
    for folder in ("one", "two"):
        someone = person("example", identifier=record_number(f"MRN-{folder}", f"urn:{folder}"))
        write_json(tmp_path / folder / "person.json", someone)
        write_json(tmp_path / folder / "score.json", score(of="Patient/example"))

    assert whose(read(tmp_path)) == ["MRN-one", "MRN-two"]


def test_the_same_id_in_one_file_means_the_person_of_that_file(tmp_path):
    for name in ("one", "two"):
        someone = person("example", identifier=record_number(f"MRN-{name}", f"urn:{name}"))
        write_json(tmp_path / f"{name}.json", bundle(someone, score(of="Patient/example")))

    assert whose(read(tmp_path)) == ["MRN-one", "MRN-two"]


def test_two_people_equally_near_are_never_guessed_between(tmp_path):
    people = [person("example", identifier=record_number("1", f"urn:{name}")) for name in ("one", "two")]
    reading = read_resource(tmp_path, *people, score(of="Patient/example"))
    assert reading.messages == ["its patient may be any of 2 records with the same id"]
    assert not reading.scores


@pytest.mark.parametrize(
    "someone",
    [person(gender="Planted"), person(link=[{"type": "replaced-by", "other": {"reference": "Patient/2"}}])],
)
def test_what_belongs_to_a_patient_left_out_is_left_out(tmp_path, someone):
    reading = read_resource(tmp_path, someone, score())
    assert reading.reasons["its patient was not imported"] == 1
    assert not reading.scores

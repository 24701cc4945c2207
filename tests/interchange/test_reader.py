"""The run as a whole: which files, in which order, nothing twice, nothing that raises."""

import os
import socket
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interchange.progress import Progress
from interchange.reader import read_records
from interchange.records import Failure, PatientRecord, ScoreRecord
from tests.interchange.samples import (
    CATALOGUE,
    PATIENT_COLUMNS,
    bundle,
    person,
    read,
    read_resource,
    record_number,
    score,
    statement,
    thing,
    write_json,
    write_ndjson,
    write_table,
)

# Files.


def test_files_and_folders_may_be_mixed_and_each_file_is_read_once(tmp_path):
    inner = write_json(tmp_path / "in" / "b.json", person("b"))
    write_json(tmp_path / "in" / "deeper" / "c.JSON", person("c"))
    alone = write_json(tmp_path / "a.json", person("a"))

    reading = read(alone, tmp_path / "in", inner)

    assert [patient.origin.resource for patient in reading.patients] == ["Patient/a", "Patient/b", "Patient/c"]
    assert not reading.repeats


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
    for name in ("c", "a", "b"):
        write_json(tmp_path / f"{name}.json", person(name))
    assert [patient.origin.resource[-1] for patient in read(tmp_path).patients] == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["a.xml", "a.md", "a.png", "a.csv", "a", ".hidden"])
def test_other_files_are_skipped(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x89PNG")
    assert read(tmp_path).reasons == {"not a file that this importer reads": 1}


def test_a_path_that_is_not_there_fails_and_the_others_are_read(tmp_path):
    reading = read(tmp_path / "nothing", write_json(tmp_path / "a.json", person()))
    assert reading.messages == ["there is no such file or folder, or it cannot be opened"]
    assert len(reading.patients) == 1


def test_a_dangling_link_fails_and_a_circle_of_folders_ends(tmp_path):
    (tmp_path / "gone.json").symlink_to(tmp_path / "nothing")
    (tmp_path / "round").symlink_to(tmp_path)
    write_json(tmp_path / "a.json", person())

    reading = read(tmp_path)

    assert len(reading.failures) == len(reading.patients) == 1


def test_a_pipe_or_a_socket_is_never_waited_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's name must be short
    os.mkfifo("pipe.json")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.json")
        assert read(tmp_path).outcomes == []
        assert read(tmp_path / "pipe.json").messages == ["this is neither a file nor a folder"]


def test_a_file_name_is_always_printable(tmp_path):
    (tmp_path / os.fsdecode(b"bro\xffken\n.json")).write_text("{")
    assert str(read(tmp_path).failures[0].origin).endswith(r"bro\xffken\n.json:1")


def test_progress_hears_of_every_byte_that_is_read_and_of_every_record_that_was_held(tmp_path):
    write_json(tmp_path / "a.json", bundle(person(), score(), thing()))
    write_table(tmp_path / "patients.csv", PATIENT_COLUMNS, {"Id": "p-9", "FIRST": "Zofia", "LAST": "Planted-Name"})
    (tmp_path / "b.txt").write_text("text")
    heard = Heard()

    list(read_records([tmp_path], by_loinc=CATALOGUE.get, progress=heard))

    size = sum((tmp_path / name).stat().st_size for name in ("a.json", "patients.csv"))
    assert (heard.size, heard.sum, heard.count) == (size, size, 2)


class Heard(Progress):
    size = sum = count = 0

    def start(self, size):
        self.size = size

    def read(self, size):
        self.sum += size

    def linking(self, records, count):
        self.count = count
        return records


def test_records_are_handed_out_while_files_are_still_unread(tmp_path):
    write_ndjson(tmp_path / "a.ndjson", [person("a"), person("b")])
    (tmp_path / "b.json").write_text("{broken")

    outcomes = read_records([tmp_path], by_loinc=CATALOGUE.get)

    assert isinstance(next(outcomes), PatientRecord)


# Order and repetition.


def test_patients_come_before_everything_that_hangs_on_them(tmp_path):
    write_ndjson(tmp_path / "a.ndjson", [score(), thing(), statement(recordedOn="2024-01-01")])
    write_ndjson(tmp_path / "b.ndjson", [person()])
    assert [outcome.kind for outcome in read(tmp_path).outcomes] == ["patient", "score", "equipment"]


def test_reading_twice_gives_the_same(tmp_path):
    resources = [person(), score(), thing(), statement(recordedOn="2024-01-01"), {"resourceType": "Claim"}]
    path = write_ndjson(tmp_path / "a.ndjson", resources)
    assert read(path).outcomes == read(path).outcomes


def test_the_same_content_again_is_a_repeat_wherever_it_stands(tmp_path):
    resources = [person(), score(), thing(), statement(recordedOn="2024-01-01")]
    write_ndjson(tmp_path / "a.ndjson", resources)
    write_json(tmp_path / "b.json", bundle(*resources))

    reading = read(tmp_path)

    assert [repeat.kind for repeat in reading.repeats] == ["patient", "score", "equipment"]
    assert len(reading.patients) == len(reading.scores) == len(reading.loans) == 1


def test_another_narrative_is_the_same_content(tmp_path):
    other = person(text={"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'})
    assert len(read_resource(tmp_path, person(), other).repeats) == 1


def test_of_two_versions_the_first_stays(tmp_path):
    reading = read_resource(tmp_path, person(), person(telecom=[{"system": "phone", "value": "1"}]), score())

    assert reading.reasons == {"another version of a record read before: the first one is kept": 1}
    assert reading.patients[0].phone == ""
    assert len(reading.scores) == 1


@pytest.mark.parametrize(
    "other",
    [person(birthDate="1999-01-01"), person(name=[{"family": "Somebody", "given": ["Else"]}])],
)
def test_an_id_that_comes_again_for_another_person_fails(tmp_path, other):
    reading = read_resource(tmp_path, person(), other, score())

    assert reading.messages == [
        "this id was read before for a person with another birth date or name",
        "its patient may be any of 2 records with the same id",
    ]
    assert len(reading.patients) == 1


@pytest.mark.parametrize(
    "other",
    [
        person(name=[{"family": "Married-Name", "given": ["Zofia"]}]),
        person(name=[{"family": "PLANTED-NAME", "given": ["Zo"]}]),
        person(birthDate=None),
    ],
)
def test_a_changed_name_or_a_missing_date_is_still_the_same_person(tmp_path, other):
    assert not read_resource(tmp_path, person(), other).failures


def test_people_who_share_a_number_are_not_merged(tmp_path):
    passport = [{"system": "urn:passport", "value": "IT1111111", "type": {"coding": [{"code": "PPN"}]}}]
    same = record_number("7")
    people = [person(id_, identifier=passport) for id_ in ("a", "b")] + [person(id_, identifier=same) for id_ in "cd"]

    reading = read_resource(tmp_path, *people)

    assert len({patient.source_key for patient in reading.patients}) == 4


def test_a_csv_folder_and_fhir_files_are_read_in_one_run(tmp_path):
    row = {"Id": "p-9", "BIRTHDATE": "1950-01-01", "FIRST": "A", "LAST": "B", "GENDER": "M"}
    write_table(tmp_path / "csv" / "patients.csv", PATIENT_COLUMNS, row)
    write_json(tmp_path / "fhir" / "a.json", bundle(person(), score()))
    reading = read(tmp_path)
    assert (len(reading.patients), len(reading.scores)) == (2, 1)


def test_a_key_fits_its_column_however_long_its_parts(tmp_path):
    resources = [
        person("p" * 64, identifier=record_number("1", "urn:" + "x" * 900)),
        score("o" * 64, of="Patient/" + "p" * 64),
    ]
    reading = read_resource(tmp_path, *resources)
    assert len(reading.patients[0].source_key) <= 200
    assert len(reading.scores[0].source_key) <= 200


# Whatever comes.

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters, max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
SOUND = [
    person(gender="female", identifier=record_number("7"), telecom=[{"system": "phone", "value": "1"}]),
    score("o-2", valueQuantity={"value": 1, "unit": "s", "system": "http://unitsofmeasure.org", "code": "s"}),
    thing(serialNumber="SN", type={"coding": [{"code": "1"}], "text": "x"}),
    statement(timingPeriod={"start": "2024-01-01", "end": "2024-02-01"}),
]


@given(st.sampled_from(SOUND), st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_in_any_element_is_read_or_fails_and_never_raises(tmp_path, resource, data):
    broken = {
        **resource,
        data.draw(st.sampled_from([*resource, "extension", "link", "component", "contained"])): data.draw(junk),
    }

    reading = read_resource(tmp_path, person("other"), broken, score(of="Patient/other"))

    assert any(patient.origin.line == 1 for patient in reading.patients)
    for outcome in reading.outcomes:
        assert isinstance(outcome, Failure) or outcome.origin.line
        if isinstance(outcome, ScoreRecord):
            assert outcome.value.is_finite()

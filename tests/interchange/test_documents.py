"""JSON into resources: bundles of every type, NDJSON and single resources, each with its place."""

import json
from decimal import Decimal

import pytest

from interchange.fhir_r4 import documents
from interchange.records import Kind
from tests.interchange.samples import bundle, person, read, score, write_json, write_ndjson


@pytest.mark.parametrize("kind", ["transaction", "batch", "searchset", "collection", "history", "batch-response"])
def test_bundles_of_every_type_are_read(tmp_path, kind):
    path = write_json(tmp_path / "a.json", bundle(person("a"), person("b"), kind=kind))
    assert [p.origin.resource for p in read(path).patients] == ["Patient/a", "Patient/b"]


def test_each_entry_knows_its_number_and_line(tmp_path):
    path = write_json(tmp_path / "a.json", bundle(person("a"), person("b")))

    origins = [patient.origin for patient in read(path).patients]

    lines = path.read_text().splitlines()
    assert [origin.entry for origin in origins] == ["0", "1"]
    for line in (origin.line or 0 for origin in origins):
        assert lines[line - 1].strip() == "{"
        assert lines[line].strip() == '"resource": {'


def test_the_lines_of_a_bundle_on_one_line_are_all_the_first(tmp_path):
    path = write_ndjson(tmp_path / "a.ndjson", [person("z"), bundle(person("a"), person("b"))])
    assert [(p.origin.line, p.origin.entry) for p in read(path).patients] == [(1, ""), (2, "0"), (2, "1")]


def test_a_bundle_inside_a_bundle_is_opened(tmp_path):
    path = write_json(tmp_path / "a.json", bundle(person("a"), bundle(person("b"))))
    assert [patient.origin.entry for patient in read(path).patients] == ["0", "1.0"]


def test_bundles_hundreds_deep_end_in_a_failure_or_a_person(tmp_path):
    deep = '{"resourceType":"Bundle","entry":[{"resource":' * 240 + json.dumps(person()) + "}]}" * 240
    (tmp_path / "a.json").write_text(deep)
    reading = read(tmp_path)
    assert len(reading.patients) + len(reading.failures) == 1


@pytest.mark.parametrize("entry", [{}, {"request": {"method": "DELETE", "url": "Patient/1"}}, {"resource": None}])
def test_an_entry_without_a_resource_is_skipped(tmp_path, entry):
    path = write_json(tmp_path / "a.json", {"resourceType": "Bundle", "entry": [entry, {"resource": person()}]})

    reading = read(path)

    assert reading.reasons == {"bundle entry without a resource": 1}
    assert len(reading.patients) == 1


def test_broken_entries_fail_alone(tmp_path):
    entries = ["text", {"resource": "text"}, {"resource": {"resourceType": "Patient", "id": "a b"}}]
    path = write_json(tmp_path / "a.json", {"resourceType": "Bundle", "entry": [*entries, {"resource": person()}]})

    reading = read(path)

    assert [failure.origin.entry for failure in reading.failures] == ["0", "1", "2"]
    assert len(reading.patients) == 1


def test_entries_that_are_no_list_fail(tmp_path):
    path = write_json(tmp_path / "a.json", {"resourceType": "Bundle", "entry": {"resource": person()}})
    assert read(path).messages == ["the entries of the bundle are not a list"]


@pytest.mark.parametrize("content", [{}, [], "text", 1, {"resourceType": 5}, {"resourceType": "a name, perhaps"}])
def test_json_that_is_no_resource_fails(tmp_path, content):
    path = write_json(tmp_path / "a.json", content)
    assert read(path).messages == ["not a FHIR resource: it has no valid resourceType"]


def test_other_resource_types_are_skipped_by_name(tmp_path):
    claims = [{"resourceType": "Claim", "id": str(number)} for number in range(3)]
    path = write_ndjson(tmp_path / "a.ndjson", [*claims, {"resourceType": "Banana"}])

    reading = read(path)

    assert reading.reasons == {"resource type Claim is not imported": 3, "resource type Banana is not imported": 1}
    assert {skip.kind for skip in reading.skips} == {Kind.OTHER}


def test_a_list_resource_keeps_its_entries_to_itself(tmp_path):
    path = write_json(tmp_path / "a.json", {"resourceType": "List", "entry": [{"resource": person()}]})
    assert read(path).reasons == {"resource type List is not imported": 1}


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b'{"resourceType": "Patient",\n "id": }', 2, "not readable as JSON: Expecting value"),
        (b"", 1, "not readable as JSON: Expecting value"),
        (b'{"resourceType": "Patient"}\n{}', 2, "not readable as JSON: Extra data"),
        (b'{"a": 1,\n\n}', 3, "not readable as JSON: Expecting a property name in double quotes"),
        (b'{"entry": [1,\n2', 2, "not readable as JSON: Expecting ','"),
        (b'{"a": "\n"}', 1, "not readable as JSON: Invalid control character at"),
        (b'{"a": NaN}', 1, "not readable as JSON: a number that is none, or far too long"),
        (b'{"a": 1e99999999999999999999}', 1, "not readable as JSON: a number that is none, or far too long"),
        (b'{"a": ' + b"9" * 5000 + b"}", 1, "not readable as JSON: a number that is none, or far too long"),
        (b'{"a": ' + b"[" * 100_000, 1, "not readable as JSON: nested too deeply"),
        (b'{\n"a": "\xff"}', 2, "bytes that are not UTF-8 text"),
    ],
)
def test_unreadable_json_is_named_with_its_line(tmp_path, content, line, message):
    path = tmp_path / "a.json"
    path.write_bytes(content)

    (failure,) = read(path).failures

    assert (failure.message, failure.origin.line, failure.origin.file) == (message, line, str(path))


def test_a_bundle_that_breaks_off_gives_nothing(tmp_path):
    path = write_json(tmp_path / "a.json", bundle(person("a"), person("b")))
    path.write_text(path.read_text()[:-20])

    reading = read(path)

    assert len(reading.failures) == 1
    assert not reading.patients


def test_a_broken_line_of_ndjson_fails_alone(tmp_path):
    path = tmp_path / "a.ndjson"
    sound = json.dumps(person()).encode()
    path.write_bytes(b"\xef\xbb\xbf" + sound + b"\r\n\r\n{broken\n\xff\n" + sound.replace(b"p-1", b"p-2"))

    reading = read(path)

    assert [failure.origin.line for failure in reading.failures] == [3, 4]
    assert [patient.origin.line for patient in reading.patients] == [1, 5]


def test_numbers_stay_decimal(tmp_path):
    path = tmp_path / "a.ndjson"
    observation = json.dumps(score(valueQuantity={"value": 0}))
    path.write_text(json.dumps(person()) + "\n" + observation.replace('"value": 0', '"value": 0.10000000000010'))

    (one,) = read(path).scores

    assert isinstance(one.value, Decimal)
    assert str(one.value) == "0.10000000000010"


def test_a_file_too_large_to_hold_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "MAX_JSON_BYTES", 10)
    path = write_json(tmp_path / "a.json", person())
    assert read(path).messages == ["larger than 200 MB: send it as NDJSON, or in parts"]

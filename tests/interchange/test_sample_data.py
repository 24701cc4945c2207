"""The folder of sample records that OT_SAMPLE_DATA names, all of it."""

import os
from pathlib import Path

import pytest

from interchange.records import Failure, Skip
from tests.interchange.samples import Reading, read

SAMPLES = os.environ.get("OT_SAMPLE_DATA", "")
pytestmark = pytest.mark.skipif(not SAMPLES, reason="OT_SAMPLE_DATA names no folder")


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read(Path(SAMPLES))


def test_everything_is_read_or_accounted_for(reading):
    assert reading.patients
    assert all(outcome.origin.file for outcome in reading.outcomes)
    assert all(patient.origin.line for patient in reading.patients)


def test_what_is_broken_is_rare_and_named_with_its_line(reading):
    assert len(reading.failures) < len(reading.patients)
    assert all(failure.message and failure.origin.line for failure in reading.failures)


def test_every_key_is_used_once_and_every_record_has_its_patient(reading):
    entries = [*reading.scores, *reading.assessments, *reading.goals, *reading.loans]
    records = [*reading.patients, *entries]
    patients = {patient.source_key for patient in reading.patients}
    assert len({record.source_key for record in records}) == len(records)
    assert {one.patient_key for one in entries} <= patients


def test_every_patient_finds_an_identifier_of_its_own(reading):
    taken: set[str] = set()
    for patient in reading.patients:
        free = [proposed for proposed in patient.patient_ids if proposed.casefold() not in taken]
        assert free
        assert len(free[0]) <= 64
        taken.add(free[0].casefold())


def test_no_message_repeats_a_name(reading):
    names = {patient.family_name for patient in reading.patients if len(patient.family_name) > 5}
    said = {outcome.reason for outcome in reading.outcomes if isinstance(outcome, Skip)}
    said |= {outcome.message for outcome in reading.outcomes if isinstance(outcome, Failure)}
    assert not [(name, text) for name in names for text in said if name in text]


def test_a_second_reading_gives_the_same(reading):
    assert read(Path(SAMPLES)).outcomes == reading.outcomes

"""CHECK constraints asked at once say what Django says of each alone."""

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from patients.constraints import ChecksAtOnce
from patients.models import CareTeamMember
from tests.factories import make_patient

DAY = dt.date(2024, 5, 6)


def faults(instance, validate, exclude=None):
    try:
        validate(instance, exclude=exclude)
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 0),
        ({"deceased_on": DAY, "chart_status": "deceased", "date_of_birth": None}, 0),
        ({"mobility_status": "planted"}, 1),
        ({"mobility_status": "planted", "deceased_on": DAY}, 2),
        ({"deceased_on": DAY, "chart_status": "deceased", "date_of_birth": DAY + dt.timedelta(1)}, 1),
        ({"patient_id": " ", "display_name": ""}, 2),
        ({"patient_id": "x" * 300, "mobility_status": "hoist" + " " * 100}, 1),
        ({"chart_status": models.Value("planted")}, 1),
        ({"date_of_birth": None}, 0),
    ],
)
@pytest.mark.parametrize("exclude", [None, {"deceased_on"}, {"mobility_status", "patient_key"}])
def test_the_same_faults_are_found(patient, changes, count, exclude):
    for name, value in changes.items():
        setattr(patient, name, value)

    found = faults(patient, type(patient).validate_constraints, exclude)

    assert found == faults(patient, models.Model.validate_constraints, exclude)
    if exclude is None:
        assert len(found.get("__all__", [])) == count


@pytest.mark.parametrize("model", [one for one in apps.get_models() if issubclass(one, ChecksAtOnce)])
def test_an_empty_row_of_every_model_has_the_faults_that_django_finds(db, model):
    for row in (model(), model()):
        assert faults(row, model.validate_constraints) == faults(row, models.Model.validate_constraints)


def test_one_question_serves_row_after_row(patient, therapist):
    wrong, right = make_patient(therapist), make_patient(therapist)
    wrong.mobility_status = "planted"
    for row, count in ((patient, 0), (wrong, 1), (right, 0), (wrong, 1), (patient, 0)):
        assert len(faults(row, type(row).validate_constraints).get("__all__", [])) == count


def test_unique_constraints_are_still_asked(patient, therapist):
    again = CareTeamMember(patient=patient, user=therapist, role="covering", starts_on=DAY, added_by=therapist)
    with pytest.raises(ValidationError, match="on the care team already"):
        again.validate_constraints()


def test_sound_rows_take_one_query_for_all_checks(patient, django_assert_num_queries):
    assert sum(isinstance(rule, models.CheckConstraint) for rule in patient._meta.constraints) == 7
    with django_assert_num_queries(4):  # a savepoint and its end, all checks, the unique identifier
        patient.validate_constraints()


def test_a_relation_is_looked_for_unless_its_row_is_at_hand(patient, therapist, django_assert_num_queries):
    member = CareTeamMember(patient=patient, user=therapist, role="covering", starts_on=DAY, added_by=therapist)
    with django_assert_num_queries(0):
        member.clean_fields()
    member = CareTeamMember(patient_id=uuid.uuid4(), user_id=0, role="covering", starts_on=DAY, added_by=therapist)
    with pytest.raises(ValidationError) as refused:
        member.clean_fields()
    assert sorted(refused.value.message_dict) == ["patient", "user"]


def test_every_model_with_several_rules_asks_about_them_at_once():
    for label in ("patients", "mobility", "equipment", "sessions_notes"):
        for model in apps.get_app_config(label).get_models():
            checks = [rule for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint)]
            assert len(checks) < 2 or issubclass(model, ChecksAtOnce), model

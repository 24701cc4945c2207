"""CHECK constraints asked at once say what Django says of each alone."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from patients.models import CareTeamMember

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


def test_unique_constraints_are_still_asked(patient, therapist):
    again = CareTeamMember(patient=patient, user=therapist, role="covering", starts_on=DAY, added_by=therapist)
    with pytest.raises(ValidationError, match="on the care team already"):
        again.validate_constraints()


def test_sound_rows_take_one_query_for_all_checks(patient, django_assert_num_queries):
    assert sum(isinstance(rule, models.CheckConstraint) for rule in patient._meta.constraints) == 6
    with django_assert_num_queries(4):  # a savepoint and its end, all checks, the unique identifier
        patient.validate_constraints()

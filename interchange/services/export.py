"""A chart's scores for another clinic: the patient, and every score, assessment and goal as FHIR resources."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.api import record_event
from interchange.fhir_r4.writing.assessments import write_assessment, write_goals
from interchange.fhir_r4.writing.parts import instant
from interchange.fhir_r4.writing.patients import write_patient
from interchange.fhir_r4.writing.scores import write_score
from interchange.fhir_r4.writing.text import Resource, bundle
from mobility.models import MobilityScore
from patients.models import Patient


def export_scores(*, patient: Patient, by: User, request: Any = None) -> list[Resource]:
    """The resources of one chart, oldest first, and the event that says who took them out.

    Scores entered in error and incomplete assessments are among them, marked by their status.
    """
    resources = [write_patient(patient), *_observations(patient)]
    details = {"format": "fhir", "rows": len(resources)}
    record_event("score.exported", by=by, patient=patient, request=request, details=details)
    return resources


def _observations(patient: Patient) -> Iterator[Resource]:
    made_of: dict[int, list[MobilityScore]] = defaultdict(list)
    for score in patient.mobility_scores.with_people().oldest_first():
        if score.assessment_id:
            made_of[score.assessment_id].append(score)
        yield write_score(score)
    for assessment in patient.assessments.with_people().order_by("occurred_at", "pk"):
        yield from write_assessment(assessment, made_of[assessment.pk])
    for goals in patient.goal_sets.with_people().order_by("set_on", "pk"):
        yield from write_goals(goals)


def as_bundle(resources: list[Resource]) -> str:
    """One file for one or more charts."""
    return bundle(resources, at=instant(timezone.now()))

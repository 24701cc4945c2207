"""What the gate hands to the pages of the audit trail: all that one person may read there, and nothing else."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from accounts.access import Perm
from accounts.models import User, UserQuerySet
from accounts.roles import Role
from audit.models import AuditEvent
from audit.querysets import AuditEventQuerySet
from patients.emergencies import EmergencyAccess, EmergencyQuerySet
from patients.querysets import PatientQuerySet


@dataclass(frozen=True)
class Trail:
    """The events of one reader, and the patients and people to search them by.

    A lead may search by anybody's name: whom the search finds is decided by the events alone.
    """

    events: AuditEventQuerySet
    patients: PatientQuerySet
    people: UserQuerySet
    emergencies: EmergencyQuerySet


def trail_for(user: Any) -> Trail:
    """For the gate: the trail as an auditor or a lead may read it."""
    patients: PatientQuerySet = apps.get_model("patients", "Patient").objects.all()
    if user.role != Role.AUDITOR:
        patients = patients.permitting(user, Perm.REASSIGN)
    return Trail(
        events=AuditEvent.objects.readable_by(user),
        patients=patients,
        people=User.objects.all(),
        emergencies=EmergencyAccess.objects.readable_by(user),
    )


def trail_of(patient: Any, user: Any) -> Trail:
    """The trail of one chart, which the gate has handed over already."""
    return Trail(
        events=AuditEvent.objects.filter(patient=patient),
        patients=apps.get_model("patients", "Patient").objects.filter(pk=patient.pk),
        people=User.objects.all(),
        emergencies=EmergencyAccess.objects.filter(patient=patient),
    )

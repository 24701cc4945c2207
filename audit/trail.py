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

    `of_charts` is for the patients here alone: what of a chart's events this reader may read.

    A lead may search by anybody's name: whom the search finds is decided by the events alone.
    """

    events: AuditEventQuerySet
    of_charts: AuditEventQuerySet
    patients: PatientQuerySet
    people: UserQuerySet
    emergencies: EmergencyQuerySet

    def events_of(self, patient: Any) -> AuditEventQuerySet:
        """The events of one of the patients: asked straight, without asking again whose chart it is."""
        return self.of_charts.filter(patient=patient)


def trail_for(user: Any) -> Trail:
    """For the gate: the trail as an auditor or a lead may read it."""
    patients: PatientQuerySet = apps.get_model("patients", "Patient").objects.all()
    if user.role != Role.AUDITOR:
        patients = patients.permitting(user, Perm.REASSIGN)
    return Trail(
        events=AuditEvent.objects.readable_by(user),
        of_charts=AuditEvent.objects.of_a_chart(user),
        patients=patients,
        people=User.objects.all(),
        emergencies=EmergencyAccess.objects.readable_by(user),
    )


def trail_of(patient: Any, user: Any) -> Trail:
    """The trail of one chart, which the gate has handed over already."""
    return Trail(
        events=AuditEvent.objects.of_a_chart(user).filter(patient=patient),
        of_charts=AuditEvent.objects.of_a_chart(user).filter(patient=patient),
        patients=apps.get_model("patients", "Patient").objects.filter(pk=patient.pk),
        people=User.objects.all(),
        emergencies=EmergencyAccess.objects.filter(patient=patient),
    )

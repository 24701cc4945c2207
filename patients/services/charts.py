"""Changes to one chart: its details and its statuses."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, record_event, stamp
from patients.errors import ChartArchived, StaleVersion, StatusUnchanged
from patients.models import ChartStatus, MobilityStatus, Patient
from ui.dates import show_date

EDITABLE = frozenset({
    "patient_id", "family_name", "given_names", "name_title", "preferred_name", "date_of_birth", "sex_at_birth",
    "location", "phone", "address", "emergency_contact", "allergies", "alerts", "referral_reason",
    "diagnosis_group",
})  # fmt: skip


def lock(pk: uuid.UUID) -> Patient:
    """The patient's row as it is now, locked until the transaction ends."""
    # Nothing is joined to it: a row that waits for a handover would be compared with the therapist from before,
    # and not be found. The key stays free: who only reads the chart leaves an audit row that refers to it.
    patient: Patient = Patient.objects.select_for_update(no_key=True).get(pk=pk)
    return patient


def require_open(patient: Patient) -> None:
    """Raise ChartArchived where a chart takes no entries."""
    if patient.is_archived:
        raise ChartArchived


@transaction.atomic
def edit_patient(*, patient: Patient, version: int, changes: Mapping[str, Any], by: User) -> Patient:
    """Change details of a chart.

    `version` is the record's version when the form was shown. Raises StaleVersion if somebody saved in between,
    ChartArchived, ValidationError for what a field or constraint refuses. Nothing is written when nothing changed.
    """
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    patient = lock(patient.pk)
    require_open(patient)
    if patient.version != version:
        raise StaleVersion(patient)
    changed = [name for name, value in changes.items() if getattr(patient, name) != value]
    if not changed:
        return patient
    for name in changed:
        setattr(patient, name, changes[name])
    _save(patient, [*changed, "display_name"], by=by, reason="")
    return patient


@transaction.atomic
def change_mobility_status(
    *,
    patient: Patient,
    to: str,
    reason: str,
    by: User,
    from_status: str | None = None,
    effective_at: dt.datetime | None = None,
) -> Patient:
    """Move the patient to another mobility status; the audit signal writes the StatusHistory row.

    `from_status` is the status that the form showed, `effective_at` when the change was seen, now if left out.
    Raises StatusUnchanged; StaleVersion if the status is another one by now; ChartArchived; ValidationError for a day
    before birth.
    """
    patient = lock(patient.pk)
    require_open(patient)
    if patient.mobility_status == to:
        raise StatusUnchanged(to)
    if from_status is not None and patient.mobility_status != from_status:
        raise StaleVersion(patient)
    born = patient.date_of_birth
    if effective_at and born and timezone.localdate(effective_at) < born:
        message = _("Enter a date on or after the date of birth, %(born)s")
        raise ValidationError({"seen_on": message % {"born": show_date(born)}})
    patient.mobility_status = MobilityStatus(to)
    _save(patient, ["mobility_status"], by=by, reason=reason, effective_at=effective_at)
    return patient


@transaction.atomic
def change_chart_status(
    *, patient: Patient, to: str, reason: str, by: User, deceased_on: dt.date | None = None
) -> Patient:
    """Make a chart active, inactive, archived or deceased (with the date of death).

    A date of death is corrected by the same status with another date. Raises StatusUnchanged; ValidationError for a
    death before birth or in the future.
    """
    patient = lock(patient.pk)
    is_other_day = to == ChartStatus.DECEASED and deceased_on not in {None, patient.deceased_on}
    if patient.chart_status == to and not is_other_day:
        raise StatusUnchanged(to)
    patient.chart_status = ChartStatus(to)
    if to == ChartStatus.DECEASED:
        patient.deceased_on = deceased_on
    elif to != ChartStatus.ARCHIVED:
        patient.deceased_on = None
    _save(patient, ["chart_status", "deceased_on"], by=by, reason=reason)
    return patient


def _save(
    patient: Patient, fields: list[str], *, by: User, reason: str, effective_at: dt.datetime | None = None
) -> None:
    patient.version += 1
    patient.updated_at = stamp()
    patient.full_clean()
    with acting(by=by, reason=reason, effective_at=effective_at):
        patient.save(update_fields=[*fields, "version", "updated_at"])
    record_event("chart.edited", by=by, patient=patient, details={"fields": sorted(fields)})

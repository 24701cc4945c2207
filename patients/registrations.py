"""What stands between a registration form and a chart: duplicates, and the checks that a lead decides."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from patients import services
from patients.errors import AlreadyRecorded, StatusUnchanged
from patients.forms import RegisterForm
from patients.models import Patient, RegistrationCheck
from patients.names import display_name, tidy
from patients.querysets import PatientQuerySet
from patients.services.charts import lock


@dataclass(frozen=True)
class Duplicates:
    visible: list[Patient]  # charts that the person may see
    must_stop: bool  # one of them has the same identifier: there is no "register anyway"
    hidden: Patient | None  # a chart that the person may not see: its lead decides


def made_by(form: RegisterForm, by: User) -> Patient | None:
    """The chart that this very form made when it was sent before, so that a repeat is no duplicate of itself."""
    found: Patient | None = Patient.objects.filter(form_token=form.cleaned_data["form_token"], created_by=by).first()
    return found


def has_newer_words(form: RegisterForm, made: Patient) -> bool:
    """Whether a form that made a chart says something else now that it comes again."""
    details = form.details() | {"primary_therapist": form.cleaned_data["primary_therapist"]}
    details["mobility_status"] = form.cleaned_data["mobility_status"]
    return any(_plain(value) != _plain(getattr(made, name)) for name, value in details.items())


def _plain(value: Any) -> Any:
    return tidy(value) if isinstance(value, str) else value


def find_duplicates(mine: PatientQuerySet, details: Mapping[str, Any]) -> Duplicates:
    """Charts that may be the same person, `mine` being those that the person may see."""
    name = display_name(**{k: tidy(details[k]) for k in ("family_name", "given_names", "name_title")})
    wanted = {"patient_id": details["patient_id"], "display_name": name, "date_of_birth": details["date_of_birth"]}
    visible = list(mine.likely_duplicates(**wanted).with_people()[:5])
    key = "".join(details["patient_id"].split()).upper()
    must_stop = any(patient.patient_key == key for patient in visible)
    hidden = Patient.objects.likely_duplicates(**wanted).exclude(pk__in=mine.values("pk")).first()
    return Duplicates(visible, must_stop, hidden)


def arguments(form: RegisterForm) -> dict[str, Any]:
    """What the registration service takes, from a valid form."""
    data = form.cleaned_data
    return {
        "details": form.details(),
        "primary_therapist": data["primary_therapist"],
        "mobility_status": data["mobility_status"],
        "form_token": data["form_token"],
    }


def as_typed(form: RegisterForm) -> dict[str, Any]:
    """The form's values as JSON can hold them, to register from later."""
    data = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in form.details().items()}
    chosen = form.cleaned_data
    return data | {"primary_therapist": chosen["primary_therapist"].pk, "mobility_status": chosen["mobility_status"]}


def entered(check: RegistrationCheck) -> dict[str, Any]:
    """What was entered as pages show it: the name as the chart would have it, the birth date as a date."""
    typed = check.entered
    parts = {name: tidy(typed.get(name) or "") for name in ("family_name", "given_names", "name_title")}
    born = typed.get("date_of_birth")
    return {
        **typed,
        "display_name": display_name(**parts),
        "date_of_birth": dt.date.fromisoformat(born) if born else None,
    }


def checks_about(patients: PatientQuerySet) -> Any:
    """The checks about these charts, with whom they name."""
    checks = RegistrationCheck.objects.filter(match__in=patients.values("pk"))
    return checks.select_related("match__primary_therapist", "match__team", "asked_by__team", "decided_by")


def open_checks(patients: PatientQuerySet) -> Any:
    """Those that wait for a decision, oldest first."""
    return checks_about(patients).filter(state=RegistrationCheck.State.OPEN)


@transaction.atomic
def decide(
    *,
    check: RegistrationCheck,
    state: str,
    patient_id: str,
    note: str,
    cover_until: dt.date | None,
    by: User,
    within: PatientQuerySet,
    **_unused: Any,
) -> None:
    """Carry out a lead's decision: register the patient under the asker's name, or close the check otherwise.

    `within` is what the gate handed out: PermissionDenied where the chart is not in it any more, behind its lock.
    Raises StatusUnchanged when it was decided before, and what the services raise; then nothing is decided.
    """
    check = RegistrationCheck.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=check.pk)
    if check.state != RegistrationCheck.State.OPEN:
        raise StatusUnchanged
    lock(check.match_id)
    if not within.filter(pk=check.match_id).exists():
        raise PermissionDenied
    patient = None
    if state == RegistrationCheck.State.REGISTERED:
        entered = dict(check.entered)
        therapist = User.objects.get(pk=entered.pop("primary_therapist"))
        status = entered.pop("mobility_status")
        try:
            patient = services.register_patient(
                by=check.asked_by,
                primary_therapist=therapist,
                mobility_status=status,
                details=entered | {"patient_id": patient_id or entered["patient_id"]},
                form_token=check.form_token,
            )
        except AlreadyRecorded as repeat:
            # The asker corrected the form meanwhile, and it was no duplicate any more.
            patient = repeat.existing
    services.decide_registration(check=check, state=state, by=by, note=note, patient=patient, cover_until=cover_until)

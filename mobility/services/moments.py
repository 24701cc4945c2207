"""When something was scored: which days are possible, and the moment that puts it in order."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.api import stamp
from mobility.models import MobilityScore
from patients.models import Patient
from ui.dates import show_date

NOON = dt.time(12)


def require_possible_day(patient: Patient, day: dt.date, at: dt.datetime | None) -> None:
    """The day, and the moment on it, are not in the future and lie within the patient's life."""
    if day > timezone.localdate(stamp()):
        raise ValidationError({"score_date": _("Enter a date that is not in the future")})
    if patient.date_of_birth and day < patient.date_of_birth:
        words = _("Enter a date on or after the date of birth, %(day)s")
        raise ValidationError({"score_date": words % {"day": show_date(patient.date_of_birth)}})
    if patient.deceased_on and day > patient.deceased_on:
        words = _("Enter a date on or before the date of death, %(day)s")
        raise ValidationError({"score_date": words % {"day": show_date(patient.deceased_on)}})
    if at and timezone.localdate(at) != day:
        raise ValidationError({"score_time": _("Enter a time on the date of the score")})
    if at and at > stamp():
        raise ValidationError({"score_time": _("Enter a time that is not in the future")})


def corrected(wrong: MobilityScore | None, patient: Patient) -> MobilityScore | None:
    """The score that another one stands for, as it is now."""
    if wrong is None:
        return None
    found: MobilityScore | None = MobilityScore.objects.in_error().filter(pk=wrong.pk, patient=patient).first()
    if found is None:
        raise ValidationError({"corrects": _("Only a score that was entered in error is corrected by another one")})
    return found


def moment(day: dt.date, at: dt.datetime | None, wrong: MobilityScore | None) -> dt.datetime:
    """What the score is put in order by: its moment, its predecessor's place, now for today, noon for another day."""
    now = stamp()
    if at is not None:
        return at
    if wrong is not None and wrong.score_date == day:
        return wrong.occurred_at
    if timezone.localdate(now) == day:
        return now
    return timezone.make_aware(dt.datetime.combine(day, NOON))

"""What can be held on a patient."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Perm(models.TextChoices):
    """Object permissions on Patient, as guardian stores them; each includes the ones before it."""

    VIEW = "view_patient", _("View the chart")
    ADD = "add_entries", _("Add scores, notes and equipment")
    CHANGE = "change_patient", _("Change the patient, the status and the care team")
    REASSIGN = "reassign_patient", _("Reassign, approve cover")

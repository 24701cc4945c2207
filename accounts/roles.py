"""What an account is for. Which patients it reaches is decided per patient, by the care team."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    THERAPIST = "therapist", _("Therapist")
    LEAD = "lead", _("Lead")
    ASSISTANT = "assistant", _("Assistant")
    OBSERVER = "observer", _("Observer or student")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Administrator")


CLINICAL = frozenset({Role.THERAPIST, Role.LEAD, Role.ASSISTANT, Role.OBSERVER})
# Who may be a patient's primary or covering therapist.
TREATING = frozenset({Role.THERAPIST, Role.LEAD})

"""In what relationship the person stood to the patient when a chart was opened: kept with the event, as it was then."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Relationship(models.TextChoices):
    """The parts in a care team, and what else opens a chart. Never renamed or taken away: rows of seven years name it."""

    PRIMARY = "primary", _("Primary therapist")
    COVERING = "covering", _("Covering therapist")
    ASSISTANT = "assistant", _("Assistant")
    OBSERVER = "observer", _("Observer or student")
    LEAD = "lead", _("Lead of the team")
    EMERGENCY = "emergency", _("Emergency access")
    NONE = "none", _("No care relationship")


# What an auditor looks at first; the condition of an index (migration 0005), so that it never grows without one.
TO_LOOK_AT = (Relationship.EMERGENCY, Relationship.NONE)

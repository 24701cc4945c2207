"""The words session notes are kept in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

NOTE_LENGTH = 100_000
FOLLOW_UP_LENGTH = 300
REASON_LENGTH = 1_000
LONGEST_SESSION = 24 * 60  # minutes

# What a version keeps of a note. The database compares all but the follow-up's two (migration 0002).
CONTENT = (
    "session_date",
    "start_time",
    "duration_minutes",
    "session_type",
    "note_text",
    "follow_up_needed",
)
FOLLOW_UP = ("follow_up_text", "follow_up_due_on")


class SessionType(models.TextChoices):
    INITIAL_ASSESSMENT = "initial_assessment", _("Initial assessment")
    TREATMENT = "treatment", _("Treatment session")
    REASSESSMENT = "reassessment", _("Reassessment")
    HOME_VISIT = "home_visit", _("Home visit")
    EQUIPMENT_REVIEW = "equipment_review", _("Equipment review")
    CONTACT = "contact", _("Phone or video contact")
    CASE_DISCUSSION = "case_discussion", _("Case discussion")
    DISCHARGE = "discharge", _("Discharge session")
    OTHER = "other", _("Other session")

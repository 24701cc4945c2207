"""The words a chart is kept in. Mobility status is ordered, so that a change is an improvement or a decline."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MobilityStatus(models.TextChoices):
    """From most to least independent, as in the design reference."""

    INDEPENDENT = "independent", _("Independent")
    INDEPENDENT_WITH_AID = "independent_aid", _("Independent with aid")
    SUPERVISION = "supervision", _("Supervision")
    ASSIST_1 = "assist_1", _("Assistance of 1")
    ASSIST_2 = "assist_2", _("Assistance of 2")
    HOIST = "hoist", _("Hoist transfers")

    @property
    def level(self) -> int:
        """6 for independent down to 1 for hoist transfers."""
        return len(MobilityStatus) - list(MobilityStatus).index(self)


def direction(before: str, after: str) -> str:
    """'improved', 'declined', or '' where a first status has nothing before it."""
    if not before or before == after:
        return ""
    return "improved" if MobilityStatus(after).level > MobilityStatus(before).level else "declined"


class ChartStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    ARCHIVED = "archived", _("Archived")
    DECEASED = "deceased", _("Deceased")


class SexAtBirth(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    INDETERMINATE = "indeterminate", _("Indeterminate")
    UNKNOWN = "", _("Not known")


class DiagnosisGroup(models.TextChoices):
    """Whom published thresholds for change were found in: the populations that the catalogue speaks of.

    Stages after stroke as the Stroke Recovery and Rehabilitation Roundtable cuts them (Bernhardt et al., 2017).
    """

    NOT_CHOSEN = "", _("Not chosen")
    STROKE_ACUTE = "stroke_acute", _("Stroke, acute: first 7 days")
    STROKE_SUBACUTE = "stroke_subacute", _("Stroke, subacute: 7 days to 6 months")
    STROKE_CHRONIC = "stroke_chronic", _("Stroke, chronic: more than 6 months")
    PARKINSON = "parkinson", _("Parkinson's disease")
    MULTIPLE_SCLEROSIS = "multiple_sclerosis", _("Multiple sclerosis")
    HIP = "hip", _("Hip fracture or hip replacement, recent")
    COPD = "copd", _("COPD")
    OLDER_ACUTE_MEDICAL = "older_acute_medical", _("Older adult in hospital with an acute medical illness")
    OLDER_COMMUNITY_FALLS = "older_community_falls", _("Older adult in the community, with falls or near-falls")
    OLDER_COMMUNITY = "older_community", _("Older adult in the community, without falls")
    OLDER_REABLEMENT = "older_reablement", _("Older adult at home, in reablement")
    OTHER = "other", _("None of these")


class CareRole(models.TextChoices):
    PRIMARY = "primary", _("Primary therapist")
    COVERING = "covering", _("Covering therapist")
    ASSISTANT = "assistant", _("Assistant")
    OBSERVER = "observer", _("Observer or student")

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


class CareRole(models.TextChoices):
    PRIMARY = "primary", _("Primary therapist")
    COVERING = "covering", _("Covering therapist")
    ASSISTANT = "assistant", _("Assistant")
    OBSERVER = "observer", _("Observer or student")

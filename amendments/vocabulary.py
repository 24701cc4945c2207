"""The words of 45 CFR 164.526: who asks, what the clinic decides, on which ground, and the steps in between."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

DAYS_TO_ACT = dt.timedelta(days=60)  # from receipt: 164.526(b)(2)(i)
LONGEST_EXTENSION = dt.timedelta(days=30)  # once: 164.526(b)(2)(ii)
TEXT_LENGTH = 4000


class Asker(models.TextChoices):
    PATIENT = "patient", _("The patient")
    REPRESENTATIVE = "representative", _("A personal representative")


class State(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    DENIED = "denied", _("Denied")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Ground(models.TextChoices):
    """The only grounds on which a request may be denied: 164.526(a)(2)(i) to (iv)."""

    NOT_CREATED = "not_created", _("Not created by this clinic")
    NOT_RECORD = "not_record", _("Not part of the designated record set")
    NOT_AVAILABLE = "not_available", _("Would not be available for the patient to inspect")
    ACCURATE = "accurate", _("Accurate and complete as it is")


class StepKind(models.TextChoices):
    RECEIVED = "received", _("Request received")
    EXTENDED = "extended", _("Time extended")
    DECIDED = "decided", _("Decided")
    INFORMED = "informed", _("The person who asked was informed in writing")
    TOLD = "told", _("Others were told of the amendment")
    DISAGREEMENT = "disagreement", _("Statement of disagreement")
    REBUTTAL = "rebuttal", _("Rebuttal by the clinic")


ONCE = (StepKind.RECEIVED, StepKind.EXTENDED, StepKind.DECIDED, StepKind.DISAGREEMENT, StepKind.REBUTTAL)

# What a request can be about beside entries of the chart.
DETAILS, MISSING = "details", "missing"
PARTS = {
    DETAILS: _("Particulars: name, birth date, address, contacts, referral"),
    MISSING: _("Something that is missing from the chart"),
}


class LinkRole(models.TextChoices):
    ABOUT = "about", _("Asked about")
    AMENDS = "amends", _("Makes the amendment")

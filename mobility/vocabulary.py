"""Words that scores and assessments share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryWay(models.TextChoices):
    """How a score came into the chart."""

    VALUE = "value", _("Total or measured value")
    ITEMS = "items", _("Scored item by item")
    IMPORTED = "imported", _("Imported")

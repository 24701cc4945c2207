"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def clinic(request: HttpRequest) -> dict[str, Any]:
    """The clinic's name and word for its patient identifier, and whether this is the demo clinic."""
    return {
        "clinic_name": settings.OT_CLINIC_NAME,
        "patient_id_label": settings.OT_PATIENT_ID_LABEL,
        "is_demo": settings.OT_DEMO,
    }

"""What every page shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ui import dates


def clinic(request: HttpRequest) -> dict[str, Any]:
    """The clinic's name and word for its patient identifier, whether this is the demo clinic, and how months are written."""
    return {
        "clinic_name": settings.OT_CLINIC_NAME,
        "patient_id_label": settings.OT_PATIENT_ID_LABEL,
        "is_demo": settings.OT_DEMO,
        "month_names": ",".join(dates.month_names()),
        "session_warning": settings.OT_IDLE_WARNING_SECONDS,
        "is_lax": settings.OT_REQUIRE_SECOND_FACTOR == "none",
    }

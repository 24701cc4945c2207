"""Every write to charts and care teams. Views, commands and importers call these."""

from patients.services.access_requests import decide_access_request, request_access
from patients.services.care_team import add_member, end_membership, hand_over
from patients.services.charts import (
    change_chart_status,
    change_mobility_status,
    edit_patient,
    require_open,
)
from patients.services.emergencies import end_emergency, open_emergency, review_emergency
from patients.services.registration import decide_registration, register_patient, request_registration_check

__all__ = [
    "add_member",
    "change_chart_status",
    "change_mobility_status",
    "decide_access_request",
    "decide_registration",
    "edit_patient",
    "end_emergency",
    "end_membership",
    "hand_over",
    "open_emergency",
    "register_patient",
    "request_access",
    "request_registration_check",
    "require_open",
    "review_emergency",
]

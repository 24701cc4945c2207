"""Pages of the caseload and the chart."""

from patients.views.access_requests import decide_access, list_access_requests, request_access
from patients.views.as_of import show_as_of, show_known
from patients.views.care_team import add_member, end_membership, hand_over, hand_over_many
from patients.views.caseload import find_patient, list_caseload
from patients.views.chart import change_chart_status, change_status, edit_patient, show_chart
from patients.views.emergencies import end_emergency, list_emergencies, open_emergency, review_emergency
from patients.views.registration import decide_registration, list_registrations, register_patient

__all__ = [
    "add_member",
    "change_chart_status",
    "change_status",
    "decide_access",
    "decide_registration",
    "edit_patient",
    "end_emergency",
    "end_membership",
    "find_patient",
    "hand_over",
    "hand_over_many",
    "list_access_requests",
    "list_caseload",
    "list_emergencies",
    "list_registrations",
    "open_emergency",
    "register_patient",
    "request_access",
    "review_emergency",
    "show_as_of",
    "show_chart",
    "show_known",
]

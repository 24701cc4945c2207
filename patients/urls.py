from django.urls import path

from patients import views

app_name = "patients"
chart = "patients/<uuid:patient_id>/"
urlpatterns = [
    path("caseload/", views.list_caseload, name="list_caseload"),
    path("caseload/hand-over/", views.hand_over_many, name="hand_over_many"),
    path("find/", views.find_patient, name="find_patient"),
    path("patients/register/", views.register_patient, name="register_patient"),
    path("registrations/", views.list_registrations, name="list_registrations"),
    path("registrations/<int:check_id>/", views.decide_registration, name="decide_registration"),
    path("access-requests/", views.list_access_requests, name="list_access_requests"),
    path("access-requests/ask/", views.request_access, name="request_access"),
    path("access-requests/<int:request_id>/", views.decide_access, name="decide_access"),
    path("emergencies/", views.list_emergencies, name="list_emergencies"),
    path("emergencies/open/", views.open_emergency, name="open_emergency"),
    path("emergencies/<int:emergency_id>/", views.review_emergency, name="review_emergency"),
    path(chart, views.show_chart, name="show_chart"),
    path(chart + "as-of/", views.show_as_of, name="show_as_of"),
    path(chart + "known/<slug:what>/<slug:key>/", views.show_known, name="show_known"),
    path(chart + "edit/", views.edit_patient, name="edit_patient"),
    path(chart + "status/", views.change_status, name="change_status"),
    path(chart + "chart-status/", views.change_chart_status, name="change_chart_status"),
    path(chart + "care-team/add/", views.add_member, name="add_member"),
    path(chart + "care-team/<int:member_id>/end/", views.end_membership, name="end_membership"),
    path(chart + "emergency/end/", views.end_emergency, name="end_emergency"),
    path(chart + "hand-over/", views.hand_over, name="hand_over"),
]

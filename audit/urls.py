from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("patients/<uuid:patient_id>/history/", views.show_history, name="show_history"),
    path("status-history/", views.list_status_history, name="list_status_history"),
]

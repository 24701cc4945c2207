from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("patients/<uuid:patient_id>/history/", views.show_history, name="show_history"),
    path("patients/<uuid:patient_id>/who-looked/", views.show_who_looked, name="show_who_looked"),
    path("status-history/", views.list_status_history, name="list_status_history"),
    path("audit/events/", views.list_events, name="list_events"),
    path("audit/events/export/", views.export_events, name="export_events"),
    path("audit/charts/<uuid:chart_id>/", views.show_looks, name="show_looks"),
    path("audit/charts/<uuid:chart_id>/report/", views.print_looks, name="print_looks"),
]

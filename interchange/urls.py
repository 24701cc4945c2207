from django.urls import path

from interchange import views

app_name = "interchange"
urlpatterns = [
    path("patients/<uuid:patient_id>/scores/export/fhir/", views.export_scores, name="export_scores"),
]

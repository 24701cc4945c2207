from django.urls import path

from mobility import views
from mobility.export import views as export
from mobility.reference import views as reference

app_name = "mobility"
scores = "patients/<uuid:patient_id>/scores/"
urlpatterns = [
    path("measures/", reference.list_measures, name="list_measures"),
    path("measures/<slug:measure>/", reference.show_measure, name="show_measure"),
    path(scores, views.show_scores, name="show_scores"),
    path(scores + "record/", views.record_score, name="record_score"),
    path(scores + "export/", export.export_scores, name="export_scores"),
    path(scores + "<int:score_id>/", views.show_score, name="show_score"),
    path(scores + "<int:score_id>/in-error/", views.mark_in_error, name="mark_in_error"),
]

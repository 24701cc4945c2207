from django.urls import path

from mobility import views
from mobility.discharge import views as discharge
from mobility.entry import views as entry
from mobility.export import views as export
from mobility.plans import views as plans
from mobility.reference import views as reference

app_name = "mobility"
scores = "patients/<uuid:patient_id>/scores/"
plan = "patients/<uuid:patient_id>/plan/"
urlpatterns = [
    path("measures/", reference.list_measures, name="list_measures"),
    path("measures/<slug:measure>/", reference.show_measure, name="show_measure"),
    path("measures/<slug:measure>/total/", entry.preview_total, name="preview_total"),
    path(scores, views.show_scores, name="show_scores"),
    path(scores + "record/", views.record_score, name="record_score"),
    path(scores + "export/", export.export_scores, name="export_scores"),
    path(scores + "assess/<slug:measure>/", entry.assess, name="assess"),
    path(scores + "assessments/<int:assessment_id>/", entry.show_assessment, name="show_assessment"),
    path(scores + "assessments/<int:assessment_id>/continue/", entry.continue_assessment, name="continue_assessment"),
    path(
        scores + "assessments/<int:assessment_id>/in-error/",
        entry.mark_assessment_in_error,
        name="mark_assessment_in_error",
    ),
    path(scores + "goals/<int:goals_id>/in-error/", discharge.mark_goals_in_error, name="mark_goals_in_error"),
    path(scores + "<int:score_id>/", views.show_score, name="show_score"),
    path(scores + "<int:score_id>/in-error/", views.mark_in_error, name="mark_in_error"),
    path(scores + "<int:score_id>/dismiss/", views.dismiss_suggestion, name="dismiss_suggestion"),
    path(plan, plans.show_plan, name="show_plan"),
    path(plan + "measure/", plans.plan_measure, name="plan_measure"),
    path(plan + "<int:planned_id>/undo/", plans.undo_plan, name="undo_plan"),
    path("team/measures/", plans.list_team_measures, name="list_team_measures"),
]

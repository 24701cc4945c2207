from django.urls import path

from amendments import views

app_name = "amendments"
chart = "patients/<uuid:patient_id>/amendments/"
one = chart + "<int:amendment_id>/"
urlpatterns = [
    path("amendments/", views.list_open, name="list_open"),
    path(chart, views.list_requests, name="list_requests"),
    path(chart + "record/", views.record_request, name="record_request"),
    path(one, views.show_request, name="show_request"),
    path(one + "extend/", views.extend_request, name="extend_request"),
    path(one + "decide/", views.decide_request, name="decide_request"),
    path(one + "told/", views.record_told, name="record_told"),
    path(one + "statement/", views.add_statement, name="add_statement"),
    path(one + "rebuttal/", views.add_rebuttal, name="add_rebuttal"),
    path(one + "letter/", views.show_letter, name="show_letter"),
]

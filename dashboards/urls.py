from django.urls import path

from dashboards import views

app_name = "dashboards"
urlpatterns = [path("dashboard/", views.show_dashboard, name="show_dashboard")]

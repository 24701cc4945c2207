from django.urls import path

from accounts import entrance, views
from accounts.access import account_view

urlpatterns = [
    path("", views.home, name="home"),
    path("awaiting-approval/", views.awaiting_approval, name="awaiting_approval"),
    path("account/", views.show_account, name="show_account"),
    path("account/password/", account_view(entrance.change_password), name="account_change_password"),
]

from django.urls import path

from accounts import entrance, factor_views, views
from accounts.access import account_view, public_view, way_in_view

urlpatterns = [
    path("", views.home, name="home"),
    path("awaiting-approval/", views.awaiting_approval, name="awaiting_approval"),
    path("account/", views.show_account, name="show_account"),
    path("account/password/", account_view(entrance.change_password), name="account_change_password"),
    path("account/sessions/", views.list_sessions, name="list_sessions"),
    path("account/sessions/end/", views.end_sessions, name="end_sessions"),
    path("account/time-left/", views.show_time_left, name="account_time_left"),
    path("account/keep/", views.keep_form, name="account_keep_form"),
    path("account/kept/discard/", views.discard_kept, name="discard_kept"),
    # The package reverses the names of these.
    path("accounts/second-factor/", public_view(factor_views.authenticate), name="mfa_authenticate"),
    path("account/confirm/", way_in_view(factor_views.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", way_in_view(factor_views.reauthenticate_by_code), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/", way_in_view(factor_views.reauthenticate_by_key), name="mfa_reauthenticate_webauthn"
    ),
    path("account/second-factor/", way_in_view(factor_views.show_overview), name="mfa_index"),
    path("account/second-factor/app/", way_in_view(factor_views.activate_app), name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", way_in_view(factor_views.remove_app), name="mfa_deactivate_totp"),
    path("account/second-factor/passkeys/add/", way_in_view(factor_views.add_key), name="mfa_add_webauthn"),
    path(
        "account/second-factor/passkeys/<int:pk>/remove/",
        way_in_view(factor_views.remove_key),
        name="mfa_remove_webauthn",
    ),
    path("account/second-factor/codes/", way_in_view(factor_views.show_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/second-factor/codes/make/",
        way_in_view(factor_views.make_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]

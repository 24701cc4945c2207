"""Every address of the site. Views of other packages get their access mark here."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts import access

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("patients.urls")),
    path("", include("mobility.urls")),
    path("", include("equipment.urls")),
    path("", include("sessions_notes.urls")),
    path("", include("amendments.urls")),
    path("", include("audit.urls")),
    path("", include("interchange.urls")),
    path("", include("dashboards.urls")),
    path("accounts/", access.open_to_public(include("accounts.entrance"))),
    path(settings.ADMIN_URL, access.for_admins(admin.site.urls)),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
handler429 = "config.errors.too_many_requests"  # asked for by the accounts package

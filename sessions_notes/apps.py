from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsNotesConfig(AppConfig):
    name = "sessions_notes"
    verbose_name = _("Session notes")

    def ready(self) -> None:
        from sessions_notes import panels

        panels.register()

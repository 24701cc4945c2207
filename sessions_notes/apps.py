from django.apps import AppConfig


class SessionsNotesConfig(AppConfig):
    name = "sessions_notes"

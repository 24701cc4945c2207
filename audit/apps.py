from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        from audit import checks, panels, rights, signals  # noqa: F401 (checks register themselves)

        signals.connect()
        post_migrate.connect(rights.after_migrate, sender=self, dispatch_uid="audit.rights")
        panels.register()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MobilityConfig(AppConfig):
    name = "mobility"
    verbose_name = _("Mobility scores")

    def ready(self) -> None:
        from mobility import catalogue, panels, populations, suggestions
        from mobility.plans import panels as plan_panels
        from patients.registry import registry

        catalogue.instruments()  # a catalogue that breaks a rule stops the start, not the first page
        populations.check()
        suggestions.check()
        panels.register()
        plan_panels.register()
        registry.register(suggestions.SOURCE)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MobilityConfig(AppConfig):
    name = "mobility"
    verbose_name = _("Mobility scores")

    def ready(self) -> None:
        from mobility import catalogue, panels, populations
        from mobility.plans import panels as plan_panels

        catalogue.instruments()  # a catalogue that breaks a rule stops the start, not the first page
        populations.check()
        panels.register()
        plan_panels.register()

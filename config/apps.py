from django.contrib.admin.apps import AdminConfig as BaseAdminConfig


class AdminConfig(BaseAdminConfig):
    """Django admin on a site of our own: accounts.site says who may use it."""

    default_site = "accounts.site.ClinicAdminSite"

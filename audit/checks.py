"""`manage.py check --database default` says where the site's database role could change what has been recorded."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks

from audit import rights

HINT = "Run the site with DATABASE_URL of a role that owns nothing, migrations with DATABASE_OWNER_URL: docs/audit.md."


@checks.register(checks.Tags.security, deploy=True)
def check_roles_differ(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """The two URLs, where both are given, name two roles."""
    if settings.OT_HAS_OWNER_URL and not rights.site_role():
        text = "DATABASE_URL and DATABASE_OWNER_URL name the same role: the site could change its audit trail."
        return [checks.Warning(text, hint=HINT, id="audit.W001")]
    return []


@checks.register(checks.Tags.database)
def check_site_role(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """The site's role may add to append-only tables and no more. Nothing to say of the owner's own commands."""
    if not databases or settings.OT_AS_OWNER:
        return []
    kind = checks.Warning if settings.OT_OWNER_ROLE_ALLOWED else checks.Error
    return [kind(text, hint=HINT, id="audit.E001") for text in rights.shortcomings()]

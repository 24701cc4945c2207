"""Whom and what an event is about, in words: who was added to a care team, from whom to whom, which fields."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AuditEvent
from patients.vocabulary import CareRole

ONE = ("user", "from", "to", "asked_by")
SEVERAL = ("added", "removed")
PARTS: dict[str, Any] = dict(CareRole.choices)


def tell(events: Sequence[AuditEvent]) -> None:
    """Give each event its `about`: one query for all of them."""
    keys = {key for event in events for key in _people(event)}
    names = {user.pk: user.name for user in User.objects.filter(pk__in=keys).only("username", "display_name")}
    for event in events:
        event.about = _words(event, names)


def _people(event: AuditEvent) -> list[int]:
    details = event.details
    found = [details[name] for name in ONE if name in details]
    found += [key for name in SEVERAL for key in details.get(name, []) if isinstance(details[name], list)]
    if event.target_type == User._meta.label_lower and event.target_id not in {"", str(event.actor_id)}:
        found.append(int(event.target_id))
    return [key for key in found if isinstance(key, int)]


def _words(event: AuditEvent, names: dict[int, str]) -> str:
    details = event.details
    if "from" in details and "to" in details and event.event_type == "chart.handed_over":
        return _("From %(before)s to %(after)s") % {
            "before": names.get(details["from"], ""),
            "after": names.get(details["to"], ""),
        }
    if isinstance(details.get("fields"), list):
        return ", ".join(str(field).replace("_", " ") for field in details["fields"])
    found = ", ".join(names[key] for key in _people(event) if key in names)
    part = PARTS.get(details.get("role", ""), "") if "user" in details else ""
    return f"{found} ({part})" if found and part else found

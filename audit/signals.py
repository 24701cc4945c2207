"""The only signals of the project: a Patient's save writes a StatusHistory row for each tracked status that changed.

The value before is remembered when the row is loaded (`Patient.from_db`), because on `post_init` Django cannot yet
tell a loaded row from a new one.
"""

from typing import Any

from django.db.models.signals import post_save, pre_save

from audit.api import current_acting, stamp
from audit.models import StatusHistory

TRACKED = ("mobility_status", "primary_therapist", "chart_status")


def connect() -> None:
    """Listen to Patient; called when the app registry is ready."""
    pre_save.connect(require_actor, sender="patients.Patient", dispatch_uid="audit.require_actor", weak=False)
    post_save.connect(
        write_status_history, sender="patients.Patient", dispatch_uid="audit.write_status_history", weak=False
    )


def _changed(instance: Any, created: bool, update_fields: frozenset[str] | None) -> list[str]:
    written = [name for name in TRACKED if created or update_fields is None or name in update_fields]
    return [name for name in written if created or instance.has_status_changed(name)]


def require_actor(sender: Any, instance: Any, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Raise audit.api.NoActor before anything is written, when nobody was named for a change."""
    if _changed(instance, instance._state.adding, update_fields):
        current_acting()


def write_status_history(
    sender: Any, instance: Any, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Add the rows for what this save changed."""
    changed = _changed(instance, created, update_fields)
    if not changed:
        return
    acting = current_acting()
    for name in changed:
        before = "" if created else instance.loaded_status(name)
        StatusHistory.objects.create(
            patient=instance,
            status_type=name,
            from_value=before,
            to_value=instance.status_value(name),
            direction=instance.status_direction(name, before),
            changed_by=acting.by,
            change_reason=acting.reason,
            effective_at=acting.effective_at or stamp(),
        )
    instance.remember_statuses(changed)

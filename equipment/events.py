"""Custody as events: two for each stay, its start and its end, as timelines show them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from equipment.models import EquipmentLog
from equipment.vocabulary import Condition, EquipmentStatus
from patients.registry import CourseEvent, TimelineEntry
from patients.timeline import PAGE_SIZE
from ui.addresses import reverse
from ui.dates import show_date
from ui.paging import Key
from ui.prepared import Prepared, once

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient

# The end sorts after the start where both happened in the same minute.
START, END = "equipment", "equipment_end"
STORE_LOOKS: dict[str, tuple[str, str]] = {
    EquipmentStatus.IN_REPAIR: ("", "i-pen"),
    EquipmentStatus.LOST: ("bad", "i-alert"),
    EquipmentStatus.RETIRED: ("", "i-x"),
}


def chart_entries(patient: "Patient", user: "User", before: Key | None, limit: int) -> list[TimelineEntry]:
    """The newest events of a patient's equipment that sort after `before`: one query."""
    if before is None and limit <= PAGE_SIZE + 1:
        logs = once(patient, _read_recent)
    else:
        logs = list(_with_newest_events(patient.equipment_logs, before, limit))
    url = reverse("equipment:show_custody", kwargs={"patient_id": patient.pk})
    entries = [_started(log, _checked_out(log), f"{url}#log-{log.pk}") for log in logs]
    entries += [_ended(log, f"{url}#log-{log.pk}") for log in logs if log.ended_at and not log.is_voided]
    entries = [entry for entry in entries if before is None or entry.key < before]
    return sorted(entries, key=lambda entry: entry.key, reverse=True)[:limit]


def find(patient: "Patient", pks: Sequence[int]) -> list[TimelineEntry]:
    """The loans of this chart with these keys, as they began."""
    url = reverse("equipment:show_custody", kwargs={"patient_id": patient.pk})
    logs = patient.equipment_logs.with_people().filter(pk__in=pks)
    return [_started(log, _checked_out(log), f"{url}#log-{log.pk}") for log in logs]


def _with_newest_events(logs: Any, before: Key | None, limit: int) -> Any:
    """The entries that began or ended last; among their events are the newest `limit` after `before`."""
    started = _after(logs, "checked_out_at", START, before)[:limit]
    ended = _after(logs.in_force().filter(ended_at__isnull=False), "ended_at", END, before)[:limit]
    return logs.with_people().filter(Q(pk__in=started.values("pk")) | Q(pk__in=ended.values("pk")))


def _newest(patient: "Patient") -> Any:
    return _with_newest_events(EquipmentLog.objects.filter(patient=patient), None, PAGE_SIZE + 1)


_read_recent = Prepared(_newest)
TIMELINE_READS = (_read_recent,)


def _after(logs: Any, field: str, kind: str, before: Key | None) -> Any:
    logs = logs.order_by(f"-{field}", "-pk")
    if before is None:
        return logs
    last_kind, last_pk = before.tie
    found = Q(**{f"{field}__lt": before.at})
    if kind < last_kind:
        found |= Q(**{field: before.at})
    elif kind == last_kind:
        found |= Q(**{field: before.at, "pk__lt": last_pk})
    return logs.filter(found)


def _stays(patient: "Patient") -> Any:
    return EquipmentLog.objects.filter(patient=patient).in_force().order_by("checked_out_at", "pk")


_read_stays = Prepared(_stays)
COURSE_READS = (_read_stays,)


def course(patient: "Patient") -> list[CourseEvent]:
    """When each item was issued, and when it came back or got lost: one query."""
    found = []
    for log in once(patient, _read_stays):
        words = {"name": log.equipment_name, "serial": log.serial_number}
        short = _("%(name)s issued") % words
        found.append(CourseEvent(log.checked_out_at, "out", _("%(name)s %(serial)s issued") % words, short))
        if log.ended_at:
            title, _tone, _icon = _end_words(log, with_name=True)
            short = _("%(name)s back") if log.returned_at else _("%(name)s lost")
            found.append(CourseEvent(log.ended_at, "back" if log.returned_at else "other", title, short % words))
    return found


def item_entries(logs: Iterable[Any]) -> list[TimelineEntry]:
    """Events of one item, from entries that know their holder (`seen_by`): who may not be seen is not named.

    A stay in the store that ended by another one beginning (repaired no more, but retired) has no event for its end.
    """
    entries = []
    for log in logs:
        url = reverse("equipment:show_custody", kwargs={"patient_id": log.holder_pk}) if log.holder_pk else ""
        entries.append(_started(log, _moved(log), url))
        if log.ended_at and not log.is_voided and (log.is_loan or log.returned_at):
            entries.append(_ended(log, "", is_shown=not log.is_loan or bool(url)))
    return sorted(entries, key=lambda entry: entry.key, reverse=True)


def _checked_out(log: EquipmentLog) -> str:
    return _("%(name)s %(serial)s checked out") % {"name": log.equipment_name, "serial": log.serial_number}


def _moved(log: Any) -> str:
    if log.is_loan:
        holder = log.holder_name or _("another patient")
        return _("Checked out to %(holder)s") % {"holder": holder}
    return {
        EquipmentStatus.IN_REPAIR: _("Sent to repair"),
        EquipmentStatus.LOST: _("Cannot be found"),
        EquipmentStatus.RETIRED: _("Retired"),
    }[EquipmentStatus(log.status)]


def _started(log: EquipmentLog, title: str, url: str) -> TimelineEntry:
    tone, icon = ("score", "i-equip") if log.is_loan else STORE_LOOKS[log.status]
    is_shown = not log.is_loan or bool(url)
    tag, tag_tone = _tag(log, is_shown)
    return TimelineEntry(
        at=log.checked_out_at,
        kind=START,
        pk=log.pk,
        title=title,
        icon=icon,
        url=url,
        tone="" if log.is_voided else tone,
        text=_words(log) if is_shown else "",
        byline=log.logged_by.name if is_shown else _("Record not shown: you are not on that care team"),
        tag=tag,
        tag_tone=tag_tone,
        is_struck=log.is_voided,
        author_pk=log.logged_by_id,
        known=("loan", log.pk),
    )


def _tag(log: EquipmentLog, is_shown: bool) -> tuple[str, str]:
    if log.is_voided:
        return _("Entered in error"), "draft"
    if log.days_overdue and is_shown:
        return _("Overdue"), "bad"
    return "", ""


def _words(log: EquipmentLog) -> str:
    """The notes, when it is due back, and why the entry was wrong."""
    parts = [log.notes]
    if log.due_back_on:
        parts.append(_("Due back %(day)s.") % {"day": show_date(log.due_back_on)})
    if log.is_voided and log.voided_by:
        words = {"who": log.voided_by.name, "day": show_date(log.voided_at), "reason": log.void_reason}
        parts.append(_("Entered in error (%(who)s, %(day)s): %(reason)s") % words)
    return " ".join(part for part in parts if part)


def _ended(log: EquipmentLog, url: str, *, is_shown: bool = True) -> TimelineEntry:
    title, tone, icon = _end_words(log, with_name=bool(url))
    text = [log.get_condition_display() if log.condition else "", log.return_notes]
    by = log.returned_by.name if log.returned_by else ""
    return TimelineEntry(
        at=log.ended_at or log.checked_out_at,
        kind=END,
        pk=log.pk,
        title=title,
        icon=icon,
        url=url,
        tone=tone,
        text=". ".join(part for part in text if part) if is_shown else "",
        byline=by if is_shown else "",
        known=("loan", log.pk),
    )


def _end_words(log: EquipmentLog, *, with_name: bool) -> tuple[str, str, str]:
    words = {"name": log.equipment_name, "serial": log.serial_number}
    if log.is_loan and log.status == EquipmentStatus.LOST:
        return (_("%(name)s %(serial)s lost") % words if with_name else _("Reported lost")), "bad", "i-alert"
    if log.is_loan:
        needs_work = log.condition in {Condition.NEEDS_REPAIR, Condition.MISSING_PARTS}
        title = _("%(name)s %(serial)s returned") % words if with_name else _("Returned")
        return title, "" if needs_work else "good", "i-back"
    return {
        EquipmentStatus.IN_REPAIR: (_("Repaired, back in stock"), "good", "i-check"),
        EquipmentStatus.LOST: (_("Found"), "good", "i-check"),
        EquipmentStatus.RETIRED: (_("Back in stock"), "good", "i-check"),
    }[EquipmentStatus(log.status)]

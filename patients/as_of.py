"""The chart as it stood: what had been recorded by a past moment, whenever it happened.

A moment is the end of a second: what was recorded within it is there. `patient` is always the present one; what the
chart said is in the field history, which the site's database role can read and add to, and nothing else.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import TruncSecond
from django.utils import timezone

from accounts.models import but_names
from audit.api import as_of, as_recorded
from patients.models import CareTeamMember, Patient
from patients.registry import AsOfPanel, registry
from ui.paging import Key, older_than

PAGE_SIZE = 20
LAST_MICROSECOND = dt.timedelta(microseconds=999_999)
STEP = "%Y-%m-%dT%H:%M:%SZ"


def end_of_second(moment: dt.datetime) -> dt.datetime:
    """The last moment of a second."""
    return moment.replace(microsecond=0) + LAST_MICROSECOND


def parse_step(text: str) -> dt.datetime | None:
    """The moment that a step leads to, or None for what is none."""
    try:
        return end_of_second(dt.datetime.strptime(text, STEP).replace(tzinfo=dt.UTC))
    except ValueError:
        return None


def step_to(moment: dt.datetime) -> str:
    """A moment as an address has it: in UTC, to the second, so that no night has it twice."""
    return moment.astimezone(dt.UTC).strftime(STEP)


@dataclass(frozen=True)
class AsItStood:
    """A chart at a moment: the patient as recorded then, the panels, and where something else was recorded."""

    patient: Patient
    moment: dt.datetime
    panels: Sequence[tuple[AsOfPanel, Mapping[str, Any]]]
    last_recorded: dt.datetime | None
    earlier: str
    later: str
    is_renamed: bool

    def of(self, area: str) -> list[tuple[str, Mapping[str, Any]]]:
        return [(panel.template, data) for panel, data in self.panels if panel.area == area]

    @property
    def main(self) -> list[tuple[str, Mapping[str, Any]]]:
        return self.of("main")

    @property
    def rail(self) -> list[tuple[str, Mapping[str, Any]]]:
        return self.of("rail")


def read(patient: Patient, moment: dt.datetime, *, part: str = "", before: Key | None = None) -> AsItStood | None:
    """The chart by `moment`; None where it was not registered yet. `part` is the key of the only panel to show."""
    then = patient_as_of(patient, moment)
    if then is None:
        return None
    known = registry.of(AsOfPanel)
    chosen = [panel for panel in known if panel.key == part] or known
    last, earlier, later = steps(patient, moment)
    return AsItStood(
        patient=then,
        moment=moment,
        panels=[(panel, panel.fetch(patient, moment, before if panel.key == part else None)) for panel in chosen],
        last_recorded=last,
        earlier=step_to(earlier) if earlier else "",
        later=step_to(later) if later else "",
        is_renamed=_identity(then) != _identity(patient),
    )


def _identity(patient: Patient) -> tuple[Any, ...]:
    return (patient.display_name, patient.date_of_birth, patient.patient_id)


def patient_as_of(patient: Patient, moment: dt.datetime) -> Patient | None:
    """The patient as recorded by then, with therapist and team; may do nothing with it, and is never saved."""
    rows = Patient.history.filter(id=patient.pk, history_date__lte=moment)
    rows = rows.select_related("primary_therapist", "team").defer(*but_names("primary_therapist"))
    row = rows.order_by("-history_date", "-history_id").first()
    if row is None:
        return None
    then: Patient = as_recorded(row)
    then.shown_on = timezone.localdate(moment)
    return then


def steps(patient: Patient, moment: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None, dt.datetime | None]:
    """When something was last recorded by then, when before that, and when next: two queries, to the second."""
    histories = [rows for panel in registry.of(AsOfPanel) for rows in panel.recorded(patient)]
    second = TruncSecond("history_date", tzinfo=dt.UTC)

    def seconds(*, by_then: bool) -> "QuerySet[Any]":
        bound = {"history_date__lte": moment} if by_then else {"history_date__gt": moment}
        each = [rows.filter(**bound).order_by().annotate(second=second).values_list("second") for rows in histories]
        return reduce(lambda one, other: one.union(other), each)

    past = [at for (at,) in seconds(by_then=True).order_by("-second")[:2]]
    last, before = (*past, None, None)[:2]
    after = next((at for (at,) in seconds(by_then=False).order_by("second")[:1]), None)
    return last, before, after


def newest(rows: "QuerySet[Any]", *, field: str, before: Key | None) -> tuple[list[Any], str]:
    """One page of rows of field history as the records they are copies of, newest first, and the key of the next page."""
    page = list(older_than(rows.order_by(f"-{field}", "-history_id"), before, field=field)[: PAGE_SIZE + 1])
    last = page[PAGE_SIZE - 1] if len(page) > PAGE_SIZE else None
    return records(page[:PAGE_SIZE]), Key(getattr(last, field), ("row", last.pk)).encode() if last else ""


def records(rows: Any) -> list[Any]:
    """The records that rows of field history are copies of."""
    return [as_recorded(row) for row in rows]


# What patients itself shows of a chart as it stood.


def particulars(patient: Patient, moment: dt.datetime, before: Key | None) -> Mapping[str, Any]:
    """No query: the patient is there already."""
    return {}


def care_team(patient: Patient, moment: dt.datetime, before: Key | None) -> Mapping[str, Any]:
    """Who was on the care team on that day, or was to be later."""
    rows = as_of(CareTeamMember.history.filter(patient=patient), moment)
    today = timezone.localdate(moment)
    members = records(rows.select_related("user").defer(*but_names("user")))
    order = ("primary", "covering", "assistant", "observer")
    there = [one for one in members if one.ended_at is None and (one.ends_on is None or one.ends_on >= today)]
    for member in there:
        member.is_to_come = member.starts_on > today
    return {"members": sorted(there, key=lambda one: (order.index(one.role), one.user.name))}

"""Goals on the Mobility tab, in the chart as it stood, and how they are known."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import but_names
from audit.api import as_of
from mobility.models import GoalSet
from patients.as_of import newest
from patients.provenance import number
from patients.registry import AsOfPanel, Known, Provenance, Said
from ui.dates import show_date
from ui.prepared import Prepared, once

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from patients.models import Patient
    from ui.paging import Key

MOST = 20  # sets on the tab; few people have more than one for each stay


def _newest(patient: "Patient") -> "QuerySet[Any]":
    rows: QuerySet[Any] = GoalSet.objects.filter(patient=patient).with_people().newest_first()[:MOST]
    return rows


_read_newest = Prepared(_newest)
READS = (_read_newest,)


def shown(patient: "Patient", user: Any) -> list[tuple[GoalSet, bool]]:
    """The newest goals of a chart, each with whether this person may mark it as entered in error: one query."""
    found: list[GoalSet] = once(patient, _read_newest)
    may = not patient.is_archived
    return [(one, may and not one.is_in_error and one.may_be_marked_by(user, patient.held_perms)) for one in found]


def count_words(goals: Any) -> str:
    """17 goals."""
    n = len(goals.answers)
    return ngettext("%(n)s goal", "%(n)s goals", n) % {"n": n}


def _recorded(patient: "Patient") -> "QuerySet[Any]":
    rows: QuerySet[Any] = GoalSet.history.filter(patient=patient)
    return rows


def _as_they_stood(patient: "Patient", moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    people = ("recorded_by", "entered_in_error_by")
    rows = as_of(_recorded(patient), moment).select_related(*people, "edition").defer(*but_names(*people))
    found, next_key = newest(rows, field="created_at", before=before)
    return {"goals": [(one, count_words(one)) for one in found], "next_key": next_key}


def _known(patient: "Patient", key: str) -> Known | None:
    one: GoalSet | None = patient.goal_sets.with_people().filter(pk=number(key)).first()
    if one is None:
        return None
    value = count_words(one)
    happened = _now("set %(when)s") % {"when": show_date(one.set_on)}
    said = [
        Said(one.created_at, one.recorded_by, _("Recorded"), value, happened=happened, text=one.notes, targets=(one,))
    ]
    if one.entered_in_error_at:
        wrong = Said(
            one.entered_in_error_at,
            one.entered_in_error_by,
            _("Marked as entered in error"),
            value,
            one.entered_in_error_reason,
            is_error=True,
            targets=(one,),
        )
        said.insert(0, wrong)
    tab = reverse("mobility:show_scores", kwargs={"patient_id": patient.pk})
    title = _now("%(measure)s: goals for discharge") % {"measure": one.measure}
    return Known(title=title, value=value, said=said, links=[(_("Mobility"), tab)], is_struck=one.is_in_error)


AS_OF = AsOfPanel("goals", "mobility/_goals_as_of.html", _as_they_stood, lambda patient: [_recorded(patient)], order=12)
SOURCE = Provenance("goals", _known, {"mobility:mark_goals_in_error": _("Goals entered in error")})

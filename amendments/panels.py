"""What requests to amend add to the chart, to its entries and to the notices."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Perm
from amendments import as_of
from amendments.querysets import newest_of
from amendments.vocabulary import State
from patients.registry import ChartPanel, EntryMarks, Mark, Notice, Tab, registry
from ui.addresses import reverse
from ui.prepared import Prepared, once

if TYPE_CHECKING:
    from accounts.models import User
    from amendments.models import AmendmentRequest
    from patients.models import Patient


_read_requests = Prepared(newest_of)


def marks(patient: "Patient") -> Mapping[tuple[str, int], Sequence[Mark]]:
    """Beside every entry that a request is about: that it was asked for, and what came of it (164.526(d)(4))."""
    found: dict[tuple[str, int], list[Mark]] = {}
    for asked in once(patient, _read_requests):
        if asked.state == State.WITHDRAWN:
            continue
        mark = Mark(*_words(asked), request_url(asked))
        for word in asked.entries:
            kind, _colon, key = word.partition(":")
            found.setdefault((kind, int(key)), []).append(mark)
    return found


def _words(asked: Any) -> tuple[str, str]:
    if asked.is_open:
        return _("Amendment requested"), "bad" if asked.days_over else "due"
    if asked.is_disagreed:
        return _("Amendment denied; the patient disagrees"), "bad"
    return {
        State.ACCEPTED: (_("Amendment accepted"), "good"),
        State.PARTLY: (_("Amendment accepted in part"), "good"),
        State.DENIED: (_("Amendment denied"), ""),
    }[State(asked.state)]


def request_url(asked: "AmendmentRequest") -> str:
    return reverse("amendments:show_request", kwargs={"patient_id": asked.patient_id, "amendment_id": asked.pk})


def offer(patient: "Patient", kind: str, pk: int) -> Sequence[Mark]:
    """A link to the form for a request about this entry."""
    if Perm.ADD not in patient.held_perms:
        return ()
    address = reverse("amendments:record_request", kwargs={"patient_id": patient.pk})
    return [Mark(_("Amendment asked for"), url=f"{address}?about={kind}:{pk}")]


def on_overview(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """Requests that are open, or denied against a statement of disagreement."""
    rows: list[Any] = once(patient, _read_requests)
    return {"requests": [asked for asked in rows if asked.is_open or asked.is_disagreed]}


def waiting(mine: Any, today: dt.date) -> Any:
    """How many requests are open."""
    return _number(apps.get_model("amendments", "AmendmentRequest").objects.open().filter(mine))


def late(mine: Any, today: dt.date) -> Any:
    """How many of them are overdue."""
    return _number(apps.get_model("amendments", "AmendmentRequest").objects.overdue(today).filter(mine))


def _number(requests: Any) -> Any:
    return Coalesce(Subquery(requests.order_by().values("state").annotate(n=Count("pk")).values("n")), 0)


def register() -> None:
    """Called when the app registry is ready."""
    link = gettext_lazy("See requests to amend")
    registry.register(
        as_of.PANEL,
        Tab("amendments", gettext_lazy("Amendments"), "amendments:list_requests", order=60),
        ChartPanel("amendments", "amendments/_rail.jinja", on_overview, order=5, reads=(_read_requests,)),
        EntryMarks("amendments", marks, offer, reads=(_read_requests,)),
        Notice(
            "amendments_late", gettext_lazy("Requests to amend a record, overdue:"), link, "amendments:list_open", late,
            tone="bad", order=10,
        ),
        Notice(
            "amendments", gettext_lazy("Requests to amend a record, waiting for a decision:"), link,
            "amendments:list_open", waiting, order=11,
        ),
    )  # fmt: skip

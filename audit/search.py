"""Searching the audit trail: what is asked for in the address, and what a search form turns into it.

Names and identifiers are posted and become keys; the address carries keys, kinds and times (docs/adr/0003).
"""

import datetime as dt
import re
import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import about
from audit.api import record_event
from audit.models import AuditEvent
from audit.querysets import AuditEventQuerySet
from audit.trail import Trail
from audit.words import GROUPS, events_of, kind_choices
from patients.models import Patient
from ui import dates
from ui.forms import BaseForm, line_field
from ui.paging import Key, older_than

PAGE_SIZE = 50
FIRST = 5  # shown above the list, of what to look at first
LOOKED_THROUGH = 60  # events that these are gathered from
CHOICES = 20  # people and patients to choose from where several have the name
# Where nothing narrows a search but its kind: a range of time keeps it to a partition or two.
UNASKED = dt.timedelta(days=31)


class MomentField(forms.Field):
    """A day, or a day and a time: 21-Nov-2026 14:05. `is_end`: the moment after what was entered, day or minute."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "maxlength": 40})

    def __init__(self, *, is_end: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_end = is_end

    def to_python(self, value: Any) -> dt.datetime | None:
        text = str(value or "").strip()
        if not text:
            return None
        has_time = _TIMED.match(text)
        day, clock, step = dates.parse_date(has_time[1] if has_time else text), dt.time(), dt.timedelta(days=1)
        if has_time:
            clock, step = _clock(has_time[2]), dt.timedelta(minutes=1)
        after = dt.datetime.combine(day, clock) + (step if self.is_end else dt.timedelta())
        return dates.moment_of(after.date(), after.time())


_TIMED = re.compile(r"(.+?)[\sT]+(\d{1,2}:\d{2})\Z")


def _clock(text: str) -> dt.time:
    try:
        return dt.datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 (a wall clock; the day decides the zone)
    except ValueError as error:
        raise ValidationError(_("Enter a time like 14:05 after the day")) from error


class EventForm(BaseForm):
    """What to search for. Nothing is required, and what cannot be read is refused, not left out."""

    marks_optional = False
    patient = line_field(_("Patient"), max_length=120, required=False, hint=_("Name or exact identifier"))
    person = line_field(_("Person"), max_length=120, required=False, hint=_("Name or username"))
    kind = forms.ChoiceField(label=_("What"), required=False, choices=kind_choices)
    since = MomentField(label=_("From"), required=False, help_text=_("Day, or day and time"))
    until = MomentField(label=_("Until"), required=False, is_end=True, help_text=_("Included"))
    first = forms.BooleanField(label=_("Only what to look at first"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("patient", "person"):
            self.fields[name].widget.attrs.update(autocomplete="off", spellcheck="false")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] <= data["since"]:
            self.add_error("until", _("Enter an end that is not before the start"))
        return data


class EventSearch:
    """One search: read from the address or from a form that was sent, then applied to what its reader may read."""

    def __init__(self, trail: Trail, params: QueryDict) -> None:
        self.trail, self.params = trail, params
        self.form = EventForm(params)
        self.patient: Patient | None = None
        self.person: User | None = None
        self.choices: dict[str, list[Any]] = {}
        self.next_url = ""

    @classmethod
    def of_address(cls, trail: Trail, params: QueryDict) -> "EventSearch":
        """The search that an address stands for."""
        search = cls(trail, params)
        key, number = _uuid(params.get("patient", "")), params.get("person", "")
        search.patient = trail.patients.filter(pk=key).first() if key else None
        search.person = trail.people.filter(pk=int(number)).first() if _is_number(number) else None
        typed = {name: params.get(name, "") for name in ("kind", "since", "until", "first")}
        typed["patient"] = search.patient.patient_id if search.patient else ""
        typed["person"] = search.person.username if search.person else ""
        search.form = EventForm(typed)
        if search.form.is_valid():
            if params.get("patient") and not search.patient:
                search.form.add_error("patient", _no_patient())
            if number and not search.person:
                search.form.add_error("person", _no_person())
        return search

    @classmethod
    def of_form(cls, trail: Trail, data: QueryDict) -> "EventSearch":
        """The search that somebody typed: `url` once it is clear, `choices` where several have a name."""
        search = cls(trail, data)
        if search.form.is_valid():
            search.patient = search._one("patient", search._patients(), _no_patient())
            search.person = search._one("person", search._people(), _no_person())
        return search

    def _patients(self) -> list[Patient]:
        text, patients = self.form.cleaned_data["patient"], self.trail.patients.without_people()
        exact = list(patients.with_identifier(text)) if text else []
        return exact or (list(patients.matching(text).by_name()[: CHOICES + 1]) if text else [])

    def _people(self) -> list[User]:
        text = self.form.cleaned_data["person"]
        exact = list(self.trail.people.filter(username__iexact=text)) if text else []
        return exact or (list(self.trail.people.called(text)[: CHOICES + 1]) if text else [])

    def _one(self, name: str, found: list[Any], nobody: Any) -> Any:
        if not self.form.cleaned_data.get(name):
            return None
        if len(found) > CHOICES:
            self.form.add_error(name, _("More than %(n)s have this in their name: enter more of it") % {"n": CHOICES})
        elif not found:
            self.form.add_error(name, nobody)
        elif len(found) > 1 and self.choices:
            self.form.add_error(name, _("Several people have this name: enter the username"))
        elif len(found) > 1:
            self.choices[name] = found
        else:
            return found[0]
        return None

    @property
    def is_whole(self) -> bool:
        """Whether the person who searches has said how far back, or narrowed it by what has an index of its own."""
        return bool(self.patient or self.person or self.data.get("first") or self.data.get("since"))

    @property
    def data(self) -> dict[str, Any]:
        return {} if self.form.errors else self.form.cleaned_data

    @property
    def fields(self) -> list[str]:
        """For the audit event: what was searched by, not for what."""
        return [name for name in ("patient", "person", "kind", "since", "until", "first") if self.data.get(name)]

    @property
    def since(self) -> dt.datetime | None:
        """How far back the search goes."""
        start: dt.datetime | None = self.data.get("since")
        return start if self.is_whole else (self.data.get("until") or timezone.now()) - UNASKED

    def address(self, name: str = "audit:list_events", **changes: Any) -> str:
        """Where this search is, or leads to; without names, whatever was typed."""
        params: dict[str, Any] = {key: self.params.get(key, "") for key in ("kind", "since", "until", "first")}
        params |= {"patient": self.patient.pk if self.patient else "", "person": self.person.pk if self.person else ""}
        return f"{reverse(name)}?{urlencode({key: text for key, text in (params | changes).items() if text})}"

    @property
    def export_url(self) -> str:
        return self.address("audit:export_events")

    @property
    def first_url(self) -> str:
        return self.address(first="on")

    @property
    def options(self) -> list[tuple[Any, str]]:
        """Where several have the name: each of them, with the address that chooses that one."""
        return [(one, self.address(**{name: one.pk})) for name, found in self.choices.items() for one in found]

    def rows(self) -> AuditEventQuerySet:
        """What was asked for, newest first; nothing where it could not be read: it would pass for the answer."""
        if self.form.errors:
            return self.trail.events.none()
        rows = self.trail.events_of(self.patient) if self.patient else self.trail.events
        rows = rows.between(self.since, self.data.get("until"))
        rows = rows.filter(actor=self.person) if self.person else rows
        kind = self.data.get("kind")
        if kind:
            rows = rows.filter(event_type__in=events_of(kind)) if kind in GROUPS else rows.filter(event_type=kind)
        return (rows.to_look_at() if self.data.get("first") else rows).newest_first()

    def page(self) -> list[AuditEvent]:
        """Fifty events; sets `next_url` where there are earlier ones."""
        found = list(older_than(self.rows().with_people(), Key.decode(self.params.get("before")))[: PAGE_SIZE + 1])
        if len(found) > PAGE_SIZE:
            last = found[PAGE_SIZE - 1]
            self.next_url = self.address(before=Key(last.created_at, ("event", last.pk)).encode())
        about.tell(found[:PAGE_SIZE])
        return found[:PAGE_SIZE]

    def first_to_look_at(self) -> list[AuditEvent]:
        """The newest events without a care relationship: one for each person and chart, with how many `more` there are.

        On the first page of a list alone; one more than is shown.
        """
        if self.data.get("first") or self.params.get("before") or self.form.errors:
            return []
        found: dict[tuple[Any, ...], AuditEvent] = {}
        for event in self.rows().to_look_at().with_people()[:LOOKED_THROUGH]:
            newest = found.setdefault((event.actor_id, event.patient_id, event.relationship), event)
            newest.more += newest is not event
        return list(found.values())[: FIRST + 1]

    def record(self, event: str, request: HttpRequest, **details: Any) -> None:
        """Searching and exporting the trail are events of it."""
        by = {"by": self.fields, **details}
        record_event(event, by=request.user, patient=self.patient, target=self.person, request=request, details=by)


def _no_patient() -> Any:
    return _("No patient whose audit trail you may read has this name or identifier")


def _no_person() -> Any:
    return _("Nobody has this name or username")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18

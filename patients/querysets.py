"""Every read of patients. `permitting` is the single question behind lists and single charts alike."""

import contextlib
import datetime as dt
import re
import string
import uuid
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Manager, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.utils import timezone

from accounts.access import CEILING, Perm, ceiling
from accounts.models import but_names
from accounts.roles import Role
from audit.api import Relationship
from patients.vocabulary import ChartStatus
from ui.prepared import Prepared

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient


SIGNS = dict.fromkeys(map(ord, string.punctuation))


class Fold(Func):
    """Lower case without accents, as the stored search text is: the database function ot_fold()."""

    function = "ot_fold"
    output_field = TextField()


def _own_rows(user: "User", on: dt.date, now: dt.datetime) -> QuerySet[Any]:
    """The guardian rows that this person holds now.

    A cover counts from its first day to its last, an emergency access until its last moment.
    """
    rows = apps.get_model("patients", "PatientUserPermission").objects
    in_time = Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on)) & (Q(ends_at=None) | Q(ends_at__gt=now))
    found: QuerySet[Any] = rows.filter(in_time, user=user)
    return found


def care_rows(user: "User", on: dt.date) -> QuerySet[Any]:
    """Those that follow from the care team: an emergency makes no patient one's own."""
    rows = apps.get_model("patients", "PatientUserPermission").objects
    in_time = Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))
    found: QuerySet[Any] = rows.filter(in_time, user=user, ends_at=None)
    return found


def lead_rows(user: "User") -> QuerySet[Any]:
    """The guardian rows of the lead groups that this person is in."""
    rows = apps.get_model("patients", "PatientGroupPermission").objects
    groups = get_user_model().groups.through.objects.filter(user=user)
    found: QuerySet[Any] = rows.filter(group__in=groups.values("group"))
    return found


class PatientQuerySet(QuerySet["Patient"]):
    def permitting(self, user: "User", perm: Perm) -> Self:
        """The patients on which `user` holds `perm` now.

        Nothing for inactive, unapproved, superuser and non-clinical accounts, whatever rows exist.
        Model-level permissions count for nothing. A lead's two ways in are asked as one OR, a therapist's as one IN,
        so that each keeps its index plan (shared stack notes, section 2).
        """
        if perm not in ceiling(user):
            return self.none()
        rows = _own_rows(user, timezone.localdate(), timezone.now())
        own = rows.filter(permission__codename=perm).values("content_object")
        if user.role != Role.LEAD:
            return self.filter(pk__in=own)
        led = lead_rows(user).filter(permission__codename=perm).values("content_object")
        return self.filter(Q(pk__in=own) | Q(pk__in=led))

    def with_people(self) -> Self:
        """With the therapist and the team that the banner names."""
        return self.select_related("primary_therapist", "team").defer(*but_names("primary_therapist"))

    def without_people(self) -> Self:
        """Without therapist and team, for lists that do not name them."""
        return self.select_related(None)

    def open_charts(self) -> Self:
        """Patients under treatment."""
        return self.filter(chart_status=ChartStatus.ACTIVE)

    def on_own_caseload(self, user: "User", today: dt.date | None = None) -> Self:
        """Patients whose care team names this person today: a lead's own, apart from the team's."""
        own = (
            care_rows(user, today or timezone.localdate())
            .filter(permission__codename=Perm.VIEW)
            .values("content_object")
        )
        return self.filter(pk__in=own)

    def led_by(self, user: "User") -> Self:
        """Patients of the teams that this person leads."""
        return self.filter(pk__in=lead_rows(user).filter(permission__codename=Perm.REASSIGN).values("content_object"))

    def chosen(self, keys: Sequence[str], *, therapist: str = "") -> Self:
        """The patients with these keys, or all of one therapist's; what is no key or number chooses nobody."""
        if therapist.isdecimal() and len(therapist) < 18:
            return self.filter(primary_therapist=int(therapist))
        wanted = []
        for key in keys[:5000]:
            with contextlib.suppress(ValueError):
                wanted.append(uuid.UUID(key))
        return self.filter(pk__in=wanted)

    def of_therapist(self, user: "User") -> Self:
        return self.filter(primary_therapist=user)

    def matching(self, text: str) -> Self:
        """Patients whose name or identifier contains each word of `text`, accents and case aside.

        Nor do signs and spaces in an identifier matter: OT-20777 is found by ot20777, OT 20777 and OT/20777.
        """
        return self.filter(*(contains_word("search_text", word) for word in text.split()[:8]))

    def with_identifier(self, text: str) -> Self:
        """The patient with exactly this identifier; signs, spaces and case aside as everywhere."""
        return self.filter(patient_key=Func(Value(text), function="ot_key", output_field=TextField()))

    def by_name(self) -> Self:
        return self.order_by("search_text", "pk")

    def likely_duplicates(self, *, patient_id: str, display_name: str, date_of_birth: dt.date | None) -> Self:
        """Patients with this identifier, or with the same birth date and a similar name (trigram similarity > 0.4)."""
        same_id = Q(patient_key=Func(Value(patient_id), function="ot_key", output_field=TextField()))
        if date_of_birth is None:
            return self.filter(same_id)
        alike = Func(Fold("display_name"), Fold(Value(display_name)), function="similarity")
        return self.annotate(alike=alike).filter(same_id | Q(date_of_birth=date_of_birth, alike__gt=0.4))

    def in_order(self, pks: Sequence[uuid.UUID]) -> list["Patient"]:
        """The patients with these keys, in this order."""
        found = self.in_bulk(pks)
        return [found[pk] for pk in pks if pk in found]


def _with_own_perms(user: "User", pk: uuid.UUID, today: dt.date, now: dt.datetime) -> QuerySet["Patient"]:
    own = _own_rows(user, today, now).filter(content_object=OuterRef("pk"))
    emergency = own.filter(emergency__isnull=False, permission__codename=Perm.VIEW).order_by("-ends_at")
    members = apps.get_model("patients", "CareTeamMember").objects.current_or_later(today)
    part = members.filter(patient=OuterRef("pk"), user=user, starts_on__lte=today)
    patients: PatientQuerySet = apps.get_model("patients", "Patient").objects.filter(pk=pk)
    return patients.with_people().annotate(
        own_perms=ArraySubquery(own.values("permission__codename")),
        by_emergency=Subquery(emergency.values("emergency")[:1]),
        by_emergency_until=Subquery(emergency.values("ends_at")[:1]),
        # As the account is now: a write that waited for the chart may have been let in as something else.
        acts_as=Subquery(
            get_user_model().objects.clinical().filter(pk=getattr(user, "pk", user)).order_by().values("role")
        ),
        care_role=Subquery(part.values("role")[:1]),
    )


def _with_all_perms(user: "User", pk: uuid.UUID, today: dt.date, now: dt.datetime) -> QuerySet["Patient"]:
    led = lead_rows(user).filter(content_object=OuterRef("pk"))
    return _with_own_perms(user, pk, today, now).annotate(lead_perms=ArraySubquery(led.values("permission__codename")))


_held_by_person = Prepared(_with_own_perms)
_held_by_lead = Prepared(_with_all_perms)


class PatientManager(Manager.from_queryset(PatientQuerySet)):  # type: ignore[misc]
    def held_by(self, user: "User", pk: uuid.UUID) -> "tuple[Patient, frozenset[str]] | None":
        """One patient and all that `user` may do with it, in one query; None for who may not know of it."""
        if not ceiling(user):
            return None
        ask = _held_by_lead if user.role == Role.LEAD else _held_by_person
        found: list[Any] = ask(user=user, pk=pk, today=timezone.localdate(), now=timezone.now())
        if not found:
            return None
        patient = found[0]
        rows = [*patient.own_perms, *getattr(patient, "lead_perms", [])]
        perms = frozenset(rows) & CEILING.get(patient.acts_as, frozenset())
        if rows.count(Perm.VIEW) == 1:  # not by the care team or a lead group as well
            patient.emergency_pk, patient.emergency_until = patient.by_emergency, patient.by_emergency_until
        patient.held_perms, patient.relationship = perms, _relationship(patient)
        return (patient, perms) if Perm.VIEW in perms else None


def _relationship(patient: Any) -> str:
    """What lets this person in: the emergency if that alone does, the part in the care team before leading the team."""
    if patient.emergency_pk is not None:
        return Relationship.EMERGENCY
    if patient.care_role:
        return str(patient.care_role)
    return Relationship.LEAD if getattr(patient, "lead_perms", None) else Relationship.NONE


class Contains(Func):
    """text LIKE pattern; the trigram index serves patterns of three letters and more."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = BooleanField()


def contains_word(field: str, word: str) -> Q:
    """Whether a search text holds a word as it is typed or, if it may be an identifier, without its signs.

    The search text ends with the identifier without signs (the database function ot_bare()).
    """
    bare = word.translate(SIGNS)
    may_be_identifier = len(bare) > 2 and any(map(str.isdigit, bare))  # shorter ones no index can look up
    patterns = {_escape(word)} | ({bare} if may_be_identifier else set())
    return reduce(or_, (Q(Contains(F(field), Fold(Value(f"%{pattern}%")))) for pattern in sorted(patterns)))


def _escape(word: str) -> str:
    """The word as LIKE takes it literally."""
    return re.sub(r"([\\%_])", r"\\\1", word)

"""Session notes, every version of each, the drafts they are written in and the follow-ups they ask for."""

import datetime as dt
from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from audit.api import FieldHistory, stamp
from audit.append_only import AppendOnlyModel
from patients.constraints import ChecksAtOnce
from sessions_notes.moments import moment_of
from sessions_notes.querysets import DraftQuerySet, FollowUpQuerySet, NoteQuerySet, VersionQuerySet
from sessions_notes.vocabulary import (
    CONTENT,
    FOLLOW_UP,
    FOLLOW_UP_LENGTH,
    LONGEST_SESSION,
    NOTE_LENGTH,
    REASON_LENGTH,
    SessionType,
)
from ui import dates
from ui.words import overdue_by

DRAFT_PREVIEW = 280


class SessionContent(models.Model):
    """What is written about a session: the columns that a note and each of its versions share."""

    session_date = models.DateField(_("session date"))
    start_time = models.TimeField(_("start time"), null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(
        _("length in minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_SESSION)],
    )
    session_type = models.CharField(_("session type"), max_length=30, choices=SessionType.choices)
    note_text = models.TextField(_("note"), max_length=NOTE_LENGTH, validators=[MaxLengthValidator(NOTE_LENGTH)])
    follow_up_needed = models.BooleanField(_("follow-up needed"))

    class Meta:
        abstract = True


class SessionNote(ChecksAtOnce, SessionContent):
    """What was done in a session, as it reads now. Every save leaves a SessionNoteVersion; a trigger insists."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="session_notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="session_notes", verbose_name=_("author")
    )
    # For the timeline: session_date and start_time in the clinic's time zone (moments.moment_of).
    occurred_at = models.DateTimeField(_("when"), editable=False)
    needs_cosignature = models.BooleanField(_("needs a co-signature"), default=False, editable=False)

    entered_in_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    entered_in_error_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    entered_in_error_reason = models.TextField(_("reason"), max_length=REASON_LENGTH, blank=True)

    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("recorded at"), default=stamp, editable=False)
    updated_at = models.DateTimeField(_("saved at"), default=stamp, editable=False)

    history = FieldHistory(excluded_fields=["form_token"], custom_model_name="SessionNoteFieldHistory")
    objects: ClassVar[Any] = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("session note")
        verbose_name_plural = _("session notes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(note_text=""), name="note_text_given", violation_error_message=_("Enter the note")
            ),
            models.CheckConstraint(condition=Q(session_type__in=SessionType.values), name="note_session_type_known"),
            models.CheckConstraint(
                condition=Q(duration_minutes=None) | Q(duration_minutes__range=(1, LONGEST_SESSION)),
                name="note_duration_possible",
                violation_error_message=_("Enter a length from 1 to 1440 minutes"),
            ),
            models.CheckConstraint(
                condition=Q(entered_in_error_at=None, entered_in_error_by=None, entered_in_error_reason="")
                | Q(entered_in_error_at__isnull=False, entered_in_error_by__isnull=False)
                & ~Q(entered_in_error_reason=""),
                name="note_error_has_who_and_why",
                violation_error_message=_("Say why the note was entered in error"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", F("occurred_at").desc(), F("id").desc(), name="note_by_patient"),
        ]

    def __str__(self) -> str:
        return f"Session note {self.pk}"

    def clean(self) -> None:
        """The session was on a possible day at a possible time. Raises ValidationError."""
        if self.session_date > timezone.localdate():
            raise ValidationError({"session_date": _("Enter a session date that is not in the future")})
        born = self.patient.date_of_birth
        if born and self.session_date < born:
            message = _("Enter a session date on or after the date of birth, %(born)s")
            raise ValidationError({"session_date": message % {"born": dates.show_date(born)}})
        self.occurred_at = moment_of(self.session_date, self.start_time, recorded_at=self.created_at)
        if self.start_time and self.occurred_at > timezone.now():
            raise ValidationError({"start_time": _("Enter a start time that is not in the future")})

    @property
    def is_in_error(self) -> bool:
        return self.entered_in_error_at is not None

    @property
    def heading(self) -> str:
        """Treatment session, 21-Nov-2026."""
        return f"{self.get_session_type_display()}, {dates.show_date(self.session_date)}"

    @property
    def brief(self) -> str:
        """The beginning of the text; only on rows of `in_brief`, where the rest was not fetched."""
        return self.brief_to(len(self.preview))  # type: ignore[attr-defined]

    def brief_to(self, length: int) -> str:
        """The same, of `length` characters at most."""
        preview: str = self.preview[:length]  # type: ignore[attr-defined]
        return preview + "…" if self.text_length > len(preview) else preview  # type: ignore[attr-defined]

    @property
    def is_edited(self) -> bool:
        return self.version > 1

    @property
    def edits(self) -> int:
        return self.version - 1

    def may_be_changed_by(self, user: Any, held_perms: Collection[str]) -> bool:
        """The author may, while able to write in this chart; others only with the right to change the chart."""
        return Perm.CHANGE in held_perms or (Perm.ADD in held_perms and self.author_id == user.pk)


class SessionNoteVersion(ChecksAtOnce, AppendOnlyModel, SessionContent):
    """A note as it was saved once: the first save is number 1. Never changed; triggers refuse it."""

    note = models.ForeignKey(SessionNote, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    follow_up_text = models.CharField(_("follow-up"), max_length=FOLLOW_UP_LENGTH, blank=True)
    follow_up_due_on = models.DateField(_("due by"), null=True, blank=True)
    change_reason = models.TextField(_("reason"), max_length=REASON_LENGTH, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(_("saved at"), default=stamp, editable=False)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects: ClassVar[Any] = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a session note")
        verbose_name_plural = _("versions of session notes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["note", "number"], name="note_version_once"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(change_reason=""),
                name="note_version_reason_given",
                violation_error_message=_("Enter the reason for the change"),
            ),
        ]

    def __str__(self) -> str:
        return f"Session note {self.note_id}, version {self.number}"

    def facts_changed_from(self, earlier: Self) -> list[tuple[Any, Any, Any]]:
        """(label, before, now) of each thing other than the text that a save changed."""
        pairs = [(field, field.value_from_object(earlier), field.value_from_object(self)) for field in self._facts()]
        return [
            (field.verbose_name, self._shown(field, before), self._shown(field, now))
            for field, before, now in pairs
            if before != now
        ]

    def _facts(self) -> list[Any]:
        names = [name for name in (*CONTENT, *FOLLOW_UP) if name != "note_text"]
        return [self._meta.get_field(name) for name in names]

    @staticmethod
    def _shown(field: Any, value: Any) -> Any:
        if value is None or value == "":
            return _("Not recorded")
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, dt.date):
            return dates.show_date(value)
        if isinstance(value, dt.time):
            return value.strftime("%H:%M")
        return dict(field.flatchoices).get(value, value)


class NoteDraft(models.Model):
    """Somebody's working copy of a note, kept on the server while it is typed. No record: it may be discarded.

    `typed` holds each field as it was typed, possible or not, so that nothing is lost.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="note_drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="note_drafts")
    note = models.ForeignKey(
        SessionNote, on_delete=models.PROTECT, null=True, blank=True, related_name="drafts", editable=False
    )
    # The form_token of the form it is typed into, by which a note and its draft find each other.
    token = models.UUIDField(editable=False)
    typed = models.JSONField(default=dict)
    draft_version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(default=stamp, editable=False)
    saved_at = models.DateTimeField(default=stamp)

    objects: ClassVar[Any] = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a session note")
        verbose_name_plural = _("drafts of session notes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["patient", "author", "token"], name="draft_once"),
            models.UniqueConstraint(
                fields=["author", "note"], condition=Q(note__isnull=False), name="draft_once_a_note"
            ),
        ]

    def __str__(self) -> str:
        return f"Draft {self.pk}"

    @property
    def note_text(self) -> str:
        return str(self.typed.get("note_text", ""))

    @property
    def brief(self) -> str:
        """The beginning of the text."""
        return self.note_text[:DRAFT_PREVIEW] + "…" if len(self.note_text) > DRAFT_PREVIEW else self.note_text

    @property
    def session_type_label(self) -> str:
        """The kind of session if one was chosen."""
        return str(dict(SessionType.choices).get(self.typed.get("session_type", ""), ""))


class FollowUp(ChecksAtOnce):
    """Something to do after a session. Open until somebody resolves it."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="follow_ups")
    note = models.OneToOneField(SessionNote, on_delete=models.PROTECT, related_name="follow_up")
    text = models.CharField(_("follow-up"), max_length=FOLLOW_UP_LENGTH)
    due_on = models.DateField(_("due by"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=stamp, editable=False)

    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    resolution = models.TextField(_("what was done"), max_length=REASON_LENGTH, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True, editable=False)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    reopen_reason = models.TextField(_("reason"), max_length=REASON_LENGTH, blank=True)

    history = FieldHistory(custom_model_name="FollowUpFieldHistory")
    objects: ClassVar[Any] = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="follow_up_text_given",
                violation_error_message=_("Enter what is to be done"),
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="follow_up_resolved_by_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", "due_on", condition=Q(resolved_at=None), name="follow_up_open"),
        ]

    def __str__(self) -> str:
        return f"Follow-up {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    @property
    def days_overdue(self) -> int:
        """How many days ago it was due; 0 for one that is not, or is resolved."""
        if self.due_on is None or not self.is_open:
            return 0
        return max((timezone.localdate() - self.due_on).days, 0)

    @property
    def overdue_words(self) -> str:
        """Overdue by 3 days."""
        return overdue_by(self.days_overdue)

    @property
    def is_due_today(self) -> bool:
        return self.is_open and self.due_on == timezone.localdate()

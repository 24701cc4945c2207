"""How a note and a follow-up are known."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from patients.provenance import changes, history_of, number
from patients.registry import Known, Provenance, Said
from sessions_notes.models import FollowUp, SessionNote
from ui.dates import show_date

if TYPE_CHECKING:
    from patients.models import Patient

EXCERPT = 600
VERSIONS = 100


def note(patient: "Patient", key: str) -> Known | None:
    """One note: each version with who saved it and why, and whether it was entered in error."""
    one: SessionNote | None = patient.session_notes.with_people().filter(pk=number(key)).first()
    if one is None:
        return None
    versions = one.versions.select_related("saved_by").newest_first()[:VERSIONS]
    said = [
        Said(
            at=version.saved_at,
            by=version.saved_by,
            what=_("First saved") if version.number == 1 else _now("Version %(n)s") % {"n": version.number},
            value=Truncator(version.note_text).chars(EXCERPT),
            reason=version.change_reason,
            happened=_now("session on %(day)s") % {"day": show_date(version.session_date)},
            targets=(one,),
        )
        for version in versions
    ]
    if one.entered_in_error_at:
        text, reason = Truncator(one.note_text).chars(EXCERPT), one.entered_in_error_reason
        what = _("Marked as entered in error")
        by = one.entered_in_error_by
        said.insert(0, Said(one.entered_in_error_at, by, what, text, reason, is_error=True, targets=(one,)))
    return Known(
        title=one.heading,
        value=Truncator(one.note_text).chars(EXCERPT),
        said=said,
        links=[(_("The note"), _url(one, "show_note")), (_("What each version changed"), _url(one, "show_versions"))],
        is_struck=one.is_in_error,
    )


def follow_up(patient: "Patient", key: str) -> Known | None:
    """One follow-up: asked for, changed, resolved, opened again."""
    found: FollowUp | None = patient.follow_ups.with_note().filter(pk=number(key)).first()
    if found is None:
        return None
    rows = history_of(FollowUp.history.filter(id=found.pk))
    said = [
        Said(
            at=row.history_date,
            by=row.history_user,
            what=_follow_up_step(row, is_first=row.history_type == "+"),
            value=_follow_up_words(row),
            reason=row.history_change_reason or "",
            # With its note it came through the note's form.
            targets=(found, found.note),
        )
        for row, _value in changes(rows, lambda row: (row.text, row.due_on, row.resolved_at, row.reopened_at))
    ]
    links = [(_("The note that asks for it"), _url(found.note, "show_note"))]
    return Known(title=_("Follow-up"), value=_follow_up_words(found), said=said, links=links)


def _follow_up_step(row: Any, *, is_first: bool) -> Any:
    if is_first:
        return _("Recorded")
    if row.resolved_at and row.history_date >= row.resolved_at:
        return _("Resolved")
    return _("Open")


def _follow_up_words(row: Any) -> str:
    state = _now("resolved") if row.resolved_at else _now("open")
    due = f", {_now('due')} {show_date(row.due_on)}" if row.due_on else ""
    return f"{row.text} ({state}{due})"


def _url(one: SessionNote, page: str) -> str:
    return reverse(f"sessions_notes:{page}", kwargs={"patient_id": one.patient_id, "note_id": one.pk})


SOURCES = (
    Provenance(
        "note",
        note,
        {
            "sessions_notes:write_note": _("Note form"),
            "sessions_notes:continue_draft": _("Note form, from a draft"),
            "sessions_notes:edit_note": _("Change of a note"),
            "sessions_notes:mark_in_error": _("Note entered in error"),
        },
    ),
    Provenance(
        "follow-up",
        follow_up,
        {
            "sessions_notes:resolve_follow_up": _("Resolving a follow-up"),
            "sessions_notes:reopen_follow_up": _("Opening a follow-up again"),
        },
    ),
)

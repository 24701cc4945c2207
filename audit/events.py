"""The vocabulary of the audit trail: every kind of event that record_event takes, and what people read for it.

A kind is never renamed or taken away: rows of seven years name it.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.TextChoices):
    # The gate: what was opened, written to or refused.
    CHART_VIEWED = "chart.viewed", _("Chart opened")
    CHART_WRITTEN = "chart.written", _("Form of a chart sent")
    CHART_REFUSED = "chart.refused", _("Chart refused")
    LIST_VIEWED = "list.viewed", _("List opened")
    LIST_SEARCHED = "list.searched", _("Patient searched for")
    PAGE_REFUSED = "page.refused", _("Page refused")
    ADMIN_VIEWED = "admin.viewed", _("Administration page opened")
    ADMIN_WRITTEN = "admin.written", _("Form of the administration sent")
    # Signing in and out, passwords.
    ACCOUNT_SIGNED_IN = "account.signed_in", _("Signed in")
    ACCOUNT_SIGNED_OUT = "account.signed_out", _("Signed out")
    ACCOUNT_SIGN_IN_REFUSED = "account.sign_in_refused", _("Sign-in refused")
    ACCOUNT_LOCKED_OUT = "account.locked_out", _("Locked out: too many attempts")
    ACCOUNT_UNLOCKED = "account.unlocked", _("Lock taken off")
    ACCOUNT_REAUTHENTICATED = "account.reauthenticated", _("Password or second factor shown again")
    ACCOUNT_PASSWORD_REFUSED = "account.password_refused", _("Password asked for again: refused")
    ACCOUNT_SESSION_TIMED_OUT = "account.session_timed_out", _("Session ended by itself")
    ACCOUNT_SESSION_RENEWED = "account.session_renewed", _("Session renewed")
    ACCOUNT_SESSIONS_ENDED = "account.sessions_ended", _("Signed out elsewhere")
    ACCOUNT_SECOND_FACTOR_ADDED = "account.second_factor_added", _("Second factor added")
    ACCOUNT_SECOND_FACTOR_REMOVED = "account.second_factor_removed", _("Second factor removed")
    ACCOUNT_SECOND_FACTOR_RESET = "account.second_factor_reset", _("Second factor reset by an administrator")
    ACCOUNT_SECOND_FACTOR_USED = "account.second_factor_used", _("Second factor shown")
    ACCOUNT_SECOND_FACTOR_REFUSED = "account.second_factor_refused", _("Second factor refused")
    ACCOUNT_RECOVERY_CODES_MADE = "account.recovery_codes_made", _("Recovery codes made")
    ACCOUNT_RECOVERY_CODES_VIEWED = "account.recovery_codes_viewed", _("Recovery codes shown")
    ACCOUNT_PASSWORD_CHANGED = "account.password_changed", _("Password changed")
    ACCOUNT_RESET_ASKED = "account.reset_asked", _("Password reset asked for")
    ACCOUNT_PASSWORD_RESET = "account.password_reset", _("Password reset by e-mail")
    ACCOUNT_PASSWORD_SET = "account.password_set", _("Password set by an administrator")
    # Accounts, roles and teams.
    ACCOUNT_SIGNED_UP = "account.signed_up", _("Account asked for")
    ACCOUNT_CREATED = "account.created", _("Account made")
    ACCOUNT_APPROVED = "account.approved", _("Account approved")
    ACCOUNT_CHANGED = "account.changed", _("Account changed")
    ACCOUNT_DEACTIVATED = "account.deactivated", _("Account switched off")
    ACCOUNT_REACTIVATED = "account.reactivated", _("Account switched on")
    TEAM_CREATED = "team.created", _("Team made")
    TEAM_CHANGED = "team.changed", _("Team changed")
    TEAM_LEADS_CHANGED = "team.leads_changed", _("Leads of a team changed")
    # Charts.
    CHART_REGISTERED = "chart.registered", _("Patient registered")
    CHART_EDITED = "chart.edited", _("Particulars or status changed")
    CHART_HANDED_OVER = "chart.handed_over", _("Chart handed over")
    CARE_TEAM_ADDED = "care_team.added", _("Access granted: added to the care team")
    CARE_TEAM_ENDED = "care_team.ended", _("Access ended: removed from the care team")
    REGISTRATION_CHECK_REQUESTED = "registration.check_requested", _("Possible duplicate reported to a lead")
    REGISTRATION_CHECK_CORRECTED = "registration.check_corrected", _("Possible duplicate corrected")
    REGISTRATION_SAME_PERSON = "registration.same", _("Possible duplicate: same person")
    REGISTRATION_REGISTERED = "registration.registered", _("Possible duplicate: registered anew")
    REGISTRATION_DECLINED = "registration.declined", _("Possible duplicate: declined")
    EMERGENCY_OPENED = "emergency.opened", _("Chart opened in an emergency")
    EMERGENCY_REFUSED = "emergency.refused", _("Emergency access refused")
    EMERGENCY_ENDED = "emergency.ended", _("Emergency access ended early")
    EMERGENCY_REVIEWED = "emergency.reviewed", _("Emergency access reviewed")
    ACCESS_REQUESTED = "access.requested", _("Access asked for")
    ACCESS_REQUEST_REFUSED = "access.request_refused", _("Asking for access refused: too many requests")
    ACCESS_GRANTED = "access.granted", _("Request for access granted")
    ACCESS_DECLINED = "access.declined", _("Request for access declined")
    SCORE_RECORDED = "score.recorded", _("Score recorded")
    SCORE_ENTERED_IN_ERROR = "score.entered_in_error", _("Score marked as entered in error")
    SCORE_EXPORTED = "score.exported", _("Scores of a chart exported")
    NOTE_WRITTEN = "note.written", _("Note written")
    NOTE_EDITED = "note.edited", _("Note edited")
    NOTE_ENTERED_IN_ERROR = "note.entered_in_error", _("Note marked as entered in error")
    NOTE_DRAFT_DISCARDED = "note_draft.discarded", _("Draft of a note discarded")
    FOLLOW_UP_RESOLVED = "follow_up.resolved", _("Follow-up done")
    FOLLOW_UP_CHANGED = "follow_up.changed", _("Follow-up changed")
    FOLLOW_UP_REOPENED = "follow_up.reopened", _("Follow-up opened again")
    AMENDMENT_REQUESTED = "amendment.requested", _("Amendment of the record asked for")
    AMENDMENT_EXTENDED = "amendment.extended", _("Request to amend: time extended")
    AMENDMENT_DECIDED = "amendment.decided", _("Request to amend: decided")
    AMENDMENT_INFORMED = "amendment.informed", _("Request to amend: who asked was informed")
    AMENDMENT_TOLD = "amendment.told", _("Amendment: others were told")
    AMENDMENT_DISAGREEMENT = "amendment.disagreement", _("Request to amend: statement of disagreement")
    AMENDMENT_REBUTTAL = "amendment.rebuttal", _("Request to amend: rebuttal")
    # Equipment.
    EQUIPMENT_REGISTERED = "equipment.registered", _("Equipment registered")
    EQUIPMENT_EDITED = "equipment.edited", _("Equipment edited")
    EQUIPMENT_MOVED = "equipment.moved", _("Equipment moved in the store")
    EQUIPMENT_CHECKED_OUT = "equipment.checked_out", _("Equipment checked out")
    EQUIPMENT_LOAN_RECORDED = "equipment.loan_recorded", _("Earlier loan recorded")
    EQUIPMENT_RETURNED = "equipment.returned", _("Equipment returned")
    EQUIPMENT_LOST = "equipment.lost", _("Equipment lost")
    EQUIPMENT_DUE_CHANGED = "equipment.due_changed", _("Due date of a loan changed")
    EQUIPMENT_VOIDED = "equipment.voided", _("Loan marked as entered in error")
    # Operations.
    IMPORT_FINISHED = "import.finished", _("Import run")
    AUDIT_SEARCHED = "audit.searched", _("Audit trail searched")
    AUDIT_LOOKS_VIEWED = "audit.looks_viewed", _("Who looked at a chart: read")
    AUDIT_LOOKS_PRINTED = "audit.looks_printed", _("Who looked at a chart: report made")
    AUDIT_EXPORTED = "audit.exported", _("Audit trail exported")
    AUDIT_EXPIRED = "audit.expired", _("Audit events dropped, their retention over")
    DEMO_LOADED = "demo.loaded", _("Demo clinic loaded")


def event_choices() -> list[tuple[str, Any]]:
    """For the model: a function, so that a new kind needs no migration."""
    return list(Event.choices)

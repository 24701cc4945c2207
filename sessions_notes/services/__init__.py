"""Every write to session notes, their drafts and follow-ups. Views, the demo generator and importers call these."""

from sessions_notes.services.drafts import discard_draft, save_draft
from sessions_notes.services.follow_ups import reopen_follow_up, resolve_follow_up
from sessions_notes.services.notes import edit_note, mark_in_error, write_note

__all__ = [
    "discard_draft",
    "edit_note",
    "mark_in_error",
    "reopen_follow_up",
    "resolve_follow_up",
    "save_draft",
    "write_note",
]

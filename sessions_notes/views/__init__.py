"""Pages of notes, drafts and follow-ups."""

from sessions_notes.views.follow_ups import reopen_follow_up, resolve_follow_up
from sessions_notes.views.reading import list_notes, mark_in_error, show_note, show_versions
from sessions_notes.views.writing import autosave, continue_draft, discard_draft, edit_note, write_note

__all__ = [
    "autosave",
    "continue_draft",
    "discard_draft",
    "edit_note",
    "list_notes",
    "mark_in_error",
    "reopen_follow_up",
    "resolve_follow_up",
    "show_note",
    "show_versions",
    "write_note",
]

from django.urls import path

from sessions_notes import views

app_name = "sessions_notes"
notes = "patients/<uuid:patient_id>/notes/"
follow_ups = "patients/<uuid:patient_id>/follow-ups/"
urlpatterns = [
    path(notes, views.list_notes, name="list_notes"),
    path(notes + "write/", views.write_note, name="write_note"),
    path(notes + "autosave/", views.autosave, name="autosave"),
    path(notes + "drafts/<int:draft_id>/", views.continue_draft, name="continue_draft"),
    path(notes + "drafts/<int:draft_id>/discard/", views.discard_draft, name="discard_draft"),
    path(notes + "<int:note_id>/", views.show_note, name="show_note"),
    path(notes + "<int:note_id>/edit/", views.edit_note, name="edit_note"),
    path(notes + "<int:note_id>/edit/autosave/", views.autosave, name="autosave"),
    path(notes + "<int:note_id>/versions/", views.show_versions, name="show_versions"),
    path(notes + "<int:note_id>/error/", views.mark_in_error, name="mark_in_error"),
    path(follow_ups + "<int:follow_up_id>/resolve/", views.resolve_follow_up, name="resolve_follow_up"),
    path(follow_ups + "<int:follow_up_id>/reopen/", views.reopen_follow_up, name="reopen_follow_up"),
]

"""What the gate keeps with each event of a chart: what the person was to the patient at that moment, and which child."""

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from patients import services
from sessions_notes.services import write_note
from tests.factories import UserFactory


def opened(sign_in, patient, user, path=""):
    """What opening a page of the chart leaves in the trail."""
    sign_in(user).get(f"/patients/{patient.pk}/{path}")
    return AuditEvent.objects.filter(actor=user).latest("pk")


def test_everybodys_part_is_kept_with_what_they_open(
    sign_in, patient, therapist, cover, assistant, viewer, lead, stranger, other_lead, auditor
):
    parts = {
        therapist: "primary", cover: "covering", assistant: "assistant", viewer: "observer", lead: "lead",
        stranger: "none", other_lead: "none", auditor: "none",
    }  # fmt: skip
    for user, part in parts.items():
        event = opened(sign_in, patient, user)
        kind = "chart.refused" if part == "none" else "chart.viewed"
        assert (event.event_type, event.relationship, event.actor_role) == (kind, part, user.role), user.username


def test_a_lead_who_treats_is_the_therapist_and_a_refused_insider_keeps_the_part(
    sign_in, patient, therapist, lead, viewer
):
    services.hand_over(patients=[patient], to=lead, reason="Long leave", by=lead)
    assert opened(sign_in, patient, lead).relationship == "primary"
    refused = opened(sign_in, patient, viewer, "status/")
    assert (refused.event_type, refused.relationship) == ("chart.refused", "observer")


def test_an_emergency_is_its_own_relationship_until_a_part_in_the_care_team(
    sign_in, patient, therapist, lead, stranger
):
    access = services.open_emergency(patient=patient, reason_kind="risk", reason="Fell", by=stranger)
    assert AuditEvent.objects.get(event_type="emergency.opened").relationship == "emergency"
    event = opened(sign_in, patient, stranger)
    assert (event.relationship, event.details) == ("emergency", {"emergency": access.pk})
    services.add_member(patient=patient, user=stranger, role="covering", by=lead)
    assert opened(sign_in, patient, stranger).relationship == "covering"


def test_it_stays_as_it_was_after_a_handover(sign_in, patient, therapist, colleague, lead):
    before = opened(sign_in, patient, therapist)
    services.hand_over(patients=[patient], to=colleague, reason="Moved", by=lead)
    after = opened(sign_in, patient, therapist)
    assert (after.event_type, after.relationship) == ("chart.refused", "none")
    assert opened(sign_in, patient, colleague).relationship == "primary"
    assert AuditEvent.objects.get(pk=before.pk).relationship == "primary"


@pytest.mark.parametrize("page", ["", "edit/"])
def test_which_note_was_opened_or_refused_is_kept(sign_in, patient, therapist, viewer, stranger, page):
    note = write_note(
        patient=patient, by=therapist, session_date=timezone.localdate(), session_type="treatment", note_text="Seen"
    )
    for user in (therapist, viewer, stranger):
        event = opened(sign_in, patient, user, f"notes/{note.pk}/{page}")
        assert (event.details, event.child) == ({"child": {"note_id": note.pk}}, f"Note {note.pk}")
    missing = opened(sign_in, patient, therapist, "notes/999999/")
    assert (missing.event_type, missing.details) == ("chart.refused", {"status": 404, "child": {"note_id": 999999}})


def test_an_account_that_changed_its_role_keeps_the_one_it_had(sign_in, patient, team, therapist):
    user = UserFactory(role="assistant", team=team)
    services.add_member(patient=patient, user=user, role="assistant", by=therapist)
    event = opened(sign_in, patient, user)
    user.role = "therapist"
    user.save()
    assert AuditEvent.objects.get(pk=event.pk).role_label == "Assistant"
    assert opened(sign_in, patient, user).role_label == "Therapist"

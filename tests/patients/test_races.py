"""What waits for a handover that is under way goes on when it is done."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from mobility.services import record_score
from patients import services
from patients.models import CareTeamMember
from patients.services.charts import lock
from tests.conftest import as_if_signed_in
from ui.dates import show_date

pytestmark = pytest.mark.django_db(transaction=True)


def while_handing_over(patient, to, lead, act):
    """What `act` returned or raised when it had to wait for a handover of the same patient."""
    results = []

    def run():
        try:
            results.append(act())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        services.hand_over(patients=[patient], to=to, reason="Leave", by=lead)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
    thread.join(timeout=20)
    return results[0]


def test_an_entry_that_waits_for_a_handover_is_not_lost(patient, therapist, colleague, lead):
    today = timezone.localdate()
    score = while_handing_over(
        patient,
        colleague,
        lead,
        lambda: record_score(
            patient=patient, score_type="barthel_index", score_value="50", score_date=today, by=therapist
        ),
    )
    assert score == patient.mobility_scores.get()


def test_of_two_handovers_at_once_the_later_one_holds(patient, therapist, colleague, cover, lead):
    moved = while_handing_over(
        patient, colleague, lead, lambda: services.hand_over(patients=[patient], to=cover, reason="Leave", by=lead)
    )
    assert moved == [patient]
    patient.refresh_from_db()
    assert patient.primary_therapist == cover
    assert CareTeamMember.objects.get(patient=patient, role="primary", ended_at=None).user == cover


def answers_while(handing_over, requests):
    """What each (client, address, form) is answered when it has to wait for a handover that is under way."""
    answers = {}

    def run(name, client, address, form):
        try:
            answers[name] = client.post(address, form)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(name, *request)) for name, request in requests.items()]
    with transaction.atomic():
        handing_over()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=0.7)
            assert thread.is_alive()
    for thread in threads:
        thread.join(timeout=20)
    return answers


def client_of(user):
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    as_if_signed_in(client, user)
    return client


def test_a_write_that_waits_for_a_handover_is_judged_by_the_rights_after_it(
    patient, therapist, colleague, assistant, lead
):
    chart, today = f"/patients/{patient.pk}", show_date(timezone.localdate())
    score = {"score_type": "barthel_index", "score_value": "50", "score_date": today}
    status = {"to": "hoist", "reason": "Pain", "seen_on": today, "from_status": patient.mobility_status}
    requests = {
        "score": (client_of(therapist), f"{chart}/scores/record/", score),
        "status": (client_of(therapist), f"{chart}/status/", status),
        "draft": (client_of(therapist), f"{chart}/notes/autosave/", {"note_text": "Walked"}),
        "assistant": (client_of(assistant), f"{chart}/scores/record/", score),
    }
    answers = answers_while(
        lambda: services.hand_over(patients=[patient], to=colleague, reason="Leave", by=lead), requests
    )
    found = {name: answer.status_code for name, answer in answers.items()}
    assert found == {"score": 404, "status": 404, "draft": 404, "assistant": 302}
    patient.refresh_from_db()
    assert (patient.mobility_status, patient.mobility_scores.get().recorded_by) == ("assist_1", assistant)
    assert not patient.note_drafts.exists()
    refused = AuditEvent.objects.filter(event_type="chart.refused", patient=patient, actor=therapist)
    assert refused.count() == 3


def test_who_may_still_look_but_not_write_gets_403(patient, therapist, colleague, lead):
    def demote():
        services.hand_over(patients=[patient], to=colleague, reason="Leave", by=lead)
        services.add_member(patient=patient, user=therapist, role="observer", by=lead)

    form = {"score_type": "barthel_index", "score_value": "50", "score_date": show_date(timezone.localdate())}
    requests = {"score": (client_of(therapist), f"/patients/{patient.pk}/scores/record/", form)}
    assert answers_while(demote, requests)["score"].status_code == 403
    assert not patient.mobility_scores.exists()


def test_a_lead_does_not_move_back_who_left_the_team_meanwhile(patient, stranger, colleague, lead):
    form = {"patient": [patient.pk], "to": colleague.pk, "reason": "Holiday"}
    requests = {"many": (client_of(lead), "/caseload/hand-over/", form)}
    moved = answers_while(
        lambda: services.hand_over(patients=[patient], to=stranger, reason="Moved house", by=lead), requests
    )
    assert moved["many"].status_code == 302
    patient.refresh_from_db()
    assert patient.primary_therapist == stranger


def test_reading_a_chart_does_not_wait_for_a_write(patient, therapist, colleague):
    services.add_member(patient=patient, user=colleague, role="covering", by=therapist)
    statuses = []

    def read():
        try:
            statuses.append(client_of(colleague).get(f"/patients/{patient.pk}/").status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=read)
    with transaction.atomic():
        lock(patient.pk)
        thread.start()
        thread.join(timeout=20)
        assert statuses == [200]

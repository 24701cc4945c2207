"""What waits for a handover that is under way goes on when it is done."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from mobility.services import record_score
from patients import services
from patients.models import CareTeamMember

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

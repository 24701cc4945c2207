"""Who acts is decided when it counts, and written down right, however many act at once over pooled connections."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from audit.models import AuditEvent, StatusHistory
from patients.services.charts import lock
from tests.factories import UserFactory, make_patient
from tests.patients.test_races import client_of
from ui.dates import show_date

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _pooled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections of other threads come out of a pool of three, as they do on the site, and go back into it."""
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        patch.setitem(connection.settings_dict["OPTIONS"], "pool", {"min_size": 1, "max_size": 3, "timeout": 20})
        yield
        connection.close_pool()


@pytest.mark.usefixtures("_pooled")
def test_of_eight_at_once_each_row_names_who_wrote_it(team):
    """Fewer connections than threads, fewer threads than people: each goes from one person's hands to another's."""
    people = [UserFactory(username=f"person{number}", team=team) for number in range(8)]
    shared = make_patient(people[0])
    clients = {user: client_of(user) for user in people}
    charts = {user: make_patient(user) for user in people}
    today, together = show_date(timezone.localdate()), threading.Barrier(4, timeout=30)

    def write(user: User, kind: str, number: int) -> int:
        chart, sign = f"/patients/{charts[user].pk}", f"by {user.username}, {number}"
        forms = {
            "status": {"to": ("hoist", "assist_2")[number % 2], "reason": sign, "seen_on": today,
                       "from_status": ("assist_1", "hoist")[number % 2]},
            "scores/record": {"score_type": "barthel_index", "score_value": "50", "score_date": today, "notes": sign},
            "notes/write": {"session_date": today, "session_type": "treatment", "note_text": sign,
                            "follow_up_needed": "no"},
        }  # fmt: skip
        try:
            together.wait()
            return clients[user].post(f"{chart}/{kind}/", forms[kind]).status_code
        finally:
            connection.close()  # back into the pool

    work = [(user, kind, n) for n in range(2) for kind in ("status", "scores/record", "notes/write") for user in people]
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda one: write(*one), work)) == {302}
    for row in StatusHistory.objects.filter(change_reason__startswith="by "):
        assert row.change_reason.startswith(f"by {row.changed_by.username}, ")
        assert row.patient == charts[row.changed_by]
    for user, patient in charts.items():
        (scores, notes, versions) = (
            patient.mobility_scores.all(), patient.session_notes.all(), patient.history.filter(history_user=user),
        )  # fmt: skip
        assert {(s.recorded_by, s.notes.split(",")[0]) for s in scores} == {(user, f"by {user.username}")}
        assert {(n.author, n.note_text.split(",")[0]) for n in notes} == {(user, f"by {user.username}")}
        assert versions.count() == patient.history.count() >= 3
    told = AuditEvent.objects.filter(event_type__in=["chart.written", "note.written", "score.recorded", "chart.edited"])
    assert told.count() == 8 * 2 * (3 + 3)
    assert {(event.actor, event.patient) for event in told} == set(charts.items())
    assert not AuditEvent.objects.filter(patient=shared).exclude(actor=people[0]).exists()


@pytest.mark.parametrize("what", ["switched off", "made an observer", "approval taken back"])
def test_what_an_account_may_is_asked_again_behind_the_lock(patient, therapist, admin_user, what):
    """The request was let in, waited for the chart, and meanwhile the account stopped being what it was."""
    form = {"score_type": "barthel_index", "score_value": "50", "score_date": show_date(timezone.localdate())}
    client, answers = client_of(therapist), []

    def send():
        try:
            answers.append(client.post(f"/patients/{patient.pk}/scores/record/", form).status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    with transaction.atomic():
        lock(patient.pk)
        thread.start()
        thread.join(timeout=0.7)
        assert thread.is_alive()
        if what == "switched off":
            accounts.deactivate_account(account=therapist, by=admin_user)
        else:
            changed = {"role": "observer"} if what == "made an observer" else {"approved_at": None}
            User.objects.filter(pk=therapist.pk).update(**changed)
    thread.join(timeout=20)
    assert answers == [403 if what == "made an observer" else 404]
    assert not patient.mobility_scores.exists()
    assert AuditEvent.objects.filter(event_type="chart.refused", patient=patient, actor=therapist).count() == 1
    assert not AuditEvent.objects.filter(event_type="chart.written").exists()

"""Two people at the same moment, in two real transactions: one wins, and the other is told."""

import threading
import time
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from equipment import services
from equipment.errors import ItemTaken
from equipment.models import EquipmentItem, EquipmentLog
from equipment.services import rules
from patients.errors import AlreadyRecorded
from tests.conftest import as_if_signed_in
from tests.equipment.conftest import ago, day_and_time, make_item
from tests.factories import TeamFactory, UserFactory, make_patient

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run them at once, each with a connection of its own; returns what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(index, act):
        try:
            barrier.wait(timeout=10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.fixture
def pair():
    """Two therapists of two teams, each with a patient whom the other may not see."""
    people = [UserFactory(team=TeamFactory()) for _ in range(2)]
    return [(user, make_patient(user, family_name=f"Secret{n}", given_names="Name")) for n, user in enumerate(people)]


@pytest.mark.parametrize("round_", range(3))
def test_of_two_check_outs_exactly_one_wins(pair, round_):
    item = make_item(pair[0][0])
    results = together(
        *(lambda u=user, p=patient: services.check_out(patient=p, serial_number=item.serial_number, by=u)
          for user, patient in pair)
    )  # fmt: skip
    assert sorted(type(result).__name__ for result in results) == ["EquipmentLog", "ItemTaken"]
    assert EquipmentLog.objects.out().filter(item=item).count() == 1


def test_of_two_check_outs_of_an_item_that_neither_knew_exactly_one_wins(pair):
    results = together(
        *(lambda u=user, p=patient: services.check_out(patient=p, serial_number="NEW-1", equipment_name="Frame", by=u)
          for user, patient in pair)
    )  # fmt: skip
    assert sorted(type(result).__name__ for result in results) == ["EquipmentLog", "ItemTaken"]
    assert EquipmentItem.objects.count() == 1


def test_the_loser_reads_who_has_it_as_far_as_they_may_know(pair):
    item = make_item(pair[0][0])

    def send(user, patient):
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        as_if_signed_in(client, user)
        fields = {"serial_number": item.serial_number, **day_and_time(ago(hours=1)), "form_token": uuid.uuid4()}
        return client.post(reverse("equipment:check_out", args=[patient.pk]), fields)

    results = together(*(lambda u=user, p=patient: send(u, p) for user, patient in pair))
    assert sorted(result.status_code for result in results) == [302, 422]
    loser = next(result for result in results if result.status_code == 422)
    winner_patient = EquipmentLog.objects.get().patient
    page = loser.content.decode()
    assert f"{item.serial_number} is out to another patient since" in page
    assert winner_patient.display_name not in page
    assert str(winner_patient.pk) not in page


def test_a_double_click_records_once(pair):
    user, patient = pair[0]
    item = make_item(user)
    token = uuid.uuid4()
    results = together(
        *(lambda: services.check_out(patient=patient, serial_number=item.serial_number, by=user, form_token=token)
          for _ in range(2))
    )  # fmt: skip
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRecorded", "EquipmentLog"]
    repeat = next(result for result in results if isinstance(result, AlreadyRecorded))
    assert repeat.existing == EquipmentLog.objects.get()


def test_returned_and_lost_at_once_is_one_of_them(pair):
    user, patient = pair[0]
    item = make_item(user)
    loan = services.check_out(patient=patient, serial_number=item.serial_number, by=user, checked_out_at=ago(days=2))
    results = together(
        lambda: services.return_item(log=loan, by=user, condition="needs_repair"),
        lambda: services.mark_lost(log=loan, by=user),
    )
    assert sorted(type(result).__name__ for result in results) == ["EquipmentLog", "NotOut"]
    item.refresh_from_db()
    assert EquipmentLog.objects.open().get().status == item.status


def test_a_check_out_and_a_repair_at_once_are_one_of_them(pair):
    user, patient = pair[0]
    item = make_item(user)
    results = together(
        lambda: services.check_out(patient=patient, serial_number=item.serial_number, by=user),
        lambda: services.send_to_repair(item=item, by=user, notes="x"),
    )
    assert sum(isinstance(result, ItemTaken) for result in results) == 1
    item.refresh_from_db()
    assert EquipmentLog.objects.open().get().status == item.status


def test_a_return_and_a_check_out_of_one_patient_do_not_wait_for_each_other(pair, monkeypatch):
    """Who holds the item must not wait for the patient: the database would end one of the two."""
    (user, patient), (other, _) = pair
    item = make_item(user)
    log = services.check_out(patient=patient, serial_number=item.serial_number, by=user, checked_out_at=ago(hours=2))
    locked = threading.Event()
    lock_item = rules.lock_item

    def slow_lock(pk):
        found = lock_item(pk)
        if threading.current_thread().name == "returns":
            locked.set()
            time.sleep(0.5)
        return found

    monkeypatch.setattr(rules, "lock_item", slow_lock)

    def returns():
        threading.current_thread().name = "returns"
        return services.return_item(log=log, by=other, condition="good")

    def goes_out():
        locked.wait(timeout=10)
        return services.check_out(patient=patient, serial_number=item.serial_number, by=user)

    results = together(returns, goes_out)
    assert [type(result).__name__ for result in results] == ["EquipmentLog", "EquipmentLog"], results

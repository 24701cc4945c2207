"""Every service of the equipment log: what it does, what it refuses, and that a failure leaves nothing."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.api import replaying
from audit.models import AuditEvent
from equipment import services
from equipment.errors import CustodyError, ItemTaken, NotOut, OtherItem, UnknownItem, WrongTime
from equipment.models import EquipmentItem, EquipmentLog
from patients import services as charts
from patients.errors import AlreadyRecorded, ChartArchived, StaleVersion
from tests.equipment.conftest import ago, make_item
from tests.factories import make_patient


def status(item):
    return EquipmentItem.objects.get(pk=item.pk).status


# --- The register ---


def test_an_item_is_registered_in_stock_under_a_tidy_name(therapist):
    item = services.register_item(equipment_name="  Walking \t frame ", serial_number=" wf 7\u20111 ", by=therapist)
    item.refresh_from_db()
    assert (item.equipment_name, item.serial_number, item.serial_key) == ("Walking frame", "wf 7-1", "WF7-1")
    assert (item.status, item.logged_by) == ("in_stock", therapist)
    assert item.history.get().history_user == therapist


@pytest.mark.parametrize("again", ["wc-0417", "WC - 0417", "W C\u2011 0417", "wc\u200b-0417"])
def test_a_serial_number_is_taken_whatever_its_case_and_spaces(item, lead, again):
    with pytest.raises(ValidationError, match="Another item has this serial number"):
        services.register_item(equipment_name="Other", serial_number=again, by=lead)


def test_a_register_form_sent_twice_registers_once(therapist):
    token = uuid.uuid4()
    words = {"equipment_name": "Hoist", "serial_number": "H-1", "by": therapist, "form_token": token}
    first = services.register_item(**words)
    with pytest.raises(AlreadyRecorded) as caught:
        services.register_item(**words)
    assert caught.value.existing == first


def test_an_item_is_edited_and_its_log_keeps_what_it_said(loan, item, lead):
    services.edit_item(item=item, version=1, changes={"equipment_name": "Wheelchair, narrow"}, by=lead)
    item.refresh_from_db()
    loan.refresh_from_db()
    assert (item.equipment_name, item.version) == ("Wheelchair, narrow", 2)
    assert loan.equipment_name == "Wheelchair, self-propelling"
    assert item.status == "checked_out"


def test_a_stale_edit_is_refused_and_the_same_text_again_is_not(item, therapist, lead):
    services.edit_item(item=item, version=1, changes={"notes": "Serviced"}, by=therapist)
    with pytest.raises(StaleVersion) as caught:
        services.edit_item(item=item, version=1, changes={"notes": "Broken"}, by=lead)
    assert caught.value.current.notes == "Serviced"
    services.edit_item(item=item, version=1, changes={"notes": "Serviced"}, by=therapist)
    item.refresh_from_db()
    assert item.version == 2


def test_a_serial_number_cannot_be_edited_into_a_taken_one(item, therapist):
    other = make_item(therapist)
    with pytest.raises(ValidationError, match="Another item"):
        services.edit_item(item=other, version=1, changes={"serial_number": "wc-0417"}, by=therapist)


def test_only_what_is_editable_is_edited(item, therapist):
    with pytest.raises(TypeError):
        services.edit_item(item=item, version=1, changes={"status": "lost"}, by=therapist)


# --- Going out ---


def test_a_check_out_says_what_to_whom_since_when_and_by_whom(loan, patient, item, therapist):
    loan.refresh_from_db()
    assert (loan.patient, loan.item, loan.logged_by, loan.status) == (patient, item, therapist, "checked_out")
    assert (loan.equipment_name, loan.serial_number) == ("Wheelchair, self-propelling", "WC-0417")
    assert (loan.returned_at, loan.ended_at) == (None, None)
    assert status(item) == "checked_out"
    assert AuditEvent.objects.filter(event_type="equipment.checked_out", patient=patient, actor=therapist).count() == 1


def test_an_item_that_nobody_registered_is_registered_by_its_check_out(patient, assistant):
    loan = services.check_out(patient=patient, serial_number="TB-9", equipment_name="Transfer board", by=assistant)
    assert (loan.item.equipment_name, loan.item.serial_number) == ("Transfer board", "TB-9")
    assert status(loan.item) == "checked_out"


def test_an_unknown_serial_number_without_a_name_is_a_mistake(patient, therapist):
    with pytest.raises(UnknownItem):
        services.check_out(patient=patient, serial_number="WC-0471", by=therapist)
    assert not EquipmentItem.objects.exists()


def test_a_known_serial_number_under_another_name_is_a_mistake(lend, item):
    with pytest.raises(OtherItem, match="custody rule") as caught:
        lend(equipment_name="Walking frame")
    assert "registered as Wheelchair" in caught.value.message
    assert lend(equipment_name="wheelchair, SELF-propelling").item == item


def test_an_item_that_is_out_is_not_lent_again(loan, lend, therapist):
    with pytest.raises(ItemTaken) as caught:
        lend(patient=make_patient(therapist), checked_out_at=ago(days=1))
    assert caught.value.log == loan


def test_the_same_patient_does_not_get_it_twice_either(loan, lend):
    with pytest.raises(ItemTaken):
        lend(checked_out_at=ago(days=20))


@pytest.mark.parametrize("away", [services.send_to_repair, services.mark_item_lost, services.retire_item])
def test_an_item_out_of_use_is_not_lent(item, lend, therapist, away):
    away(item=item, by=therapist, notes="x", at=ago(days=12))
    with pytest.raises(ItemTaken):
        lend()


def test_it_cannot_go_out_before_it_came_back_from_somebody_else(lend, loan, therapist):
    services.return_item(log=loan, by=therapist, condition="good", returned_at=ago(days=5))
    with pytest.raises(ItemTaken) as caught:
        lend(patient=make_patient(therapist), checked_out_at=ago(days=6))
    assert caught.value.field == "at"
    lend(patient=make_patient(therapist), checked_out_at=ago(days=5))  # the very minute it came back


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"checked_out_at": timezone.now() + dt.timedelta(hours=1)}, "checked_out_at"),
        ({"checked_out_at": dt.datetime(1949, 12, 31, tzinfo=dt.UTC)}, "checked_out_at"),
        ({"due_back_on": timezone.localdate() - dt.timedelta(days=30)}, "due_back_on"),
    ],
    ids=["in the future", "before birth", "due before it went out"],
)
def test_times_that_cannot_be_are_refused(lend, item, change, field):
    with pytest.raises(WrongTime) as caught:
        lend(**change)
    assert caught.value.field == field
    assert status(item) == "in_stock"


def test_a_check_out_sent_twice_is_recorded_once_even_after_it_came_back(lend, therapist):
    token = uuid.uuid4()
    first = lend(form_token=token)
    services.return_item(log=first, by=therapist, condition="good")
    with pytest.raises(AlreadyRecorded) as caught:
        lend(form_token=token)
    assert caught.value.existing == first


def test_somebody_elses_form_token_opens_nothing(lend, lead, therapist):
    token = uuid.uuid4()
    lend(form_token=token)
    with pytest.raises(ValidationError):
        services.check_out(
            patient=make_patient(therapist), serial_number="N-1", equipment_name="New", by=lead, form_token=token
        )
    assert not EquipmentItem.objects.filter(serial_number="N-1").exists(), "half of it must not stay"


def test_an_archived_chart_takes_no_check_out(lend, patient, therapist):
    charts.change_chart_status(patient=patient, to="archived", reason="Moved away", by=therapist)
    with pytest.raises(ChartArchived):
        lend()


def test_a_deceased_patient_gets_nothing_after_death_but_an_earlier_loan_can_be_entered(lend, patient, therapist):
    died = timezone.localdate() - dt.timedelta(days=7)
    charts.change_chart_status(patient=patient, to="deceased", reason="Died", by=therapist, deceased_on=died)
    with pytest.raises(WrongTime):
        lend(checked_out_at=ago(days=2))
    assert lend(checked_out_at=ago(days=10)).is_out


def test_a_deceased_patient_without_a_date_of_death_gets_nothing(lend, patient, therapist):
    charts.change_chart_status(patient=patient, to="deceased", reason="Died", by=therapist)
    with pytest.raises(CustodyError):
        lend()


# --- Coming back ---


def test_a_return_in_good_condition_puts_it_in_stock(loan, item, assistant):
    services.return_item(log=loan, by=assistant, condition="good", returned_at=ago(days=1), notes="Clean")
    loan.refresh_from_db()
    assert (loan.status, loan.condition, loan.return_notes) == ("returned", "good", "Clean")
    assert loan.returned_at == loan.ended_at == ago(days=1)
    assert loan.returned_by == assistant
    assert status(item) == "in_stock"


@pytest.mark.parametrize("condition", ["needs_repair", "missing_parts"])
def test_a_return_in_bad_condition_takes_it_out_of_use(loan, item, patient, therapist, condition):
    services.return_item(log=loan, by=therapist, condition=condition, notes="Her son dropped it", fault="Bent axle")
    assert status(item) == "in_repair"
    repair = item.logs.get(status="in_repair")
    assert (repair.patient, repair.notes) == (None, "Bent axle"), "what the chart says stays in the chart"
    assert repair.checked_out_at == item.logs.get(patient=patient).returned_at


def test_it_cannot_come_back_before_it_went_out_or_tomorrow(loan, therapist):
    for at in (ago(days=11), timezone.now() + dt.timedelta(minutes=2)):
        with pytest.raises(WrongTime):
            services.return_item(log=loan, by=therapist, condition="good", returned_at=at)


def test_it_can_come_back_in_the_minute_it_went_out(lend, therapist):
    loan = lend(checked_out_at=None)
    assert services.return_item(log=loan, by=therapist, condition="good").status == "returned"


def test_a_return_that_somebody_else_recorded_first_is_refused_with_what_it_says(loan, therapist, lead):
    services.return_item(log=loan, by=lead, condition="good", returned_at=ago(days=1))
    with pytest.raises(NotOut) as caught:
        services.return_item(log=loan, by=therapist, condition="needs_repair")
    assert caught.value.current.returned_by == lead


def test_the_same_return_again_is_the_same_return(loan, therapist):
    words = {"log": loan, "by": therapist, "condition": "needs_repair", "returned_at": ago(days=1), "notes": "x"}
    services.return_item(**words)
    with pytest.raises(AlreadyRecorded):
        services.return_item(**words)
    assert EquipmentLog.objects.count() == 2


@pytest.mark.parametrize("to", ["archived", "deceased", "inactive"])
def test_equipment_comes_back_from_closed_charts(loan, item, patient, therapist, to):
    charts.change_chart_status(patient=patient, to=to, reason="x", by=therapist)
    services.return_item(log=loan, by=therapist, condition="good")
    assert status(item) == "in_stock"


def test_a_lost_item_ends_the_loan_without_a_return(loan, item, therapist):
    services.mark_lost(log=loan, by=therapist, lost_at=ago(days=2), notes="Left on the bus")
    loan.refresh_from_db()
    assert (loan.status, loan.returned_at, loan.ended_at) == ("lost", None, ago(days=2))
    assert status(item) == "lost"
    assert item.logs.get(patient=None).notes == "", "nothing of the chart in the register"
    with pytest.raises(AlreadyRecorded):
        services.mark_lost(log=loan, by=therapist, lost_at=ago(days=2), notes="Left on the bus")
    with pytest.raises(NotOut):
        services.return_item(log=loan, by=therapist, condition="good")


def test_the_due_date_moves_and_goes(loan, therapist):
    due = timezone.localdate() + dt.timedelta(days=3)
    services.change_due_date(log=loan, version=1, due_back_on=due, by=therapist)
    loan.refresh_from_db()
    assert (loan.due_back_on, loan.version) == (due, 2)
    services.change_due_date(log=loan, version=1, due_back_on=due, by=therapist)  # the same again: nothing to say
    with pytest.raises(StaleVersion):
        services.change_due_date(log=loan, version=1, due_back_on=None, by=therapist)
    with pytest.raises(WrongTime):
        services.change_due_date(log=loan, version=2, due_back_on=due - dt.timedelta(days=20), by=therapist)
    services.change_due_date(log=loan, version=2, due_back_on=None, by=therapist)
    loan.refresh_from_db()
    assert loan.due_back_on is None


def test_what_came_back_is_not_due_any_more(loan, therapist):
    services.return_item(log=loan, by=therapist, condition="good")
    with pytest.raises(NotOut):
        services.change_due_date(log=loan, version=2, due_back_on=timezone.localdate(), by=therapist)


# --- The store ---


def test_repair_loss_and_retirement_and_back(item, therapist):
    services.send_to_repair(item=item, by=therapist, at=ago(days=9), notes="Brakes")
    assert services.mark_item_lost(item=item, by=therapist, at=ago(days=8)).status == "lost"
    assert services.send_to_repair(item=item, by=therapist, at=ago(days=7), notes="Found, bent").status == "in_repair"
    assert services.return_to_stock(item=item, by=therapist, at=ago(days=6), notes="Repaired").status == "in_stock"
    assert services.retire_item(item=item, by=therapist, at=ago(days=5), notes="Worn").status == "retired"
    assert services.return_to_stock(item=item, by=therapist, at=ago(days=4)).status == "in_stock"
    came_back = [log.returned_at is not None for log in item.logs.order_by("checked_out_at")]
    assert came_back == [False, True, True, True], "from repair it got lost; the rest came back"


def test_an_item_that_is_out_is_not_moved_behind_its_patient(loan, item, therapist):
    for move in (services.send_to_repair, services.mark_item_lost, services.retire_item, services.return_to_stock):
        with pytest.raises(ItemTaken):
            move(item=item, by=therapist, notes="x")
    assert status(item) == "checked_out"


def test_moves_that_make_no_sense_are_refused(item, therapist):
    with pytest.raises(CustodyError, match="custody") as caught:
        services.return_to_stock(item=item, by=therapist)
    assert caught.value.message == "This item is in stock already"
    services.retire_item(item=item, by=therapist, at=ago(days=1), notes="x")
    with pytest.raises(CustodyError):
        services.send_to_repair(item=item, by=therapist)
    with pytest.raises(WrongTime):
        services.return_to_stock(item=item, by=therapist, at=ago(days=2))
    with pytest.raises(WrongTime):
        services.return_to_stock(item=item, by=therapist, at=timezone.now() + dt.timedelta(days=2))


def test_a_move_does_not_reach_back_into_a_loan(loan, item, therapist):
    services.return_item(log=loan, by=therapist, condition="good", returned_at=ago(days=2))
    with pytest.raises(ItemTaken):
        services.send_to_repair(item=item, by=therapist, at=ago(days=3), notes="x")


def test_a_move_sent_twice_is_made_once(item, therapist):
    token = uuid.uuid4()
    services.send_to_repair(item=item, by=therapist, at=ago(days=3), notes="x", form_token=token)
    with pytest.raises(AlreadyRecorded):
        services.send_to_repair(item=item, by=therapist, at=ago(days=3), notes="x", form_token=token)
    services.return_to_stock(item=item, by=therapist, at=ago(days=2), notes="Done")
    with pytest.raises(AlreadyRecorded):
        services.return_to_stock(item=item, by=therapist, at=ago(days=2), notes="Done")


# --- Corrections ---


def test_a_wrong_check_out_counts_no_more_and_stays_readable(loan, item, lend, therapist, lead):
    services.void_entry(log=loan, version=1, reason="Wrong chart", by=lead)
    loan.refresh_from_db()
    assert (loan.voided_by, loan.void_reason, loan.serial_number) == (lead, "Wrong chart", "WC-0417")
    assert status(item) == "in_stock"
    assert lend(patient=make_patient(therapist)).is_out, "the right patient can have had it at that very time"


def test_a_wrong_return_is_corrected_by_entering_the_loan_anew(loan, item, lend, therapist):
    services.return_item(log=loan, by=therapist, condition="good", returned_at=ago(days=4))
    services.void_entry(log=loan, version=2, reason="Still with her", by=therapist)
    lend()
    assert status(item) == "checked_out"


def test_voiding_asks_for_a_reason_and_for_the_entry_as_it_is(loan, therapist, lead):
    with pytest.raises(ValidationError):
        services.void_entry(log=loan, version=1, reason="", by=therapist)
    services.change_due_date(log=loan, version=1, due_back_on=timezone.localdate(), by=lead)
    with pytest.raises(StaleVersion):
        services.void_entry(log=loan, version=1, reason="x", by=therapist)
    services.void_entry(log=loan, version=2, reason="x", by=therapist)
    with pytest.raises(AlreadyRecorded):
        services.void_entry(log=loan, version=2, reason="x", by=therapist)
    with pytest.raises(StaleVersion):
        services.void_entry(log=loan, version=3, reason="y", by=lead)
    with pytest.raises(NotOut):
        services.return_item(log=loan, by=therapist, condition="good")


def test_an_archived_chart_takes_no_correction(loan, patient, therapist):
    charts.change_chart_status(patient=patient, to="archived", reason="x", by=therapist)
    with pytest.raises(ChartArchived):
        services.void_entry(log=loan, version=1, reason="x", by=therapist)


# --- Loans of other systems ---

UTC = dt.UTC


def test_a_loan_of_1961_is_legal_and_keeps_its_seconds(therapist):
    patient = make_patient(therapist, date_of_birth="1930-01-01")
    start, end = dt.datetime(1961, 5, 3, 4, 5, 6, tzinfo=UTC), dt.datetime(1992, 1, 1, 0, 0, 1, tzinfo=UTC)
    words = {"equipment_name": "Manual wheelchair", "serial_number": "S1", "by": therapist, "patient": patient}
    loan = services.record_loan(checked_out_at=start, returned_at=end, **words)
    loan.refresh_from_db()
    assert (loan.status, loan.checked_out_at, loan.returned_at) == ("returned", start, end)
    assert status(loan.item) == "in_stock"
    with pytest.raises(AlreadyRecorded) as caught:
        services.record_loan(checked_out_at=start, returned_at=end, **words)
    assert caught.value.existing == loan


def test_recorded_loans_of_one_serial_number_never_overlap_and_others_may(therapist, patient):
    def record(serial, start, end, whose=patient):
        return services.record_loan(
            patient=whose, equipment_name="Wheelchair", serial_number=serial, by=therapist,
            checked_out_at=dt.datetime(start, 1, 1, tzinfo=UTC),
            returned_at=end and dt.datetime(end, 1, 1, tzinfo=UTC),
        )  # fmt: skip

    record("A", 2010, None)
    record("B", 2019, 2020)
    record("A", 2005, 2010)  # up to the moment it went out
    for start, end in ((2009, 2011), (2012, 2013), (2020, None), (2004, 2006), (2000, None)):
        with pytest.raises(ItemTaken):
            record("A", start, end, make_patient(therapist))
    with pytest.raises(ItemTaken):
        record("B", 2019, 2019 + 1, make_patient(therapist))


def test_a_recorded_loan_keeps_the_rules(therapist, patient, item):
    words = {"patient": patient, "by": therapist, "equipment_name": item.equipment_name, "serial_number": "WC-0417"}
    with pytest.raises(WrongTime):
        services.record_loan(checked_out_at=ago(days=1), returned_at=ago(days=2), **words)
    with pytest.raises(WrongTime):
        services.record_loan(checked_out_at=ago(days=-1), returned_at=None, **words)
    with pytest.raises(WrongTime):
        services.record_loan(checked_out_at=ago(days=1), returned_at=ago(days=-1), **words)
    with pytest.raises(OtherItem):
        services.record_loan(
            checked_out_at=ago(days=1), returned_at=None, **(words | {"equipment_name": "Hospital bed"})
        )
    with pytest.raises(ValidationError):
        services.record_loan(checked_out_at=ago(days=1), returned_at=None, **(words | {"serial_number": " \u200b"}))


def test_a_recorded_loan_that_lasted_no_time_is_legal_unless_it_was_elsewhere(therapist, patient, item):
    words = {"patient": patient, "by": therapist, "equipment_name": item.equipment_name, "serial_number": "WC-0417"}
    services.record_loan(checked_out_at=ago(days=9), returned_at=ago(days=7), **words)
    services.record_loan(checked_out_at=ago(days=3), returned_at=ago(days=3), **words)
    with pytest.raises(ItemTaken):
        services.record_loan(checked_out_at=ago(days=8), returned_at=ago(days=8), **words)


def test_equipment_still_out_on_a_patient_who_died_is_recorded_and_comes_back(therapist):
    patient = make_patient(therapist, chart_status="deceased", date_of_birth="1930-01-01")
    loan = services.record_loan(
        patient=patient, equipment_name="Walker", serial_number="W", by=therapist,
        checked_out_at=dt.datetime(2010, 1, 1, tzinfo=UTC), returned_at=None,
    )  # fmt: skip
    assert services.return_item(log=loan, by=therapist, returned_at=ago(days=1)).condition == ""


# --- All of them ---


def test_a_failure_at_the_end_leaves_nothing(patient, therapist, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("equipment.services.loans.record_event", broken)
    with pytest.raises(ZeroDivisionError):
        services.check_out(patient=patient, serial_number="N-1", equipment_name="New", by=therapist)
    assert not EquipmentItem.objects.exists()
    assert not EquipmentLog.objects.exists()


def test_an_invented_history_is_stamped_with_its_own_time(lend, therapist):
    past = ago(days=100)
    with replaying(past):
        loan = lend(checked_out_at=None, serial_number="OLD-1", equipment_name="Frame")
        with pytest.raises(WrongTime):
            services.return_item(log=loan, by=therapist, condition="good", returned_at=ago(days=99))
    assert loan.checked_out_at == loan.created_at == past


def test_field_history_names_who_and_why(loan, lead):
    services.void_entry(log=loan, version=1, reason="Wrong chart", by=lead)
    newest = loan.history.first()
    assert (newest.history_user, newest.history_change_reason) == (lead, "Wrong chart")

"""What the database refuses, whichever way it is written, and that an item's status cannot disagree with its log."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from equipment import services
from equipment.models import EquipmentItem, EquipmentLog
from tests.equipment.conftest import ago, make_item
from tests.factories import make_patient


def row(item, by, **fields):
    defaults = {
        "item": item, "equipment_name": "Wheelchair", "serial_number": "WC-0417", "status": "in_repair",
        "checked_out_at": ago(days=5), "logged_by": by,
    }  # fmt: skip
    return EquipmentLog(**(defaults | fields))


def insert(*rows):
    """Past every service and every check of Python."""
    with transaction.atomic():
        EquipmentLog.objects.bulk_create(rows)


def refused(constraint, *rows):
    with pytest.raises(IntegrityError, match=constraint):
        insert(*rows)


def test_one_open_stay_for_an_item_is_impossible_to_double(item, therapist, patient):
    insert(row(item, therapist, patient=patient, status="checked_out"))
    again = row(item, therapist, patient=make_patient(therapist), status="checked_out", checked_out_at=ago(days=1))
    refused("equipment_one_open_custody|equipment_stays_apart", again)
    refused("equipment_one_open_custody|equipment_stays_apart", row(item, therapist, checked_out_at=ago(days=1)))
    insert(row(make_item(therapist), therapist, patient=patient, status="checked_out"))


def test_each_of_the_two_guards_holds_without_the_other(item, therapist):
    insert(row(item, therapist))
    _sql("SET CONSTRAINTS ALL IMMEDIATE")
    _sql("ALTER TABLE equipment_equipmentlog DROP CONSTRAINT equipment_stays_apart")
    refused("equipment_one_open_custody", row(item, therapist, checked_out_at=ago(days=1)))


def test_stays_do_not_overlap_in_the_past_either(item, therapist, patient):
    over = {"patient": patient, "status": "returned", "returned_by": therapist}
    insert(row(item, therapist, **over, returned_at=ago(days=3), ended_at=ago(days=3)))
    for start, end in ((6, 4), (4, 2), (6, 1), (4.5, 4)):
        end_at = ago(days=end)
        refused(
            "equipment_stays_apart",
            row(item, therapist, **over, checked_out_at=ago(days=start), returned_at=end_at, ended_at=end_at),
        )
    insert(row(item, therapist, checked_out_at=ago(days=3)))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("equipment_log_status_fits", {"status": "in_stock"}),
        ("equipment_log_status_fits", {"status": "nonsense"}),
        ("equipment_log_status_fits", {"status": "checked_out"}),
        ("equipment_log_status_fits", {"status": "in_repair", "patient": "patient"}),
        ("equipment_out_is_open", {"status": "checked_out", "patient": "patient", "ended_at": 1, "returned_by": "by"}),
        ("equipment_returned_has_time", {"status": "returned", "patient": "patient"}),
        (
            "equipment_returned_has_time",
            {"status": "returned", "patient": "patient", "ended_at": 1, "returned_by": "by"},
        ),
        ("equipment_lost_loan_ended", {"status": "lost", "patient": "patient"}),
        (
            "equipment_lost_loan_ended",
            {"status": "lost", "patient": "patient", "ended_at": 1, "returned_at": 1, "returned_by": "by"},
        ),
        ("equipment_ends_after_start", {"ended_at": 9, "returned_by": "by"}),
        ("equipment_return_ends_custody", {"returned_at": 1}),
        ("equipment_return_ends_custody", {"returned_at": 1, "ended_at": 2, "returned_by": "by"}),
        ("equipment_end_has_author", {"ended_at": 1}),
        ("equipment_end_has_author", {"returned_by": "by"}),
        ("equipment_condition_on_return", {"condition": "good"}),
        (
            "equipment_condition_on_return",
            {"condition": "shiny", "ended_at": 1, "returned_at": 1, "returned_by": "by"},
        ),
        ("equipment_due_from_patient", {"due_back_on": dt.date(2026, 1, 1)}),
        ("equipment_void_has_reason", {"voided_at": 1}),
        ("equipment_void_has_reason", {"voided_at": 1, "voided_by": "by"}),
        ("equipment_void_has_reason", {"void_reason": "x"}),
        ("equipment_log_names_item", {"equipment_name": ""}),
        ("equipment_log_names_item", {"serial_number": ""}),
    ],
)
def test_rows_that_say_nonsense_are_refused(item, therapist, patient, constraint, fields):
    people = {"patient": patient, "by": therapist}
    real = {
        name: ago(days=value)
        if isinstance(value, int)
        else people.get(value, value)
        if isinstance(value, str)
        else value
        for name, value in fields.items()
    }
    refused(constraint, row(item, therapist, **real))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("equipment_serial_unique", {"serial_number": "wc -0\t4 17"}),
        ("equipment_serial_given", {"serial_number": " \t"}),
        ("equipment_name_given", {"equipment_name": ""}),
    ],
)
def test_items_that_say_nonsense_are_refused(item, therapist, constraint, fields):
    values = {"equipment_name": "Frame", "serial_number": "F", "logged_by": therapist} | fields
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EquipmentItem.objects.bulk_create([EquipmentItem(**values)])


@pytest.mark.parametrize(
    "write",
    [
        lambda item: EquipmentItem.objects.filter(pk=item.pk).update(status="lost"),
        lambda item: EquipmentItem.objects.bulk_update([_with_status(item, "retired")], ["status"]),
        lambda item: _with_status(item, "lost").save(),
        lambda item: _sql("UPDATE equipment_equipmentitem SET status = 'checked_out' WHERE id = %s", item.pk),
    ],
    ids=["update", "bulk_update", "save", "raw SQL"],
)
def test_whatever_is_written_into_a_status_it_says_what_the_log_says(item, write):
    write(item)
    item.refresh_from_db()
    assert item.status == "in_stock"


def test_the_status_follows_rows_that_no_service_wrote(item, therapist, patient):
    insert(row(item, therapist, patient=patient, status="checked_out"))
    item.refresh_from_db()
    assert item.status == "checked_out"
    _sql(
        "UPDATE equipment_equipmentlog SET status = 'returned', ended_at = now(), returned_at = now(),"
        " returned_by_id = logged_by_id WHERE item_id = %s",
        item.pk,
    )
    item.refresh_from_db()
    assert item.status == "in_stock"


def test_an_item_cannot_be_inserted_with_a_status_of_its_own(therapist):
    lost = EquipmentItem(equipment_name="Frame", serial_number="F", status="lost", logged_by=therapist)
    EquipmentItem.objects.bulk_create([lost])
    lost.refresh_from_db()
    assert lost.status == "in_stock"


@pytest.mark.parametrize(
    "change",
    [
        "patient_id = NULL, status = 'lost'",
        "checked_out_at = checked_out_at - interval '1 hour'",
        "serial_number = 'OTHER'",
        "equipment_name = 'Other'",
        "logged_by_id = returned_by_id",
        "created_at = now()",
        "returned_at = NULL, ended_at = NULL, returned_by_id = NULL, status = 'checked_out', condition = ''",
        "return_notes = 'never said'",
        "condition = 'needs_repair'",
    ],
)
def test_what_was_recorded_is_not_rewritten(loan, lead, change):
    services.return_item(log=loan, by=lead, condition="good")
    with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
        _sql(f"UPDATE equipment_equipmentlog SET {change} WHERE id = %s", loan.pk)  # noqa: S608


def test_an_entry_made_in_error_stays_one(loan, therapist):
    services.void_entry(log=loan, version=1, reason="Wrong chart", by=therapist)
    with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
        _sql(
            "UPDATE equipment_equipmentlog SET voided_at = NULL, voided_by_id = NULL, void_reason = '' WHERE id = %s",
            loan.pk,
        )


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM equipment_equipmentlog",
        "DELETE FROM equipment_equipmentitem",
        "TRUNCATE equipment_equipmentlog",
        "TRUNCATE equipment_equipmentitem CASCADE",
    ],
)
def test_nothing_is_deleted(loan, sql):
    with pytest.raises(IntegrityError, match="keeps its rows"), transaction.atomic():
        _sql("SET CONSTRAINTS ALL IMMEDIATE")
        _sql(sql)
    assert EquipmentLog.objects.count() == 1


def test_texts_of_rows_name_nobody(loan, item, patient):
    assert patient.display_name not in str(loan) + str(item)


def _with_status(item, status):
    item.status = status
    return item


def _sql(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)

"""What equipment adds to the overview, the timeline and the caseload."""

import datetime as dt

import pytest
from django.utils import timezone

from equipment import chart, events, services
from equipment.models import EquipmentLog
from patients.models import Patient
from patients.registry import (
    CaseloadColumn,
    CaseloadFilter,
    CaseloadNumber,
    ChartPanel,
    Clock,
    QuickAdd,
    Tab,
    TimelineSource,
    registry,
)
from tests.columns import cell, values
from tests.equipment.conftest import ago, make_item
from tests.factories import make_patient
from ui import parts
from ui.paging import Key


def today(days=0):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (Tab, "equipment"), (QuickAdd, "equipment"), (ChartPanel, "equipment_out"), (ChartPanel, "equipment_list"),
        (TimelineSource, "equipment"), (CaseloadColumn, "equipment"), (CaseloadFilter, "equipment_out"),
        (CaseloadFilter, "equipment_overdue"),
    ],
)  # fmt: skip
def test_everything_is_registered(kind, key):
    assert [item.key for item in registry.of(kind)].count(key) == 1


def strip(patient, user):
    patient = Patient.objects.get(pk=patient.pk)  # each page reads anew
    return parts.render("equipment/_strip.jinja", patient=patient, here="/", **chart.out_in_numbers(patient, user))


def test_the_strip_says_how_much_is_out_and_what_is_late(patient, therapist, lend, django_assert_num_queries):
    assert "Nothing with the patient" in strip(patient, therapist)
    lend()
    assert "No day agreed" in strip(patient, therapist)
    lend(serial_number=make_item(therapist).serial_number, due_back_on=today(2))
    assert "Next due back" in strip(patient, therapist)
    lend(serial_number=make_item(therapist).serial_number, due_back_on=today(-3))
    assert "1 overdue by 3 days" in strip(patient, therapist)
    with django_assert_num_queries(1):  # strip and rail together
        assert chart.out_in_numbers(patient, therapist)["count"] == 3
        assert len(chart.out_in_full(patient, therapist)["logs"]) == 3
    lend(serial_number=make_item(therapist).serial_number, due_back_on=today(-1))
    assert "2 overdue by up to 3 days" in strip(patient, therapist)


def test_the_rail_lists_what_is_out(patient, therapist, lend, django_assert_num_queries):
    lend(due_back_on=today(-1))
    for _ in range(9):
        lend(serial_number=make_item(therapist).serial_number, checked_out_at=ago(days=2))
    with django_assert_num_queries(1):
        context = chart.out_in_full(patient, therapist)
        page = parts.render("equipment/_rail.jinja", patient=patient, here="/", **context)
    assert "Overdue by 1 day<" in page
    assert context["logs"][0].serial_number == "WC-0417"
    assert "Show all equipment" in page


def test_the_caseload_counts_what_is_out_and_late(patient, therapist, lend, django_assert_num_queries):
    lend(due_back_on=today(-1))
    lend(serial_number=make_item(therapist).serial_number)
    other = make_patient(therapist)
    with django_assert_num_queries(1):
        found = values("equipment", [patient, other])
    assert found == {patient.pk: CaseloadNumber(2, 1)}
    assert cell("equipment", found[patient.pk]).startswith("2<br>")
    assert "1 overdue" in cell("equipment", found[patient.pk])
    assert ">0<" in cell("equipment", None)


def test_the_flags_find_who_has_something_out_or_late(patient, therapist, lend, loan):
    late = make_patient(therapist)
    lend(patient=late, serial_number=make_item(therapist).serial_number, due_back_on=today(-1))
    make_patient(therapist)
    assert set(Patient.objects.filter(chart.has_out(Clock.now()))) == {patient, late}
    assert set(Patient.objects.filter(chart.has_overdue(Clock.now()))) == {late}
    services.return_item(log=late.equipment_logs.get(), by=therapist, condition="good")
    assert set(Patient.objects.filter(chart.has_overdue(Clock.now()))) == set()


def test_what_the_dashboard_asks(patient, therapist, lend, loan, stranger):
    theirs = make_patient(stranger)
    old = services.check_out(
        patient=theirs, serial_number="X-1", equipment_name="Hoist", by=stranger, checked_out_at=ago(days=300),
        due_back_on=today(-1),
    )  # fmt: skip
    logs = EquipmentLog.objects
    assert list(logs.out().longest_first()) == [old, loan]
    assert list(logs.overdue(today())) == [old]
    mine = Patient.objects.filter(primary_therapist=therapist).by_name()
    assert list(logs.out().for_patients(mine).longest_first()) == [loan]


def test_the_timeline_tells_of_check_outs_returns_losses_and_errors(patient, therapist, lend, loan):
    services.return_item(log=loan, by=therapist, condition="needs_repair", returned_at=ago(days=8), notes="Bent")
    lost = lend(serial_number=make_item(therapist).serial_number, checked_out_at=ago(days=7))
    services.mark_lost(log=lost, by=therapist, lost_at=ago(days=6))
    wrong = lend(serial_number=make_item(therapist).serial_number, checked_out_at=ago(days=5), due_back_on=today())
    services.void_entry(log=wrong, version=1, reason="Wrong chart", by=therapist)
    entries = events.chart_entries(patient, therapist, None, 50)
    told = [(str(entry.title).split(" ")[-1], entry.is_struck, entry.tone) for entry in entries]
    assert told == [
        ("out", True, ""), ("lost", False, "bad"), ("out", False, "score"), ("returned", False, ""),
        ("out", False, "score"),
    ]  # fmt: skip
    assert "Entered in error (Amara Okonkwo-Reyes" in entries[0].text
    assert "Wrong chart" in entries[0].text
    assert entries[3].text == "Needs repair. Bent"
    assert entries[0].url.endswith(f"/equipment/#log-{wrong.pk}")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_the_timeline_pages_without_gap_or_repeat(patient, therapist, item, size, django_assert_num_queries):
    start = ago(days=50)
    for n in range(4):  # each comes back in the minute that the next goes out, one in the minute that it went out
        end = start + dt.timedelta(days=n + (n != 2))
        services.record_loan(
            patient=patient, equipment_name=item.equipment_name, serial_number=f"S{n}", by=therapist,
            checked_out_at=start + dt.timedelta(days=n), returned_at=end,
        )  # fmt: skip
    everything = events.chart_entries(patient, therapist, None, 100)
    assert len(everything) == 8
    assert everything == sorted(everything, key=lambda entry: entry.key, reverse=True)
    paged, before = [], None
    while True:
        with django_assert_num_queries(1):
            page = events.chart_entries(patient, therapist, before, size)
        if not page:
            break
        paged += page
        before = Key.decode(page[-1].key.encode())
    assert [entry.key for entry in paged] == [entry.key for entry in everything]


def test_keys_of_other_kinds_divide_the_timeline_as_well(patient, therapist, loan):
    at = loan.checked_out_at
    assert events.chart_entries(patient, therapist, Key(at, ("zzz", 1)), 5) != []
    assert events.chart_entries(patient, therapist, Key(at, ("aaa", 1)), 5) == []

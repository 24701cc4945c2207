"""Whatever people do in whatever order: one open stay at most, no two at a time, and a status that agrees."""

import datetime as dt
import itertools

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from equipment import services
from equipment.errors import CustodyError, NotOut
from equipment.models import EquipmentItem, EquipmentLog
from patients.errors import ChartError, StaleVersion
from tests.factories import TeamFactory, UserFactory, make_patient

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
# Mostly after the step before, sometimes long before it.
HOURS = st.one_of(st.integers(0, 3), st.integers(-60, 0))
LENGTHS = st.integers(-2, 30) | st.none()
PICK = st.integers(0, 9)


class Custody(RuleBasedStateMachine):
    """Two items, three patients, and times that often make no sense. The model is a list of stays of its own."""

    @initialize()
    def open_the_clinic(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.by = UserFactory(team=TeamFactory())
        self.patients = [make_patient(self.by) for _ in range(3)]
        self.items = [
            services.register_item(equipment_name="Frame", serial_number=f"F{n}", by=self.by) for n in range(2)
        ]
        self.hours = 0
        self.expected = {item.pk: "in_stock" for item in self.items}

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def time(self, offset):
        """The clock goes on by four hours with each step; what is entered is at or around that time."""
        self.hours += 4
        return START + dt.timedelta(hours=self.hours + offset)

    def attempt(self, act):
        """What the service did, or None where it refused; anything but a refusal of the domain is a failure."""
        try:
            return act()
        except (CustodyError, NotOut, StaleVersion, ChartError, ValidationError):
            return None

    @rule(item=PICK, patient=PICK, hour=HOURS)
    def check_out(self, item, patient, hour):
        item, patient = self.items[item % 2], self.patients[patient % 3]
        at = self.time(hour)
        if self.attempt(
            lambda: services.check_out(patient=patient, serial_number=item.serial_number, by=self.by, checked_out_at=at)
        ):
            assert self.expected[item.pk] == "in_stock"
            self.expected[item.pk] = "checked_out"

    @rule(item=PICK, patient=PICK, hour=HOURS, length=LENGTHS)
    def record(self, item, patient, hour, length):
        item, patient = self.items[item % 2], self.patients[patient % 3]
        start = self.time(hour)
        end = None if length is None else start + dt.timedelta(hours=length)
        if (
            self.attempt(
                lambda: services.record_loan(
                    patient=patient, equipment_name="Frame", serial_number=item.serial_number, by=self.by,
                    checked_out_at=start, returned_at=end,
                )
            )
            and end is None
        ):  # fmt: skip
            assert self.expected[item.pk] == "in_stock"
            self.expected[item.pk] = "checked_out"

    @precondition(lambda self: "checked_out" in self.expected.values())
    @rule(which=PICK, hour=HOURS, condition=st.sampled_from(["good", "needs_repair", "missing_parts"]))
    def give_back(self, which, hour, condition):
        log = self.any_log(which)
        at = self.time(hour)
        if log and self.attempt(lambda: services.return_item(log=log, by=self.by, condition=condition, returned_at=at)):
            self.expected[log.item_id] = "in_stock" if condition == "good" else "in_repair"

    @precondition(lambda self: "checked_out" in self.expected.values())
    @rule(which=PICK, hour=HOURS)
    def lose(self, which, hour):
        log = self.loan(which)
        at = self.time(hour)
        if log and self.attempt(lambda: services.mark_lost(log=log, by=self.by, lost_at=at)):
            self.expected[log.item_id] = "lost"

    @rule(item=PICK, hour=HOURS, move=st.sampled_from(["in_repair", "lost", "retired", "in_stock"]))
    def move(self, item, hour, move):
        item = self.items[item % 2]
        service = {
            "in_repair": services.send_to_repair, "lost": services.mark_item_lost,
            "retired": services.retire_item, "in_stock": services.return_to_stock,
        }[move]  # fmt: skip
        at = self.time(hour)
        if self.attempt(lambda: service(item=item, by=self.by, at=at, notes="x")):
            assert self.expected[item.pk] not in {move, "checked_out"}
            self.expected[item.pk] = move

    @rule(which=PICK)
    def void(self, which):
        log = self.any_log(which)
        if log is None:
            return
        was_open = log.ended_at is None and log.voided_at is None
        if self.attempt(lambda: services.void_entry(log=log, version=log.version, reason="x", by=self.by)) and was_open:
            self.expected[log.item_id] = "in_stock"

    def any_log(self, which):
        logs = list(EquipmentLog.objects.order_by("pk"))
        return logs[which % len(logs)] if logs else None

    def loan(self, which):
        """Mostly one that is out; sometimes any entry at all, as from a page that was open for long."""
        out = list(EquipmentLog.objects.out().order_by("pk"))
        return out[which % len(out)] if out and which != 4 else self.any_log(which)

    @invariant()
    def one_place_at_a_time(self):
        if not hasattr(self, "items"):
            return
        for item in EquipmentItem.objects.all():
            stays = list(item.logs.in_force().order_by("checked_out_at", "ended_at"))
            assert sum(stay.ended_at is None for stay in stays) <= 1
            real = [stay for stay in stays if stay.ended_at != stay.checked_out_at]
            for before, after in itertools.pairwise(real):
                assert before.ended_at is not None
                assert before.ended_at <= after.checked_out_at

    @invariant()
    def the_status_agrees(self):
        if not hasattr(self, "items"):
            return
        for item in EquipmentItem.objects.all():
            now = item.logs.open().first()
            assert item.status == (now.status if now else "in_stock") == self.expected[item.pk]
            assert item.logs.out().count() == (item.status == "checked_out")


class TestCustody(TestCase):
    def test_custody(self):
        assert connection.vendor == "postgresql"
        run_state_machine_as_test(
            Custody,
            settings=settings(
                max_examples=20, stateful_step_count=25, deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            ),
        )  # fmt: skip


@pytest.mark.parametrize("_", [0])
def test_the_machine_would_notice(db, _):
    """A machine that asserts nothing passes anything: a status that disagrees must fail it."""
    machine = Custody()
    machine.open_the_clinic()
    machine.expected[machine.items[0].pk] = "lost"
    with pytest.raises(AssertionError):
        machine.the_status_agrees()
    machine.teardown()

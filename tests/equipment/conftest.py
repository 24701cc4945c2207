"""A wheelchair, and ways to lend it."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from equipment import services
from equipment.models import EquipmentItem, EquipmentLog
from patients.models import Patient

_serials = itertools.count(1000)


def ago(**spent: float) -> dt.datetime:
    """A whole minute in the past."""
    return (timezone.now() - dt.timedelta(**spent)).replace(second=0, microsecond=0)


def day_and_time(at: dt.datetime) -> dict[str, str]:
    """The two fields of a form that say when."""
    local = timezone.localtime(at)
    return {"on": local.strftime("%d-%b-%Y"), "time": local.strftime("%H:%M")}


def queries(client: Client, path: str) -> int:
    """How many queries a page costs."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def make_item(by: User, **fields: Any) -> EquipmentItem:
    details = {"equipment_name": "Wheelchair, self-propelling", "serial_number": f"WC-{next(_serials)}"}
    return services.register_item(by=by, **(details | fields))


@pytest.fixture
def item(therapist: User) -> EquipmentItem:
    return make_item(therapist, serial_number="WC-0417")


@pytest.fixture
def lend(therapist: User, patient: Patient, item: EquipmentItem) -> Callable[..., EquipmentLog]:
    """Check the wheelchair, or a new item, out."""

    def check_out(**fields: Any) -> EquipmentLog:
        defaults: dict[str, Any] = {
            "patient": patient,
            "serial_number": item.serial_number,
            "by": therapist,
            "checked_out_at": ago(days=10),
        }
        return services.check_out(**(defaults | fields))

    return check_out


@pytest.fixture
def loan(lend: Callable[..., EquipmentLog]) -> EquipmentLog:
    """The wheelchair has been out to the patient for ten days."""
    return lend()

"""All sample records that OT_SAMPLE_DATA names, imported twice."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from equipment.models import EquipmentLog
from patients.models import Patient
from tests.factories import TeamFactory, UserFactory
from tests.interchange.importing import Outcome, run_import

SAMPLES = os.environ.get("OT_SAMPLE_DATA", "")
pytestmark = [pytest.mark.skipif(not SAMPLES, reason="OT_SAMPLE_DATA names no folder"), pytest.mark.django_db]


@pytest.fixture(scope="module")
def importer(django_db_setup, django_db_blocker) -> Iterator[tuple[User, Outcome]]:
    """The first import, shared by all tests here and undone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        user = UserFactory(username="importer", team=TeamFactory(name="Samples"))
        yield user, run_import(Path(SAMPLES), therapist=user)
        transaction.set_rollback(True)


@pytest.fixture
def charts(importer):
    return Patient.objects.filter(primary_therapist=importer[0])


def test_whatever_was_read_is_in_or_accounted_for(importer, charts):
    _, first = importer
    created = first.totals("patients")["created"]
    assert created == charts.count() > 0
    assert first.totals("equipment").get("created", 0) == EquipmentLog.objects.filter(patient__in=charts).count()
    assert first.status == (3 if first.failures else 0)


def test_a_second_import_creates_nothing(importer):
    user, first = importer
    started = time.monotonic()
    second = run_import(Path(SAMPLES), therapist=user)
    assert time.monotonic() - started < 60

    for kind in ("patients", "scores", "equipment", "other"):
        before, after = first.totals(kind), second.totals(kind)
        assert after.pop("unchanged", 0) == before.pop("created", 0) + before.pop("unchanged", 0)
        assert after == before
    assert second.failures == first.failures


def test_the_charts_open(importer, charts, sign_in):
    client = sign_in(importer[0])
    with_equipment = charts.filter(equipment_logs__isnull=False)[:3]
    for patient in {
        *charts.order_by("display_name")[::40],
        *with_equipment,
        *charts.filter(chart_status="deceased")[:3],
    }:
        answer = client.get(reverse("patients:show_chart", args=[patient.pk]))
        assert answer.status_code == 200
        assert "Mobility status not assessed (imported)" in answer.content.decode()
    assert client.get(reverse("patients:list_caseload")).status_code == 200

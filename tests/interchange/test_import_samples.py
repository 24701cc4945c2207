"""All sample records that OT_SAMPLE_DATA names, imported twice."""

import csv
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from equipment.models import EquipmentLog
from mobility.models import Assessment, GoalSet, MobilityScore
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

    for kind in ("patients", "scores", "equipment", "other", "assessments", "goals"):
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


def raw_observations() -> dict[str, tuple[str, str, list[str]]]:
    """Code in words, answer in words and members of every Observation of PACIO, by the id that its tables give it."""
    found = {}
    for path in Path(SAMPLES).glob("pacio-rehab/bundles/*.json"):
        for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]:
            one = entry["resource"]
            if one["resourceType"] == "Observation":
                answer = one.get("valueCodeableConcept", {}).get("coding", [{}])[0].get("display", "")
                members = [member["reference"].partition("/")[2] for member in one.get("hasMember", [])]
                found[one["id"]] = (one["code"]["coding"][0].get("display", ""), answer, members)
    found = {
        key.removeprefix("P0522-v5-"): (a, b, [m.removeprefix("P0522-v5-") for m in c])
        for key, (a, b, c) in found.items()
    }
    for name in ("FPObservation", "FPCollection"):
        with (Path(SAMPLES) / f"pacio-rehab/csv/{name}.data.csv").open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                members = [one for one in row["hasMember.reference[...]"].split("||") if one]
                found[row["resource.id"]] = (row["code.display"], row["value.display"], members)
    return found


def raw_section_gg() -> Counter[str]:
    """Section GG counted by the words of the source alone, not by our tables of codes."""
    raw, counts = raw_observations(), Counter()
    for _display, _answer, members in raw.values():
        items = [raw[one] for one in members if "functional ability" in raw[one][0]]
        goals = [one for one in members if "functional goal" in raw[one][0]]
        counts += Counter(
            {
                "assessments": bool(items),
                "items": len(items),
                "not attempted": sum("ot attempted" in answer or "refused" in answer for _code, answer, _none in items),
                "goal sets": bool(goals),
                "goals": len(goals),
            }
        )
    return counts


def test_section_gg_comes_in_whole_with_its_goals_apart(importer, charts):
    """Independent of the reader: what the raw files hold is what the charts hold."""
    raw = raw_section_gg()
    assert min(raw.values()) > 0
    assessments = Assessment.objects.filter(patient__in=charts, score_type="section_gg")
    goals = GoalSet.objects.filter(patient__in=charts)
    assert importer[1].totals("assessments")["created"] == assessments.count() == raw["assessments"]
    assert importer[1].totals("goals")["created"] == goals.count() == raw["goal sets"]
    answers = [answer for one in assessments for answer in one.answers.values()]
    assert len(answers) == raw["items"]
    assert sum(answer in {"07", "09", "10", "88"} for answer in answers) == raw["not attempted"]
    assert sum(len(one.answers) for one in goals) == raw["goals"]
    scores = MobilityScore.objects.filter(patient__in=charts, score_type="section_gg")
    assert {one.entry for one in scores} == {"imported"}
    assert scores.count() == assessments.filter(completed_at__isnull=False).count()  # one scale each; goals make none
    for one in scores:
        counted = [answer for item, answer in one.assessment.answers.items() if item not in {"GG0170R", "GG0170S"}]
        assert one.is_recoded is bool(set(counted) & {"07", "09", "10", "88"})

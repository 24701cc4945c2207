"""Goals for discharge: visible in the chart, apart from every score, recorded once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from mobility import services
from mobility.errors import EnteredInError
from mobility.models import GoalSet
from mobility.scoring import AnswersRefused
from tests.mobility.scores import day, url

WANTED = {"GG0130A": "6", "GG0170I": "4", "GG0170G": "09"}


def set_goals(patient, by, answers=WANTED, **fields):
    defaults = {"score_type": "section_gg", "set_on": day(3)}
    return services.record_goals(patient=patient, by=by, answers=answers, **(defaults | fields))


def test_goals_are_on_the_tab_and_in_no_score_trend_or_last_value(sign_in, patient, therapist):
    goals = set_goals(patient, therapist, notes="From the ward")
    assert not patient.mobility_scores.exists()
    text = sign_in(therapist).get(url(patient)).content.decode()
    for words in (
        "Goals for discharge",
        "CMS Section GG",
        "3 goals",
        "Eating",
        "Independent",
        "Walk 10 feet",
        "From the ward",
    ):
        assert words in text
    assert "No scores yet" in text
    assert reverse("mobility:mark_goals_in_error", args=[patient.pk, goals.pk]) in text


def test_wrong_goals_are_marked_stay_readable_and_are_known(sign_in, patient, therapist, viewer):
    goals = set_goals(patient, therapist)
    client = sign_in(therapist)
    address = reverse("mobility:mark_goals_in_error", args=[patient.pk, goals.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Another patient's"}).status_code == 302
    goals.refresh_from_db()
    assert (goals.is_in_error, goals.entered_in_error_by, goals.entered_in_error_reason) == (
        True, therapist, "Another patient's",
    )  # fmt: skip
    text = client.get(url(patient)).content.decode()
    assert "Entered in error" in text
    assert "Another patient&#x27;s" in text
    known = client.get(reverse("patients:show_known", args=[patient.pk, "goals", goals.pk])).content.decode()
    assert "Marked as entered in error" in known
    stood = reverse("patients:show_as_of", args=[patient.pk])
    then = f"{stood}?at={timezone.now():%Y-%m-%dT%H:%M:%S}Z"
    assert client.get(then).status_code in {200, 302}
    with pytest.raises(EnteredInError):
        services.mark_goals_in_error(goals=goals, reason="Again", by=therapist)
    assert sign_in(viewer).get(address).status_code == 403


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"answers": {}}, ValidationError),
        ({"answers": {"GG0130A": "7.5"}}, AnswersRefused),
        ({"answers": {"planted": "6"}}, AnswersRefused),
        ({"set_on": day(-1)}, ValidationError),
        ({"score_type": "planted"}, ValidationError),
    ],
)
def test_what_is_no_goal_is_refused(patient, therapist, fields, error):
    with pytest.raises(error):
        set_goals(patient, therapist, **fields)
    assert not GoalSet.objects.exists()


def test_recorded_goals_are_neither_changed_nor_deleted(patient, therapist):
    goals = set_goals(patient, therapist)
    for change in ({"answers": {"GG0130A": "1"}}, {"set_on": day()}, {"notes": "x"}):
        with pytest.raises(Error), transaction.atomic():
            GoalSet.objects.filter(pk=goals.pk).update(**change)
    with pytest.raises(Error), transaction.atomic():
        GoalSet.objects.filter(pk=goals.pk)._raw_delete("default")

"""Measure plans: what is due is the same as counted by hand, whichever way scores, plans and teams change."""

import datetime as dt
import random

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mobility import services as mobility
from mobility.models import DueMeasure, MobilityScore, PlannedMeasure, Rule, TeamMeasure
from mobility.plans import services
from mobility.plans.models import due_after
from patients import services as charts
from patients.errors import ChartArchived, StaleVersion
from patients.models import Patient
from tests.factories import TeamFactory, UserFactory, make_patient

TODAY = timezone.localdate
MEASURES = ("tug", "barthel_index", "katz_adl")


def due(patient):
    return {row.score_type: row.due_on for row in DueMeasure.objects.filter(patient=patient)}


def by_hand(patient):
    """What is due, straight from the rules."""
    patient = Patient.objects.get(pk=patient.pk)
    own = {row.score_type: row for row in PlannedMeasure.objects.filter(patient=patient)}
    planned = {}
    for row in TeamMeasure.objects.filter(team=patient.team_id, every_days__isnull=False):
        if row.score_type not in own or own[row.score_type].rule == Rule.TEAM:
            planned[row.score_type] = (row.every_days, max(row.starts_on, patient.team_since))
    planned |= {name: (row.every_days, row.starts_on) for name, row in own.items() if row.rule == Rule.OWN}
    scores = MobilityScore.objects.filter(patient=patient, entered_in_error_at=None)
    last = {
        name: max(scores.filter(score_type=name).values_list("score_date", flat=True), default=None) for name in planned
    }
    return {name: due_after(last[name], began, days) for name, (days, began) in planned.items()}


@pytest.mark.parametrize("seed", range(4))
def test_what_is_due_is_what_counting_by_hand_gives(db, seed):
    lot = random.Random(seed)  # noqa: S311
    teams = [TeamFactory(), TeamFactory()]
    therapists = [UserFactory(team=team) for team in teams]
    patients = [make_patient(lot.choice(therapists)) for _ in range(3)]
    for _ in range(40):
        patient, by, name = lot.choice(patients), lot.choice(therapists), lot.choice(MEASURES)
        day = TODAY() - dt.timedelta(days=lot.randrange(90))
        match lot.randrange(6):
            case 0 | 1:
                value = "3" if name == "katz_adl" else "10"
                mobility.record_score(patient=patient, score_type=name, score_value=value, score_date=day, by=by)
            case 2:
                score = MobilityScore.objects.filter(patient=patient, entered_in_error_at=None).first()
                if score:
                    mobility.mark_in_error(score=score, reason="Wrong", by=by)
            case 3:
                days = lot.choice([None, 7, 28, 90])
                services.set_team_measure(
                    team=lot.choice(teams), score_type=name, every_days=days, starts_on=lot.choice([None, day]), by=by
                )
            case 4:
                row = PlannedMeasure.objects.filter(patient=patient, score_type=name).first()
                rule = lot.choice(Rule.values)
                version = row.version if row else 0
                services.plan_measure(
                    patient=patient, score_type=name, rule=rule, every_days=lot.choice([1, 14]), version=version, by=by
                )
            case 5:
                charts.hand_over(patients=[patient], to=lot.choice(therapists), reason="Moved", by=by)
        for one in patients:
            one.refresh_from_db()
            assert due(one) == by_hand(one)
            assert one.next_due_on == min(due(one).values(), default=None)


def test_other_ways_in_keep_what_is_due_as_well(patient, therapist):
    services.set_team_measure(team=patient.team, score_type="tug", every_days=28, by=therapist)
    assert due(patient) == {"tug": TODAY()}
    # Around the services: in bulk, and by SQL.
    day = TODAY() - dt.timedelta(days=3)
    facts = {"score_type": "tug", "score_value": 12, "instrument_version": "x", "recorded_by": therapist}
    rows = [MobilityScore(patient=patient, score_date=day, occurred_at=timezone.now(), **facts) for _ in range(2)]
    MobilityScore.objects.bulk_create(rows)
    assert due(patient) == {"tug": day + dt.timedelta(days=28)}
    TeamMeasure.objects.update(every_days=7)
    assert due(patient) == {"tug": day + dt.timedelta(days=7)}
    Patient.objects.filter(pk=patient.pk).update(team=TeamFactory())
    assert due(patient) == {}
    for sql in ("DELETE FROM mobility_teammeasure", "UPDATE mobility_teammeasure SET score_type = 'other'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_patients_own_rule_is_said_once_and_never_over_somebody_elses_words(patient, therapist, lead):
    services.set_team_measure(team=patient.team, score_type="tug", every_days=28, by=lead)
    say = {"patient": patient, "score_type": "tug", "rule": Rule.OWN, "every_days": 7, "by": therapist}
    first = services.plan_measure(**say)
    assert services.plan_measure(**say).pk == first.pk, "a double click says it once"
    assert PlannedMeasure.history.filter(id=first.pk).count() == 1
    with pytest.raises(StaleVersion) as stale:
        services.plan_measure(**say | {"rule": Rule.OFF})
    assert stale.value.current.every_days == 7
    services.plan_measure(**say | {"rule": Rule.OFF, "reason": "Cannot walk", "version": 1})
    assert due(patient) == {}
    undone = services.undo(planned=first, version=2, by=lead)
    assert (undone.rule, undone.every_days, undone.set_by) == (Rule.OWN, 7, lead)
    assert services.undo(planned=first, version=3, by=lead).rule == Rule.OFF, "undoing is a change like any other"
    with pytest.raises(StaleVersion):
        services.undo(planned=first, version=3, by=lead)
    assert services.plan_measure(patient=patient, score_type="katz_adl", rule=Rule.TEAM, by=therapist) is None
    charts.change_chart_status(patient=patient, to="archived", reason="Moved", by=lead)
    with pytest.raises(ChartArchived):
        services.plan_measure(**say | {"version": 4})

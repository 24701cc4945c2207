"""Measure plans: what is due is the same as counted by hand, whichever way scores, plans and teams change."""

import datetime as dt
import random
import re

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from mobility import services as mobility
from mobility.models import DueMeasure, MobilityScore, PlannedMeasure, Rule, TeamMeasure
from mobility.plans import services
from mobility.plans.models import due_after
from mobility.plans.panels import DueList
from patients import services as charts
from patients.as_of import step_to
from patients.errors import ChartArchived, StaleVersion
from patients.models import Patient
from tests.columns import values
from tests.factories import TeamFactory, UserFactory, make_patient
from tests.roles import as_site

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


@pytest.mark.parametrize("seed", range(2))
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


def test_the_sites_role_reads_what_is_due_and_only_triggers_write_it(patient, therapist):
    with as_site():
        services.plan_measure(patient=patient, score_type="tug", rule=Rule.OWN, every_days=7, by=therapist)
        mobility.record_score(patient=patient, score_type="tug", score_value="9", score_date=TODAY(), by=therapist)
        assert due(patient) == {"tug": TODAY() + dt.timedelta(days=7)}
        for sql in ("UPDATE mobility_duemeasure SET due_on = due_on", "DELETE FROM mobility_duemeasure"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(sql)


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


def page(patient, name="show_plan", **more):
    return reverse(f"mobility:{name}", kwargs={"patient_id": patient.pk, **more})


def words(response):
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def test_a_plan_is_made_changed_and_undone_on_its_page(sign_in, patient, therapist, lead):
    client = sign_in(therapist)
    assert "No measure is planned" in words(client.get(page(patient)))
    services.set_team_measure(team=patient.team, score_type="tug", every_days=28, by=lead)
    shown = client.get(page(patient))
    assert "As the team does" in words(shown)
    assert "Never scored" in words(shown)

    form_url = page(patient, "plan_measure") + "?measure=tug"
    form = client.get(form_url).context["form"]
    assert (form["rule"].value(), form["every"].value(), form["unit"].value()) == (Rule.TEAM, 4, "weeks")
    data = {name: form[name].value() for name in form.fields} | {"rule": "own", "reason": "Knee swollen"}
    for typed, problem in (("", "weeks"), ("0", "weeks"), ("1.5", "weeks"), ("105", "from 1 to 104 weeks")):
        refused = client.post(form_url, data | {"every": typed})
        assert refused.status_code == 422
        assert problem in refused.context["form"].errors["every"][0]
        assert refused.context["form"]["reason"].value() == "Knee swollen"
    assert client.post(form_url, data | {"every": "10", "unit": "days"}).status_code == 302
    row = patient.planned_measures.get()
    assert (row.says, row.reason, row.set_by) == ("Every 10 days", "Knee swollen", therapist)
    assert "For this patient" in words(client.get(page(patient)))

    # The same page of somebody else, from before: a conflict that keeps what was typed, and goes through when sent again.
    other = sign_in(lead)
    stale = other.post(form_url, data | {"rule": "off"})
    assert stale.status_code == 409
    assert "Every 10 days : Knee swollen" in words(stale)
    again = {name: stale.context["form"][name].value() for name in form.fields}
    assert (again["rule"], again["version"]) == ("off", "1")
    assert other.post(form_url, again).status_code == 302
    assert due(patient) == {}

    undo = page(patient, "undo_plan", planned_id=row.pk)
    assert "was changed since" in words(other.post(undo, {"version": "1"}, follow=True))
    assert "Undone" in words(other.post(undo, {"version": "2"}, follow=True))
    assert patient.planned_measures.get().says == "Every 10 days"

    known = client.get(f"/patients/{patient.pk}/known/plan/tug/").context["answer"].said
    assert [str(one.value) for one, _ in known] == [
        "Every 10 days", "Not measured with this patient", "Every 10 days", "Every 4 weeks",
    ]  # fmt: skip
    assert {str(origin) for one, origin in known if one.what == "For this patient"} == {
        "Measure plan", "Undoing a change of the measure plan",
    }  # fmt: skip
    assert client.get(f"/patients/{patient.pk}/known/plan/katz_adl/").status_code == 404
    stood = client.get(f"/patients/{patient.pk}/as-of/?at={step_to(timezone.now())}")
    assert "Every 10 days" in words(stood)
    trail = AuditEvent.objects.filter(event_type="plan.changed").order_by("pk").values_list("details", flat=True)
    assert [one["rule"] for one in trail] == ["own", "off", "own"]


def test_the_caseload_says_of_several_measures_what_the_chart_says(sign_in, therapist):
    planned = {
        "late": [("tug", 20), ("katz_adl", 12), ("barthel_index", 8)],  # days since the last score, of every 10 days
        "soon": [("tug", 7), ("barthel_index", 7), ("katz_adl", 0)],
        "later": [("katz_adl", 0), ("tug", 0)],
        "none": [],
    }
    patients = {}
    for name, measures in planned.items():
        patients[name] = patient = make_patient(therapist, family_name=name)
        for score_type, ago in measures:
            services.plan_measure(patient=patient, score_type=score_type, rule=Rule.OWN, every_days=10, by=therapist)
            day = TODAY() - dt.timedelta(days=ago)
            value = "3" if score_type == "katz_adl" else "10"
            mobility.record_score(
                patient=patient, score_type=score_type, score_value=value, score_date=day, by=therapist
            )
    found = values("due", list(patients.values()))
    told = {name: found.get(patient.pk) for name, patient in patients.items()}
    assert told.pop("none") is None
    for name, row in told.items():
        chart = DueList(DueMeasure.objects.filter(patient=patients[name]).standing(TODAY()).soonest_first())
        assert (row.overdue, row.soon, row.others) == (chart.overdue, chart.soon, chart.others)
        first = chart.first
        assert (row.score_type, row.due_on, row.standing) == (first.score_type, first.due_on, first.standing)
        assert (row.measure, row.short_name, row.due_words) == (first.measure, first.short_name, first.due_words)
    assert [(row.score_type, row.days, row.others) for row in told.values()] == [
        ("tug", -10, "and 1 more"), ("barthel_index", 3, "and 1 more"), ("katz_adl", 10, ""),
    ]  # fmt: skip
    html = sign_in(therapist).get("/caseload/").content.decode()
    assert "Overdue by 10 days" in html
    assert "Due in 3 days" in html


def test_overdue_and_due_soon_are_the_same_in_caseload_chart_and_dashboard(sign_in, therapist, lead):
    late, soon, later, unplanned = (make_patient(therapist) for _ in range(4))
    gone = make_patient(therapist)
    for patient, ago in ((late, 10), (soon, 3), (later, 0), (gone, 10)):
        services.plan_measure(patient=patient, score_type="tug", rule=Rule.OWN, every_days=9, by=therapist)
        day = TODAY() - dt.timedelta(days=ago)
        mobility.record_score(patient=patient, score_type="tug", score_value="12", score_date=day, by=therapist)
    services.plan_measure(patient=later, score_type="tug", rule=Rule.OWN, every_days=90, version=1, by=therapist)
    charts.change_chart_status(patient=gone, to="inactive", reason="Away", by=therapist)
    board = sign_in(lead).get("/dashboard/")
    counted = {str(bar.label): (bar.count, bar.url) for bar in board.context["figures"]}
    for label, flag, patient in (
        ("Measures overdue", "measures_overdue", late), ("Measures due soon", "measures_soon", soon),
    ):  # fmt: skip
        listed = sign_in(therapist).get(f"/caseload/?flag={flag}")
        assert [row.patient for row in listed.context["rows"]] == [patient]
        assert counted[label] == (1, f"/caseload/?flag={flag}&scope=team")
        assert [row.patient for row in sign_in(lead).get(counted[label][1]).context["rows"]] == [patient]
    client = sign_in(therapist)
    order = [row.patient for row in client.get("/caseload/?sort=due").context["rows"]]
    assert order == [late, soon, later, unplanned]
    assert "Overdue by 1 day" in words(client.get("/caseload/"))
    assert "Overdue by 1 day" in words(client.get(f"/patients/{late.pk}/"))
    assert "Due in 6 days" in words(client.get(page(soon, "show_scores")))
    assert "None planned" in words(client.get(f"/patients/{unplanned.pk}/"))


def test_administrators_set_what_a_team_measures_and_its_lead_sees_it(sign_in, patient, lead, admin_user):
    client = sign_in(admin_user)
    facts = {"team": patient.team_id, "score_type": "tug", "every_days": "28", "starts_on": "2026-01-05"}
    add = reverse("admin:mobility_teammeasure_add")
    assert client.post(add, facts | {"every_days": "900"}).status_code == 422
    assert client.post(add, facts).status_code == 302
    row = TeamMeasure.objects.get()
    assert (row.interval, row.set_by, TeamMeasure.history.get().history_user) == (
        "Every 4 weeks",
        admin_user,
        admin_user,
    )
    assert client.post(add, facts).status_code == 422, "once for a team"
    change = reverse("admin:mobility_teammeasure_change", args=[row.pk])
    assert client.post(change, {"every_days": "", "starts_on": "2026-01-05"}).status_code == 302
    assert due(patient) == {}
    assert "No measures are planned by default" in words(sign_in(lead).get("/team/measures/"))
    assert sign_in(admin_user).post(change, {"every_days": "14", "starts_on": "2026-01-05"}).status_code == 302
    assert "Every 2 weeks" in words(sign_in(lead).get("/team/measures/"))

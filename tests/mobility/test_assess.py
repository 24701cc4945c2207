"""The item form through the front door: every way of scoring, every bad entry at its field, nothing typed lost."""

import re
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from audit.models import AuditEvent
from mobility import catalogue
from mobility.scoring import Kind, kind_of
from tests.mobility.scores import day, mark, record, url
from tests.mobility.test_assessments import BARTHEL
from ui.dates import show_date

SELF_CARE = {f"item_GG0130{letter}": "4" for letter in "ABCFGH"}
VECTORS = yaml.safe_load((Path(__file__).parent / "vectors.yaml").read_text())["vectors"]


def items(answers, **more):
    return {f"item_{name}": str(value) for name, value in answers.items()} | {"score_date": show_date(day()), **more}


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()).replace("\xa0", " ")


@pytest.fixture
def enter(sign_in, patient, therapist):
    """Send the form of a measure."""
    client = sign_in(therapist)

    def send(measure, typed, **more):
        return client.post(url(patient, "assess", measure=measure), {"form_token": str(uuid.uuid4()), **typed, **more})

    return send


def typed_of(vector):
    """What somebody types into the form for a worked example, and the value that is then recorded."""
    instrument = catalogue.get(vector["instrument"])
    kind, inputs = kind_of(instrument), vector.get("inputs", {})
    if kind is Kind.GOALS:
        rows = enumerate(inputs["goals"])
        return {
            f"goal_{row}_{key}": value
            for row, goal in rows
            for key, value in (("text", f"Goal {row}"), ("x", goal["x"]), ("w", goal["w"]))
        }
    if "value" in vector:
        return {f"value_{instrument.default_scale.id}": vector["value"]}
    timed = {rule.item: rule.id for rule in instrument.questions.times if rule.may_be_shown and rule.id in inputs}
    answers = vector.get("answers") or vector["subtotals"]
    found = {f"item_{name}": value for name, value in answers.items() if name not in timed}
    return found | {f"time_{rule}": inputs[rule] for rule in timed.values()}


def test_the_worked_examples_come_out_of_the_form(enter, patient):
    for vector in VECTORS:
        wanted = vector["expect"]
        more = {"context_wound": "left heel"} if vector["instrument"] == "push_tool_3" else {}
        response = enter(vector["instrument"], {**typed_of(vector), **more, "score_date": show_date(day())})
        if "error" in wanted:
            assert response.status_code == 422
            continue
        assert response.status_code == 302, (vector["id"], text_of(response))
        score = patient.mobility_scores.latest("pk")
        assert (score.score_type, score.score_value) == (vector["instrument"], Decimal(str(wanted["total"]))), vector[
            "id"
        ]
        assert score.is_recoded is bool(wanted.get("legacy_recode"))
        assert score.series == ("wound=left heel" if more else "")


def test_the_other_measures_are_recorded_with_what_they_need(enter, patient):
    today = {"score_date": show_date(day())}
    hand = {"context_hand": "left", **today}
    fma = {one.id: max(one.allowed) for one in catalogue.get("fugl_meyer_ue").questions.items}
    clicks = {"value_basic_mobility_raw": "18", "value_daily_activity_t": "40.25"}
    walk = {"distance_m": "10", "time_s": "12.5", "context_walking_aid": "stick", "context_pace": "comfortable"}
    problem = {"problem_0_text": "Cooking", "problem_0_performance": "3", "problem_0_satisfaction": "2"}
    problem |= {"problem_2_text": "Dressing", "problem_2_performance": "4", "problem_2_satisfaction": "2"}
    for measure, typed, expected in (
        ("grip_strength", {"value_force": "20.5", **hand}, [("20.5", "hand=left", "value")]),
        ("nine_hole_peg", {"value_time": "31.25", **hand}, [("31.25", "hand=left", "value")]),
        ("fugl_meyer_ue", {**items(fma), **hand}, [("66", "hand=left", "items")]),
        ("am_pac_6_clicks", clicks | today, [("18", "", "items"), ("40.25", "daily_activity_t", "items")]),
        ("copm", problem | today, [("3.5", "", "items"), ("2", "satisfaction", "items")]),
        ("ten_metre_walk", walk | today, [("0.8", "", "items")]),
        ("functional_ambulation_category", items({"category": 3}), [("3", "", "items")]),
        ("six_minute_walk", {"value_distance": "312", "context_distance": "20 m", **today}, [("312", "", "value")]),
        ("moca", {"value_total": "24", "context_education_point": "added", **today}, [("24", "", "value")]),
        ("fim", items({"motor": 60, "cognitive": 30}), [("90", "", "items")]),
    ):
        response = enter(measure, typed)
        assert response.status_code == 302, (measure, text_of(response))
        rows = patient.mobility_scores.of_type(measure).order_by("pk")
        found = [(format(row.score_value.normalize(), "f"), row.series, row.entry) for row in rows]
        assert found == expected, measure
    walked = patient.mobility_scores.of_type("ten_metre_walk").get()
    assert walked.context == {"walking_aid": "stick", "pace": "comfortable", "distance": "10 m"}
    assert walked.assessment.inputs == {"distance_m": "10", "time_s": "12.5"}


@pytest.mark.parametrize(
    ("measure", "typed", "field", "message"),
    [
        ("barthel_index", {"item_feeding": "7"}, "item_feeding", "Feeding: Choose one of 0, 5, 10"),
        ("barthel_index", {"item_feeding": ["5", "10"]}, "item_feeding", "Feeding: This item is answered twice"),
        ("barthel_index", {"item_flying": "5"}, "", "an item that this measure does not have: flying."),
        ("barthel_index", {"score_date": show_date(day(-1))}, "score_date", "not in the future"),
        ("barthel_index", {"score_date": "01-Jan-1900"}, "score_date", "on or after the date of birth"),
        ("barthel_index", {"item_stairs": ""}, "item_stairs", "Stairs: not answered"),
        ("modified_barthel_shah", {"item_ambulation": "8", "item_wheelchair": "3"}, "item_wheelchair", "not both"),
        ("fim", {"item_motor": "200"}, "item_motor", "Motor: Enter a whole number from 13 to 91"),
        ("tug", {"value_time": "18,4"}, "value_time", "Use a point, not a comma"),
        ("tug", {"value_time": "18 min"}, "value_time", "Enter the number alone, in seconds"),
        ("push_tool_3", {"item_exudate": "1,5"}, "item_exudate", "Enter the number without a comma"),
        ("tug", {"value_time": "900"}, "value_time", "is unusual"),
        ("grip_strength", {"value_force": "20"}, "context_hand", "Say which hand or side"),
        ("sppb", {"time_chair_5_s": "16,7"}, "time_chair_5_s", "Use a point, not a comma"),
        ("sppb", {"time_chair_5_s": "16", "unable_chair_5_s": "1"}, "time_chair_5_s", "not both"),
        ("sppb", {"time_chair_5_s": "16", "item_chair_points": "2"}, "time_chair_5_s", "not both"),
        ("ten_metre_walk", {"time_s": "12"}, "distance_m", "Enter the distance"),
        ("goal_attainment_scaling", {"goal_0_x": "1"}, "goal_0_text", "Goal 1: enter the goal"),
        ("goal_attainment_scaling", {"goal_0_w": "3"}, "goal_0_text", "Goal 1: enter the goal"),
        ("goal_attainment_scaling", {"goal_0_text": "Stairs", "goal_0_x": "5"}, "goal_0_x", "Choose one of"),
        ("copm", {"problem_1_text": "Cooking", "problem_1_performance": "11"}, "problem_1_performance", "1 to 10"),
        ("copm", {"problem_1_text": "Cooking", "problem_1_performance": "4"}, "problem_1_satisfaction", "enter a number"),
        ("section_gg", {"item_GG0130A": "-"}, "item_GG0130B", "not answered"),
        ("section_gg", SELF_CARE | {"item_GG0130E": "-"}, "item_GG0130E", "not assessed, so there is no total"),
    ],
)  # fmt: skip
def test_bad_input_is_said_at_its_field_and_every_other_answer_is_kept(enter, patient, measure, typed, field, message):
    base = items({**BARTHEL}) if measure == "barthel_index" else {"score_date": show_date(day())}
    response = enter(measure, {**base, "notes": "Kept words", **typed})
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert message in " ".join(errors.get(field or "__all__", ())), dict(errors)
    page = response.content.decode()
    assert f'href="#id_{field}"' in page if field else message in page
    assert "Kept words" in page
    if measure == "barthel_index":
        kept = len(re.findall(r'name="item_\w+" value="\d+" data-digit="\d+" checked', page))
        assert kept == 10 - (field in {"item_feeding", "item_stairs"})
    assert not patient.assessments.exists() and not patient.mobility_scores.exists()


def test_an_unusual_value_is_recorded_once_confirmed(enter, patient):
    typed = {"value_time": "900", "score_date": show_date(day())}
    assert 'name="confirmed_value_time" value="900"' in enter("tug", typed).content.decode()
    assert enter("tug", typed, confirmed_value_time="900").status_code == 302
    assert patient.mobility_scores.get().score_value == 900


def test_begun_by_one_finished_by_another_never_over_what_somebody_saved_in_between(
    enter, sign_in, patient, therapist, lead
):
    some = {name: BARTHEL[name] for name in ("feeding", "bathing")}
    response = enter("barthel_index", items(some, action="incomplete"))
    begun = patient.assessments.get()
    assert response.status_code == 302 and not patient.mobility_scores.exists()
    for page in (f"/patients/{patient.pk}/", url(patient), url(patient, "show_assessment", assessment_id=begun.pk)):
        shown = text_of(sign_in(therapist).get(page))
        assert "2 of 10 answered" in shown and therapist.name in shown

    going_on, other = url(patient, "continue_assessment", assessment_id=begun.pk), sign_in(lead)
    page = other.get(going_on).content.decode()
    assert 'name="version" value="1"' in page and "Begun by" in page
    assert other.post(going_on, items({**some, "grooming": 5}, action="incomplete", version=1)).status_code == 302

    stale = sign_in(therapist).post(going_on, items({**BARTHEL, "feeding": 5}, version=1))
    assert stale.status_code == 409
    shown = text_of(stale)
    assert "Somebody else saved this assessment meanwhile" in shown and "Feeding 10 Independent 5 Needs help" in shown
    assert 'name="version" value="2"' in stale.content.decode()
    assert sign_in(therapist).post(going_on, items({**BARTHEL, "feeding": 5}, version=2)).status_code == 302
    begun.refresh_from_db()
    assert (begun.recorded_by, begun.completed_by, begun.version) == (therapist, therapist, 3)
    assert patient.mobility_scores.get().score_value == 55
    late = sign_in(lead).post(going_on, items(BARTHEL, version=2))
    assert late.status_code == 409 and "was completed meanwhile" in text_of(late)
    assert sign_in(lead).get(going_on)["Location"] == url(patient, "show_assessment", assessment_id=begun.pk)
    known = text_of(sign_in(therapist).get(f"/patients/{patient.pk}/known/assessment/{begun.pk}/"))
    assert "Begun" in known and "Saved as incomplete" in known and "Completed" in known and lead.name in known


def test_a_double_click_records_once_and_other_words_are_asked_about(enter, patient):
    token = {"form_token": str(uuid.uuid4())}
    for expected in (302, 302):
        assert enter("barthel_index", items(BARTHEL), **token).status_code == expected
    again = enter("barthel_index", items({**BARTHEL, "stairs": 10}), **token)
    assert again.status_code == 409 and "Send it again" in text_of(again)
    assert patient.assessments.count() == patient.mobility_scores.count() == 1


def test_the_score_page_shows_each_answer_and_the_correct_one_begins_with_the_wrong_ones(
    enter, sign_in, patient, therapist
):
    enter("barthel_index", items(BARTHEL))
    wrong, client = patient.mobility_scores.get(), sign_in(therapist)
    page = text_of(client.get(url(patient, "show_score", score_id=wrong.pk)))
    assert "Feeding 10 Independent" in page and "Stairs 0 Unable" in page
    assert "Total typed" in text_of(
        client.get(url(patient, "show_score", score_id=record(patient, therapist, "70").pk))
    )
    mark(wrong, therapist)
    shown = client.get(url(patient, "show_score", score_id=wrong.pk))
    assert "Feeding 10 Independent" in text_of(shown)
    correct = re.search(r'href="([^"]*assess[^"]*corrects=\d+)"', shown.content.decode())[1]
    form = client.get(correct)
    assert "answers of the wrong one are filled in" in text_of(form)
    assert len(re.findall(r'data-digit="\d" checked', form.content.decode())) == 10
    assert client.post(correct, items({**BARTHEL, "stairs": 5}, corrects=wrong.pk)).status_code == 302
    right = patient.mobility_scores.get(corrects=wrong)
    assert (right.score_value, right.occurred_at) == (65, wrong.occurred_at)
    at = f"/patients/{patient.pk}/as-of/?at="
    moment = right.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "Complete 10 of 10 answered" in text_of(client.get(at + moment))


def test_the_total_while_scoring_is_the_servers_and_leaves_no_trace(sign_in, patient, therapist):
    client = sign_in(therapist)
    before = AuditEvent.objects.count()

    def total(measure, typed):
        return text_of(client.post(f"/measures/{measure}/total/", typed))

    assert total("barthel_index", items(BARTHEL)).startswith("60 of 100 Severe dependency Stroke rehabilitation")
    some = items({name: value for name, value in BARTHEL.items() if name != "bathing"})
    assert total("barthel_index", some) == "60\N{EN DASH}65 of 100 9 of 10 answered Left: Bathing"
    demmi = {one.id: 1 for one in catalogue.get("demmi").questions.items}
    assert total("demmi", items(demmi)).startswith("62 of 100")
    assert "0\N{EN DASH}100 of 100" in total("demmi", {})
    shah = {one.id: one.allowed[-1] for one in catalogue.get("modified_barthel_shah").questions.items}
    assert total("modified_barthel_shah", items({**shah, "ambulation": 0})).startswith("90 of 100")
    sppb = {"item_side_by_side": "0", "item_gait_points": "3", "time_chair_5_s": "16.70"}
    assert total("sppb", sppb).startswith("4 of 12")
    assert "No total yet" in total("barthel_index", {"item_feeding": "7"})
    gg = {"item_GG0130A": "88"}
    assert "Legacy recode" not in total("section_gg", gg)
    assert total("section_gg", SELF_CARE | {"item_GG0130E": "-"}).startswith("No total Not assessed: Shower")
    assert AuditEvent.objects.count() == before
    no_script = client.post(url(patient, "assess", measure="barthel_index"), {**some, "action": "total"})
    assert no_script.status_code == 200 and "60\N{EN DASH}65 of 100" in text_of(no_script)
    assert not patient.assessments.exists()

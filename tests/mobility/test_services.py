# ruff: noqa: RUF001 - full-width digits are what is tested
"""Recording a score and marking one as entered in error: what is kept, what is refused, what the database refuses."""

import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from audit.api import replaying
from audit.models import AuditEvent
from mobility import catalogue
from mobility.errors import EnteredInError
from mobility.models import MobilityScore
from patients import services as patients
from patients.errors import AlreadyRecorded, ChartArchived
from patients.models import Patient
from tests.factories import make_patient
from tests.mobility.scores import day, mark, record

D = Decimal


def refused(patient, by, value="65", **fields) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        record(patient, by, value, **fields)
    assert not patient.mobility_scores.exists()
    return caught.value.message_dict


def test_a_score_keeps_what_was_seen_by_whom_and_with_which_version(patient, therapist):
    score = record(patient, therapist, "65", ago=3, notes="Ward, one prompt")
    score.refresh_from_db()
    assert (score.score_type, score.score_value, score.score_date) == ("barthel_index", D("65.00"), day(3))
    assert (score.notes, score.recorded_by, score.instrument_version) == (
        "Ward, one prompt", therapist, "mahoney-1965-100"
    )  # fmt: skip
    assert timezone.localtime(score.occurred_at).replace(tzinfo=None) == dt.datetime.combine(day(3), dt.time(12))
    assert not score.has_time
    assert str(score) == f"Mobility score {score.pk}"
    row = score.history.get()
    assert (row.history_type, row.history_user, row.score_value) == ("+", therapist, D("65"))
    event = AuditEvent.objects.get(event_type="score.recorded")
    assert (event.actor, event.patient, event.target_id) == (therapist, patient, str(score.pk))
    assert "65" not in str(event.details)


@pytest.mark.parametrize("instrument", catalogue.recordable(), ids=lambda i: i.id)
def test_every_instrument_takes_its_least_and_its_greatest_value_exactly(patient, therapist, instrument):
    scale = instrument.default_scale
    least = scale.step if scale.exclusive_min else scale.min
    for value in (least, scale.max or D(10_000) - scale.step):
        score = record(patient, therapist, value, score_type=instrument.id)
        score.refresh_from_db()
        assert score.score_value == value
        assert score.instrument is instrument


@pytest.mark.parametrize(
    ("score_type", "value", "message"),
    [
        ("barthel_index", "105", "Enter a score from 0 to 100"),
        ("barthel_index", "-5", "Enter a score from 0 to 100"),
        ("barthel_index", "63", "Enter 60 or 65: this scale goes in steps of 5"),
        ("barthel_index", "６3", "Enter 60 or 65: this scale goes in steps of 5"),
        ("berg_balance_scale", "40.5", "Enter a whole number from 0 to 56"),
        ("tug", "0", "Enter a time in seconds, more than 0"),
        ("tug", "12,5", "Use a point, not a comma, for decimals"),
        ("tug", "12.345", "Enter no more than 2 decimals"),
        ("tug", "10000", "Enter a time in seconds, below 10000"),
        ("tug", "1e3", "Enter the number alone, in seconds"),
        *(("barthel_index", text, "Enter a score from 0 to 100") for text in (
            "", "abc", "1e999", "-1e999", "NaN", "sNaN", "Infinity", "-inf", "6 5", "0x41", "٦٥", "6\x005", "5" * 2_000_000,
            "½", "²", "1_0", "--5", "\N{MINUS SIGN}5",
        )),
        *(("barthel_index", value, "Enter a score from 0 to 100") for value in map(D, ("NaN", "Infinity", "1e999"))),
    ],
)  # fmt: skip
def test_a_value_that_the_scale_does_not_have_is_refused_with_an_instruction(
    patient, therapist, score_type, value, message
):
    errors = refused(patient, therapist, value, score_type=score_type)
    assert list(errors) == ["score_value"]
    assert errors["score_value"][0].startswith(message)


def test_full_width_digits_as_a_chinese_keyboard_types_them_are_digits(patient, therapist):
    assert record(patient, therapist, "６５").score_value == D("65")


def test_a_binary_float_is_a_mistake_of_the_caller(patient, therapist):
    with pytest.raises(TypeError):
        record(patient, therapist, 18.4, score_type="tug")


@pytest.mark.parametrize("score_type", ["", "nope", "grip_strength", "Barthel Index", "barthel_index\x00"])
def test_an_unknown_instrument_is_refused(patient, therapist, score_type):
    assert refused(patient, therapist, score_type=score_type) == {"score_type": ["Choose the measure"]}


@pytest.mark.parametrize(
    ("score_date", "message"),
    [
        (dt.date(9999, 12, 31), "Enter a date that is not in the future"),
        (dt.date(1950, 1, 30), "Enter a date on or after the date of birth, 31-Jan-1950"),
        (dt.date(1, 1, 1), "Enter a date on or after the date of birth, 31-Jan-1950"),
    ],
)
def test_a_day_outside_the_patients_life_is_refused(patient, therapist, score_date, message):
    assert refused(patient, therapist, score_date=score_date) == {"score_date": [message]}


def test_tomorrow_is_the_future_and_the_day_of_birth_is_not_too_early(patient, therapist):
    assert refused(patient, therapist, ago=-1) == {"score_date": ["Enter a date that is not in the future"]}
    assert record(patient, therapist, score_date=patient.date_of_birth).score_date == dt.date(1950, 1, 31)


def test_without_a_birth_date_any_past_day_will_do(therapist):
    assert record(make_patient(therapist, date_of_birth=None), therapist, score_date=dt.date(1901, 1, 1))


def test_a_score_from_before_the_death_can_still_be_added_and_none_from_after(patient, therapist):
    patients.change_chart_status(patient=patient, to="deceased", deceased_on=day(5), reason="Died", by=therapist)
    words = f"Enter a date on or before the date of death, {day(5):%d-%b-%Y}"
    assert refused(patient, therapist, ago=4) == {"score_date": [words]}
    assert record(patient, therapist, ago=5)


def test_an_archived_chart_takes_no_score(patient, therapist):
    score = record(patient, therapist)
    patients.change_chart_status(patient=patient, to="archived", reason="Moved away", by=therapist)
    with pytest.raises(ChartArchived):
        record(patient, therapist)
    with pytest.raises(ChartArchived):
        mark(score, therapist)


def test_the_moment_is_kept_where_it_is_known_and_must_be_on_the_day(patient, therapist):
    at = timezone.make_aware(dt.datetime.combine(day(2), dt.time(9, 5)))
    score = record(patient, therapist, ago=2, scored_at=at)
    assert (score.occurred_at, score.has_time) == (at, True)
    other = make_patient(therapist)
    assert refused(other, therapist, ago=1, scored_at=at) == {"score_time": ["Enter a time on the date of the score"]}


def test_a_moment_later_today_is_refused(patient, therapist, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC), tick=False)
    later = timezone.now() + dt.timedelta(minutes=1)
    assert refused(patient, therapist, scored_at=later) == {"score_time": ["Enter a time that is not in the future"]}
    assert record(patient, therapist, scored_at=timezone.now())


def test_half_past_midnight_in_the_clinic_belongs_to_the_day_that_began(patient, therapist, time_machine):
    # British Summer Time: in UTC it is still the day before.
    time_machine.move_to(dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC), tick=False)
    score = record(patient, therapist, score_date=dt.date(2026, 7, 1))
    assert timezone.localdate(score.occurred_at) == score.score_date == dt.date(2026, 7, 1)
    with pytest.raises(ValidationError, match="not in the future"):
        record(patient, therapist, score_date=dt.date(2026, 7, 2))


def test_half_past_midnight_after_a_night_on_which_the_clocks_changed(patient, therapist, time_machine):
    for utc, there in (
        (dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC), dt.date(2026, 3, 29)),
        (dt.datetime(2026, 10, 24, 23, 30, tzinfo=dt.UTC), dt.date(2026, 10, 25)),
        (dt.datetime(2026, 10, 26, 0, 30, tzinfo=dt.UTC), dt.date(2026, 10, 26)),
    ):
        time_machine.move_to(utc, tick=False)
        assert timezone.localdate(record(patient, therapist, score_date=there).occurred_at) == there
        noon = record(patient, therapist, score_date=there - dt.timedelta(days=1)).occurred_at
        assert timezone.localtime(noon).hour == 12


def test_an_invented_past_is_judged_by_its_own_present(patient, therapist):
    past = timezone.now() - dt.timedelta(days=100)
    with replaying(past):
        score = record(patient, therapist, score_date=timezone.localdate(past))
        with pytest.raises(ValidationError, match="not in the future"):
            record(patient, therapist, score_date=day())
    assert (score.created_at, score.occurred_at) == (past, past)
    assert score.history.get().history_date == past


# --- Repeats ---


def test_the_same_form_again_records_nothing_and_says_what_it_made(patient, therapist):
    token = uuid.uuid4()
    score = record(patient, therapist, form_token=token)
    with pytest.raises(AlreadyRecorded) as repeat:
        record(patient, therapist, "999", form_token=token)
    assert repeat.value.existing == score
    assert patient.mobility_scores.count() == 1


def test_a_token_of_another_chart_or_person_is_no_repeat_and_is_refused(patient, therapist, lead):
    token = uuid.uuid4()
    record(patient, therapist, form_token=token)
    for chart, by in ((make_patient(therapist), therapist), (patient, lead)):
        with pytest.raises(ValidationError) as caught:
            record(chart, by, form_token=token)
        assert list(caught.value.message_dict) == ["form_token"]
    assert MobilityScore.objects.count() == 1


def test_nothing_is_left_where_the_last_write_fails(patient, therapist, monkeypatch):
    monkeypatch.setattr("mobility.services.scores.record_event", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        record(patient, therapist)
    assert not MobilityScore.objects.exists()
    assert not MobilityScore.history.exists()


# --- Entered in error ---


def test_a_score_entered_in_error_stays_with_who_when_and_why(patient, therapist, lead):
    score = record(patient, therapist)
    marked = mark(score, lead, "Form of another patient")
    marked.refresh_from_db()
    assert marked.is_in_error
    assert (marked.entered_in_error_by, marked.entered_in_error_reason) == (lead, "Form of another patient")
    assert marked.score_value == D("65")
    first, second = score.history.order_by("history_id")
    assert (second.history_type, second.history_user, second.history_change_reason) == (
        "~", lead, "Form of another patient"
    )  # fmt: skip
    assert first.entered_in_error_at is None
    assert AuditEvent.objects.filter(event_type="score.entered_in_error", actor=lead).count() == 1


def test_marking_again_or_without_a_reason_is_refused(patient, therapist, lead):
    score = record(patient, therapist)
    with pytest.raises(ValidationError, match="Enter the reason"):
        mark(score, therapist, " \n")
    mark(score, therapist)
    with pytest.raises(EnteredInError):
        mark(score, lead, "Again")
    score.refresh_from_db()
    assert score.entered_in_error_by == therapist


def test_what_would_not_be_accepted_today_can_still_be_marked(patient, therapist):
    score = record(patient, therapist, score_date=dt.date(1951, 1, 1))
    changes = {"date_of_birth": dt.date(1960, 1, 1)}
    patients.edit_patient(patient=patient, version=1, changes=changes, by=therapist)
    assert mark(score, therapist).is_in_error


def test_the_correct_score_points_to_the_wrong_one_and_takes_its_place(patient, therapist, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC), tick=False)
    wrong = record(patient, therapist, "95")
    time_machine.shift(3600)
    after = record(patient, therapist, "50")
    mark(wrong, therapist)
    right = record(patient, therapist, "45", corrects=wrong)
    assert right.corrects == wrong
    assert list(patient.mobility_scores.live().oldest_first()) == [right, after]
    assert record(patient, therapist, "55", ago=1, corrects=None).occurred_at < right.occurred_at


def test_only_a_score_of_this_chart_that_is_in_error_can_be_corrected_and_only_once(patient, therapist):
    standing = record(patient, therapist)
    elsewhere = mark(record(make_patient(therapist), therapist), therapist)
    for wrong in (standing, elsewhere):
        with pytest.raises(ValidationError) as caught:
            record(patient, therapist, corrects=wrong)
        assert list(caught.value.message_dict) == ["corrects"]
    mark(standing, therapist)
    first = record(patient, therapist, corrects=standing)
    with pytest.raises(ValidationError, match="recorded already"):
        record(patient, therapist, corrects=standing)
    mark(first, therapist)
    assert record(patient, therapist, corrects=standing), "the correction was wrong too"


# --- What the database itself refuses ---


@pytest.mark.parametrize(
    "change",
    [
        "score_value = 70", "score_date = score_date - 1", "score_type = 'tug'", "notes = 'Other'", "patient_id = patient_id",
        "recorded_by_id = NULL", "instrument_version = 'x'", "created_at = now()", "occurred_at = now()", "has_time = true",
    ],
)  # fmt: skip
def test_a_score_is_never_changed_in_place(patient, therapist, change):
    score = record(patient, therapist)
    statement = f"UPDATE mobility_mobilityscore SET {change} WHERE id = {score.pk}"  # noqa: S608
    if change == "patient_id = patient_id":
        _sql(statement)  # nothing changes
        return
    with pytest.raises(Error), transaction.atomic():
        _sql(statement)


def test_a_score_is_never_deleted_and_its_error_never_taken_back(patient, therapist):
    score = mark(record(patient, therapist), therapist)
    for act in (
        score.delete,
        MobilityScore.objects.all().delete,
        lambda: MobilityScore.objects.update(entered_in_error_at=None, entered_in_error_reason="", entered_in_error_by=None),
        lambda: MobilityScore.objects.update(entered_in_error_reason="Another"),
    ):  # fmt: skip
        with pytest.raises(Error, match=r"append-only|not changed"), transaction.atomic():
            act()
    with pytest.raises(ProtectedError):
        Patient.objects.filter(pk=patient.pk).delete()


@pytest.mark.parametrize(
    "fields",
    [
        {"score_value": D("-0.01")}, {"score_value": D("10000")}, {"score_type": ""},
        {"instrument_version": ""}, {"entered_in_error_reason": "x"}, {"entered_in_error_at": dt.datetime.now(dt.UTC)},
    ],
)  # fmt: skip
def test_the_database_refuses_what_no_service_would_write(patient, therapist, fields):
    score = MobilityScore(
        patient=patient, score_date=day(), score_type="tug", score_value=D("12"), instrument_version="v",
        recorded_by=therapist, occurred_at=timezone.now(),
    )  # fmt: skip
    for name, value in fields.items():
        setattr(score, name, value)
    with pytest.raises((Error, ArithmeticError)), transaction.atomic():
        MobilityScore.objects.bulk_create([score])


def test_the_database_refuses_what_is_no_number(patient, therapist):
    score = record(patient, therapist)
    names = [
        f.column for f in MobilityScore._meta.concrete_fields if f.column not in {"id", "score_value", "form_token"}
    ]
    columns = ", ".join(names)
    statement = f"""INSERT INTO mobility_mobilityscore (score_value, {columns})
        SELECT 'NaN', {columns} FROM mobility_mobilityscore WHERE id = {score.pk}"""  # noqa: S608
    with pytest.raises(IntegrityError, match="score_value_possible"), transaction.atomic():
        _sql(statement)


# --- Races ---


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_is_one_score(patient, therapist):
    token = uuid.uuid4()
    results = _race(*[lambda: record(patient, therapist, form_token=token)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRecorded", "MobilityScore"]
    assert patient.mobility_scores.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_token_on_two_charts_at_once_is_refused_on_one(patient, therapist):
    token, other = uuid.uuid4(), make_patient(therapist)
    results = _race(*(lambda p=p: record(p, therapist, form_token=token) for p in (patient, other)))
    assert sorted(type(result).__name__ for result in results) == ["MobilityScore", "ValidationError"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_mark_a_score_at_once_one_is_told(patient, therapist, lead):
    score = record(patient, therapist)
    results = _race(lambda: mark(score, therapist), lambda: mark(score, lead))
    assert sorted(type(result).__name__ for result in results) == ["EnteredInError", "MobilityScore"]


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_is_told(patient, therapist, lead):
    wrong = mark(record(patient, therapist), therapist)
    results = _race(*(lambda by=by: record(patient, by, "60", corrects=wrong) for by in (therapist, lead)))
    assert sorted(type(result).__name__ for result in results) == ["MobilityScore", "ValidationError"]
    assert patient.mobility_scores.live().count() == 1


def _race(*calls):
    results, start = [], threading.Barrier(len(calls))

    def run(call):
        start.wait(timeout=10)
        try:
            results.append(call())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def _sql(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)

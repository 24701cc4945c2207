"""Queries that are compiled once: the same rows as the queryset itself, for whoever asks, on whatever day."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import DataError, connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import ProgrammingError

from accounts.models import Session
from equipment import services as equipment
from mobility import services as mobility
from mobility.models import Rule
from mobility.plans import services as plans
from patients import services
from patients.models import CareTeamMember, Patient
from sessions_notes import services as notes
from tests.factories import make_patient
from ui.prepared import EqualsAny, Prepared, as_they_come, once, read_ahead, together
from ui.statements import fetch


@pytest.fixture
def busy(patient, therapist):
    """A patient with some of everything."""
    today = timezone.localdate()
    services.change_mobility_status(patient=patient, to="hoist", reason="Fell", by=therapist)
    mobility.record_score(patient=patient, score_type="barthel_index", score_value="40", score_date=today, by=therapist)
    notes.write_note(
        patient=patient, by=therapist, session_date=today, session_type="treatment", note_text="Stood twice.",
        follow_up_needed=True, follow_up_text="Order a frame", follow_up_due_on=today,
    )  # fmt: skip
    equipment.check_out(patient=patient, serial_number="WC-1", equipment_name="Wheelchair", by=therapist)
    plans.plan_measure(patient=patient, score_type="tug", rule=Rule.OWN, every_days=7, by=therapist)
    plans.plan_measure(patient=patient, score_type="barthel_index", rule=Rule.OWN, every_days=7, by=therapist)
    Session.objects.create(pk="kept", account=therapist, session_data="", expire_date=timezone.now())
    return patient


def values_for(query, patient, user):
    known = {
        "patient": patient,
        "patients": [patient.pk],
        "pk": patient.pk,
        "session_key": "kept",
        "user": user,
        "reader": user.pk,
        "today": timezone.localdate(),
        "now": timezone.now(),
        "heard_since": timezone.now() - dt.timedelta(days=7),
        "since": timezone.now() - dt.timedelta(days=7),
        "week_ago": timezone.now() - dt.timedelta(days=7),
        "score_type": "barthel_index",
        "series": "",
    }
    return {name: known[name] for name in query.names}


def plain(rows):
    """What was read, field by field; models compare by key alone."""
    return [
        {k: v for k, v in vars(row).items() if k not in {"_state", "_read_once"}} if hasattr(row, "_meta") else row
        for row in rows
    ]


@pytest.mark.parametrize("query", Prepared.everything, ids=lambda query: query.build.__qualname__)
def test_each_gives_what_its_queryset_gives(query, busy, patient, therapist, lead):
    other = make_patient(therapist)
    for who, whom in ((busy, therapist), (other, therapist), (busy, lead), (busy, therapist)):
        values = values_for(query, who, whom)
        assert plain(query(**values)) == plain(query.build(**values))


def test_the_project_has_prepared_queries_to_compare():
    assert len(Prepared.everything) >= 14


def test_it_is_compiled_once_and_asks_once(busy, therapist):
    made = []

    def build(patient):
        made.append(patient)
        return CareTeamMember.objects.filter(patient=patient)

    query = Prepared(build)
    with CaptureQueriesContext(connection) as asked:
        first, second = query(patient=busy), query(patient=make_patient(therapist).pk)
    assert len(made) == 1
    assert [member.patient_id for member in first] == [busy.pk]
    assert second[0].patient_id != busy.pk
    assert sum("patients_careteammember" in q["sql"] and q["sql"].startswith("SELECT") for q in asked) >= 2


def test_the_log_of_queries_names_it_however_often_it_ran(busy):
    query = Prepared(lambda patient: CareTeamMember.objects.filter(patient=patient))
    with CaptureQueriesContext(connection) as asked:
        for _ in range(8):
            query(patient=busy)
    assert {"patients_careteammember" in entry["sql"] for entry in asked} == {True}


def test_rows_hold_the_patient_that_they_were_asked_for(busy, django_assert_num_queries):
    query = Prepared(lambda patient: CareTeamMember.objects.filter(patient=patient))
    with django_assert_num_queries(1):
        assert query(patient=busy)[0].patient is busy


def test_together_gives_what_one_by_one_gives(busy, patient, therapist, lead):
    other = make_patient(therapist)
    for who, whom in ((busy, therapist), (other, lead), (busy, lead), (other, therapist), (busy, therapist)):
        reads = [query.bind(**values_for(query, who, whom)) for query in Prepared.everything]
        with CaptureQueriesContext(connection) as asked:
            found = together(reads)
        assert [entry["sql"] for entry in asked] == [read.sql for read in reads]
        assert [plain(rows) for rows in found] == [plain(read.query(**read.values)) for read in reads]
    assert together([]) == []


def test_one_that_fails_fails_all_and_leaves_the_connection_usable(busy):
    members = Prepared(lambda patient: CareTeamMember.objects.filter(patient=patient))
    fails = Prepared(lambda patient: Patient.objects.filter(pk=patient).annotate(n=F("version") / (F("version") * 0)))
    for _ in range(7):  # first as it stands, then as a statement that the driver has prepared
        with pytest.raises(DataError, match="division by zero"), transaction.atomic():
            together([one.bind(patient=busy) for one in (members, fails, members)])
        assert len(members(patient=busy)) == 1


def test_answers_come_in_order_and_others_may_be_asked_between_them(patient, therapist):
    one = Prepared(lambda pk: Patient.objects.filter(pk=pk))
    other = make_patient(therapist)
    with as_they_come([one.bind(pk=patient), one.bind(pk=other), one.bind(pk=patient)]) as answers:
        assert [found.pk for found in next(answers)] == [patient.pk]
        assert Patient.objects.count() == 2
        assert [[found.pk] for found in one(pk=other)] == [[other.pk]]
        assert [found.pk for (found,) in answers] == [other.pk, patient.pk]
    assert Patient.objects.count() == 2


def test_what_was_read_ahead_is_not_asked_for_again(busy, therapist, django_assert_num_queries):
    mine = Prepared(lambda patient, user: CareTeamMember.objects.filter(patient=patient, user=user))
    every = Prepared(lambda patient: CareTeamMember.objects.filter(patient=patient))
    with django_assert_num_queries(2):
        read_ahead(busy, [mine, every, mine], user=therapist, today=timezone.localdate())
        assert [one.user_id for one in once(busy, mine, user=therapist)] == [therapist.pk]
        read_ahead(busy, [every])
        assert once(busy, every)[0].patient is busy


def test_only_models_have_keys(busy):
    members = Prepared(lambda patient: CareTeamMember.objects.filter(patient=patient))
    read = members.bind(patient=busy)
    assert read.keys(read.find()) == [member.pk for member in members(patient=busy)]
    names = Prepared(lambda patient: CareTeamMember.objects.filter(patient=patient).values_list("role")).bind(
        patient=busy
    )
    with pytest.raises(TypeError):
        names.keys(names.find())


def test_what_was_read_for_one_reader_is_not_anothers(busy, therapist, lead):
    mine = Prepared(lambda patient, user: CareTeamMember.objects.filter(patient=patient, user=user))
    read_ahead(busy, [mine], user=therapist)
    assert [one.user_id for one in once(busy, mine, user=therapist)] == [therapist.pk]
    assert once(busy, mine, user=lead) == []
    with pytest.raises(TypeError):
        once(busy, mine)


@pytest.mark.parametrize("values", [{}, {"pk": 1, "more": 2}, {"pkk": 1}])
def test_arguments_are_the_builders_own(values, db):
    query = Prepared(lambda pk: Patient.objects.filter(pk=pk))
    with pytest.raises(TypeError):
        query(**values)


@pytest.mark.parametrize(
    "build",
    [
        lambda pk: Patient.objects.all(),
        lambda pk: Patient.objects.filter(pk=pk, date_of_birth=timezone.localdate()),
        lambda pk: Patient.objects.filter(pk=pk, created_at__gt=timezone.now()),
    ],
    ids=["unused argument", "today kept for ever", "now kept for ever"],
)
def test_what_would_answer_wrongly_later_is_refused(build, db):
    query = Prepared(build)
    with pytest.raises(TypeError):
        query(pk=uuid.uuid4())


def test_two_threads_get_their_own_rows(transactional_db, therapist):
    patients = [make_patient(therapist) for _ in range(2)]
    query = Prepared(lambda patients: Patient.objects.filter(EqualsAny("pk", patients)))
    wrong, start = [], threading.Barrier(2)

    def ask(patient):
        start.wait()
        wrong.extend(found for _ in range(50) for found in query(patients=[patient.pk]) if found.pk != patient.pk)
        connection.close()

    threads = [threading.Thread(target=ask, args=[patient]) for patient in patients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_statement_that_nobody_listens_to_fails_as_any_other(patient):
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        fetch("SELECT 1 / %s", [0])
    assert fetch("SELECT %s::int", [7]) == [(7,)]
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            fetch("SELECT %s::int", [7])


@pytest.mark.parametrize("name", ["O'Neil", "100%", "%s %% %(a)s", 'C:\\new "x"', "$1 ? :a", "Ünï✓", ""])
def test_words_and_numbers_of_the_builder_are_written_out(therapist, name):
    mine = make_patient(therapist, preferred_name=name)
    make_patient(therapist, preferred_name="another")
    query = Prepared(lambda user: Patient.objects.filter(preferred_name=name, version__lt=5, primary_therapist=user))
    assert [found.pk for found in query(user=therapist)] == [mine.pk]
    assert query.bind(user=therapist).params == {"user": therapist.pk}


def test_the_same_statement_twice_at_once_has_rows_of_its_own(patient, therapist):
    query = Prepared(lambda pk: Patient.objects.filter(pk=pk))
    other = make_patient(therapist)
    for _ in range(7):
        found = together([query.bind(pk=patient), query.bind(pk=other), query.bind(pk=patient)])
        assert [[row.pk for row in rows] for rows in found] == [[patient.pk], [other.pk], [patient.pk]]


def test_a_connection_keeps_no_row_that_it_has_found(patient):
    query = Prepared(lambda pk: Patient.objects.filter(pk=pk))
    assert [found.pk for found in query(pk=patient)] == [patient.pk]
    cursor = vars(connection.connection)["_ot_cursors"][query.bind(pk=patient).sql]
    assert (cursor.pgresult, cursor._results, cursor._query, cursor._tx.pgresult) == (None, [], None, None)
    with pytest.raises(ProgrammingError, match="no result"):
        cursor.fetchall()


def test_moments_are_those_of_the_database_whatever_zone_it_speaks(db):
    noon = dt.datetime(2026, 3, 29, 12, 30, 1, 500, tzinfo=dt.UTC)
    assert fetch("SELECT %s::timestamptz", [noon]) == [(noon,)]
    assert fetch("SELECT %s::timestamptz", [noon])[0][0].tzinfo is dt.UTC
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Kolkata'")
        assert fetch("SELECT %s::timestamptz", [noon]) == [(noon,)]

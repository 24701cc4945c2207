"""Notes, versions, drafts and follow-ups: each save leaves a version, nothing that was typed is lost."""

import datetime as dt
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.roles import Role
from audit.api import replaying
from audit.append_only import AppendOnly
from audit.models import AuditEvent
from patients import services as patient_services
from patients.errors import AlreadyRecorded, ChartArchived, StaleVersion
from sessions_notes import services
from sessions_notes.errors import DraftConflict, EnteredInError, FollowUpClosed
from sessions_notes.models import FollowUp, NoteDraft, SessionNote, SessionNoteVersion
from tests.factories import UserFactory, make_patient
from tests.sessions_notes.conftest import make_note


def edit(note, by, reason="Wrong side recorded", **changes):
    changes = changes or {"note_text": "Threaded the left sleeve first"}
    return services.edit_note(note=note, version=note.version, changes=changes, reason=reason, by=by)


def draft(patient, by, text="Hot drink", token=None, version=0, note=None, **fields):
    typed = {"session_date": "31-Feb-2026", "note_text": text} | fields
    return services.save_draft(
        patient=patient, by=by, token=token or uuid.uuid4(), draft_version=version, typed=typed, note=note
    )


def archive(patient, by):
    patient_services.change_chart_status(patient=patient, to="archived", reason="x", by=by)


# --- Writing ---


def test_a_note_is_saved_with_its_first_version(patient, therapist, check_constraints):
    note = make_note(
        patient, therapist, start_time=dt.time(0, 0), duration_minutes=25, session_type="home_visit", note_text="Seen"
    )
    check_constraints()
    version = note.versions.get()
    assert (note.author, note.version, note.needs_cosignature) == (therapist, 1, False)
    assert (version.number, version.note_text, version.saved_by, version.change_reason) == (1, "Seen", therapist, "")
    assert (version.session_type, version.duration_minutes, version.saved_at) == ("home_visit", 25, note.created_at)
    assert note.history.get().history_user == therapist
    assert AuditEvent.objects.filter(event_type="note.written", patient=patient, actor=therapist).exists()


def test_a_note_that_needs_a_follow_up_opens_one(patient, therapist):
    due = timezone.localdate() + dt.timedelta(days=4)
    note = make_note(patient, therapist, follow_up_needed=True, follow_up_text="Perching stool", follow_up_due_on=due)
    found = patient.follow_ups.open().get()
    assert (found.note, found.text, found.due_on, found.created_by) == (note, "Perching stool", due, therapist)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"session_date": dt.date(2200, 1, 1)}, "session_date"),
        ({"session_date": dt.date(1949, 12, 31)}, "session_date"),
        ({"note_text": ""}, "note_text"),
        ({"note_text": "x" * 100_001}, "note_text"),
        ({"session_type": "picnic"}, "session_type"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": 1441}, "duration_minutes"),
        ({"follow_up_needed": True}, "follow_up_text"),
        (
            {"follow_up_needed": True, "follow_up_text": "x", "follow_up_due_on": dt.date(2000, 1, 1)},
            "follow_up_due_on",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(patient, therapist, fields, where):
    with pytest.raises(ValidationError) as caught:
        make_note(patient, therapist, **fields)
    assert where in caught.value.error_dict
    assert not SessionNote.objects.exists()
    assert not SessionNoteVersion.objects.exists()


def test_a_start_time_later_today_is_refused(patient, therapist, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 14, 0, tzinfo=dt.UTC), tick=False)
    with pytest.raises(ValidationError) as caught:
        make_note(patient, therapist, start_time=dt.time(14, 1))
    assert "start_time" in caught.value.error_dict


def test_an_archived_chart_takes_no_note(patient, therapist):
    archive(patient, therapist)
    with pytest.raises(ChartArchived):
        make_note(patient, therapist)


def test_a_form_sent_twice_is_one_note(patient, therapist):
    token = uuid.uuid4()
    first = make_note(patient, therapist, form_token=token)
    with pytest.raises(AlreadyRecorded) as caught:
        make_note(patient, therapist, form_token=token)
    assert caught.value.existing == first
    assert patient.session_notes.count() == 1


def test_a_token_that_somebody_else_used_is_refused_without_showing_theirs(patient, therapist, cover):
    token = uuid.uuid4()
    make_note(patient, therapist, form_token=token)
    with pytest.raises(ValidationError):
        make_note(patient, cover, form_token=token)


@pytest.mark.parametrize(
    ("who", "expected"), [("therapist", False), ("assistant", True), ("lead", False), ("cover", False)]
)
def test_an_assistants_note_needs_a_cosignature(request, patient, who, expected):
    assert make_note(patient, request.getfixturevalue(who)).needs_cosignature is expected


def test_so_does_that_of_a_therapist_who_assists_here(patient, therapist, team):
    helper = UserFactory(team=team, role=Role.THERAPIST)
    patient_services.add_member(patient=patient, user=helper, role="assistant", by=therapist)
    assert make_note(patient, helper).needs_cosignature


def test_history_can_be_replayed(patient, therapist, check_constraints):
    at = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
    with replaying(at):
        note = make_note(patient, therapist, session_date=at.date(), follow_up_needed=True, follow_up_text="x")
    check_constraints()
    note.refresh_from_db()
    moments = (note.created_at, note.occurred_at, note.versions.get().saved_at, note.follow_up.created_at)
    assert set(moments) == {at}


def test_when_the_last_write_fails_nothing_stays(patient, therapist, monkeypatch):
    token = uuid.uuid4()
    draft(patient, therapist, token=token)

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("sessions_notes.services.notes.record_event", fail)
    with pytest.raises(RuntimeError):
        make_note(patient, therapist, form_token=token)
    assert not SessionNote.objects.exists()
    assert NoteDraft.objects.filter(token=token).exists()


# --- When it was ---


def test_a_session_has_the_clinics_time(patient, therapist):
    note = make_note(patient, therapist, session_date=dt.date(2026, 7, 1), start_time=dt.time(14, 5))
    assert note.occurred_at == dt.datetime(2026, 7, 1, 13, 5, tzinfo=dt.UTC)


def test_without_a_time_it_sorts_at_noon_or_when_it_was_written(patient, therapist, time_machine):
    now = dt.datetime(2026, 7, 2, 15, 30, tzinfo=dt.UTC)
    time_machine.move_to(now, tick=False)
    assert make_note(patient, therapist).occurred_at == now
    earlier = make_note(patient, therapist, session_date=dt.date(2026, 7, 1))
    assert earlier.occurred_at == dt.datetime(2026, 7, 1, 11, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(("written", "occurred"), [("00:40", "00:30"), ("01:40", "01:30")])
def test_half_past_one_on_the_night_that_has_it_twice(patient, therapist, time_machine, written, occurred):
    """London, 25-Oct-2026: 01:30 BST is 00:30 UTC, 01:30 GMT is 01:30 UTC."""
    moment = dt.datetime.fromisoformat(f"2026-10-25T{written}+00:00")
    time_machine.move_to(moment, tick=False)
    assert timezone.localtime().strftime("%H:%M") == "01:40"
    note = make_note(patient, therapist, start_time=dt.time(1, 30))
    assert note.session_date == dt.date(2026, 10, 25)
    assert note.occurred_at == dt.datetime.fromisoformat(f"2026-10-25T{occurred}+00:00")


def test_both_half_past_ones_stay_in_order(patient, therapist, time_machine):
    notes = []
    for written in ("2026-10-25T00:40+00:00", "2026-10-25T01:40+00:00"):
        time_machine.move_to(dt.datetime.fromisoformat(written), tick=False)
        notes.append(make_note(patient, therapist, start_time=dt.time(1, 30)))
    assert list(patient.session_notes.newest_first()) == notes[::-1]


def test_a_time_that_the_clock_skipped_is_refused(patient, therapist):
    with pytest.raises(ValidationError, match="clocks went forward"):
        make_note(patient, therapist, session_date=dt.date(2026, 3, 29), start_time=dt.time(1, 30))


# --- Editing ---


def test_an_edit_adds_a_version_and_keeps_the_earlier_one(note, therapist, lead, check_constraints):
    edited = edit(note, lead, note_text="Threaded the left sleeve first")
    check_constraints()
    assert (edited.version, edited.note_text, edited.author) == (2, "Threaded the left sleeve first", therapist)
    second, first = note.versions.newest_first()
    assert (first.note_text, first.saved_by) == ("Threaded the right sleeve first", therapist)
    assert (second.saved_by, second.change_reason) == (lead, "Wrong side recorded")
    assert note.history.first().history_change_reason == "Wrong side recorded"


def test_an_edit_without_a_reason_is_refused(note, therapist):
    with pytest.raises(ValidationError) as caught:
        edit(note, therapist, reason=" ")
    assert "change_reason" in caught.value.error_dict
    assert note.versions.count() == 1


def test_an_edit_that_changes_nothing_writes_nothing(note, therapist):
    assert edit(note, therapist, note_text=note.note_text).version == 1
    assert note.versions.count() == 1


def test_a_stale_edit_is_refused_with_what_is_stored(note, therapist, lead):
    edit(note, lead, note_text="Theirs")
    with pytest.raises(StaleVersion) as caught:
        edit(note, therapist, note_text="Mine")
    assert caught.value.current.note_text == "Theirs"


def test_an_edit_sent_twice_is_one_version(note, therapist):
    token = uuid.uuid4()
    arguments = {"version": 1, "changes": {"note_text": "b"}, "reason": "r", "by": therapist, "form_token": token}
    services.edit_note(note=note, **arguments)
    with pytest.raises(AlreadyRecorded) as caught:
        services.edit_note(note=note, **arguments)
    assert (caught.value.existing, note.versions.count()) == (note, 2)


def test_only_content_can_be_edited(note, therapist):
    with pytest.raises(TypeError):
        edit(note, therapist, author=therapist)


def test_a_changed_day_moves_the_note(note, therapist):
    edited = edit(note, therapist, session_date=dt.date(2026, 7, 1), start_time=dt.time(9, 0))
    assert edited.occurred_at == dt.datetime(2026, 7, 1, 8, 0, tzinfo=dt.UTC)


def test_an_archived_charts_notes_stay_as_they_are(note, patient, therapist):
    archive(patient, therapist)
    with pytest.raises(ChartArchived):
        edit(note, therapist)
    with pytest.raises(ChartArchived):
        services.mark_in_error(note=note, reason="x", by=therapist)


def test_the_follow_up_goes_with_the_note(note, therapist):
    note = edit(note, therapist, follow_up_needed=True, follow_up_text="Stool")
    follow_up = note.follow_up
    assert follow_up.is_open

    note = edit(note, therapist, follow_up_text="Perching stool")
    follow_up.refresh_from_db()
    assert follow_up.text == "Perching stool"

    note = edit(note, therapist, follow_up_needed=False, reason="Has one")
    follow_up.refresh_from_db()
    assert (follow_up.resolved_by, follow_up.resolution) == (therapist, "Has one")
    assert note.versions.newest_first().first().follow_up_text == ""

    edit(note, therapist, follow_up_needed=True, follow_up_text="Another stool", reason="Broke")
    follow_up.refresh_from_db()
    assert (follow_up.is_open, follow_up.text, follow_up.reopen_reason) == (True, "Another stool", "Broke")


# --- Entered in error ---


def test_a_note_in_error_stays_readable_and_closes_its_follow_up(follow_up, therapist):
    note = services.mark_in_error(note=follow_up.note, reason="Wrong chart", by=therapist)
    follow_up.refresh_from_db()
    assert (note.is_in_error, note.entered_in_error_reason, note.version) == (True, "Wrong chart", 1)
    assert not follow_up.is_open
    assert not note.patient.session_notes.standing().exists()
    for attempt in (
        lambda: services.mark_in_error(note=note, reason="again", by=therapist),
        lambda: edit(note, therapist),
    ):
        with pytest.raises(EnteredInError):
            attempt()
    with pytest.raises(FollowUpClosed):
        services.reopen_follow_up(follow_up=follow_up, reason="x", by=therapist)


def test_an_error_needs_a_reason(note, therapist):
    with pytest.raises(ValidationError):
        services.mark_in_error(note=note, reason="", by=therapist)


# --- What the database refuses ---


@pytest.mark.parametrize(
    "change",
    [
        lambda n: SessionNote.objects.filter(pk=n.pk).update(note_text="forged"),
        lambda n: SessionNote.objects.filter(pk=n.pk).update(note_text="forged", version=2),
        lambda n: SessionNote.objects.filter(pk=n.pk).update(duration_minutes=5),
        lambda n: SessionNote.objects.filter(pk=n.pk).update(start_time=dt.time(9)),
        lambda n: SessionNote.objects.filter(pk=n.pk).update(follow_up_needed=True),
        lambda n: _sql("UPDATE sessions_notes_sessionnote SET note_text = 'x'; "
                       "UPDATE sessions_notes_sessionnote SET note_text = 'Threaded the right sleeve first'"),
    ],
    ids=["text", "text and number", "length", "time", "follow-up", "away and back"],
)  # fmt: skip
def test_no_path_changes_a_note_without_its_version(note, check_constraints, change):
    with pytest.raises(IntegrityError, match="SessionNoteVersion"), transaction.atomic():
        change(note)
        check_constraints()


def test_a_note_inserted_without_its_version_is_refused(note, check_constraints):
    copy = SessionNote.objects.get(pk=note.pk)
    copy.pk, copy.form_token = None, None
    with pytest.raises(IntegrityError, match="SessionNoteVersion"), transaction.atomic():
        SessionNote.objects.bulk_create([copy])
        check_constraints()


@pytest.mark.parametrize("sql", ["UPDATE {} SET note_text = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_a_version(note, check_constraints, sql):
    check_constraints()
    with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
        _sql(sql.format("sessions_notes_sessionnoteversion"))


def test_the_model_refuses_too(note):
    row = note.versions.get()
    for attempt in (row.save, row.delete, note.versions.all().delete, lambda: note.versions.update(number=2)):
        with pytest.raises(AppendOnly):
            attempt()


# --- Drafts ---


def test_a_draft_keeps_what_was_typed_even_what_cannot_be(patient, therapist):
    token = uuid.uuid4()
    first = draft(patient, therapist, token=token)
    second = draft(patient, therapist, "Hot drink made", token=token, version=1)
    assert (first.pk, second.draft_version) == (second.pk, 2)
    assert NoteDraft.objects.get().typed == {"session_date": "31-Feb-2026", "note_text": "Hot drink made"}


def test_an_empty_form_leaves_no_draft(patient, therapist):
    assert draft(patient, therapist, " ") is None
    assert not NoteDraft.objects.exists()


def test_what_is_emptied_is_kept_as_empty(patient, therapist):
    kept = draft(patient, therapist)
    assert draft(patient, therapist, "", token=kept.token, version=1).note_text == ""


def test_another_windows_newer_text_is_not_overwritten(patient, therapist):
    kept = draft(patient, therapist, "one")
    draft(patient, therapist, "two", token=kept.token, version=1)
    with pytest.raises(DraftConflict) as caught:
        draft(patient, therapist, "three", token=kept.token, version=1)
    assert caught.value.current.note_text == "two"
    assert NoteDraft.objects.get().note_text == "two"


def test_the_same_text_again_is_no_conflict(patient, therapist):
    kept = draft(patient, therapist, "one")
    draft(patient, therapist, "two", token=kept.token, version=1)
    assert draft(patient, therapist, "two", token=kept.token, version=1).draft_version == 2


def test_saving_the_note_ends_its_draft_and_no_other(patient, therapist, cover):
    mine, other = draft(patient, therapist), draft(patient, therapist)
    theirs = draft(patient, cover, token=mine.token)
    make_note(patient, therapist, form_token=mine.token)
    assert set(NoteDraft.objects.all()) == {other, theirs}


def test_a_late_autosave_does_not_bring_the_draft_back(patient, therapist):
    token = uuid.uuid4()
    draft(patient, therapist, token=token)
    note = make_note(patient, therapist, form_token=token)
    with pytest.raises(AlreadyRecorded) as caught:
        draft(patient, therapist, "late", token=token, version=1)
    assert caught.value.existing == note
    assert not NoteDraft.objects.exists()


def test_a_saved_note_has_one_draft_a_person(note, patient, therapist):
    draft(patient, therapist, "a", note=note)
    with pytest.raises(DraftConflict):
        draft(patient, therapist, "b", note=note)
    edit(note, therapist)
    assert not NoteDraft.objects.exists()


def test_an_archived_chart_keeps_drafts(patient, therapist):
    archive(patient, therapist)
    assert draft(patient, therapist)


def test_a_discarded_draft_leaves_that_it_was_there(patient, therapist):
    services.discard_draft(draft=draft(patient, therapist, "four"), by=therapist)
    event = AuditEvent.objects.get(event_type="note_draft.discarded")
    assert (event.actor, event.patient, event.details["characters"]) == (therapist, patient, 4)
    assert not NoteDraft.objects.exists()


# --- Follow-ups ---


def test_a_follow_up_is_resolved_once_and_may_be_opened_again(follow_up, therapist, assistant):
    done = services.resolve_follow_up(follow_up=follow_up, by=assistant, resolution="Went")
    assert (done.resolved_by, done.resolution, done.is_open) == (assistant, "Went", False)
    with pytest.raises(FollowUpClosed):
        services.resolve_follow_up(follow_up=follow_up, by=therapist)
    again = services.reopen_follow_up(follow_up=follow_up, by=therapist, reason="Nobody in")
    assert (again.is_open, again.reopened_by, again.reopen_reason) == (True, therapist, "Nobody in")
    assert "Went" in follow_up.history.values_list("resolution", flat=True)
    with pytest.raises(FollowUpClosed):
        services.reopen_follow_up(follow_up=follow_up, by=therapist, reason="x")


def test_opening_again_needs_a_reason(follow_up, therapist):
    services.resolve_follow_up(follow_up=follow_up, by=therapist)
    with pytest.raises(ValidationError):
        services.reopen_follow_up(follow_up=follow_up, by=therapist, reason="")


def test_overdue_is_before_today(patient, therapist):
    today = timezone.localdate()
    for days in (-1, 0, 1):
        day = today + dt.timedelta(days=days)
        make_note(
            patient,
            therapist,
            session_date=today - dt.timedelta(days=9),
            follow_up_needed=True,
            follow_up_text=str(days),
            follow_up_due_on=day,
        )
    assert [f.text for f in FollowUp.objects.overdue(today)] == ["-1"]
    assert [f.days_overdue for f in patient.follow_ups.open().soonest_first()] == [1, 0, 0]
    services.resolve_follow_up(follow_up=FollowUp.objects.overdue(today).get(), by=therapist)
    assert not FollowUp.objects.overdue(today).exists()


def test_for_patients_counts_only_theirs(follow_up, patient, stranger):
    other = make_patient(stranger)
    make_note(other, stranger, follow_up_needed=True, follow_up_text="x")
    mine = type(patient).objects.filter(pk=patient.pk).by_name()
    assert list(FollowUp.objects.for_patients(mine).open()) == [follow_up]


# --- Races ---


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_one_wins_and_the_other_is_told(note, therapist, lead):
    results = _race(
        lambda: edit(note, therapist, note_text="Mine").note_text,
        lambda: edit(note, lead, note_text="Theirs").note_text,
    )
    assert sorted(type(result).__name__ for result in results) == ["StaleVersion", "str"]
    assert note.versions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_is_one_note(patient, therapist):
    token = uuid.uuid4()
    results = _race(*[lambda: make_note(patient, therapist, form_token=token)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRecorded", "SessionNote"]
    assert patient.session_notes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_first_autosaves_at_once_one_draft_remains(patient, therapist):
    token = uuid.uuid4()
    results = _race(*[lambda text=text: draft(patient, therapist, text, token=token) for text in ("a", "b")])
    assert sorted(type(result).__name__ for result in results) == ["DraftConflict", "NoteDraft"]
    assert NoteDraft.objects.count() == 1


def _race(*calls):
    results, start = [], threading.Barrier(len(calls))

    def run(call):
        start.wait()
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
        thread.join()
    return results


def _sql(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)

"""Writing notes through the front door: nothing that is typed is lost."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from patients import services as patient_services
from patients.models import Patient
from sessions_notes import services
from sessions_notes.models import FollowUp, NoteDraft, SessionNote
from tests.factories import make_patient
from tests.sessions_notes.conftest import make_note, typed


def url(patient, page=""):
    return f"/patients/{patient.pk}/notes/{page}"


def write(client, patient, **fields):
    return client.post(url(patient, "write/"), typed(**fields))


def autosave(client, patient, token, text="Hot drink", version=0, page="autosave/", **fields):
    data = {"form_token": str(token), "draft_version": str(version), "note_text": text}
    return client.post(url(patient, page), data | fields)


def edit(client, note, **fields):
    data = typed(note_text="Threaded the left sleeve first", change_reason="Wrong side", version=str(note.version))
    return client.post(url(note.patient, f"{note.pk}/edit/"), data | fields)


# --- A new note ---


def test_a_note_is_written_and_leads_back_to_where_the_person_was(sign_in, patient, therapist):
    client = sign_in(therapist)
    response = write(
        client,
        patient,
        start_time="00:00",
        duration_minutes="25",
        follow_up_needed="yes",
        follow_up_text="Perching stool",
        follow_up_due_on="31-Dec-2199",
        next=f"/patients/{patient.pk}/",
    )
    assert (response.status_code, response.url) == (302, f"/patients/{patient.pk}/")
    note = patient.session_notes.get()
    assert (note.note_text, note.duration_minutes, note.start_time) == (
        "Hot drink made with one prompt",
        25,
        dt.time(0, 0),
    )
    assert patient.follow_ups.open().get().text == "Perching stool"
    assert not NoteDraft.objects.exists()
    text = client.get(response.url).content.decode()
    assert "Note saved." in text
    assert "Hot drink made with one prompt" in text
    assert "Perching stool" in text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("therapist", 302), ("cover", 302), ("lead", 302), ("assistant", 302), ("viewer", 403),
        ("colleague", 404), ("stranger", 404), ("other_lead", 404), ("auditor", 404), ("admin_user", 404),
    ],
)  # fmt: skip
def test_who_may_write(request, sign_in, patient, who, status):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url(patient, "write/")).status_code == (200 if status == 302 else status)
    assert autosave(client, patient, uuid.uuid4()).status_code == (200 if status == 302 else status)
    assert write(client, patient).status_code == status
    assert patient.session_notes.count() == (status == 302)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"session_date": ""}, "Enter the session date"),
        ({"session_date": "03/04/2026"}, "Enter a date like"),
        ({"session_date": "31-Feb-2026"}, "Enter a date like"),
        ({"session_date": "01-Jan-9999"}, "Enter a date with a year from 1850 to 2200"),
        ({"session_date": "01-Jan-2199"}, "not in the future"),
        ({"session_date": "30-Jan-1950"}, "on or after the date of birth, 31-Jan-1950"),
        ({"session_date": "29-Mar-2026", "start_time": "01:30"}, "clocks went forward that night"),
        ({"start_time": "2pm"}, "Enter a time like 14:05"),
        ({"start_time": "24:00"}, "Enter a time like 14:05"),
        ({"duration_minutes": "0"}, "Enter whole minutes from 1 to 1440"),
        ({"duration_minutes": "1e9"}, "Enter whole minutes from 1 to 1440"),
        ({"duration_minutes": "9" * 5000}, "Enter whole minutes from 1 to 1440"),
        ({"session_type": ""}, "Choose the session type"),
        ({"session_type": "picnic"}, "Choose the session type"),
        ({"note_text": "  \r\n "}, "Enter the note"),
        ({"note_text": "x" * 100_001}, "Shorten the note to 100,000 characters; it has 100001"),
        ({"note_text": "x" * 1_000_000}, "Shorten the note to 100,000 characters; it has 1000000"),
        ({"follow_up_needed": ""}, "Choose whether a follow-up is needed"),
        ({"follow_up_needed": "perhaps"}, "Choose whether a follow-up is needed"),
        ({"follow_up_needed": "yes"}, "Enter what is to be done"),
        ({"follow_up_needed": "yes", "follow_up_text": "x" * 301}, "at most 300 characters"),
        ({"follow_up_needed": "no", "follow_up_text": "stool"}, "Choose Yes, or clear the follow-up"),
        (
            {"follow_up_needed": "yes", "follow_up_text": "x", "follow_up_due_on": "01-Jan-2020"},
            "Enter a day that is not before the session",
        ),
        ({"form_token": "no token"}, "Enter a valid UUID"),
    ],
)
def test_a_rejected_note_says_why_and_is_kept_on_the_page_and_as_a_draft(sign_in, patient, therapist, data, message):
    response = write(sign_in(therapist), patient, **data)
    text = response.content.decode()
    assert response.status_code == 422
    assert message in text
    assert "There is a problem" in text
    for name, value in data.items():
        # A choice that is none of the choices cannot be shown again; the draft has it.
        assert value.strip()[:40] in text or name in {"session_type", "follow_up_needed", "form_token"}
    assert not SessionNote.objects.exists()
    draft = NoteDraft.objects.get()
    assert {name: draft.typed[name] for name in data if name in draft.typed} == {
        name: value.replace("\r\n", "\n") for name, value in data.items() if name in draft.typed
    }


def test_the_rejected_form_can_be_put_right_and_saved(sign_in, patient, therapist):
    client = sign_in(therapist)
    context = write(client, patient, session_type="").context
    response = write(client, patient, form_token=str(context["token"]), draft_version=context["draft"].draft_version)
    assert response.status_code == 302
    assert patient.session_notes.count() == 1
    assert not NoteDraft.objects.exists()


def test_a_note_of_100_000_characters_in_any_script_is_saved_as_typed(sign_in, patient, therapist):
    words = "早上好 Nguyễn Thị Hương 👩‍🦽 \u202eabc\r\n"
    text = (words * 4000)[:90_000]
    assert write(sign_in(therapist), patient, note_text="x" + text + "y").status_code == 302
    assert patient.session_notes.get().note_text == "x" + text.replace("\r\n", "\n") + "y"


def test_nul_is_refused_plainly(sign_in, patient, therapist):
    assert write(sign_in(therapist), patient, note_text="a\x00b").status_code == 400
    assert autosave(sign_in(therapist), patient, uuid.uuid4(), "a\x00b").status_code == 400


def test_an_empty_post_is_rejected(sign_in, patient, therapist):
    assert sign_in(therapist).post(url(patient, "write/"), {}).status_code == 422
    assert not NoteDraft.objects.exists()


def test_a_double_submit_is_one_note_and_answers_the_same(sign_in, patient, therapist):
    client, token = sign_in(therapist), str(uuid.uuid4())
    answers = [write(client, patient, form_token=token) for _ in range(2)]
    assert [(a.status_code, a.url) for a in answers] == [(302, url(patient))] * 2
    assert patient.session_notes.count() == 1


def test_anothers_token_is_refused_plainly(sign_in, patient, therapist, cover):
    token = uuid.uuid4()
    make_note(patient, cover, form_token=token, note_text="Theirs, secret")
    response = write(sign_in(therapist), patient, form_token=str(token))
    assert response.status_code == 422
    assert patient.session_notes.count() == 1


def test_next_leads_nowhere_else(sign_in, patient, therapist):
    response = write(sign_in(therapist), patient, next="https://evil.example/")
    assert response.url == url(patient)


def test_an_archived_chart_keeps_the_words_as_a_draft(sign_in, patient, therapist):
    client = sign_in(therapist)
    patient_services.change_chart_status(patient=patient, to="archived", reason="x", by=therapist)
    response = write(client, patient)
    assert response.status_code == 422
    assert "archived and takes no notes" in response.content.decode()
    assert NoteDraft.objects.get().note_text == "Hot drink made with one prompt"
    assert client.get(url(patient, "write/?new=1")).status_code == 200


def test_last_time_and_open_follow_ups_are_beside_the_form(sign_in, patient, therapist):
    make_note(patient, therapist, note_text="Older", session_date=dt.date(2026, 1, 1))
    note = make_note(patient, therapist, note_text="Kettle with one prompt")
    wrong = make_note(
        patient, therapist, note_text="Another patient's", follow_up_needed=True, follow_up_text="Nothing"
    )
    services.mark_in_error(note=wrong, reason="x", by=therapist)
    text = sign_in(therapist).get(url(patient, "write/")).content.decode()
    assert note.note_text in text
    assert "Older" not in text
    assert "Another patient's" not in text


# --- Drafts ---


def test_autosave_keeps_what_is_typed_and_says_when(sign_in, therapist, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 14, 31, 8, tzinfo=dt.UTC), tick=False)
    patient = make_patient(therapist)
    client, token = sign_in(therapist), uuid.uuid4()
    first = autosave(client, patient, token, session_date="31-Feb-26", duration_minutes="half an hour")
    assert "14:31:08" in first.content.decode()
    assert 'data-version="1"' in first.content.decode()
    second = autosave(client, patient, token, "Hot drink made", version=1)
    assert 'data-version="2"' in second.content.decode()
    assert NoteDraft.objects.get().typed["session_date"] == ""


def test_every_word_of_a_draft_comes_back(sign_in, patient, therapist):
    client, token = sign_in(therapist), uuid.uuid4()
    words = {
        "session_date": "31-Feb-26",
        "duration_minutes": "half an hour",
        "follow_up_due_on": "soon",
        "start_time": "2",
    }
    autosave(client, patient, token, "Hot <b>drink</b>", follow_up_needed="yes", session_type="home_visit", **words)
    draft = NoteDraft.objects.get()
    text = client.get(url(patient, f"drafts/{draft.pk}/")).content.decode()
    assert "Hot &lt;b&gt;drink&lt;/b&gt;" in text
    for word in words.values():
        assert f'value="{word}"' in text
    assert str(token) in text
    assert 'value="home_visit" selected' in text
    assert 'name="draft_version" value="1"' in text


def test_nothing_typed_leaves_no_draft(sign_in, patient, therapist):
    response = autosave(sign_in(therapist), patient, uuid.uuid4(), "", session_date="20-Nov-2026")
    assert response.status_code == 200
    assert not NoteDraft.objects.exists()


def test_a_newer_text_of_another_window_is_shown_and_not_overwritten(sign_in, patient, therapist):
    client, token = sign_in(therapist), uuid.uuid4()
    autosave(client, patient, token, "one")
    autosave(client, patient, token, "two", version=1)
    response = autosave(client, patient, token, "three", version=1)
    assert response.status_code == 409
    assert "two" in response.content.decode()
    assert NoteDraft.objects.get().note_text == "two"


def test_saving_over_a_newer_draft_shows_both_texts(sign_in, patient, therapist):
    client, token = sign_in(therapist), uuid.uuid4()
    autosave(client, patient, token, "theirs")
    response = write(client, patient, form_token=str(token), note_text="mine", draft_version="0")
    text = response.content.decode()
    assert response.status_code == 409
    assert ">theirs<" in text
    assert "mine</textarea>" in text
    assert not SessionNote.objects.exists()
    again = write(
        client, patient, form_token=str(token), note_text="mine", draft_version=response.context["draft"].draft_version
    )
    assert again.status_code == 302
    assert patient.session_notes.get().note_text == "mine"


def test_after_a_conflict_both_can_be_kept(sign_in, patient, therapist):
    client, token = sign_in(therapist), uuid.uuid4()
    autosave(client, patient, token, "theirs")
    response = write(client, patient, form_token=str(token), note_text="mine", do="separate")
    assert response.status_code == 302
    assert {draft.note_text for draft in NoteDraft.objects.all()} == {"theirs", "mine"}
    assert "mine</textarea>" in client.get(response.url).content.decode()


def test_or_one_replaced_knowingly(sign_in, patient, therapist):
    client, token = sign_in(therapist), uuid.uuid4()
    autosave(client, patient, token, "theirs")
    response = write(client, patient, form_token=str(token), note_text="mine", do="replace", replaces="1")
    assert response.status_code == 302
    assert NoteDraft.objects.get().note_text == "mine"
    assert not SessionNote.objects.exists()


def test_autosave_after_the_note_was_saved_says_so(sign_in, patient, therapist):
    client, token = sign_in(therapist), uuid.uuid4()
    write(client, patient, form_token=str(token))
    response = autosave(client, patient, token, "later words")
    assert response.status_code == 409
    assert "saved in another window" in response.content.decode()
    assert not NoteDraft.objects.exists()


def test_save_draft_works_without_script(sign_in, patient, therapist):
    client = sign_in(therapist)
    response = write(client, patient, do="draft", session_date="not a date")
    assert (response.status_code, response.url) == (302, url(patient))
    assert NoteDraft.objects.get().typed["session_date"] == "not a date"
    assert "Draft saved. Only you can see it." in client.get(response.url).content.decode()


def test_add_note_offers_open_drafts(sign_in, patient, therapist):
    client = sign_in(therapist)
    for text in ("First draft", "Second draft"):
        autosave(client, patient, uuid.uuid4(), text)
    text = client.get(url(patient, "write/")).content.decode()
    assert "You have 2 drafts in this chart" in text
    assert "First draft" in text
    assert "Second draft" in text
    assert "<textarea" not in text
    assert "<textarea" in client.get(url(patient, "write/?new=1")).content.decode()


def test_a_draft_outlives_sign_out(sign_in, patient, therapist):
    client = sign_in(therapist)
    autosave(client, patient, uuid.uuid4(), "Before the session ended")
    client.logout()
    assert "Before the session ended" in sign_in(therapist).get(url(patient, "write/")).content.decode()


def test_autosave_of_a_signed_out_person_leads_to_sign_in(client, patient):
    response = autosave(client, patient, uuid.uuid4())
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize("who", ["cover", "lead", "assistant"])
def test_nobody_else_reads_a_draft(request, sign_in, patient, therapist, who):
    autosave(sign_in(therapist), patient, uuid.uuid4(), "Private words")
    draft = NoteDraft.objects.get()
    client = sign_in(request.getfixturevalue(who))
    for page in ("", f"drafts/{draft.pk}/", f"drafts/{draft.pk}/discard/", "write/"):
        response = client.get(url(patient, page))
        assert response.status_code == (404 if "drafts" in page else 200)
        assert "Private words" not in response.content.decode()
    assert "Private words" not in client.get(f"/patients/{patient.pk}/").content.decode()
    assert client.post(url(patient, f"drafts/{draft.pk}/discard/")).status_code == 404
    assert NoteDraft.objects.exists()


def test_a_lead_sees_that_a_draft_exists_and_a_colleague_does_not(sign_in, patient, therapist, lead, cover):
    autosave(sign_in(therapist), patient, uuid.uuid4())
    assert "Drafts of others" in sign_in(lead).get(url(patient)).content.decode()
    assert "Drafts of others" not in sign_in(cover).get(url(patient)).content.decode()


def test_a_draft_is_discarded_after_asking(sign_in, patient, therapist):
    client = sign_in(therapist)
    autosave(client, patient, uuid.uuid4(), "Not needed")
    draft = NoteDraft.objects.get()
    page = url(patient, f"drafts/{draft.pk}/discard/")
    assert "Discard this draft?" in client.get(page).content.decode()
    assert NoteDraft.objects.exists()
    assert client.post(page).status_code == 302
    assert not NoteDraft.objects.exists()
    assert AuditEvent.objects.filter(event_type="note_draft.discarded", actor=therapist).count() == 1


def test_a_draft_of_another_patients_chart_is_not_found_here(sign_in, patient, therapist):
    other = make_patient(therapist)
    client = sign_in(therapist)
    autosave(client, other, uuid.uuid4())
    draft = NoteDraft.objects.get()
    for page in (f"drafts/{draft.pk}/", f"drafts/{draft.pk}/discard/", "drafts/99999999999999999999999/"):
        assert client.get(url(patient, page)).status_code == 404


def test_one_token_in_two_charts_is_two_drafts(sign_in, patient, therapist):
    client, token, other = sign_in(therapist), uuid.uuid4(), make_patient(therapist)
    for chart in (patient, other):
        assert autosave(client, chart, token).status_code == 200
    assert NoteDraft.objects.count() == 2


# --- Changing a saved note ---


def test_an_edit_needs_a_reason_and_adds_a_version(sign_in, note, therapist):
    client = sign_in(therapist)
    refused = edit(client, note, change_reason=" ")
    assert refused.status_code == 422
    assert "Enter the reason for the change" in refused.content.decode()
    draft = NoteDraft.objects.get()
    response = edit(client, note, draft_version=draft.draft_version)
    assert (response.status_code, response.url) == (302, url(note.patient, f"{note.pk}/"))
    assert list(note.versions.newest_first().values_list("number", "change_reason")) == [(2, "Wrong side"), (1, "")]
    assert not NoteDraft.objects.exists()


def test_the_form_shows_the_note_as_it_reads(sign_in, patient, therapist):
    note = make_note(
        patient,
        therapist,
        session_date=dt.date(2026, 7, 1),
        start_time=dt.time(9, 5),
        duration_minutes=25,
        follow_up_needed=True,
        follow_up_text="Stool",
        follow_up_due_on=dt.date(2026, 7, 9),
    )
    text = sign_in(therapist).get(url(patient, f"{note.pk}/edit/")).content.decode()
    for value in ("01-Jul-2026", "09:05", "25", "Stool", "09-Jul-2026"):
        assert f'value="{value}"' in text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("therapist", 302), ("cover", 302), ("lead", 302), ("assistant", 403), ("viewer", 403),
        ("colleague", 404), ("stranger", 404), ("other_lead", 404), ("auditor", 404), ("admin_user", 404),
    ],
)  # fmt: skip
def test_who_may_change_a_therapists_note(request, sign_in, note, who, status):
    client = sign_in(request.getfixturevalue(who))
    read = 200 if status == 302 else status
    for page in ("edit/", "error/"):
        assert client.get(url(note.patient, f"{note.pk}/{page}")).status_code == read
    assert autosave(client, note.patient, uuid.uuid4(), page=f"{note.pk}/edit/autosave/").status_code == read
    assert edit(client, note, draft_version="1").status_code in ({302, 409} if status == 302 else {status})
    if status != 302:
        assert client.post(url(note.patient, f"{note.pk}/error/"), {"reason": "x"}).status_code == status
        note.refresh_from_db()
        assert (note.version, note.is_in_error) == (1, False)


def test_an_assistant_changes_their_own(sign_in, patient, assistant):
    note = make_note(patient, assistant)
    assert edit(sign_in(assistant), note).status_code == 302
    assert patient.session_notes.get().version == 2


def test_an_author_who_became_an_observer_changes_nothing(sign_in, patient, assistant, therapist):
    note = make_note(patient, assistant)
    patient_services.end_membership(member=patient.care_team.get(user=assistant), by=therapist)
    patient_services.add_member(patient=patient, user=assistant, role="observer", by=therapist)
    assert edit(sign_in(assistant), note).status_code == 403


def test_a_stale_edit_shows_both_texts_and_keeps_the_words(sign_in, note, therapist, lead):
    services.edit_note(note=note, version=1, changes={"note_text": "Theirs"}, reason="Theirs too", by=lead)
    client = sign_in(therapist)
    response = edit(client, note, note_text="Mine")
    text = response.content.decode()
    assert response.status_code == 409
    assert ">Theirs<" in text
    assert "Theirs too" in text
    assert "Mine</textarea>" in text
    assert NoteDraft.objects.get().note_text == "Mine"
    again = edit(client, note, note_text="Both", version="2", draft_version=response.context["draft"].draft_version)
    assert again.status_code == 302
    note.refresh_from_db()
    assert (note.version, note.note_text) == (3, "Both")


def test_a_change_is_drafted_and_continued(sign_in, note, therapist):
    client = sign_in(therapist)
    autosave(client, note.patient, uuid.uuid4(), "Half a cha", page=f"{note.pk}/edit/autosave/", version=0)
    assert "Half a cha</textarea>" in client.get(url(note.patient, f"{note.pk}/edit/")).content.decode()
    draft = NoteDraft.objects.get()
    response = client.get(url(note.patient, f"drafts/{draft.pk}/?next=/caseload/"))
    assert response.url == url(note.patient, f"{note.pk}/edit/?next=%2Fcaseload%2F")


def test_a_note_in_error_is_not_edited(sign_in, note, therapist):
    services.mark_in_error(note=note, reason="Wrong chart", by=therapist)
    client = sign_in(therapist)
    assert client.get(url(note.patient, f"{note.pk}/edit/")).status_code == 302
    assert edit(client, note).status_code == 302
    note.refresh_from_db()
    assert note.version == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "1.5"])
def test_a_version_that_is_none_is_refused_plainly(sign_in, note, therapist, version):
    assert edit(sign_in(therapist), note, version=version).status_code == 422


def test_a_double_submit_of_an_edit_is_one_version(sign_in, note, therapist):
    client, token = sign_in(therapist), str(uuid.uuid4())
    assert [edit(client, note, form_token=token).status_code for _ in range(2)] == [302, 302]
    assert note.versions.count() == 2


# --- The night with two half past ones ---


def test_a_note_written_on_the_night_the_clocks_go_back(sign_in, therapist, time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 25, 0, 40, tzinfo=dt.UTC), tick=False)
    patient = make_patient(therapist)
    client = sign_in(therapist)
    assert 'value="25-Oct-2026"' in client.get(url(patient, "write/")).content.decode()
    assert write(client, patient, session_date="25-Oct-2026", start_time="01:30").status_code == 302
    time_machine.move_to(dt.datetime(2026, 10, 25, 1, 40, tzinfo=dt.UTC), tick=False)
    late = {"note_text": "After the change", "session_date": "25-Oct-2026", "start_time": "01:30"}
    assert write(sign_in(therapist), patient, **late).status_code == 302
    timeline = client.get(f"/patients/{patient.pk}/?show=note").context["timeline"]
    ((day, entries),) = timeline.days
    assert day == dt.date(2026, 10, 25)
    assert [entry.text for entry in entries] == ["After the change", "Hot drink made with one prompt"]
    assert [timezone.localtime(entry.at).strftime("%H:%M") for entry in entries] == ["01:30", "01:30"]


def test_writes_leave_one_event_each(sign_in, patient, therapist):
    write(sign_in(therapist), patient)
    kinds = AuditEvent.objects.filter(patient=patient, actor=therapist).values_list("event_type", flat=True)
    assert {"note.written", "chart.written"} <= set(kinds)
    assert Patient.objects.get(pk=patient.pk).version == patient.version
    assert not FollowUp.objects.exists()


def test_a_form_sent_again_with_more_words_after_a_lost_answer_keeps_them(sign_in, patient, therapist):
    client = sign_in(therapist)
    token = str(uuid.uuid4())
    write(client, patient, form_token=token, note_text="Kitchen assessment.")
    response = write(client, patient, form_token=token, note_text="Kitchen assessment. Tired after 25 minutes.")
    note = patient.session_notes.get()
    assert note.note_text == "Kitchen assessment."
    assert response.url == f"/patients/{patient.pk}/notes/{note.pk}/edit/"
    assert "Tired after 25 minutes." in client.get(response.url).content.decode()

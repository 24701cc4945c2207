"""Reading notes: the tab, a note, its versions, follow-ups; on the chart and the caseload."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from patients import services as patient_services
from patients.registry import CaseloadNumber, CaseloadOrder, registry
from sessions_notes import panels, services
from sessions_notes.models import SessionNote
from tests.columns import values
from tests.factories import make_patient
from tests.sessions_notes.conftest import make_note


def url(patient, page=""):
    return f"/patients/{patient.pk}/notes/{page}"


def edit(note, by, text, reason="r"):
    return services.edit_note(note=note, version=note.version, changes={"note_text": text}, reason=reason, by=by)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("therapist", 200), ("cover", 200), ("lead", 200), ("assistant", 200), ("viewer", 200),
        ("colleague", 404), ("stranger", 404), ("other_lead", 404), ("auditor", 404), ("admin_user", 404),
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", ["", "{}/", "{}/versions/"])
def test_who_may_read(request, sign_in, note, who, status, page):
    response = sign_in(request.getfixturevalue(who)).get(url(note.patient, page.format(note.pk)))
    assert response.status_code == status
    assert ("Threaded the right sleeve" in response.content.decode()) is (status == 200)


def test_an_observer_is_offered_nothing_to_write(sign_in, follow_up, viewer):
    client = sign_in(viewer)
    for page in ("", f"{follow_up.note_id}/"):
        text = client.get(url(follow_up.patient, page)).content.decode()
        for word in ("Add note", "Edit note", ">Resolve", "Entered in error"):
            assert word not in text


@pytest.mark.parametrize("page", ["", "edit/", "versions/", "error/"])
def test_another_patients_note_is_not_found_here(sign_in, note, therapist, page):
    other = make_patient(therapist)
    client = sign_in(therapist)
    assert client.get(url(other, f"{note.pk}/{page}")).status_code == 404
    assert client.get(url(other, f"{10**25}/{page}")).status_code == 404


@pytest.mark.parametrize("page", ["resolve/", "reopen/"])
def test_another_patients_follow_up_is_not_found_here(sign_in, follow_up, therapist, page):
    other = make_patient(therapist)
    client = sign_in(therapist)
    assert client.get(f"/patients/{other.pk}/follow-ups/{follow_up.pk}/{page}").status_code == 404
    assert client.post(f"/patients/{other.pk}/follow-ups/{follow_up.pk}/{page}").status_code == 404


def test_notes_are_paged_by_key_and_each_is_shown_once(sign_in, patient, therapist):
    today = timezone.localdate()
    made = [make_note(patient, therapist, session_date=today - dt.timedelta(days=n // 3 + 1)).pk for n in range(45)]
    client, seen, page = sign_in(therapist), [], url(patient)
    for _page in range(5):
        context = client.get(page).context
        seen += [note.pk for note in context["notes"]]
        if not context["next_key"]:
            break
        page = url(patient, f"?before={context['next_key']}")
    assert len(seen) == 45
    assert set(seen) == set(made)
    assert seen == [n.pk for n in SessionNote.objects.newest_first()]


@pytest.mark.parametrize("before", ["x", "e30", "A" * 5000, "WyIyMDI2IiwxLDJd"])
def test_a_key_that_was_tampered_with_shows_the_first_page(sign_in, note, therapist, before):
    assert sign_in(therapist).get(url(note.patient, f"?before={before}")).status_code == 200


def test_a_long_note_is_listed_by_its_beginning(sign_in, patient, therapist):
    note = make_note(patient, therapist, note_text="Beginning " + "x" * 50_000 + " the very end")
    client = sign_in(therapist)
    text = client.get(url(patient)).content.decode()
    assert "Beginning" in text
    assert "the very end" not in text
    assert "the very end" in client.get(url(patient, f"{note.pk}/")).content.decode()


def test_an_empty_chart_says_so(sign_in, patient, therapist):
    assert "No session note yet" in sign_in(therapist).get(url(patient)).content.decode()


def test_versions_show_who_when_why_and_what_changed(sign_in, note, therapist, lead):
    edit(note, lead, "Threaded the left sleeve first", "Wrong side recorded")
    services.edit_note(
        note=note,
        version=2,
        changes={"session_type": "home_visit", "duration_minutes": 25},
        reason="Was at home",
        by=therapist,
    )
    text = sign_in(therapist).get(url(note.patient, f"{note.pk}/versions/")).content.decode()
    assert "Removed: </span><del>right</del>" in text
    assert "Added: </span><ins>left</ins>" in text
    assert "Wrong side recorded" in text
    assert str(lead) in text
    assert "<del>Treatment session</del>" in text
    assert "<ins>Home visit</ins>" in text
    assert "<del>Not recorded</del>" in text
    assert "Threaded the right sleeve first" in text, "the first version stays readable"


def test_what_a_note_says_is_never_markup(sign_in, note, therapist):
    edit(note, therapist, "<script>alert(1)</script>", "<img src=x>")
    client = sign_in(therapist)
    for page in (url(note.patient), url(note.patient, f"{note.pk}/"), url(note.patient, f"{note.pk}/versions/")):
        text = client.get(page).content.decode()
        assert "<script>alert" not in text
        assert "<img src" not in text


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 40])
def test_versions_take_any_number(sign_in, note, therapist, before):
    assert sign_in(therapist).get(url(note.patient, f"{note.pk}/versions/?before={before}")).status_code == 200


def test_a_note_in_error_is_struck_through_and_readable(sign_in, follow_up, therapist):
    client, note = sign_in(therapist), follow_up.note
    page = url(note.patient, f"{note.pk}/error/")
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "Wrong chart"}).status_code == 302
    assert client.post(page, {"reason": "Wrong chart"}).status_code == 302, "a second time changes nothing"
    text = client.get(url(note.patient, f"{note.pk}/")).content.decode()
    assert "Wrong chart" in text
    assert 'struck">Threaded the right sleeve first' in text
    assert "Edit note" not in text
    assert "struck" in client.get(f"/patients/{note.patient_id}/").content.decode()


# --- Follow-ups ---


@pytest.mark.parametrize(
    ("who", "status"),
    [("therapist", 302), ("assistant", 302), ("lead", 302), ("viewer", 403), ("stranger", 404), ("auditor", 404)],
)
def test_who_may_resolve_and_open_again(request, sign_in, follow_up, who, status):
    client = sign_in(request.getfixturevalue(who))
    page = f"/patients/{follow_up.patient_id}/follow-ups/{follow_up.pk}/"
    assert client.get(page + "resolve/").status_code == (200 if status == 302 else status)
    assert client.post(page + "resolve/", {"resolution": "Went"}).status_code == status
    assert client.post(page + "reopen/", {"reason": "Nobody in"}).status_code == status
    follow_up.refresh_from_db()
    assert (follow_up.reopen_reason == "Nobody in") is (status == 302)


def test_resolving_twice_is_told_and_changes_nothing(sign_in, follow_up, therapist, lead):
    services.resolve_follow_up(follow_up=follow_up, by=lead, resolution="Went")
    response = sign_in(therapist).post(f"/patients/{follow_up.patient_id}/follow-ups/{follow_up.pk}/resolve/")
    assert response.status_code == 302
    follow_up.refresh_from_db()
    assert (follow_up.resolved_by, follow_up.resolution) == (lead, "Went")


@pytest.mark.parametrize(("page", "data"), [("resolve/", {"resolution": "x" * 1001}), ("reopen/", {"reason": ""})])
def test_a_rejected_follow_up_form_says_why(sign_in, follow_up, therapist, page, data):
    response = sign_in(therapist).post(f"/patients/{follow_up.patient_id}/follow-ups/{follow_up.pk}/{page}", data)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_an_archived_chart_keeps_its_follow_ups_as_they_are(sign_in, follow_up, therapist):
    patient_services.change_chart_status(patient=follow_up.patient, to="archived", reason="x", by=therapist)
    response = sign_in(therapist).post(f"/patients/{follow_up.patient_id}/follow-ups/{follow_up.pk}/resolve/")
    assert response.status_code == 422
    follow_up.refresh_from_db()
    assert follow_up.is_open


def test_who_resolved_and_when_is_on_the_note(sign_in, follow_up, therapist, assistant):
    services.resolve_follow_up(follow_up=follow_up, by=assistant, resolution="Visited, ramp ordered")
    text = sign_in(therapist).get(url(follow_up.patient, f"{follow_up.note_id}/")).content.decode()
    for words in ("Resolved", assistant.name, "Visited, ramp ordered", "Open again"):
        assert words in text


# --- On the chart and the caseload ---


def test_the_overview_shows_last_session_follow_ups_notes_and_own_drafts(sign_in, patient, therapist, cover):
    late = timezone.localdate() - dt.timedelta(days=3)
    make_note(
        patient,
        therapist,
        session_date=late,
        note_text="Kettle with one prompt",
        follow_up_needed=True,
        follow_up_text="Request stool",
        follow_up_due_on=late,
    )
    for by in (therapist, cover):
        services.save_draft(
            patient=patient, by=by, token=uuid.uuid4(), draft_version=0,
            typed={"note_text": f"Draft of {by.username}"},
        )  # fmt: skip
    text = sign_in(therapist).get(f"/patients/{patient.pk}/").content.decode()
    for words in ("Last session", "Kettle with one prompt", "Request stool", "Overdue by 3 days", "1 overdue"):
        assert words in text
    assert "Draft of therapist" in text
    assert "Draft of cover" not in text


def test_the_timeline_merges_notes_and_drafts_without_losing_one(patient, therapist, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC), tick=False)
    for number in range(7):  # all at one moment
        make_note(patient, therapist)
        services.save_draft(
            patient=patient, by=therapist, token=f"00000000-0000-0000-0000-00000000000{number}", draft_version=0,
            typed={"note_text": "x"},
        )  # fmt: skip
    seen, before = [], None
    while True:
        entries = panels.timeline(patient, therapist, before, 4)
        if not entries:
            break
        seen += [(entry.kind, entry.pk) for entry in entries[:3]]
        before = entries[:3][-1].key
    assert len(seen) == len(set(seen)) == 14
    assert seen == sorted(seen, reverse=True)


def test_the_caseload_counts_filters_and_sorts(sign_in, patient, therapist):
    today = timezone.localdate()
    soon = make_patient(therapist, family_name="Soon")
    make_patient(therapist, family_name="Aaa")
    for chart, days in ((patient, 9), (soon, -1), (soon, 2)):
        make_note(
            chart,
            therapist,
            session_date=today - dt.timedelta(days=5),
            follow_up_needed=True,
            follow_up_text="x",
            follow_up_due_on=today + dt.timedelta(days=days),
        )
    client = sign_in(therapist)
    text = client.get("/caseload/").content.decode()
    assert "1 overdue" in text
    assert "Open follow-ups <b>2</b>" in text
    found = client.get("/caseload/?flag=followups&sort=followups").context["rows"]
    assert [row.patient.pk for row in found] == [soon.pk, patient.pk]
    assert values("followups", [patient, soon])[soon.pk] == CaseloadNumber(2, 1)
    assert any(order.key == "followups" for order in registry.of(CaseloadOrder))


def test_the_caseload_counts_own_drafts_only(sign_in, patient, therapist, cover):
    services.save_draft(patient=patient, by=therapist, token=uuid.uuid4(), draft_version=0, typed={"note_text": "x"})
    make_patient(therapist)
    for who, found in ((therapist, [patient.pk]), (cover, [])):
        response = sign_in(who).get("/caseload/?flag=drafts")
        assert f"My drafts <b>{len(found)}</b>" in response.content.decode()
        assert [row.patient.pk for row in response.context["rows"]] == found


# --- Queries ---


def fill(patient, by, count):
    for number in range(count):
        make_note(patient, by, follow_up_needed=True, follow_up_text=f"Do {number}")
        services.save_draft(
            patient=patient, by=by, token=f"00000000-0000-0000-0000-{patient.session_notes.count():012}",
            draft_version=0, typed={"note_text": "x"},
        )  # fmt: skip


@pytest.mark.parametrize("page", ["", "write/?new=1", "write/"])
def test_queries_do_not_grow_with_notes(sign_in, patient, therapist, lead, page):
    client = sign_in(therapist)
    counts = []
    for more in (1, 49):
        fill(patient, therapist, more)
        fill(patient, lead, more)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(patient, page)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= {"": 14, "write/?new=1": 13, "write/": 12}[page]


@pytest.mark.parametrize(("page", "most"), [("{}/", 11), ("{}/versions/", 11), ("{}/edit/", 14)])
def test_queries_do_not_grow_with_versions(sign_in, note, therapist, page, most):
    client = sign_in(therapist)
    counts = []
    for edits in (1, 49):
        for number in range(edits):
            note = edit(note, therapist, f"Text {edits} {number}")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(note.patient, page.format(note.pk))).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= most


def test_panels_and_timeline_run_a_fixed_number_of_queries(patient, therapist, django_assert_num_queries):
    fill(patient, therapist, 3)
    patient.held_perms = frozenset()
    with django_assert_num_queries(1):
        panels.open_follow_ups(patient, therapist)
        panels.open_follow_ups(patient, therapist)
    with django_assert_num_queries(1):
        panels.last_session(patient, therapist)
    with django_assert_num_queries(2):
        panels.timeline(patient, therapist, None, 20)
    with django_assert_num_queries(1):
        values("followups", [patient])

"""A patient's right to amend, 45 CFR 164.526: the clock, the decision, what follows it, and what nobody can change."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from amendments import services
from amendments.models import AmendmentLink, AmendmentRequest, AmendmentStep
from audit.api import replaying
from audit.models import AuditEvent
from patients import notices
from patients.as_of import parse_step, step_to
from patients.errors import AlreadyRecorded, StatusUnchanged
from patients.services import change_chart_status, hand_over
from sessions_notes.services import write_note
from tests.factories import make_patient
from ui.dates import show_date, show_moment

DAY = dt.timedelta(days=1)


@pytest.fixture
def note(patient, therapist):
    today = timezone.localdate()
    return write_note(
        patient=patient, by=therapist, session_date=today, session_type="treatment", note_text="Fell in 2019"
    )


@pytest.fixture
def asked(patient, therapist, note):
    return record(patient, therapist, about=[("note", note.pk)])


def record(patient, by, *, days_ago=10, **fields):
    today = timezone.localdate()
    facts = {"asked_by": "patient", "wanted": "I never fell", "about": [("details", 0)]} | fields
    return services.record_request(patient=patient, by=by, received_on=today - days_ago * DAY, **facts)


def deny(asked, by, **fields):
    return services.decide(asked=asked, state="denied", ground="accurate", basis="The ward saw it", by=by, **fields)


def page(client, patient, asked, name="", **posted):
    url = f"/patients/{patient.pk}/amendments/{asked.pk}/{name}"
    return client.post(url, posted) if posted else client.get(url)


def test_from_the_form_to_the_marks_beside_the_entry(sign_in, patient, therapist, lead, note):
    client = sign_in(therapist)
    form = f"/patients/{patient.pk}/amendments/record/"
    assert f'value="note:{note.pk}" ' in client.get(f"{form}?about=note:{note.pk}").content.decode()
    today = timezone.localdate()
    typed = {"received_on": show_date(today - 37 * DAY), "asked_by": "representative", "wanted": "She never fell"}
    refused = client.post(form, typed | {"about": "note:999999"})
    assert refused.status_code == 422
    assert "Enter who the representative is" in refused.content.decode()

    typed |= {"asked_by_name": "Maria, daughter", "about": f"note:{note.pk}", "form_token": str(uuid.uuid4())}
    for _twice in range(2):
        response = client.post(form, typed)
    asked = AmendmentRequest.objects.get()
    assert response.url == f"/patients/{patient.pk}/amendments/{asked.pk}/"
    assert (asked.due_on - asked.received_on, asked.days_left) == (60 * DAY, 23)
    shown = page(client, patient, asked).content.decode()
    assert "23 days left" in shown and "due" in shown and show_date(today + 23 * DAY) in shown
    for path in ("", "notes/", f"notes/{note.pk}/"):
        assert "Amendment requested" in client.get(f"/patients/{patient.pk}/{path}").content.decode()
    told = [notice.key for notice, _count in notices.read(lead).others]
    assert told == ["amendments"]

    decided = services.decide(asked=asked, state="accepted", amended="The line is taken out", by=lead)
    assert "Amendment accepted" in client.get(f"/patients/{patient.pk}/").content.decode()
    assert notices.read(lead).others == []
    assert [step.kind for step in decided.steps.order_by("pk")] == ["received", "decided"]
    events = AuditEvent.objects.filter(event_type__startswith="amendment.").order_by("pk")
    assert [event.event_type for event in events] == ["amendment.requested", "amendment.decided"]
    assert events.last().details == {"as": "accepted", "ground": "", "is_author": False}


def test_it_is_denied_on_a_ground_answered_by_the_patient_and_rebutted(sign_in, patient, lead, asked, note):
    client = sign_in(lead)
    bare = page(client, patient, asked, "decide/", state="denied", ground="not_created").content.decode()
    assert "Confirm that they are" in bare and "Enter why, in plain language" in bare
    denied = page(
        client, patient, asked, "decide/", state="denied", ground="not_created", basis="The ward wrote it",
        is_originator_there="on",
    )  # fmt: skip
    assert denied.status_code == 302
    letter = page(client, patient, asked, "letter/").content.decode()
    for words in ("The ward wrote it", "not created by this clinic", "written statement that you disagree", "complain"):
        assert words in letter
    assert page(client, patient, asked, "rebuttal/").status_code == 302, "nothing to rebut yet"
    today = show_date(timezone.localdate())
    for name, posted in {
        "told/": {"who": "asker", "happened_on": today, "text": "Letter by post"},
        "statement/": {"happened_on": today, "text": "I was there"},
        "rebuttal/": {"text": "So was the ward sister"},
    }.items():
        assert page(client, patient, asked, name, **posted).status_code == 302
    shown = page(client, patient, asked).content.decode()
    assert "I was there" in shown and "So was the ward sister" in shown
    assert "the patient disagrees" in client.get(f"/patients/{patient.pk}/notes/{note.pk}/").content.decode()
    again = page(client, patient, asked, "statement/", happened_on=today, text="Once more")
    assert again.status_code == 409
    assert "Once more" in again.content.decode(), "what was typed is still there"


def test_the_clock_is_extended_once_by_thirty_days_and_only_in_time(patient, therapist, lead, asked):
    today = timezone.localdate()
    facts = {"reason": "The ward must be asked", "told_on": today, "by": lead}
    for until in (asked.due_on, asked.due_on + 31 * DAY):
        with pytest.raises(ValidationError, match="at the latest"):
            services.extend(asked=asked, until=until, **facts)
    extended = services.extend(asked=asked, until=asked.due_on + 30 * DAY, **facts)
    assert extended.deadline == asked.due_on + 30 * DAY
    with pytest.raises(StatusUnchanged):
        services.extend(asked=asked, until=asked.due_on + DAY, **facts)
    late = record(patient, therapist, days_ago=61)
    assert late.days_over == 1
    with pytest.raises(ValidationError, match="after that there is no extension"):
        services.extend(asked=late, until=late.due_on + 30 * DAY, **facts)
    with pytest.raises(IntegrityError, match="amendment_extension_is_short"), transaction.atomic():
        AmendmentRequest.objects.filter(pk=late.pk).update(extended_to=late.due_on + 31 * DAY)


def test_overdue_ones_are_on_top_of_the_leads_list_and_of_nobody_elses(
    sign_in, patient, therapist, lead, other_lead, auditor, asked
):
    late = record(patient, therapist, days_ago=63, wanted="Wrong hip")
    client = sign_in(lead)
    shown = client.get("/amendments/")
    assert list(shown.context["requests"]) == [late, asked]
    assert "Overdue by 3 days" in shown.content.decode()
    assert "Wrong hip" in client.get("/amendments/").content.decode()
    assert {notice.key: count for notice, count in notices.read(lead).others} == {"amendments_late": 1, "amendments": 2}
    assert "Wrong hip" not in sign_in(other_lead).get("/amendments/").content.decode()
    to_auditor = sign_in(auditor).get("/amendments/").content.decode()
    assert "Overdue by 3 days" in to_auditor and "Wrong hip" not in to_auditor, "no clinical text"


def test_it_is_decided_once_by_a_lead_and_a_lead_who_wrote_the_entry_is_warned(sign_in, patient, therapist, lead):
    hand_over(patients=[patient], to=lead, reason="Leave", by=lead)
    own = write_note(
        patient=patient, by=lead, session_date=timezone.localdate(), session_type="treatment", note_text="Seen"
    )
    asked = record(patient, lead, about=[("note", own.pk)])
    client = sign_in(lead)
    assert "You wrote an entry" in page(client, patient, asked, "decide/").content.decode()
    deny(asked, lead)
    assert AuditEvent.objects.get(event_type="amendment.decided").details["is_author"] is True
    with pytest.raises(StatusUnchanged):
        services.decide(asked=asked, state="accepted", amended="x", by=lead)
    too_late = page(client, patient, asked, "decide/", state="accepted", amended="Taken out")
    assert (too_late.status_code, "Taken out" in too_late.content.decode()) == (409, True)


def test_the_same_form_twice_is_one_step(patient, lead, asked):
    token = uuid.uuid4()
    deny(asked, lead, form_token=token)
    with pytest.raises(AlreadyRecorded):
        deny(asked, lead, form_token=token)
    facts = {"asked": asked, "happened_on": timezone.localdate(), "text": "No", "by": lead, "form_token": uuid.uuid4()}
    services.add_statement(**facts)
    with pytest.raises(AlreadyRecorded):
        services.add_statement(**facts)
    assert asked.steps.count() == 3


def test_others_are_told_of_an_amendment_and_of_nothing_else(patient, lead, asked):
    facts = {"is_asker": False, "happened_on": timezone.localdate(), "text": "Letter", "by": lead}
    with pytest.raises(StatusUnchanged):
        services.record_told(asked=asked, whom="GP", **facts)
    services.decide(asked=asked, state="partly", amended="a", ground="accurate", basis="b", notify="GP", by=lead)
    with pytest.raises(ValidationError):
        services.record_told(asked=asked, **facts)
    services.record_told(asked=asked, whom="GP", **facts)
    services.record_told(asked=asked, whom="Insurer", **facts)
    assert list(asked.steps.filter(kind="told").order_by("pk").values_list("whom", flat=True)) == ["GP", "Insurer"]


def test_it_is_about_entries_of_this_chart_and_takes_no_impossible_day(patient, therapist, stranger, note):
    other = make_patient(therapist)
    with pytest.raises(ValidationError, match="entries of this chart"):
        record(other, therapist, about=[("note", note.pk)])
    with pytest.raises(ValidationError, match="Choose what"):
        record(patient, therapist, about=[])
    with pytest.raises(ValidationError, match="future"):
        record(patient, therapist, days_ago=-1)
    assert not AmendmentRequest.objects.exists()


def test_the_chart_as_it_stood_has_each_request_as_far_as_it_had_come(sign_in, therapist, lead):
    now = timezone.now()
    with replaying(now - 65 * DAY):
        patient = make_patient(therapist)
    with replaying(now - 60 * DAY):
        asked = record(patient, therapist, days_ago=62)
    with replaying(now - 2 * DAY):
        told_on = asked.received_on + 60 * DAY
        services.extend(asked=asked, until=asked.due_on + 20 * DAY, told_on=told_on, reason="Archive", by=lead)
    with replaying(now - DAY):
        deny(asked, lead)
    client = sign_in(therapist)

    def stood(days_ago):
        at = step_to(now - days_ago * DAY)
        return client.get(f"/patients/{patient.pk}/as-of/", {"at": at}).content.decode(), at

    assert "I never fell" not in stood(61)[0]
    for days_ago, there, not_there in (
        (30, ["I never fell", "Open"], ["Denied", "time extended"]),
        (2, ["I never fell", "time extended", show_date(asked.due_on + 20 * DAY)], ["Denied"]),
        (0, ["I never fell", "Denied"], [">Open<"]),
    ):
        text, at = stood(days_ago)
        assert all(words in text for words in there), (days_ago, there)
        assert not any(words in text for words in not_there), (days_ago, not_there)
    event = AuditEvent.objects.filter(event_type="chart.viewed").latest("pk")
    assert event.details["as_of"] == at
    assert event.child == f"as of {show_moment(parse_step(at))}"


def test_the_database_refuses_what_the_services_never_do(patient, lead, asked):
    deny(asked, lead)
    rows = AmendmentRequest.objects.filter(pk=asked.pk)
    for change in ({"state": "accepted"}, {"basis": "Other"}, {"wanted": "Other"}, {"extended_to": asked.due_on + DAY}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(**change)
    step, link = asked.steps.first(), asked.links.get()
    for table, key in ((AmendmentStep, step), (AmendmentLink, link), (AmendmentRequest, asked)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            table.objects.filter(pk=key.pk)._raw_delete("default")
    with pytest.raises(IntegrityError, match="amendment_step_once"), transaction.atomic():
        AmendmentStep(request=asked, kind="decided", happened_on=asked.received_on, recorded_by=lead).save()
    wrong = {"due_on": asked.received_on + 61 * DAY, "received_on": asked.received_on}
    with pytest.raises(IntegrityError, match="amendment_due_in_60_days"), transaction.atomic():
        AmendmentRequest.objects.create(patient=patient, asked_by="patient", wanted="x", recorded_by=lead, **wrong)


def test_archived_charts_take_requests_and_who_may_only_read_finds_no_forms(sign_in, patient, lead, viewer, asked):
    change_chart_status(patient=patient, to="archived", reason="Done", by=lead)
    record(patient, lead)
    shown = sign_in(viewer).get(f"/patients/{patient.pk}/amendments/").content.decode()
    assert "I never fell" in shown and "Record a request" not in shown
    other = make_patient(lead)
    assert sign_in(lead).get(f"/patients/{other.pk}/amendments/{asked.pk}/").status_code == 404
    with time_machine.travel(timezone.now() + 51 * DAY):
        assert AmendmentRequest.objects.get(pk=asked.pk).days_over == 1

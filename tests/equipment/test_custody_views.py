"""Equipment in a patient's chart, through the pages: who may, what a form refuses, and what nobody may learn."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from equipment import services
from equipment.models import EquipmentItem, EquipmentLog
from patients import services as charts
from tests.equipment.conftest import ago, day_and_time, make_item, queries
from tests.factories import make_patient


def url(name, patient, *ids):
    return reverse(f"equipment:{name}", args=[patient.pk, *ids])


def filled(name, **fields):
    """What a sound form of this page posts."""
    now = day_and_time(ago(minutes=5))
    sound = {
        "check_out": {"serial_number": "WC-0417", "equipment_name": "", **now, "due_back_on": "", "notes": ""},
        "return_item": {**now, "condition": "good"},
        "mark_lost": {**now, "notes": "Left on the bus"},
        "change_due_date": {"due_back_on": "04-Dec-2099", "version": "1"},
        "void_entry": {"reason": "Wrong chart", "version": "1"},
    }[name]
    return {**sound, "form_token": str(uuid.uuid4()), **fields}


CHILD_PAGES = ("return_item", "mark_lost", "change_due_date", "void_entry")
MAY_ADD = {"therapist": 302, "cover": 302, "assistant": 302, "lead": 302, "viewer": 403}
MAY_NOT_KNOW = dict.fromkeys(["colleague", "stranger", "other_lead", "auditor", "admin_user"], 404)


# --- Who may ---


@pytest.mark.parametrize(("who", "expected"), (MAY_ADD | MAY_NOT_KNOW).items())
def test_who_may_check_out(request, sign_in, patient, item, who, expected):
    response = sign_in(request.getfixturevalue(who)).post(url("check_out", patient), filled("check_out"))
    assert response.status_code == expected
    assert EquipmentLog.objects.exists() is (expected == 302)


@pytest.mark.parametrize("page", CHILD_PAGES)
@pytest.mark.parametrize(("who", "expected"), (MAY_ADD | MAY_NOT_KNOW).items())
def test_who_may_change_a_loan(request, sign_in, patient, loan, page, who, expected):
    response = sign_in(request.getfixturevalue(who)).post(url(page, patient, loan.pk), filled(page))
    assert response.status_code == expected
    loan.refresh_from_db()
    assert (loan.version > 1) is (expected == 302)


@pytest.mark.parametrize(("who", "expected"), (dict.fromkeys(MAY_ADD, 200) | MAY_NOT_KNOW).items())
def test_who_may_read(request, sign_in, patient, loan, who, expected):
    response = sign_in(request.getfixturevalue(who)).get(url("show_custody", patient))
    assert response.status_code == expected
    assert (b"WC-0417" in response.content) is (expected == 200)


def test_an_observer_is_offered_no_button(sign_in, patient, loan, viewer):
    page = sign_in(viewer).get(url("show_custody", patient)).content.decode()
    for word in ("check-out", "/return/", "/lost/", "/void/", "/due-back/"):
        assert word not in page


@pytest.mark.parametrize("page", CHILD_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_patients_loan_is_not_found_through_this_chart(sign_in, patient, therapist, lend, page, method):
    other = lend(patient=make_patient(therapist))
    response = getattr(sign_in(therapist), method)(url(page, patient, other.pk), filled(page))
    assert response.status_code == 404
    other.refresh_from_db()
    assert other.version == 1


@pytest.mark.parametrize("page", CHILD_PAGES)
@pytest.mark.parametrize("number", ["0", "999999999999999999999999", str(2**63)])
def test_unknown_and_absurd_numbers_are_not_found(sign_in, patient, therapist, page, number):
    path = url(page, patient, 1).replace("/1/", f"/{number}/")
    assert sign_in(therapist).get(path).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(sign_in, patient, therapist, loan, method):
    client = sign_in(therapist)
    assert getattr(client, method)(url("show_custody", patient)).status_code == 405
    assert getattr(client, method)(url("check_out", patient)).status_code == 405
    assert getattr(client, method)(url("return_item", patient, loan.pk)).status_code == 405
    assert client.post(url("show_custody", patient)).status_code == 405


# --- Checking out ---


def test_a_check_out_is_saved_and_leads_back_to_where_the_person_was(sign_in, patient, item, assistant):
    back = f"/patients/{patient.pk}/"
    fields = filled("check_out", due_back_on="04-Dec-2099", notes="Footplates shown", next=back)
    response = sign_in(assistant).post(url("check_out", patient), fields)
    assert (response.status_code, response.url) == (302, back)
    loan = patient.equipment_logs.get()
    assert (loan.item, loan.logged_by, loan.notes) == (item, assistant, "Footplates shown")
    assert loan.due_back_on == dt.date(2099, 12, 4)
    assert AuditEvent.objects.filter(event_type="chart.written", route="equipment:check_out").count() == 1


def test_nobody_is_led_to_another_site(sign_in, patient, item, therapist):
    response = sign_in(therapist).post(url("check_out", patient), filled("check_out", next="https://evil.example/"))
    assert response.url == url("show_custody", patient)


def test_the_form_offers_what_is_in_stock_and_nothing_else(sign_in, patient, therapist, loan):
    make_item(therapist, serial_number="IN-STOCK-1")
    page = sign_in(therapist).get(url("check_out", patient)).content.decode()
    assert '<option value="IN-STOCK-1">' in page
    assert '<option value="WC-0417">' not in page


def test_a_new_item_is_registered_on_the_way(sign_in, patient, therapist):
    fields = filled("check_out", serial_number="TB-1", equipment_name="Transfer board")
    assert sign_in(therapist).post(url("check_out", patient), fields).status_code == 302
    assert EquipmentItem.objects.get().equipment_name == "Transfer board"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"serial_number": ""}, "Enter the serial number"),
        ({"serial_number": " \u200b\u00a0"}, "Enter the serial number"),
        ({"serial_number": "x" * 101}, "at most 100 characters"),
        ({"serial_number": "x" * 1_000_000}, "at most 100 characters"),
        ({"serial_number": "WC-0471"}, "is not in the register"),
        ({"equipment_name": "Walking frame"}, "is registered as Wheelchair"),
        ({"equipment_name": "x" * 300_000}, "at most 200 characters"),
        ({"notes": "x" * 2001}, "at most 2000 characters"),
        ({"on": ""}, "This field is required"),
        ({"on": "03/04/2026"}, "Enter a date like"),
        ({"on": "31-Feb-2026"}, "Enter a date like"),
        ({"on": "01-Jan-0001"}, "year from 1850"),
        ({"on": "01-Jan-9999"}, "year from 1850"),
        ({"on": "01-Jan-1850"}, "date of birth"),
        ({"on": "01-Jan-2200"}, "not in the future"),
        ({"time": "25:00"}, "Enter a time like 14:05"),
        ({"time": ""}, "Enter a time like 14:05"),
        ({"time": "1e9"}, "Enter a time like 14:05"),
        ({"due_back_on": "01-Jan-2001"}, "from the check-out on"),
        ({"due_back_on": "tomorrow"}, "Enter a date like"),
        ({"form_token": "nonsense"}, "valid UUID"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_input_is_refused_with_a_message_and_nothing_is_lost(sign_in, patient, item, therapist, fields, message):
    typed = filled("check_out", **({"notes": "Left armrest fitted"} | fields))
    response = sign_in(therapist).post(url("check_out", patient), typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "There is a problem" in page
    assert "<title>Error:" in page
    assert typed["notes"][:100] in page
    assert not EquipmentLog.objects.exists()


def test_an_empty_form_says_what_is_missing(sign_in, patient, therapist):
    response = sign_in(therapist).post(url("check_out", patient), {})
    assert response.status_code == 422


def test_a_nul_byte_is_a_bad_request(sign_in, patient, item, therapist):
    response = sign_in(therapist).post(url("check_out", patient), filled("check_out", notes="a\x00b"))
    assert response.status_code == 400


def test_markup_and_scripts_of_all_kinds_are_kept_as_text(sign_in, patient, therapist):
    name = "<script>alert(1)</script> 车 \U0001f9bd e\u0301"
    fields = filled("check_out", serial_number="Ω-1", equipment_name=name, notes=name)
    assert sign_in(therapist).post(url("check_out", patient), fields).status_code == 302
    page = sign_in(therapist).get(url("show_custody", patient)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 车 \U0001f9bd é" in page


def test_the_same_form_again_answers_as_the_first_time(sign_in, patient, item, therapist):
    fields = filled("check_out")
    client = sign_in(therapist)
    answers = [client.post(url("check_out", patient), fields) for _ in range(2)]
    assert [(a.status_code, a.url) for a in answers] == [(302, url("show_custody", patient))] * 2
    assert EquipmentLog.objects.count() == 1


def test_an_archived_chart_says_that_it_takes_none(sign_in, patient, item, therapist):
    charts.change_chart_status(patient=patient, to="archived", reason="x", by=therapist)
    client = sign_in(therapist)
    assert "takes no new check-outs" in client.get(url("check_out", patient)).content.decode()
    response = client.post(url("check_out", patient), filled("check_out"))
    assert response.status_code == 422
    assert "archived" in response.content.decode()


# --- Who holds it ---


def test_a_holder_is_named_to_who_may_see_that_chart_and_to_nobody_else(
    sign_in, patient, therapist, lead, stranger, loan
):
    theirs, mine = make_patient(stranger), make_patient(therapist)
    since = timezone.localtime(loan.checked_out_at).strftime("%d-%b-%Y")
    hidden = sign_in(stranger).post(url("check_out", theirs), filled("check_out"))
    shown = sign_in(therapist).post(url("check_out", mine), filled("check_out"))
    page = hidden.content.decode()
    assert (hidden.status_code, shown.status_code) == (422, 422)
    assert f"WC-0417 is out to another patient since {since}" in page
    for secret in (patient.display_name, "FALADE", patient.patient_id, str(patient.pk), therapist.name):
        assert secret not in page
    assert f"WC-0417 is out to {patient.display_name} since {since}" in shown.content.decode()


def test_the_patient_at_hand_is_called_so(sign_in, patient, therapist, loan):
    page = sign_in(therapist).post(url("check_out", patient), filled("check_out")).content.decode()
    assert "WC-0417 is out to this patient since" in page


def test_an_earlier_holder_is_not_named_either(sign_in, patient, therapist, stranger, loan):
    services.return_item(log=loan, by=therapist, condition="good", returned_at=ago(days=2))
    fields = filled("check_out", **day_and_time(ago(days=3)))
    page = sign_in(stranger).post(url("check_out", make_patient(stranger)), fields).content.decode()
    assert "WC-0417 was with another patient until" in page
    assert patient.display_name not in page


@pytest.mark.parametrize(
    ("away", "word"),
    [
        (services.send_to_repair, "in repair since"),
        (services.mark_item_lost, "lost since"),
        (services.retire_item, "retired since"),
    ],
)
def test_what_is_out_of_use_says_so(sign_in, patient, therapist, item, away, word):
    away(item=item, by=therapist, notes="x", at=ago(days=1))
    response = sign_in(therapist).post(url("check_out", patient), filled("check_out"))
    assert response.status_code == 422
    assert word in response.content.decode()


# --- Coming back ---


def test_a_return_with_its_condition(sign_in, patient, assistant, loan, item):
    fields = filled("return_item", condition="needs_repair", fault="Bent axle", notes="Fell down the stairs with it")
    response = sign_in(assistant).post(url("return_item", patient, loan.pk), fields)
    assert response.status_code == 302
    loan.refresh_from_db()
    item.refresh_from_db()
    assert (loan.status, loan.returned_by, item.status) == ("returned", assistant, "in_repair")
    page = sign_in(assistant).get(url("show_custody", patient)).content.decode()
    assert "Fell down the stairs" in page


def test_the_condition_is_not_guessed(sign_in, patient, therapist, loan):
    client = sign_in(therapist)
    assert "checked" not in client.get(url("return_item", patient, loan.pk)).content.decode().split("<form")[-1]
    response = client.post(url("return_item", patient, loan.pk), filled("return_item", condition=""))
    assert response.status_code == 422
    assert "Choose the condition" in response.content.decode()


def test_a_return_before_the_check_out_is_refused(sign_in, patient, therapist, loan):
    fields = filled("return_item", **day_and_time(ago(days=11)))
    response = sign_in(therapist).post(url("return_item", patient, loan.pk), fields)
    assert response.status_code == 422
    assert "when it began" in response.content.decode()


def test_a_return_that_came_too_late_says_who_was_first(sign_in, patient, therapist, lead, loan):
    services.return_item(log=loan, by=lead, condition="good", returned_at=ago(days=1))
    typed = filled("return_item", condition="missing_parts", notes="One footplate")
    response = sign_in(therapist).post(url("return_item", patient, loan.pk), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Siobhán Ní Dhomhnaill recorded WC-0417 as returned on" in page
    assert "One footplate" in page


def test_the_same_return_again_answers_as_the_first_time(sign_in, patient, therapist, loan):
    client, fields = sign_in(therapist), filled("return_item")
    assert [client.post(url("return_item", patient, loan.pk), fields).status_code for _ in range(2)] == [302, 302]


@pytest.mark.parametrize("to", ["archived", "deceased"])
def test_equipment_comes_back_from_closed_charts(sign_in, patient, therapist, loan, to):
    charts.change_chart_status(patient=patient, to=to, reason="x", by=therapist)
    client = sign_in(therapist)
    assert url("return_item", patient, loan.pk) in client.get(url("show_custody", patient)).content.decode()
    assert client.post(url("return_item", patient, loan.pk), filled("return_item")).status_code == 302


def test_a_lost_item_stands_among_what_is_over_with_its_word(sign_in, patient, therapist, loan):
    assert sign_in(therapist).post(url("mark_lost", patient, loan.pk), filled("mark_lost")).status_code == 302
    page = sign_in(therapist).get(url("show_custody", patient)).content.decode()
    assert "Left on the bus" in page
    assert "Lost</span>" in page


# --- Changing and correcting ---


def test_a_stale_due_date_is_a_conflict_that_shows_both_and_can_be_sent_again(sign_in, patient, therapist, lead, loan):
    due = timezone.localdate() + dt.timedelta(days=9)
    services.change_due_date(log=loan, version=1, due_back_on=due, by=lead)
    client = sign_in(therapist)
    typed = filled("change_due_date")
    response = client.post(url("change_due_date", patient, loan.pk), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert due.strftime("%d-%b-%Y") in page
    assert 'value="04-Dec-2099"' in page
    assert 'name="version" value="2"' in page
    assert client.post(url("change_due_date", patient, loan.pk), typed | {"version": "2"}).status_code == 302


def test_a_voided_entry_is_struck_through_with_reason_and_author(sign_in, patient, therapist, loan):
    assert sign_in(therapist).post(url("void_entry", patient, loan.pk), filled("void_entry")).status_code == 302
    page = sign_in(therapist).get(url("show_custody", patient)).content.decode()
    assert 'class="struck"' in page
    assert "Entered in error" in page
    assert "Wrong chart" in page


@pytest.mark.parametrize("version", ["", "0", "-1", "1.5", "9" * 40, "x"])
def test_an_absurd_version_is_refused(sign_in, patient, therapist, loan, version):
    response = sign_in(therapist).post(url("void_entry", patient, loan.pk), filled("void_entry", version=version))
    assert response.status_code == 422


def test_a_correction_without_a_reason_is_refused(sign_in, patient, therapist, loan):
    response = sign_in(therapist).post(url("void_entry", patient, loan.pk), filled("void_entry", reason=" \t "))
    assert response.status_code == 422
    assert "Enter why it was wrong" in response.content.decode()


# --- The pages ---


@pytest.mark.parametrize("page", ["show_custody", "check_out"])
def test_empty_pages_open(sign_in, patient, therapist, page):
    assert sign_in(therapist).get(url(page, patient)).status_code == 200


@pytest.mark.parametrize("page", CHILD_PAGES)
def test_forms_repeat_who_and_what_and_keep_names_out_of_the_title(sign_in, patient, therapist, loan, page):
    text = sign_in(therapist).get(url(page, patient, loan.pk)).content.decode()
    assert patient.display_name in text
    assert "WC-0417" in text
    assert patient.family_name.upper() not in text.split("</title>")[0].upper()


@pytest.mark.parametrize("key", ["nonsense", "%00", "W10", "x" * 500])
def test_a_page_key_that_was_tampered_with_shows_the_first_page(sign_in, patient, therapist, loan, key):
    response = sign_in(therapist).get(url("show_custody", patient) + f"?older={key}&before={key}")
    assert response.status_code in {200, 400}


def test_older_loans_are_on_further_pages_and_none_is_left_out(sign_in, patient, therapist, item):
    for n in range(45):
        services.record_loan(
            patient=patient, equipment_name=item.equipment_name, serial_number="WC-0417", by=therapist,
            checked_out_at=ago(days=200 - 2 * n), returned_at=ago(days=199 - 2 * n), notes=f"Loan no. {n:03}",
        )  # fmt: skip
    client, seen, path = sign_in(therapist), [], url("show_custody", patient)
    while path:
        context = client.get(path).context
        seen += [log.notes for log in context["past"]]
        path = url("show_custody", patient) + f"?older={context['older_key']}" if context["older_key"] else ""
    assert seen == [f"Loan no. {n:03}" for n in reversed(range(45))]


def test_the_page_costs_the_same_at_one_and_at_fifty(sign_in, patient, therapist):
    client = sign_in(therapist)
    lend_and_return(patient, therapist, 1)
    counts = []
    for more in (0, 49):
        lend_and_return(patient, therapist, more)
        counts.append(queries(client, url("show_custody", patient)))
    assert counts[0] == counts[1] == 8


def test_the_form_costs_the_same_at_one_and_at_fifty(sign_in, patient, therapist):
    client = sign_in(therapist)
    counts = []
    for more in (1, 49):
        for _ in range(more):
            make_item(therapist)
        counts.append(queries(client, url("check_out", patient)))
    assert counts[0] == counts[1] == 6


def lend_and_return(patient, by, times):
    for _ in range(times):
        one = make_item(by)
        loan = services.check_out(patient=patient, serial_number=one.serial_number, by=by, checked_out_at=ago(days=3))
        services.return_item(log=loan, by=by, condition="good", returned_at=ago(days=2))
        services.check_out(
            patient=patient, serial_number=one.serial_number, by=by, checked_out_at=ago(days=1),
            due_back_on=timezone.localdate() + dt.timedelta(days=3),
        )  # fmt: skip


# --- The same form again ---


def test_a_check_out_sent_again_with_newer_words_is_not_dropped(sign_in, patient, therapist, item):
    other = make_item(therapist)
    client, form = sign_in(therapist), filled("check_out")
    assert client.post(url("check_out", patient), form).status_code == 302
    again = client.post(url("check_out", patient), form | {"serial_number": other.serial_number, "notes": "Cushion"})
    page = again.content.decode()
    assert again.status_code == 409
    assert "This form was sent before and recorded: WC-0417" in page
    assert "Cushion" in page
    fresh = again.context["form"]["form_token"].value()
    assert fresh != form["form_token"]
    changed = form | {"serial_number": other.serial_number, "notes": "Cushion", "form_token": fresh}
    assert client.post(url("check_out", patient), changed).status_code == 302
    assert sorted(patient.equipment_logs.values_list("serial_number", flat=True)) == sorted(
        ["WC-0417", other.serial_number]
    )


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 302),
        ({"serial_number": "wc-0417"}, 302),
        ({"notes": "Cushion"}, 409),
        ({"due_back_on": "04-Dec-2099"}, 409),
        ({"time": "00:00", "on": "01-Nov-2023"}, 409),
    ],
)
def test_only_what_says_the_same_is_answered_as_the_first_time(sign_in, patient, therapist, item, change, status):
    client, form = sign_in(therapist), filled("check_out")
    client.post(url("check_out", patient), form)
    assert client.post(url("check_out", patient), form | change).status_code == status
    assert patient.equipment_logs.count() == 1


def test_an_item_and_a_repair_sent_again_with_newer_words_are_not_dropped(sign_in, therapist, item):
    client, token = sign_in(therapist), str(uuid.uuid4())
    form = {"equipment_name": "Frame", "serial_number": "F-1", "notes": "", "form_token": token}
    statuses = [client.post("/equipment/register/", form | more).status_code for more in ({}, {}, {"notes": "Blue"})]
    assert statuses == [302, 302, 409]
    repair = {**day_and_time(ago(minutes=5)), "notes": "Brakes", "form_token": str(uuid.uuid4())}
    address = f"/equipment/{item.pk}/repair/"
    statuses = [client.post(address, repair | more).status_code for more in ({}, {}, {"notes": "Brakes, tyres"})]
    assert statuses == [302, 302, 409]

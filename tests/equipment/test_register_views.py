"""The register: every item, and never more about a patient than the viewer may know."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from equipment import services
from equipment.models import EquipmentItem
from tests.equipment.conftest import ago, day_and_time, make_item, queries
from tests.factories import make_patient

LIST = "/equipment/"
FORMS = {
    "register_item": {"equipment_name": "Hoist", "serial_number": "H-1", "notes": ""},
    "edit_item": {"equipment_name": "Wheelchair", "serial_number": "WC-0417", "notes": "Serviced", "version": "1"},
    "send_to_repair": {"notes": "Brakes"},
    "mark_item_lost": {"notes": ""},
    "retire_item": {"notes": "Worn out"},
}
READERS = ("therapist", "assistant", "lead", "viewer", "stranger", "other_lead")


def url(name, *ids):
    return reverse(f"equipment:{name}", args=ids)


def address(name, item):
    return url(name) if name == "register_item" else url(name, item.pk)


def filled(name, **fields):
    when = {} if name in {"register_item", "edit_item"} else day_and_time(ago(minutes=5))
    return {**FORMS[name], **when, "form_token": str(uuid.uuid4()), **fields}


@pytest.fixture
def in_repair(item, therapist):
    services.send_to_repair(item=item, by=therapist, notes="Brakes", at=ago(days=3))
    return item.logs.get()


# --- Who may ---


@pytest.mark.parametrize(("who", "expected"), [*((w, 200) for w in READERS), ("auditor", 404), ("admin_user", 404)])
def test_who_may_read(request, sign_in, patient, item, who, expected):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(LIST).status_code == expected
    assert client.get(url("show_item", item.pk)).status_code == expected


WRITERS = {"therapist": 302, "assistant": 302, "lead": 302, "stranger": 302}
NOT_WRITERS = {"viewer": 404, "auditor": 404, "admin_user": 404}


@pytest.mark.parametrize("page", FORMS)
@pytest.mark.parametrize(("who", "expected"), (WRITERS | NOT_WRITERS).items())
def test_who_may_change(request, sign_in, patient, item, page, who, expected):
    before = EquipmentItem.objects.count()
    response = sign_in(request.getfixturevalue(who)).post(address(page, item), filled(page))
    assert response.status_code == expected
    item.refresh_from_db()
    changed = EquipmentItem.objects.count() > before or item.version > 1 or item.logs.exists()
    assert changed is (expected == 302)


@pytest.mark.parametrize(("who", "expected"), (WRITERS | NOT_WRITERS).items())
def test_who_may_correct_and_put_back(request, sign_in, patient, item, in_repair, who, expected):
    client = sign_in(request.getfixturevalue(who))
    back = client.post(url("return_to_stock", item.pk), {**day_and_time(ago(minutes=5)), "notes": "Done"})
    void = client.post(url("void_item_entry", item.pk, in_repair.pk), {"reason": "x", "version": "2"})
    assert (back.status_code, void.status_code) == (expected, expected)


def test_an_observer_is_offered_no_button(sign_in, patient, item, viewer, in_repair):
    client = sign_in(viewer)
    pages = client.get(LIST).content.decode() + client.get(url("show_item", item.pk)).content.decode()
    for word in ("/register/", "/edit/", "/repair/", "/lost/", "/retire/", "/stock/", "/void/"):
        assert word not in pages


def test_opening_the_register_leaves_an_event(sign_in, item, therapist):
    sign_in(therapist).get(url("show_item", item.pk))
    assert AuditEvent.objects.filter(event_type="list.viewed", route="equipment:show_item", actor=therapist).exists()


# --- What nobody may learn ---


def test_a_holder_is_named_to_who_may_see_the_chart_and_to_nobody_else(sign_in, patient, therapist, stranger, loan):
    services.change_due_date(log=loan, version=1, due_back_on=timezone.localdate(), by=therapist)
    for path in (LIST, url("show_item", loan.item_id)):
        page = sign_in(therapist).get(path).content.decode()
        assert patient.display_name in page
        assert f"/patients/{patient.pk}/equipment/" in page
        page = sign_in(stranger).get(path).content.decode()
        assert "another patient · record not shown" in page
        for secret in (patient.display_name, "FALADE", patient.patient_id, str(patient.pk)):
            assert secret not in page


def test_past_holders_their_notes_and_staff_are_not_shown_either(sign_in, patient, therapist, lend, stranger):
    loan = lend(notes="Tobi fell at home")
    services.return_item(log=loan, by=therapist, condition="needs_repair", notes="Daughter rang", fault="Bent axle")
    page = sign_in(stranger).get(url("show_item", loan.item_id)).content.decode()
    assert "Checked out to another patient" in page
    assert "Record not shown" in page
    assert "Bent axle" in page
    for secret in ("Tobi", "Daughter", patient.display_name, str(patient.pk)):
        assert secret not in page


def test_a_loan_is_not_corrected_through_the_register(sign_in, therapist, loan):
    response = sign_in(therapist).post(url("void_item_entry", loan.item_id, loan.pk), {"reason": "x", "version": "1"})
    assert response.status_code == 404


def test_another_items_entry_is_not_found_through_this_item(sign_in, therapist, in_repair):
    other = make_item(therapist)
    response = sign_in(therapist).post(url("void_item_entry", other.pk, in_repair.pk), {"reason": "x", "version": "1"})
    assert response.status_code == 404
    in_repair.refresh_from_db()
    assert in_repair.voided_at is None


@pytest.mark.parametrize("page", ["show_item", "edit_item", "send_to_repair", "return_to_stock"])
@pytest.mark.parametrize("number", ["0", "77777777", "999999999999999999999999"])
def test_unknown_and_absurd_numbers_are_not_found(sign_in, therapist, page, number):
    assert sign_in(therapist).get(url(page, 1).replace("/1/", f"/{number}/")).status_code == 404


# --- The list ---


def listed(response):
    return [item.serial_number for item in response.context["page"]]


def test_the_list_is_filtered_by_status_with_counts_that_agree(sign_in, therapist, patient, lend):
    states = {"in_stock": 3, "in_repair": 2, "lost": 1, "retired": 1}
    moves = {
        "in_repair": services.send_to_repair, "lost": services.mark_item_lost, "retired": services.retire_item,
    }  # fmt: skip
    for status, number in states.items():
        for _ in range(number):
            one = make_item(therapist)
            if status in moves:
                moves[status](item=one, by=therapist, notes="x")
    lend(due_back_on=ago(days=2).date())
    client = sign_in(therapist)
    chips = {chip["label"]: chip for chip in client.get(LIST).context["chips"]}
    counts = {str(label): chip["count"] for label, chip in chips.items()}
    assert counts == {
        "All": 8, "In stock": 3, "Checked out": 1, "Overdue": 1, "In repair": 2, "Lost": 1, "Retired": 1,
    }  # fmt: skip
    for chip in chips.values():
        assert client.get(chip["url"]).context["page"].paginator.count == chip["count"]


def test_overdue_begins_the_day_after(sign_in, therapist, lend):
    lend(due_back_on=timezone.localdate())
    assert listed(sign_in(therapist).get(LIST + "?status=overdue")) == []


def test_search_finds_by_name_and_serial_number_and_stays_out_of_the_address(sign_in, therapist, item):
    make_item(therapist, equipment_name="Déambulateur 100%_pliant", serial_number="DA 77")
    client = sign_in(therapist)
    for text, found in {
        "wc-04": ["WC-0417"], "wc0417": ["WC-0417"], "WC 0417": ["WC-0417"], "wc/0417": ["WC-0417"], "SELF wheel": ["WC-0417"], "deambu": ["DA 77"], "da77": ["DA 77"], "0%_p": ["DA 77"],
        "nothing": [], "%": ["DA 77"],
    }.items():  # fmt: skip
        response = client.post(LIST, {"q": text}, follow=True)
        assert listed(response) == found, text
        assert text not in response.redirect_chain[-1][0]
    assert "No equipment matches “nothing”" in client.post(LIST, {"q": "nothing"}, follow=True).content.decode()


@pytest.mark.parametrize("text", ["", " ", "x" * 1_000_000, "\\", "'; DROP TABLE x;--", "\U0001f9bd"])
def test_any_text_can_be_searched_for(sign_in, therapist, item, text):
    assert sign_in(therapist).post(LIST, {"q": text}, follow=True).status_code == 200


@pytest.mark.parametrize("query", ["status=nonsense", "page=-1", "page=9999999999", "page=x", "s=unknown", "status="])
def test_an_absurd_address_shows_the_list(sign_in, therapist, item, query):
    assert listed(sign_in(therapist).get(f"{LIST}?{query}")) == ["WC-0417"]


def test_the_list_has_pages(sign_in, therapist):
    for n in range(53):
        make_item(therapist, equipment_name="Frame", serial_number=f"F-{n:03}")
    client = sign_in(therapist)
    first = client.get(LIST)
    second = client.get(first.context["next_url"])
    assert listed(first) + listed(second) == [f"F-{n:03}" for n in range(53)]
    assert second.context["next_url"] == ""


def test_an_empty_register_says_what_would_be_here(sign_in, therapist, viewer):
    assert "No equipment in the register yet" in sign_in(therapist).get(LIST).content.decode()
    assert "/register/" not in sign_in(viewer).get(LIST).content.decode()
    assert "No equipment has this status" in sign_in(therapist).get(LIST + "?status=lost").content.decode()


# --- Forms ---


def test_an_item_is_registered_and_shown(sign_in, assistant):
    response = sign_in(assistant).post(url("register_item"), filled("register_item"))
    item = EquipmentItem.objects.get()
    assert (response.status_code, response.url) == (302, url("show_item", item.pk))
    assert (item.equipment_name, item.logged_by) == ("Hoist", assistant)


def test_a_register_form_sent_twice_answers_the_same(sign_in, therapist):
    client, fields = sign_in(therapist), filled("register_item")
    assert len({client.post(url("register_item"), fields).url for _ in range(2)}) == 1
    assert EquipmentItem.objects.count() == 1


@pytest.mark.parametrize(
    ("page", "fields", "message"),
    [
        ("register_item", {"serial_number": " wc- 0417"}, "Another item has this serial number"),
        ("register_item", {"equipment_name": " "}, "Enter what it is"),
        ("register_item", {"notes": "x" * 1_000_000}, "at most 2000 characters"),
        ("edit_item", {"serial_number": ""}, "Enter the serial number"),
        ("edit_item", {"version": "x"}, "whole number"),
        ("send_to_repair", {"notes": ""}, "Enter what is wrong with it"),
        ("send_to_repair", {"on": "01-Jan-2199"}, "not in the future"),
        ("retire_item", {"time": "noon"}, "Enter a time like 14:05"),
    ],
)
def test_bad_input_is_refused_with_a_message(sign_in, therapist, item, page, fields, message):
    response = sign_in(therapist).post(address(page, item), filled(page, **fields))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert EquipmentItem.objects.filter(version=1).count() == 1
    assert not item.logs.exists()


def test_a_stale_edit_shows_both_texts_and_can_be_sent_again(sign_in, therapist, lead, item):
    services.edit_item(item=item, version=1, changes={"notes": "Serviced by the lead"}, by=lead)
    client = sign_in(therapist)
    typed = filled("edit_item", notes="Typed by the therapist")
    response = client.post(url("edit_item", item.pk), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Serviced by the lead" in page
    assert "Typed by the therapist" in page
    assert 'name="version" value="2"' in page
    assert client.post(url("edit_item", item.pk), typed | {"version": "2"}).status_code == 302
    item.refresh_from_db()
    assert (item.notes, item.version) == ("Typed by the therapist", 3)


def test_an_item_that_is_out_cannot_be_moved_behind_its_patient(sign_in, patient, stranger, loan):
    response = sign_in(stranger).post(url("send_to_repair", loan.item_id), filled("send_to_repair"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "WC-0417 is out to another patient since" in page
    assert patient.display_name not in page


@pytest.mark.parametrize("page", ["send_to_repair", "retire_item", "mark_item_lost"])
def test_a_move_sent_twice_answers_the_same(sign_in, therapist, item, page):
    client, fields = sign_in(therapist), filled(page)
    assert [client.post(url(page, item.pk), fields).status_code for _ in range(2)] == [302, 302]
    assert item.logs.count() == 1


def test_a_move_that_somebody_made_already_is_said(sign_in, therapist, lead, item, in_repair):
    response = sign_in(lead).post(url("send_to_repair", item.pk), filled("send_to_repair"))
    assert response.status_code == 422
    assert "This item is in repair already" in response.content.decode()


def test_a_wrong_repair_is_struck_through_and_the_item_in_stock(sign_in, therapist, item, in_repair):
    fields = {"reason": "Another wheelchair", "version": "1", "form_token": str(uuid.uuid4())}
    assert sign_in(therapist).post(url("void_item_entry", item.pk, in_repair.pk), fields).status_code == 302
    page = sign_in(therapist).get(url("show_item", item.pk)).content.decode()
    assert 'class="struck"' in page
    assert "Another wheelchair" in page
    item.refresh_from_db()
    assert item.status == "in_stock"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(sign_in, therapist, item, method):
    client = sign_in(therapist)
    for path in (LIST, url("show_item", item.pk), url("register_item"), url("retire_item", item.pk)):
        assert getattr(client, method)(path).status_code == 405


# --- What they cost ---


def test_the_pages_cost_the_same_at_one_and_at_fifty(sign_in, therapist, patient):
    client = sign_in(therapist)
    counts = []
    for more in (1, 49):
        for _ in range(more):
            services.check_out(
                patient=patient, serial_number=make_item(therapist).serial_number, by=therapist,
                due_back_on=timezone.localdate() + dt.timedelta(days=2),
            )  # fmt: skip
        counts.append(queries(client, LIST))
    assert counts[0] == counts[1] == 9


def test_an_item_costs_the_same_after_one_stay_and_after_fifty(sign_in, therapist, item):
    client = sign_in(therapist)
    counts = []
    for more in (1, 49):
        for _ in range(more):
            start = ago(days=900 - 10 * item.logs.count())
            services.record_loan(
                patient=make_patient(therapist), equipment_name=item.equipment_name, serial_number="WC-0417",
                checked_out_at=start, returned_at=start + dt.timedelta(days=5), by=therapist,
            )  # fmt: skip
        counts.append(queries(client, url("show_item", item.pk)))
    assert counts[0] == counts[1] == 6

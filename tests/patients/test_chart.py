"""The chart's overview, details and statuses, through the front door."""

import datetime as dt

import pytest
from django.utils import timezone

from patients import services
from patients.errors import StaleVersion
from patients.models import Patient


def post(client, patient, page: str, **data):
    return client.post(f"/patients/{patient.pk}/{page}", data)


def change_status(client, patient, **data):
    defaults = {"to": "assist_2", "reason": "New left hip pain", "seen_on": today(), "from_status": "assist_1"}
    return post(client, patient, "status/", **(defaults | data))


def today() -> str:
    return timezone.localdate().isoformat()


def test_the_band_names_the_patient_and_the_title_does_not(sign_in, patient, therapist):
    text = sign_in(therapist).get(f"/patients/{patient.pk}/").content.decode()
    title = text[text.index("<title>") : text.index("</title>")]
    assert "OLUWASEUN-FALADE, Tobi" in text
    assert "31-Jan-1950" in text
    assert "OLUWASEUN" not in title
    assert "No alerts recorded" in text


def test_the_timeline_pages_by_key_and_shows_each_event_once(sign_in, patient, therapist):
    statuses = ["hoist", "assist_2"] * 15
    for number, status in enumerate(statuses):
        at = timezone.now() - dt.timedelta(days=40 - number)
        services.change_mobility_status(
            patient=patient, to=status, reason=f"Change {number}", by=therapist, effective_at=at
        )
    client = sign_in(therapist)
    url, seen = f"/patients/{patient.pk}/?show=status", []
    for _page in range(5):
        timeline = client.get(url).context["timeline"]
        seen += [entry.pk for _day, entries in timeline.days for entry in entries]
        if not timeline.next_key:
            break
        url = f"/patients/{patient.pk}/?show=status&before={timeline.next_key}"
    assert len(seen) == len(set(seen)) == 31


@pytest.mark.parametrize("before", ["x", "e30", "A" * 5000, "WyIyMDI2IiwxLDJd", "%00"])
def test_a_key_that_was_tampered_with_shows_the_first_page(sign_in, patient, therapist, before):
    assert sign_in(therapist).get(f"/patients/{patient.pk}/?before={before}").status_code in {200, 400}


def test_a_status_change_is_on_the_timeline_the_history_and_the_caseload(sign_in, patient, therapist):
    client = sign_in(therapist)
    assert change_status(client, patient).status_code == 302
    for url in (f"/patients/{patient.pk}/", f"/patients/{patient.pk}/history/"):
        text = client.get(url).content.decode()
        assert "New left hip pain" in text
        assert "Declined" in text
    assert "Declined" in client.get("/caseload/").content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"to": ""}, "Choose the new status"),
        ({"to": "flying"}, "flying is not one of the available choices"),
        ({"reason": "  "}, "Enter the reason for the change"),
        ({"reason": "x" * 5000}, "at most 4000 characters"),
        ({"seen_on": "03/04/2026"}, "Enter a date like"),
        ({"seen_on": "31-Feb-2026"}, "Enter a date like"),
        ({"seen_on": "01-Jan-9999"}, "Enter a date with a year from 1850 to 2200"),
        ({"seen_on": "01-Jan-2199"}, "not in the future"),
        ({"seen_time": "25:00"}, "Enter a time like 14:05"),
    ],
)
def test_a_rejected_status_keeps_what_was_typed(sign_in, patient, therapist, data, message):
    response = change_status(sign_in(therapist), patient, **data)
    text = response.content.decode()
    assert response.status_code == 422
    assert message in text
    assert "There is a problem" in text
    assert data.get("reason", "New left hip pain").strip()[:30] in text
    patient.refresh_from_db()
    assert patient.mobility_status == "assist_1"


def test_a_double_click_changes_the_status_once(sign_in, patient, therapist):
    client = sign_in(therapist)
    assert [change_status(client, patient).status_code for _ in range(2)] == [302, 302]
    assert patient.status_history.of_type("mobility_status").changes().count() == 1


def test_a_status_changed_meanwhile_is_a_conflict_and_keeps_the_words(sign_in, patient, therapist, lead):
    services.change_mobility_status(patient=patient, to="supervision", reason="Walks well", by=lead)
    response = change_status(sign_in(therapist), patient)
    assert response.status_code == 409
    assert "New left hip pain" in response.content.decode()
    assert "Supervision" in response.content.decode()
    patient.refresh_from_db()
    assert patient.mobility_status == "supervision"


def test_edit_saves_and_a_stale_edit_shows_both_texts(sign_in, patient, therapist, lead):
    client = sign_in(therapist)
    form = client.get(f"/patients/{patient.pk}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    assert post(client, patient, "edit/", **(data | {"phone": "0123"})).status_code == 302
    response = post(client, patient, "edit/", **(data | {"phone": "0456"}))
    text = response.content.decode()
    assert response.status_code == 409
    assert "0123" in text
    assert "0456" in text
    assert Patient.objects.get(pk=patient.pk).phone == "0123"
    again = {name: response.context["form"][name].value() or "" for name in form.fields}
    assert post(client, patient, "edit/", **again).status_code == 302
    assert Patient.objects.get(pk=patient.pk).phone == "0456"


def test_edit_refuses_another_patients_identifier_beside_the_field(sign_in, patient, therapist):
    from tests.factories import make_patient

    make_patient(therapist, patient_id="TAKEN")
    client = sign_in(therapist)
    form = client.get(f"/patients/{patient.pk}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"patient_id": "taken"}
    response = post(client, patient, "edit/", **data)
    assert response.status_code == 422
    assert "Another patient has this ID" in response.content.decode()


def test_a_death_needs_its_date_and_shows_on_every_page(sign_in, patient, therapist):
    client = sign_in(therapist)
    assert post(client, patient, "chart-status/", to="deceased", reason="Died at home").status_code == 422
    response = post(client, patient, "chart-status/", to="deceased", reason="Died at home", deceased_on=today())
    assert response.status_code == 302
    text = client.get(f"/patients/{patient.pk}/history/").content.decode()
    assert "Deceased" in text
    assert patient.status_history.of_type("chart_status").newest_first().first().to_value == "deceased"


def test_a_death_before_birth_is_refused(sign_in, patient, therapist):
    response = post(sign_in(therapist), patient, "chart-status/", to="deceased", reason="x", deceased_on="01-Jan-1949")
    assert response.status_code == 422
    assert "The date of death is before the date of birth" in response.content.decode()


def test_an_archived_chart_takes_no_entries_until_it_is_active_again(sign_in, patient, therapist):
    services.change_chart_status(patient=patient, to="archived", reason="Discharged", by=therapist)
    client = sign_in(therapist)
    assert change_status(client, patient).status_code == 422
    post(client, patient, "chart-status/", to="active", reason="Referred again")
    assert change_status(client, patient).status_code == 302


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_wrong_methods_are_refused(sign_in, patient, therapist, method):
    assert getattr(sign_in(therapist), method)(f"/patients/{patient.pk}/").status_code == 405


def test_after_saving_people_are_back_where_they_were_and_never_elsewhere(sign_in, patient, therapist):
    client = sign_in(therapist)
    inside = f"/patients/{patient.pk}/history/"
    assert change_status(client, patient, next=inside).url == inside
    for outside in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        response = change_status(client, patient, to="hoist", next=outside, from_status="assist_2")
        assert response.url == f"/patients/{patient.pk}/"


def test_of_two_changes_at_once_the_second_is_a_conflict(patient, therapist, lead):
    services.change_mobility_status(patient=patient, to="assist_2", reason="Hip pain", from_status="assist_1", by=lead)
    with pytest.raises(StaleVersion):
        services.change_mobility_status(
            patient=patient, to="supervision", reason="Better", from_status="assist_1", by=therapist
        )


def test_a_status_is_not_seen_before_birth(sign_in, patient, therapist):
    response = change_status(sign_in(therapist), patient, seen_on="30-Jan-1950", reason="Typed a wrong year")
    assert response.status_code == 422
    assert "on or after the date of birth" in response.content.decode()
    assert "Typed a wrong year" in response.content.decode()


def test_a_wrong_date_of_death_is_corrected(sign_in, patient, therapist):
    client = sign_in(therapist)
    for day in ("01-Feb-2026", "01-Jan-2026"):
        post(client, patient, "chart-status/", to="deceased", deceased_on=day, reason="Told by the family")
    patient.refresh_from_db()
    assert patient.deceased_on == dt.date(2026, 1, 1)

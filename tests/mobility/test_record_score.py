# ruff: noqa: RUF001 - full-width digits are what is tested
"""The form that records a score: the page, the dialog, and everything that may be typed into it."""

import datetime as dt
import re
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from mobility import catalogue
from mobility.forms import RecordForm
from mobility.models import MobilityScore
from patients import services as patients
from tests.factories import make_patient
from tests.mobility.scores import mark, record, typed, url


def send(client, patient, *, query="", **data):
    return client.post(url(patient, "record_score") + query, typed(**data))


def test_a_score_is_recorded_and_the_person_is_back_at_the_measure(sign_in, patient, therapist):
    client = sign_in(therapist)
    response = send(client, patient, notes="Ward", score_date="02-Nov-2023", score_time="09:05")
    score = patient.mobility_scores.get()
    assert response.status_code == 302
    assert response.url == url(patient) + "?type=barthel_index"
    assert (score.score_value, score.score_date, score.notes) == (Decimal(65), dt.date(2023, 11, 2), "Ward")
    assert timezone.localtime(score.occurred_at).strftime("%H:%M") == "09:05"
    assert (score.recorded_by, score.has_time) == (therapist, True)
    page = client.get(response.url).content.decode()
    assert "Recorded: Barthel Index 65\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}100." in page
    assert AuditEvent.objects.filter(event_type="chart.written", patient=patient).count() == 1


def test_the_person_goes_back_to_where_they_were_but_never_to_another_site(sign_in, patient, therapist):
    client = sign_in(therapist)
    assert send(client, patient, next=f"/patients/{patient.pk}/").url == f"/patients/{patient.pk}/"
    assert send(client, patient, next="https://evil.example/").url.startswith("/patients/")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("therapist", 302), ("cover", 302), ("assistant", 302), ("lead", 302), ("viewer", 403), ("colleague", 404),
        ("stranger", 404), ("other_lead", 404), ("auditor", 404), ("admin_user", 404),
    ],
)  # fmt: skip
def test_who_may_record(request, sign_in, patient, who, status):
    client = sign_in(request.getfixturevalue(who))
    assert send(client, patient).status_code == status
    assert patient.mobility_scores.exists() is (status == 302)
    assert client.get(url(patient, "record_score")).status_code == (200 if status == 302 else status)


def test_the_form_offers_the_patients_own_measures_first_with_every_range_and_chooses_none(sign_in, patient, therapist):
    for value in ("20", "25"):
        record(patient, therapist, value, score_type="tug")
    record(patient, therapist, "5", score_type="katz_adl")
    response = sign_in(therapist).get(url(patient, "record_score"))
    menu = response.context["menu"]
    assert [(one.heading, [offer.instrument.id for offer in one.offers][:2]) for one in menu.first] == [
        ("Used with this patient", ["tug", "katz_adl"]), ("Often used", ["barthel_index", "berg_balance_scale"])
    ]  # fmt: skip
    assert [one.heading for one in menu.folded][:3] == [
        "Activities of daily living", "Instrumental activities of daily living", "Mobility"
    ]  # fmt: skip
    ids = [offer.instrument.id for group in (*menu.first, *menu.folded) for offer in group.offers]
    assert sorted(ids) == sorted(one.id for one in catalogue.everything())
    assert not menu.is_open
    text = response.content.decode()
    assert " checked" not in text
    for words in (
        "0 to 100 in steps of 5",
        "more than 0\N{NO-BREAK SPACE}s",
        "0\N{NO-BREAK SPACE}m/s or more",
        "0 to 56",
        "no fixed range",
    ):
        assert words in text
    assert "Enter the 0 to 100 version only" in text
    assert 'inputmode="decimal"' in text


def test_a_measure_that_is_folded_away_is_in_sight_once_it_is_chosen(sign_in, patient, therapist):
    client = sign_in(therapist)
    assert client.get(url(patient, "record_score"), {"type": "braden"}).context["menu"].is_open
    wrong = send(client, patient, score_type="demmi", score_value="47")
    assert wrong.context["menu"].is_open
    assert "Enter 44 or 48: this scale has no value between them" in wrong.content.decode()
    for held_apart in ("copm", "grip_strength", "section_gg"):
        assert "Choose the measure" in send(client, patient, score_type=held_apart, score_value="5").content.decode()


def test_what_became_of_the_score_before_is_said_at_once_with_population_and_source(sign_in, patient, therapist):
    client = sign_in(therapist)
    send(client, patient, score_type="demmi", score_value="36", score_date="02-Nov-2023")
    page = client.get(send(client, patient, score_type="demmi", score_value="48").url).content.decode()
    assert "Recorded: de Morton Mobility Index 48" in page
    verdict = (
        "Up 12 since the last score. More than measurement error: a real change is more than 9 points. "
        "As large as a change that matters to people: 10 points or more."
    )
    assert verdict in page
    assert "Older acute medical inpatients" in page and "de Morton et al., 2008" in page
    repeat = client.get(send(client, patient, score_type="demmi", score_value="44").url).content.decode()
    assert "Within measurement error, so it may be chance: a real change is more than 9 points" in repeat
    assert "whether it holds for a decline is not known" in repeat
    score = patient.mobility_scores.newest_first().first()
    alone = client.get(url(patient, "show_score", score_id=score.pk)).content.decode()
    assert "Smaller than a change that matters to people: 10 points or more" in alone
    for value in ("60", "70"):
        barthel = client.get(send(client, patient, score_value=value).url).content.decode()
    assert "How large a change is real depends on the diagnosis" in barthel
    for value in ("3", "4"):
        katz = client.get(send(client, patient, score_type="katz_adl", score_value=value).url).content.decode()
    assert "No published threshold on file" in katz
    for level in ("8", "9"):
        frailty = client.get(send(client, patient, score_type="clinical_frailty_scale", score_value=level).url)
    assert "Not comparable: one of the levels is no further step of the scale" in frailty.content.decode()


def test_a_measure_in_the_address_is_chosen_and_an_unknown_one_is_not(sign_in, patient, therapist):
    client = sign_in(therapist)
    chosen = client.get(url(patient, "record_score"), {"type": "katz_adl"}).content.decode()
    assert re.findall(r'value="(\w+)" required checked', chosen) == ["katz_adl"]
    # A walking aid belongs to it: it has a page of its own.
    assert client.get(url(patient, "record_score"), {"type": "tug"})["Location"] == url(
        patient, "assess", measure="tug"
    )
    for junk in ("nope", "x" * 5000, "<script>alert(1)</script>"):
        response = client.get(url(patient, "record_score"), {"type": junk})
        assert response.status_code == 200
        assert " checked" not in response.content.decode()
        assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"score_value": "105"}, "score_value", "Enter a score from 0 to 100"),
        ({"score_value": "63"}, "score_value", "Enter 60 or 65: this scale goes in steps of 5"),
        ({"score_value": ""}, "score_value", "Enter the score"),
        ({"score_value": "   "}, "score_value", "Enter the score"),
        ({"score_value": "9" * 2_000_000}, "score_value", "Enter a score from 0 to 100"),
        *(({"score_value": text}, "score_value", "Enter a score from 0 to 100") for text in (
            "NaN", "Infinity", "-Infinity", "1e999", "1e-999", "٦٥", "sixty", "-5", "6 5", "65 of 100", "😀",
        )),
        ({"score_type": "tug", "score_value": "12,5"}, "score_value", "Use a point, not a comma, for decimals, such as 20.4"),
        ({"score_value": "6,5"}, "score_value", "Enter a whole number, without a comma, such as 50"),
        ({"score_value": "６，５"}, "score_value", "Enter a whole number, without a comma, such as 50"),
        ({"score_type": ""}, "score_type", "Choose the measure"),
        ({"score_type": "nope"}, "score_type", "Choose the measure"),
        ({"score_date": ""}, "score_date", "Enter the date"),
        ({"score_date": "03/04/2026"}, "score_date", None),
        ({"score_date": "31-Feb-2026"}, "score_date", None),
        ({"score_date": "01-Jan-0001"}, "score_date", "Enter a date with a year from 1850 to 2200"),
        ({"score_date": "31-Dec-9999"}, "score_date", "Enter a date with a year from 1850 to 2200"),
        ({"score_date": "31-Dec-2199"}, "score_date", "Enter a date that is not in the future"),
        ({"score_date": "30-Jan-1950"}, "score_date", "Enter a date on or after the date of birth, 31-Jan-1950"),
        ({"score_date": "1" * 1_000_000}, "score_date", None),
        ({"score_time": "25:00"}, "score_time", "Enter a time like 14:05"),
        ({"notes": "x" * 4001}, "notes", None),
        *(({"corrects": junk}, "corrects", None) for junk in ("1", "x", "9" * 30, "-1")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field_and_at_the_top_and_nothing_typed_is_lost(
    sign_in, patient, therapist, data, field, message
):
    response = send(sign_in(therapist), patient, **{"notes": "Typed with care", **data})
    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert message is None or form.errors[field] == [message]
    text = response.content.decode()
    assert "<title>Error: " in text
    assert f'href="#id_{field}"' in text
    assert data.get("notes", "Typed with care")[:4000] in text
    assert form["score_value"].value() == data.get("score_value", "65")
    assert not MobilityScore.objects.exists()


@pytest.mark.parametrize(
    "field", ["score_value", "score_type", "score_date", "score_time", "notes", "corrects", "confirmed"]
)
def test_a_nul_byte_is_refused_wherever_it_stands(sign_in, patient, therapist, field):
    client = sign_in(therapist)
    assert send(client, patient, **{field: "6\x005"}).status_code in {400, 422}
    assert client.get(url(patient, "record_score"), {"type": "\x00", "corrects": "\x00"}).status_code in {200, 400}
    assert client.get(url(patient), {"type": "\x00", "before": "\x00"}).status_code in {200, 400}
    assert not MobilityScore.objects.exists()


def test_the_form_by_itself_has_no_room_for_a_nul_byte(patient):
    data = typed(
        score_value="6\x005", notes="\x00", score_type="\x00", score_date="\x00", score_time="\x00", corrects="\x00"
    )
    form = RecordForm(data, patient=patient, choices=[("tug", "TUG")])
    assert set(form.errors) == {"score_value", "notes", "score_type", "score_date", "score_time", "corrects"}


def test_full_width_digits_are_read(sign_in, patient, therapist):
    assert send(sign_in(therapist), patient, score_value="６５").status_code == 302
    assert patient.mobility_scores.get().score_value == Decimal(65)


def test_a_time_later_today_is_refused_beside_the_time(sign_in, patient, therapist, time_machine):
    time_machine.move_to(dt.datetime(timezone.now().year + 1, 1, 15, 9, 0, tzinfo=dt.UTC), tick=False)
    response = send(sign_in(therapist), patient, score_time="09:01")
    assert response.context["form"].errors == {"score_time": ["Enter a time that is not in the future"]}
    assert send(sign_in(therapist), patient, score_time="09:00").status_code == 302


@pytest.mark.parametrize("clock", ["00:00", "00:30", "02:30", "23:59"])
@pytest.mark.parametrize("night", ["26-Mar-2023", "29-Oct-2023", "01-Jul-2023"])
def test_a_time_on_a_night_when_the_clocks_change_stays_on_its_day(sign_in, patient, therapist, night, clock):
    assert send(sign_in(therapist), patient, score_date=night, score_time=clock).status_code == 302
    score = patient.mobility_scores.get()
    assert timezone.localdate(score.occurred_at) == score.score_date
    assert f"{score.score_date:%d-%b-%Y}" == night


def test_an_implausible_value_is_asked_about_once_and_the_answer_holds_for_that_value_alone(
    sign_in, patient, therapist
):
    client = sign_in(therapist)
    asked = send(client, patient, score_type="tug", score_value="900.0")
    assert asked.status_code == 422
    assert asked.context["form"].errors == {
        "score_value": ["More than 180\N{NO-BREAK SPACE}s is unusual: check the value"]
    }
    assert '<input type="checkbox" name="confirmed" value="900">' in asked.content.decode()
    again = send(client, patient, score_type="tug", score_value="901", confirmed="900")
    assert again.status_code == 422
    assert not patient.mobility_scores.exists()
    with_date_wrong = send(client, patient, score_type="tug", score_value="900", confirmed="900", score_date="x")
    assert 'name="confirmed" value="900" checked' in with_date_wrong.content.decode()
    assert send(client, patient, score_type="tug", score_value="900", confirmed="900").status_code == 302


def test_a_usual_value_is_not_asked_about(sign_in, patient, therapist):
    client = sign_in(therapist)
    assert send(client, patient, score_type="tug", score_value="180").status_code == 302
    assert "confirmed" not in client.get(url(patient, "record_score")).content.decode()


def test_the_same_form_sent_twice_records_once_and_is_answered_alike(sign_in, patient, therapist):
    client, token = sign_in(therapist), str(uuid.uuid4())
    first, second = (send(client, patient, form_token=token) for _ in range(2))
    assert (first.status_code, first.url) == (second.status_code, second.url) == (302, first.url)
    assert patient.mobility_scores.count() == 1


def test_the_same_form_with_newer_words_is_not_dropped(sign_in, patient, therapist):
    client, token = sign_in(therapist), str(uuid.uuid4())
    send(client, patient, form_token=token)
    again = send(client, patient, form_token=token, score_value="70", notes="Second try")
    page = again.content.decode()
    assert again.status_code == 409
    assert "This form was sent before and recorded as Barthel Index 65" in page
    assert f"/scores/{patient.mobility_scores.get().pk}/" in page
    assert 'value="70"' in page
    assert "Second try" in page
    fresh = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    assert fresh != token
    assert send(client, patient, form_token=fresh, score_value="70", notes="Second try").status_code == 302
    assert sorted(patient.mobility_scores.values_list("score_value", flat=True)) == [65, 70]


@pytest.mark.parametrize(
    "change",
    [
        {"score_value": "66"},
        {"score_type": "tug"},
        {"score_date": "02-Nov-2023"},
        {"score_time": "00:00"},
        {"notes": "With a frame"},
    ],
)
def test_whatever_differs_in_it(sign_in, patient, therapist, change):
    client, token = sign_in(therapist), str(uuid.uuid4())
    send(client, patient, form_token=token)
    assert send(client, patient, form_token=token, **change).status_code in {409, 422}
    assert patient.mobility_scores.get().score_value == 65


def test_somebody_elses_token_and_no_token_never_break(sign_in, patient, therapist, lead):
    token = str(uuid.uuid4())
    send(sign_in(lead), patient, form_token=token)
    client = sign_in(therapist)
    assert send(client, patient, form_token=token).status_code == 422
    assert send(client, patient, form_token="").status_code == 302
    assert send(client, patient, form_token="no-token").status_code == 422  # noqa: S106


def test_from_the_dialog_a_rejected_form_is_swapped_in_and_a_saved_one_reloads_the_page(sign_in, patient, therapist):
    client, here = sign_in(therapist), url(patient)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{here}"}
    address = url(patient, "record_score") + f"?next={here}"
    rejected = client.post(address, typed(score_value="x"), headers=headers)
    assert rejected.status_code == 422
    assert 'id="form-panel"' in rejected.content.decode()
    saved = client.post(address, typed(), headers=headers)
    assert saved.headers.get("HX-Refresh") == "true"


def test_an_archived_chart_says_so(sign_in, patient, therapist):
    patients.change_chart_status(patient=patient, to="archived", reason="Moved", by=therapist)
    response = send(sign_in(therapist), patient)
    assert response.status_code == 422
    assert "This chart is archived" in response.content.decode()


def test_an_empty_post_is_a_form_with_errors(sign_in, patient, therapist):
    response = sign_in(therapist).post(url(patient, "record_score"), {})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"score_type", "score_value", "score_date"}


def test_the_correction_of_a_wrong_score_starts_with_its_day_but_not_its_value(sign_in, patient, therapist):
    at = dt.datetime(2023, 11, 2, 9, 5, tzinfo=dt.UTC)
    wrong = record(patient, therapist, "95", score_date=dt.date(2023, 11, 2), scored_at=at)
    mark(wrong, therapist)
    client = sign_in(therapist)
    response = client.get(url(patient, "record_score"), {"corrects": wrong.pk})
    form, text = response.context["form"], response.content.decode()
    assert (form["score_date"].value(), form["score_time"].value(), form["score_value"].value()) == (
        "02-Nov-2023", "09:05", None
    )  # fmt: skip
    assert "correct score in place of one" in text
    assert f'name="corrects" value="{wrong.pk}"' in text
    send(client, patient, score_value="55", score_date="02-Nov-2023", score_time="09:05", corrects=str(wrong.pk))
    assert patient.mobility_scores.live().get().corrects == wrong


def test_another_patients_score_cannot_be_corrected_here(sign_in, patient, therapist):
    wrong = mark(record(make_patient(therapist), therapist), therapist)
    client = sign_in(therapist)
    assert "corrects" not in client.get(url(patient, "record_score"), {"corrects": wrong.pk}).context["form"].initial
    assert send(client, patient, corrects=str(wrong.pk)).status_code == 422
    for junk in ("x", "9" * 30, "-1", "²"):
        assert client.get(url(patient, "record_score"), {"corrects": junk}).status_code == 200


def test_queries_of_the_form_do_not_grow(sign_in, patient, therapist):
    client = sign_in(therapist)
    counts = []
    for more in (1, 49):
        for _ in range(more):
            record(patient, therapist)
        with CaptureQueriesContext(connection) as captured:
            client.get(url(patient, "record_score"))
        counts.append(len(captured))
    assert counts[0] == counts[1]

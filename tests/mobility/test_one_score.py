"""One score with where it comes from, and marking it as entered in error."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients import services as patients
from tests.factories import make_patient
from tests.mobility.scores import mark, record, url
from ui.dates import show_date

NBSP = "\N{NO-BREAK SPACE}"
WHO_READS = [
    ("therapist", 200), ("cover", 200), ("assistant", 200), ("lead", 200), ("viewer", 200), ("colleague", 404),
    ("stranger", 404), ("other_lead", 404), ("auditor", 404), ("admin_user", 404),
]  # fmt: skip


def error_url(score):
    return url(score.patient, "mark_in_error", score_id=score.pk)


@pytest.fixture
def score(patient, therapist):
    record(patient, therapist, "55", ago=3)
    return record(patient, therapist, "65", notes="One <b>prompt</b>\nfor the left sleeve")


@pytest.mark.parametrize(("who", "status"), WHO_READS)
def test_who_may_read(request, sign_in, score, who, status):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url(score.patient, "show_score", score_id=score.pk)).status_code == status


def test_a_score_says_what_when_who_and_by_which_version(sign_in, score, therapist):
    text = sign_in(therapist).get(url(score.patient, "show_score", score_id=score.pk)).content.decode()
    for words in (
        f"Barthel Index 65{NBSP}of{NBSP}100", "Up 10", "original weighting, 0 to 100", "One &lt;b&gt;prompt&lt;/b&gt;",
        therapist.name, "Moderate dependency", "Shah et al., 1989", "Stroke rehabilitation",
    ):  # fmt: skip
        assert words in text
    assert show_date(score.created_at) in text


def test_what_published_sets_say_stands_with_population_and_source(sign_in, patient, therapist):
    tug = record(patient, therapist, "31.85", score_type="tug")
    response = sign_in(therapist).get(url(patient, "show_score", score_id=tug.pk))
    text = response.content.decode()
    assert response.context["statements"]
    for statement in response.context["statements"]:
        for words in (statement.range.label, statement.band.population):
            assert str(words) in text
    assert "Berg et al., 1992" not in text


@pytest.mark.parametrize("page", ["show_score", "mark_in_error"])
def test_another_patients_score_and_an_unknown_one_are_404(sign_in, score, therapist, page):
    other = make_patient(therapist)
    client = sign_in(therapist)
    for number in (score.pk, 999_999, 10**30):
        address = url(other, page, score_id=number)
        assert client.get(address).status_code == 404
        assert client.post(address, {"reason": "x"}).status_code in {404, 405}
    score.refresh_from_db()
    assert not score.is_in_error


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("therapist", 302), ("cover", 302), ("lead", 302), ("assistant", 403), ("viewer", 403), ("colleague", 404),
        ("stranger", 404), ("other_lead", 404), ("auditor", 404), ("admin_user", 404),
    ],
)  # fmt: skip
def test_who_may_mark_a_therapists_score(request, sign_in, score, who, status):
    client = sign_in(request.getfixturevalue(who))
    shown = client.get(error_url(score))
    assert shown.status_code == (200 if status == 302 else status)
    assert client.post(error_url(score), {"reason": "Wrong patient"}).status_code == status
    score.refresh_from_db()
    assert score.is_in_error is (status == 302)


def test_an_assistant_may_mark_what_they_recorded_themselves(sign_in, patient, assistant):
    mine = record(patient, assistant)
    client = sign_in(assistant)
    assert "in-error/" in client.get(url(patient, "show_score", score_id=mine.pk)).content.decode()
    assert client.post(error_url(mine), {"reason": "Typed twice"}).status_code == 302
    mine.refresh_from_db()
    assert mine.is_in_error


def test_whoever_lost_the_chart_cannot_mark_their_old_score(sign_in, patient, therapist, colleague, lead):
    mine = record(patient, therapist)
    patients.hand_over(patients=[patient], to=colleague, reason="Leave", by=lead)
    assert sign_in(therapist).post(error_url(mine), {"reason": "x"}).status_code == 404


def test_the_button_is_there_for_who_may_use_it(sign_in, score, therapist, viewer, assistant):
    address = url(score.patient, "show_score", score_id=score.pk)
    assert "in-error/" in sign_in(therapist).get(address).content.decode()
    for user in (viewer, assistant):
        assert "in-error/" not in sign_in(user).get(address).content.decode()


def test_a_marked_score_says_so_and_leads_to_the_correct_one(sign_in, score, therapist, lead):
    client = sign_in(therapist)
    response = client.post(error_url(score), {"reason": "Typed 65 for 56 <script>"})
    assert response.url == url(score.patient, "show_score", score_id=score.pk)
    text = client.get(response.url).content.decode()
    assert "Typed 65 for 56 &lt;script&gt;" in text
    assert f"?corrects={score.pk}" in text
    assert "in-error/" not in text
    assert "Published ranges" not in text
    right = record(score.patient, lead, "60", corrects=score)
    text = client.get(response.url).content.decode()
    assert f"Correct score: 60{NBSP}of{NBSP}100" in text
    assert f"?corrects={score.pk}" not in text
    assert f"65{NBSP}of{NBSP}100" in client.get(url(score.patient, "show_score", score_id=right.pk)).content.decode()


def test_a_second_press_changes_nothing_and_is_no_error(sign_in, score, therapist, lead):
    mark(score, lead, "First reason")
    response = sign_in(therapist).post(error_url(score), {"reason": "Second reason"})
    assert response.status_code == 302
    score.refresh_from_db()
    assert (score.entered_in_error_by, score.entered_in_error_reason) == (lead, "First reason")


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 1001, "x" * 2_000_000])
def test_a_missing_or_impossible_reason_is_refused_with_what_was_typed(sign_in, score, therapist, reason):
    response = sign_in(therapist).post(error_url(score), {"reason": reason})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["reason"]
    assert response.context["form"]["reason"].value() == reason
    score.refresh_from_db()
    assert not score.is_in_error


def test_an_archived_chart_says_so(sign_in, score, therapist):
    patients.change_chart_status(patient=score.patient, to="archived", reason="Moved", by=therapist)
    client = sign_in(therapist)
    response = client.post(error_url(score), {"reason": "x"})
    assert response.status_code == 422
    assert "This chart is archived" in response.content.decode()
    assert "in-error/" not in client.get(url(score.patient, "show_score", score_id=score.pk)).content.decode()


@pytest.mark.parametrize("page", ["show_score", "mark_in_error"])
def test_queries_do_not_grow(sign_in, score, therapist, page):
    client, counts = sign_in(therapist), []
    for more in (0, 49):
        for _ in range(more):
            record(score.patient, therapist)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(score.patient, page, score_id=score.pk)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]

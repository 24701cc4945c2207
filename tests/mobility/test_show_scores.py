"""The Mobility tab: the chart's figures are the table's, errors are struck and leave the trend."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mobility import catalogue, tab
from mobility.models import MobilityScore
from patients import services as patients
from tests.factories import make_patient
from tests.mobility.scores import day, mark, record, record_many, url

NBSP = "\N{NO-BREAK SPACE}"


def moves(page, since):
    """What the table says of each score's change; None where it says nothing."""
    return [getattr(row, since) and getattr(row, since).label for row in page.rows]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("therapist", 200), ("cover", 200), ("assistant", 200), ("lead", 200), ("viewer", 200), ("colleague", 404),
        ("stranger", 404), ("other_lead", 404), ("auditor", 404), ("admin_user", 404),
    ],
)  # fmt: skip
def test_who_may_read(request, sign_in, patient, therapist, who, status):
    record(patient, therapist, "35", notes="Planted note")
    response = sign_in(request.getfixturevalue(who)).get(url(patient))
    assert response.status_code == status
    assert ("Planted note" in response.content.decode()) is (status == 200)


def test_without_scores_the_page_says_what_would_be_there_and_offers_one_action(sign_in, patient, therapist, viewer):
    text = sign_in(therapist).get(url(patient)).content.decode()
    assert "No scores yet" in text
    assert "Record a score" in text
    assert "Record a score" not in sign_in(viewer).get(url(patient)).content.decode()


def test_the_table_holds_the_figures_of_the_chart_newest_first(sign_in, patient, therapist):
    for ago, value in ((70, "30"), (56, "40"), (42, "55"), (28, "40"), (14, "55"), (0, "65")):
        record(patient, therapist, value, ago=ago, notes=f"Note of {ago}")
    response = sign_in(therapist).get(url(patient))
    page = response.context["page"]
    labels = {text.text for text in page.trend.chart.wide.value_labels}
    assert labels == {catalogue.plain(row.score.score_value) for row in page.rows}
    assert len(page.trend.chart.wide.line) == len(page.rows) == 6
    assert [int(row.score.score_value) for row in page.rows] == [65, 55, 40, 55, 40, 30]
    assert moves(page, "last") == ["Up 10", "Up 15", "Down 15", "Up 15", "Up 10", None]
    assert moves(page, "baseline") == ["Up 35", "Up 25", "Up 10", "Up 25", "Up 10", None]
    text = response.content.decode()
    assert "Up 35 since baseline. Improved</h2>" in text and "depends on the diagnosis" in text
    assert "Moderate dependency" in text
    assert "Note of 70" in text and therapist.name in text
    assert "move--up" not in text and "move--down" not in text, "a change is neutral until it is known to matter"


def test_a_score_entered_in_error_is_struck_and_is_in_neither_trend_nor_change(sign_in, patient, therapist):
    record(patient, therapist, "40", ago=4)
    wrong = mark(record(patient, therapist, "95", ago=2), therapist, "Form of another patient")
    record(patient, therapist, "45")
    page = (response := sign_in(therapist).get(url(patient))).context["page"]
    assert [text.text for text in page.trend.chart.wide.value_labels] == ["45", "40"]
    assert [row.score.pk for row in page.rows if row.score.is_in_error] == [wrong.pk]
    assert moves(page, "last") == moves(page, "baseline") == ["Up 5", None, None]
    text = response.content.decode()
    assert f'<del class="struck nowrap">95{NBSP}of{NBSP}100</del>' in text
    assert "Form of another patient" in text
    assert "95" not in response.context["page"].trend.chart.description


def test_a_measure_with_nothing_but_errors_stays_readable(sign_in, patient, therapist):
    mark(record(patient, therapist), therapist)
    response = sign_in(therapist).get(url(patient))
    assert response.context["page"].trend is None
    assert "Every score below was entered in error" in response.content.decode()
    assert [measure.label for measure in response.context["page"].measures] == ["Barthel Index"]


def test_the_measure_used_last_is_shown_and_the_others_are_a_link_away(sign_in, patient, therapist):
    record(patient, therapist, "12", score_type="elderly_mobility_scale", ago=1)
    record(patient, therapist, "28.1", score_type="tug", ago=9)
    record(patient, therapist, "31.8", score_type="tug")
    client = sign_in(therapist)
    page = client.get(url(patient)).context["page"]
    assert (page.score_type, [card.name for card in page.cards]) == (
        "tug",
        ["Timed Up and Go", "Elderly Mobility Scale"],
    )
    assert [(m.label, m.is_current) for m in page.measures] == [
        ("Timed Up and Go", True), ("Elderly Mobility Scale", False)
    ]  # fmt: skip
    other = client.get(url(patient) + page.measures[1].url)
    assert other.context["page"].score_type == "elderly_mobility_scale"
    text = other.content.decode()
    assert f"Up 3.7{NBSP}s (lower is better)" in text
    assert f"31.8{NBSP}s" in text


def test_the_measure_used_last_is_one_with_a_live_score_if_there_is_one(sign_in, patient, therapist):
    client = sign_in(therapist)
    berg = record(patient, therapist, "30", score_type="berg_balance_scale", ago=2)
    wrong = record(patient, therapist, "18", score_type="tug")
    shown = [client.get(url(patient)).context["page"]]
    mark(wrong, therapist)
    shown.append(client.get(url(patient)).context["page"])
    mark(berg, therapist)
    shown.append(client.get(url(patient)).context["page"])
    assert [page.score_type for page in shown] == ["tug", "berg_balance_scale", "tug"]
    assert [[row.score.pk for row in page.rows] for page in shown] == [[wrong.pk], [berg.pk], [wrong.pk]]


@pytest.mark.parametrize("junk", ["nope", "x" * 100_000, "berg_balance_scale", "'; DROP TABLE x"])
def test_a_measure_that_the_patient_has_no_score_of_shows_the_one_used_last(sign_in, patient, therapist, junk):
    record(patient, therapist)
    assert sign_in(therapist).get(url(patient), {"type": junk}).context["page"].score_type == "barthel_index"


@pytest.mark.parametrize("junk", ["x", "9" * 300, "W10", "eyJhIjoxfQ", "é"])
def test_a_page_key_that_was_tampered_with_is_the_first_page(sign_in, patient, therapist, junk):
    record(patient, therapist)
    assert len(sign_in(therapist).get(url(patient), {"before": junk}).context["page"].rows) == 1


def test_paging_shows_every_score_once_also_those_of_one_moment(sign_in, patient, therapist, monkeypatch):
    monkeypatch.setattr(tab, "PAGE_SIZE", 4)
    expected = [record(patient, therapist, str(n * 5), ago=n // 3).pk for n in range(11)]
    client, address, seen, changes = sign_in(therapist), url(patient), [], []
    while address:
        page = client.get(address).context["page"]
        seen += [row.score.pk for row in page.rows]
        changes += moves(page, "last")
        assert len(page.trend.chart.wide.line) == 11, "the chart is whole on every page"
        address = url(patient) + page.next_url if page.next_url else ""
    assert sorted(seen) == sorted(expected)
    assert len(seen) == 11
    assert changes.count(None) == 1
    everything = list(patient.mobility_scores.newest_first().values_list("pk", flat=True))
    assert seen == everything


def test_scores_of_an_earlier_version_are_listed_but_not_compared(sign_in, patient, therapist):
    record(patient, therapist, "40", ago=2)
    old = MobilityScore(
        patient=patient, score_date=day(9), score_type="barthel_index", score_value=Decimal(15), recorded_by=therapist,
        instrument_version="collin-1988-20", occurred_at=timezone.now() - dt.timedelta(days=9),
    )  # fmt: skip
    old.save()
    response = sign_in(therapist).get(url(patient))
    page = response.context["page"]
    assert [text.text for text in page.trend.chart.wide.value_labels] == ["40"]
    assert moves(page, "last") == [None, None]
    assert [row.is_baseline for row in page.rows] == [True, False]
    assert old.value_text == "15", "of what it is 15 the catalogue does not know any more"
    assert "Version collin-1988-20" in response.content.decode()
    assert sign_in(therapist).get(url(patient, "show_score", score_id=old.pk)).status_code == 200


def test_a_measure_that_left_the_catalogue_stays_readable_everywhere(sign_in, patient, therapist):
    gone = MobilityScore(
        patient=patient, score_date=day(), score_type="rivermead", score_value=Decimal("7.50"), recorded_by=therapist,
        instrument_version="v1", occurred_at=timezone.now(),
    )  # fmt: skip
    gone.save()
    client = sign_in(therapist)
    for page in (
        url(patient), url(patient, "show_score", score_id=gone.pk), url(patient, "record_score") + "?type=rivermead",
        f"/patients/{patient.pk}/", "/caseload/", url(patient, "mark_in_error", score_id=gone.pk),
    ):  # fmt: skip
        response = client.get(page)
        assert response.status_code == 200
    assert "rivermead" in client.get(url(patient)).content.decode()
    assert mark(gone, therapist).is_in_error


def test_another_patients_scores_are_not_here(sign_in, patient, therapist):
    record(make_patient(therapist), therapist, "85")
    assert sign_in(therapist).get(url(patient)).context["page"] is None


def test_reading_only_shows_no_buttons(sign_in, patient, therapist, viewer):
    record(patient, therapist)
    text = sign_in(viewer).get(url(patient)).content.decode()
    assert "scores/record/" not in text
    patients.change_chart_status(patient=patient, to="archived", reason="Moved", by=therapist)
    assert "scores/record/" not in sign_in(therapist).get(url(patient)).content.decode()


def test_the_page_names_nobody_in_its_title_and_counts_no_more_queries_for_fifty_scores(sign_in, patient, therapist):
    client, counts = sign_in(therapist), []
    for more in (1, 49):
        record_many(patient, therapist, more)
        for one in catalogue.instruments() if more > 1 else ():
            record(patient, therapist, "1" if one.default_scale.step <= 1 else "5", score_type=one.id, ago=90)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url(patient), {"type": "barthel_index"})
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert (
        re.search(r"<title>(.*?)</title>", response.content.decode())[1]
        == "Mobility scores \N{EN DASH} Patient chart \N{EN DASH} OT Tracker"
    )
    assert len(response.context["page"].rows) == 50

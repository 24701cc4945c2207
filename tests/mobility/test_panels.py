"""Scores in the caseload, in the strip and on the timeline."""

import dataclasses
import datetime as dt
import shutil
import subprocess
import sys
from decimal import Decimal

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.pq import TransactionStatus

from mobility import catalogue, editions, panels
from mobility.models import MobilityScore
from patients.registry import CaseloadColumn, CaseloadOrder, QuickAdd, Tab, TimelineSource, registry
from tests.columns import values
from tests.factories import make_patient
from tests.mobility.scores import day, mark, record, record_many, url
from ui.dates import show_date, show_time

NBSP = "\N{NO-BREAK SPACE}"


def column(patients):
    with CaptureQueriesContext(connection) as captured:
        found = values("score", patients)
    assert len(captured) == 1
    return found


def heights(found):
    """The y of each score in the trend."""
    return [float(place.split(",")[1]) for place in found.spark.path.split()]


def test_everything_is_registered():
    kinds = (Tab, QuickAdd, TimelineSource, CaseloadColumn, CaseloadOrder)
    found = {kind.__name__: {item.key for item in registry.of(kind)} for kind in kinds}
    assert "mobility" in found["Tab"]
    for kind in ("QuickAdd", "TimelineSource", "CaseloadColumn"):
        assert "score" in found[kind]
    assert "score_date" in found["CaseloadOrder"]


# --- Caseload ---


def test_the_column_holds_the_last_score_of_the_measure_used_last_with_its_trend(patient, therapist):
    record(patient, therapist, "12", score_type="elderly_mobility_scale", ago=1)
    for ago, value in ((30, "40"), (20, "55"), (0, "50")):
        record(patient, therapist, value, ago=ago)
    found = column([patient])[patient.pk]
    assert (found.measure, found.short_name, found.text, found.on) == (
        "Barthel Index",
        "Barthel Index",
        f"50{NBSP}of{NBSP}100",
        day(),
    )
    assert (found.move, found.move_label) == ("down", "Down 5")
    assert heights(found) == [13.8, 11.1, 12.0]


@pytest.mark.django_db(transaction=True)
def test_a_wording_of_then_is_read_while_the_list_is_and_the_connection_left_at_rest(
    sign_in, patient, therapist, monkeypatch
):
    record(patient, therapist, "65")
    known = catalogue.get("barthel_index")
    monkeypatch.setattr(catalogue, "find", {known.id: dataclasses.replace(known, name="Barthel, renamed")}.get)
    monkeypatch.setattr(editions, "_read", {})
    response = sign_in(therapist).get("/caseload/")
    assert response.status_code == 200
    assert "Barthel Index" in response.content.decode()
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        pid = connection.connection.info.backend_pid
        assert other.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone() == ("idle",)


def test_the_trend_is_of_the_last_eight_and_a_first_score_says_so(patient, therapist):
    other = make_patient(therapist)
    record(other, therapist)
    record_many(patient, therapist, 12)
    found = column([patient, other])
    assert len(heights(found[patient.pk])) == panels.SPARK_SCORES == 8
    assert found[patient.pk].text == f"55{NBSP}of{NBSP}100"
    assert (found[other.pk].move, found[other.pk].move_label) == ("", "First score")


def test_scores_of_one_day_keep_their_order_in_the_trend(patient, therapist):
    for value in ("10", "90"):
        record(patient, therapist, value)
    found = column([patient])[patient.pk]
    first, last = heights(found)
    assert first > last


def test_the_trend_is_of_one_hand_and_joins_only_what_was_measured_alike(patient, therapist):
    hands = (("Left", "20", 3), ("Right", "30", 2), ("Left", "22", 1))
    for hand, value, ago in hands:
        record(patient, therapist, value, score_type="grip_strength", ago=ago, context={"hand": hand})
    found = column([patient])[patient.pk]
    assert found.measure.endswith(", Left")
    assert (len(heights(found)), found.move_label) == (2, f"Up 2{NBSP}kg")
    for ago, aid in ((2, ""), (1, "Stick"), (0, "Stick")):
        record(patient, therapist, "20", score_type="tug", ago=ago, context={"walking_aid": aid})
    found = column([patient])[patient.pk]
    assert [place[0] for place in found.spark.path.split()] == ["M", "M", "L"]


def test_a_score_entered_in_error_leaves_the_column(patient, therapist):
    record(patient, therapist, "40", ago=2)
    wrong = record(patient, therapist, "95", ago=1)
    record(patient, therapist, "45")
    tug = record(patient, therapist, "30", score_type="tug")
    mark(wrong, therapist)
    mark(tug, therapist)
    found = column([patient])[patient.pk]
    assert (found.text, found.move_label) == (f"45{NBSP}of{NBSP}100", "Up 5")
    assert len(heights(found)) == 2
    for score in patient.mobility_scores.live():
        mark(score, therapist)
    assert column([patient]) == {}


def test_an_earlier_version_is_not_part_of_the_trend(patient, therapist):
    MobilityScore(
        patient=patient, score_date=day(1), score_type="barthel_index", score_value=Decimal(15), recorded_by=therapist,
        instrument_version="collin-1988-20", occurred_at=timezone.now() - dt.timedelta(days=1),
    ).save()  # fmt: skip
    record(patient, therapist, "75")
    found = column([patient])[patient.pk]
    assert len(heights(found)) == 1
    assert found.move_label == "First score"


def test_the_column_is_one_query_for_one_patient_and_for_fifty(patient, therapist):
    record_many(patient, therapist, 3)
    crowd = [patient, *(make_patient(therapist) for _ in range(49))]
    for one in crowd[1:]:
        record_many(one, therapist, 2)
    assert len(column([patient])) == 1
    assert len(column(crowd)) == 50
    assert values("score", []) == {}


def test_the_caseload_shows_value_and_change_in_words_without_colour(sign_in, patient, therapist):
    make_patient(therapist)
    record(patient, therapist, "28.1", score_type="tug", ago=1)
    record(patient, therapist, "31.8", score_type="tug")
    text = sign_in(therapist).get("/caseload/").content.decode()
    for words in (f"31.8{NBSP}s", f"Up 3.7{NBSP}s (lower is better)", "Timed Up and Go", "Not scored yet"):
        assert words in text
    assert "move--up" not in text and "move--down" not in text
    assert text.count('class="spark"') == 1


def test_the_caseload_can_be_sorted_by_who_was_scored_longest_ago(sign_in, therapist):
    ages = {"Never": None, "Lately": 1, "Long": 90, "Wrong": None}
    people = {name: make_patient(therapist, family_name=name) for name in ages}
    for name, ago in ages.items():
        if ago is not None:
            record(people[name], therapist, ago=ago)
    mark(record(people["Wrong"], therapist), therapist)
    rows = sign_in(therapist).get("/caseload/", {"sort": "score_date"}).context["rows"]
    assert [row.patient.family_name for row in rows] == ["Never", "Wrong", "Long", "Lately"]


# --- Overview ---


def test_the_strip_shows_the_last_score_neutrally(sign_in, patient, therapist):
    address = f"/patients/{patient.pk}/"
    client = sign_in(therapist)
    assert "None yet" in client.get(address).content.decode()
    record(patient, therapist, "55", ago=2)
    record(patient, therapist, "65")
    mark(record(patient, therapist, "95"), therapist)
    strip = client.get(address).content.decode().split('<dl class="strip')[1].split("</dl>")[0]
    for words in ("Barthel Index", f"65{NBSP}of{NBSP}100", "Up 10", f"{day():%d-%b-%Y}"):
        assert words in strip
    assert f"95{NBSP}of" not in strip
    assert "meaningful" not in strip and "dependency" not in strip


def test_who_may_only_read_is_not_asked_for_a_score(sign_in, patient, viewer):
    text = sign_in(viewer).get(f"/patients/{patient.pk}/").content.decode()
    assert "None yet" in text
    assert "scores/record/" not in text


def test_the_timeline_tells_value_change_notes_and_who(patient, therapist):
    record(patient, therapist, "55", ago=2, notes="x" * 1000)
    at = timezone.now() - dt.timedelta(minutes=5)
    record(patient, therapist, "65", score_date=timezone.localdate(at), scored_at=at)
    last, first = panels.timeline(patient, therapist, None, 10)
    assert (last.title, last.move, last.move_label) == (f"Barthel Index 65{NBSP}of{NBSP}100", "up", "Up 10")
    assert (last.at, last.is_timed, last.byline, last.tone) == (at, True, therapist.name, "score")
    assert (first.move, first.is_timed, len(first.text)) == ("", False, panels.EXCERPT)
    assert last.url == url(patient, "show_score", score_id=last.pk)


def test_on_the_timeline_an_error_is_struck_and_says_why(patient, therapist):
    mark(record(patient, therapist), therapist, "Form of another patient")
    (entry,) = panels.timeline(patient, therapist, None, 10)
    assert entry.is_struck
    assert (entry.tag, entry.tone, entry.move) == ("Entered in error", "", "")
    assert entry.text == "Reason: Form of another patient"


def test_a_score_from_just_after_midnight_stands_on_its_own_day(sign_in, patient, therapist, time_machine):
    year = timezone.now().year + 1  # the therapist's rights begin today
    time_machine.move_to(dt.datetime(year, 6, 30, 23, 30, tzinfo=dt.UTC), tick=False)
    record(patient, therapist, score_date=dt.date(year, 7, 1))
    days = sign_in(therapist).get(f"/patients/{patient.pk}/", {"show": "score"}).context["timeline"].days
    assert [day for day, _ in days] == [dt.date(year, 7, 1)]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_the_timeline_pages_over_every_score_once_with_one_query_each(patient, therapist, limit):
    scores = record_many(patient, therapist, 7)
    seen, before = [], None
    while True:
        with CaptureQueriesContext(connection) as captured:
            page = panels.timeline(patient, therapist, before, limit)
        assert len(captured) == 1
        seen += [entry.pk for entry in page]
        if len(page) < limit:
            break
        before = page[-1].key
    assert seen == [score.pk for score in reversed(scores)]


# --- Start-up ---


def test_a_bad_catalogue_stops_the_start_and_names_file_instrument_and_key(tmp_path):
    data = shutil.copytree(catalogue.DATA, tmp_path / "data")
    gait = data / "gait.yaml"
    gait.write_text(gait.read_text().replace("kind: descriptive", "kind: nice", 1))
    code = (
        f"import pathlib, mobility.catalogue as c; c.DATA = pathlib.Path({str(data)!r}); import django; django.setup()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode != 0
    assert "CatalogueError: gait.yaml: functional_ambulation_category: bands[0].kind: must be one of" in done.stderr
    (data / "extra.yaml").write_text("")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert "CatalogueError: data: extra: must be both a file and listed" in done.stderr


def test_without_a_time_the_timeline_says_when_it_was_recorded(patient, therapist, time_machine):
    time_machine.move_to(timezone.now().replace(hour=15, minute=5), tick=False)
    record(patient, therapist, "10")
    record(patient, therapist, "20", ago=2)
    record(patient, therapist, "30", scored_at=timezone.now())
    now, earlier, timed = sorted(panels.timeline(patient, therapist, None, 10), key=lambda entry: entry.title)
    assert now.byline == f"{therapist.name} · recorded {show_time(timezone.now())}"
    assert earlier.byline == f"{therapist.name} · recorded {show_date(day())} {show_time(timezone.now())}"
    assert timed.byline == therapist.name

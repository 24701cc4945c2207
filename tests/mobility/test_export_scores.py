"""A chart's scores as CSV: every score once, errors marked, nothing that a spreadsheet could run."""

import csv
import io
from decimal import Decimal

from audit.models import AuditEvent
from mobility import services
from mobility.export import rows
from tests.mobility.scores import day, mark, record, url
from tests.mobility.test_assessments import assess


def read(response):
    """The rows of the file by column."""
    text = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_holds_every_score_with_errors_marked_and_is_in_the_trail(sign_in, patient, therapist, lead):
    wrong = record(patient, therapist, "55", ago=3, notes="=1+1\nsecond line")
    mark(wrong, therapist, "@typed 55 for 65")
    right = record(patient, therapist, "65", ago=3, corrects=wrong)
    walk = record(patient, therapist, "18.40", score_type="tug", notes="Größe 张")
    response = sign_in(therapist).get(url(patient, "export_scores"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert str(patient.patient_id) not in response["Content-Disposition"]
    found = {int(row["Score number"]): row for row in read(response)}
    assert set(found) == {wrong.pk, right.pk, walk.pk}
    assert {row["Identifier of the patient"] for row in found.values()} == {patient.patient_id}
    assert found[wrong.pk]["Entered in error"] == "Yes"
    assert found[wrong.pk]["Reason"] == "'@typed 55 for 65"
    assert found[wrong.pk]["Notes"] == "'=1+1\nsecond line"
    assert found[right.pk]["Entered in error"] == ""
    assert found[right.pk]["Corrects score number"] == str(wrong.pk)
    assert found[right.pk]["Highest possible"] == "100"
    assert found[right.pk]["Band"] == "Moderate dependency"
    assert (found[walk.pk]["Score"], found[walk.pk]["Unit"], found[walk.pk]["Better"]) == ("18.4", "s", "Lower")
    assert found[walk.pk]["Notes"] == "Größe 张"
    event = AuditEvent.objects.get(event_type="score.exported")
    assert (event.actor, event.patient, event.details["rows"]) == (therapist, patient, 3)


def test_answers_are_a_table_of_their_own_that_the_scores_point_to(sign_in, patient, therapist):
    done = assess(patient, therapist)
    services.record_assessment(
        patient=patient, score_type="section_gg", score_date=day(1), by=therapist,
        answers=dict.fromkeys(["GG0130A", "GG0130B", "GG0130C", "GG0130E", "GG0130F", "GG0130G"], "6") | {"GG0130H": "07"},
    )  # fmt: skip
    client = sign_in(therapist)
    found = read(client.get(url(patient, "export_scores"), {"of": "answers"}))
    assert len(found) == 17
    feeding = next(row for row in found if row["Item"] == "Feeding")
    assert (feeding["Answer"], feeding["Meaning"], feeding["State"]) == ("10", "Independent", "Complete")
    refused = next(row for row in found if row["Meaning"].startswith("Refused"))
    assert refused["Answer"] == "07"
    scores = read(client.get(url(patient, "export_scores")))
    assert {row["Assessment number"] for row in scores} == {row["Assessment number"] for row in found}
    assert str(done.pk) in {row["Assessment number"] for row in scores}
    recoded = next(row for row in scores if row["Abbreviation"] == "GG")
    assert (recoded["Counts activities that were not attempted"], recoded["Scale"]) == ("Yes", "Self-care score")
    assert feeding["Identifier of the patient"] == patient.patient_id


def test_the_password_is_asked_for_again_after_a_while(sign_in, patient, therapist, settings):
    record(patient, therapist)
    settings.OT_REAUTH_SECONDS = 0
    response = sign_in(therapist).get(url(patient, "export_scores"))
    assert response.status_code == 302
    assert response["Location"].startswith("/account/confirm/")
    assert not AuditEvent.objects.filter(event_type="score.exported").exists()


def test_numbers_are_decimals_as_they_are_written():
    assert [str(rows.number(Decimal(text))) for text in ("65.00", "100.00", "0.82", "1E+2")] == [
        "65",
        "100",
        "0.82",
        "100",
    ]

"""A score that speaks for another mobility status: offered with the reason filled in, and never changed by itself."""

import re

import pytest

from accounts.access import Perm
from mobility import suggestions
from mobility.catalogue import CatalogueError
from patients import services
from tests.mobility.scores import day, mark, record, typed, url
from ui.dates import show_date

FAC = "functional_ambulation_category"
GOOD = """\
schema_version: 1
reviewed_on: "2026-11-21"
suggestions:
- instrument: functional_ambulation_category
  values: [1, 2]
  statuses: [assist_1]
  why: The same words.
  source: Somebody
  confidence: high
  verified: form
"""


def banner(page):
    found = re.search(r'aria-labelledby="suggestion".*?</section>', page.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found.group()) if found else ""


def test_the_form_offers_the_change_and_the_person_makes_it(sign_in, patient, therapist):
    """The patient needs assistance of one; FAC 3 is supervision without contact."""
    client = sign_in(therapist)
    chart = f"/patients/{patient.pk}/"
    page = client.post(url(patient, "record_score"), typed(score_type=FAC, score_value="3", next=chart), follow=True)
    words = f"FAC 3 on {show_date(day())}: Supervision without contact"
    assert "speaks for Supervision" in banner(page)
    assert words in banner(page)
    patient.refresh_from_db()
    assert patient.mobility_status == "assist_1", "nothing changes by itself"
    assert client.get(f"/patients/{patient.pk}/status/").context["form"]["to"].value() is None

    link = page.context["suggestion"].url
    assert "FAC" not in link
    form = client.get(link).context["form"]
    assert (form["to"].value(), form["reason"].value(), form["seen_on"].value()) == (
        "supervision", words, show_date(day()),
    )  # fmt: skip
    data = {name: form[name].value() for name in form.fields}
    assert client.post(link, data).status_code == 302
    patient.refresh_from_db()
    assert patient.mobility_status == "supervision"
    row = patient.status_history.filter(status_type="mobility_status").order_by("-pk").first()
    assert (row.change_reason, row.changed_by) == (words, therapist)
    assert banner(client.get(url(patient))) == ""


def test_it_is_left_as_it_is_by_one_click(sign_in, patient, therapist):
    client = sign_in(therapist)
    answers = {"item_category": "5", "score_date": show_date(day()), "action": "complete"}
    item_form = url(patient, "assess", measure=FAC)
    form = client.get(item_form).context["form"]
    client.post(item_form, {name: form[name].value() or "" for name in form.fields} | answers)
    suggestion = client.get(url(patient)).context["suggestion"]
    assert suggestion.statuses == "Independent or Independent with aid"
    assert client.get(suggestion.url).context["form"]["to"].value() == "", (
        "with or without an aid is for the person to say"
    )
    dismiss = url(patient, "dismiss_suggestion", score_id=suggestion.score.pk)
    assert client.post(dismiss).status_code == 302
    assert client.get(url(patient)).context["suggestion"] is None


def test_only_the_newest_score_speaks_and_only_to_who_may_change_the_status(sign_in, patient, therapist, lead):
    newest = record(patient, therapist, "3", score_type=FAC)
    older = record(patient, therapist, "4", score_type=FAC, ago=9)
    assert suggestions.for_score(patient, older) is None
    assert suggestions.for_score(patient, newest).to == "supervision"
    assert suggestions.for_score(patient, record(patient, therapist, "50")) is None, "no source, no suggestion"
    assert suggestions.prefill(patient, "x") is None
    wrong = mark(newest, therapist)
    assert suggestions.for_score(patient, wrong) is None
    assert sign_in(therapist).get(f"/patients/{patient.pk}/status/?suggested=score-{wrong.pk}").status_code == 200

    assistant = services.add_member(
        patient=patient, user=lead.__class__.objects.create(
            username="assistant.9", email="a9@clinic.example", display_name="A Nine", role="assistant",
            team=patient.team, approved_at=therapist.approved_at,
        ), role="assistant", by=therapist,
    ).user  # fmt: skip
    client = sign_in(assistant)
    client.post(url(patient, "record_score"), typed(score_type=FAC, score_value="3"))
    assert client.get(url(patient)).context["suggestion"] is None
    assert Perm.CHANGE not in client.get(url(patient)).context["patient"].held_perms


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("functional_ambulation_category", "gait", "file: gait: instrument: there is no instrument gait"),
        ("[1, 2]", "[1, 7]", "functional_ambulation_category: values: 7 is no value of level"),
        ("[1, 2]", "[1, 1.5]", "values: 1.5 is no value of level"),
        ("[assist_1]", "[assisted]", "statuses: there is no mobility status assisted"),
        ("  why:", "  because:", "why: is missing"),
        ("verified: form", "verified: perhaps", "verified: must be one of"),
        ("schema_version: 1", "schema_version: 3", "file: schema_version: must be 1"),
    ],
)
def test_a_malformed_row_stops_the_start_and_says_where(old, new, problem):
    assert len(dict(suggestions.read(GOOD, "file"))) == 2
    with pytest.raises(CatalogueError) as error:
        dict(suggestions.read(GOOD.replace(old, new), "file"))
    assert problem in str(error.value)
    with pytest.raises(CatalogueError, match="is there twice"):
        dict(suggestions.read(GOOD + GOOD.split("suggestions:\n")[1], "file"))

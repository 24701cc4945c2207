"""The reference pages: every measure has one, held facts stay off it, and the search finds by name and domain."""

import pytest

from mobility import catalogue
from mobility.catalogue import Threshold
from mobility.reference.page import matching, page_of
from ui.dates import show_date

LIST = "/measures/"


def about(one):
    return f"/measures/{one.id}/"


def held_thresholds() -> list[tuple[catalogue.Instrument, Threshold]]:
    return [(one, fact) for one in catalogue.everything() for fact in (*one.held_mdc, *one.held_mcid)]


def test_every_measure_has_its_page_with_every_fact_that_may_be_shown_and_its_source(sign_in, therapist):
    client = sign_in(therapist)
    for one in catalogue.everything():
        response = client.get(about(one))
        assert response.status_code == 200
        page = response.context["page"]
        text = response.content.decode()
        for fact in (*one.bands, *one.mdc, *one.mcid):
            assert _escaped(fact.source) in text, (one.id, fact.id)
            assert _escaped(fact.population) in text, (one.id, fact.id)
        assert all(_escaped(caution) in text for caution in one.cautions)
        assert _escaped(one.licence.note) in text
        assert page.has_item_list is bool(one.licence.item_level and one.questions.items)
        if one.licence.item_level:
            assert all(_escaped(item.label) in text for item in one.questions.items)


def test_held_facts_are_counted_and_never_shown(sign_in, therapist):
    assert held_thresholds()
    client = sign_in(therapist)
    for one, fact in held_thresholds():
        text = client.get(about(one)).content.decode()
        assert "not shown" in text
        shown = {str(other.population) for other in (*one.bands, *one.mdc, *one.mcid)}
        assert str(fact.population) in shown or _escaped(fact.population) not in text
    assert page_of(catalogue.get("barthel_index")).held == 0
    assert "not shown" not in client.get(about(catalogue.get("barthel_index"))).content.decode()


def test_total_only_measures_say_why_no_items_are_listed(sign_in, therapist):
    text = sign_in(therapist).get("/measures/fim/").content.decode()
    assert "does not allow the items to be listed" in text
    assert "Items with the points" not in text


def test_the_search_finds_by_name_domain_items_and_populations(sign_in, therapist):
    client = sign_in(therapist)
    page = client.get(LIST).content.decode()
    assert all(about(one) in page for one in catalogue.everything())
    assert [row.instrument.id for row in matching("barthel shah")] == ["modified_barthel_shah"]
    assert "tug" in {row.instrument.id for row in matching("TUG")}
    assert {row.instrument.domain for row in matching("balance")} >= {catalogue.Domain.BALANCE}
    for text in ("stroke", "wheelchair", "stairs"):
        for row in matching(text):
            assert text in client.get(about(row.instrument)).content.decode().casefold()
        assert matching(text)
    found = client.get(LIST, {"q": "<b>nothing"}).content.decode()
    assert "No measure matches “&lt;b&gt;nothing”" in found
    assert "<b>nothing" not in found


@pytest.mark.parametrize("who", ["auditor", "admin_user", "viewer", "lead"])
def test_all_approved_staff_may_read(request, sign_in, who):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(LIST).status_code == client.get("/measures/tug/").status_code == 200
    assert client.get("/measures/no_such/").status_code == 404


def test_the_form_and_a_score_lead_to_the_pages(sign_in, therapist, patient):
    from tests.mobility.scores import record, url

    client, score = sign_in(therapist), record(patient, therapist, "65")
    assert LIST in client.get(url(patient, "record_score")).content.decode()
    page = client.get(url(patient, "show_score", score_id=score.pk)).content.decode()
    assert "/measures/barthel_index/" in page
    assert show_date(score.score_date) in page


def _escaped(text) -> str:
    from django.utils.html import escape

    return escape(str(text))
